"""The commands `wegweiser hook` and `wegweiser pull`: other systems that bring events."""

import sys
from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask, end

app = typer.Typer(no_args_is_help=True, help="Webhooks that bring events.")


@app.command("list")
def list_hooks(data: Data, as_json: AsJson = False) -> None:
    """List the hooks with the addresses to give to the senders."""
    found = ask(data, "hook_list", {})
    if as_json:
        show.document(found, as_json)
        return
    # Plain lines: an address that is cut to fit a table cannot be copied.
    for hook in found if isinstance(found, list) else []:
        if isinstance(hook, dict):
            waits = "" if hook["ready"] else "   (waits for its secret)"
            print(f"{hook['key']}   verify {hook['verify']}{waits}\n   {hook['url']}")


@app.command("secret")
def secret(
    key: str,
    data: Data,
    new: Annotated[bool, typer.Option("--new", help="Make one; it is shown this once.")] = False,
    only: Annotated[
        bool, typer.Option("--only", help="The one before counts no more from now on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Set the secret of a hook from standard input, where no history keeps it, or make one."""
    given = ""
    if not new:
        if sys.stdin.isatty():
            given = typer.prompt("Secret", hide_input=True, err=True)
        else:
            given = sys.stdin.readline().strip()
        if not given:
            end("No secret was given. Write it to standard input, or let --new make one.", 2)
    show.document(ask(data, "hook_secret", {"key": key, "secret": given, "only": only}), as_json)


@app.command("replay")
def replay(
    key: str,
    data: Data,
    since: Annotated[str, typer.Option("--from", help="Only what came since, a date.")] = "",
    as_json: AsJson = False,
) -> None:
    """Map all that came through a hook once more; what is stored already is a duplicate."""
    show.document(ask(data, "hook_replay", {"key": key, "since": since}), as_json)


@app.command("remove")
def remove(key: str, data: Data, as_json: AsJson = False) -> None:
    """Take a hook away; its address answers 404 from then on, what came stays."""
    answer(data, "hook_remove", {"key": key}, as_json)


def pull(
    data: Data,
    key: Annotated[str, typer.Argument(help="Key of the pull; without one all are listed.")] = "",
    anew: Annotated[bool, typer.Option("--anew", help="From the beginning.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run a declared pull now, or list the pulls with how they stand."""
    if key:
        show.document(ask(data, "pull_run", {"key": key, "anew": anew}), as_json)
    else:
        answer(data, "pull_list", {}, as_json)
