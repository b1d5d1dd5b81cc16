"""The commands `wegweiser deliveries`, `endpoints` and `bounces`: what was sent, what came back."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask, end
from wegweiser.terms.json import Json

app = typer.Typer(no_args_is_help=True, help="Messages on their way, and what became of them.")
endpoints = typer.Typer(no_args_is_help=True, help="Where messages are handed over.")
audiences = typer.Typer(no_args_is_help=True, help="Files of many messages.")
bounces = typer.Typer(no_args_is_help=True, help="Mails that came back, and stopped addresses.")

_MAILS_PER_CALL = 100
_MAIL_BYTES = 1 << 20


@app.command("list")
def list_deliveries(
    data: Data,
    state: Annotated[
        str, typer.Option(help="A state, all, or dead_letters: what needs somebody.")
    ] = "dead_letters",
    limit: Annotated[int, typer.Option(help="At most so many, newest first.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List deliveries with the reason for their state."""
    answer(data, "delivery_list", {"state": state, "limit": limit}, as_json)


@app.command("counts")
def counts(data: Data, as_json: AsJson = False) -> None:
    """Count the deliveries by state."""
    answer(data, "delivery_counts", {}, as_json)


@app.command("show")
def show_one(key: str, data: Data, as_json: AsJson = False) -> None:
    """Show one delivery with what was sent."""
    answer(data, "delivery_show", {"id": key}, as_json)


@app.command("retry")
def retry(key: str, data: Data, as_json: AsJson = False) -> None:
    """Send once more, under the same id, what surely did not arrive."""
    answer(data, "delivery_retry", {"id": key}, as_json)


@app.command("give-up")
def give_up(
    key: str,
    data: Data,
    reason: Annotated[str, typer.Option(help="Why it is sent no more.")],
    as_json: AsJson = False,
) -> None:
    """Send a message no more."""
    answer(data, "delivery_give_up", {"id": key, "reason": reason}, as_json)


@endpoints.command("list")
def list_endpoints(data: Data, as_json: AsJson = False) -> None:
    """List the endpoints with how they fare."""
    answer(data, "endpoint_list", {}, as_json)


@endpoints.command("enable")
def enable(key: str, data: Data, as_json: AsJson = False) -> None:
    """Call an endpoint again that had said that it takes no more (410)."""
    answer(data, "endpoint_enable", {"key": key}, as_json)


@endpoints.command("test")
def try_out(
    key: str,
    data: Data,
    to: Annotated[str, typer.Option("--to", help="E-mail of somebody who may sign in.")] = "",
    as_json: AsJson = False,
) -> None:
    """Hand a test message to an endpoint, once; a mail goes to somebody who may sign in."""
    answer(data, "endpoint_test", {"key": key, "to": to}, as_json)


@audiences.command("list")
def list_audiences(data: Data, as_json: AsJson = False) -> None:
    """List the files with what became of each."""
    answer(data, "audience_list", {}, as_json)


@audiences.command("write")
def write_audiences(data: Data, as_json: AsJson = False) -> None:
    """Write what is due into files now."""
    answer(data, "audience_write", {}, as_json)


@audiences.command("ack")
def acknowledge(key: str, data: Data, as_json: AsJson = False) -> None:
    """Say that a file was taken; what nobody speaks of for a day is taken back."""
    answer(data, "audience_acknowledge", {"id": key}, as_json)


@bounces.command("load")
def load(
    data: Data,
    paths: Annotated[list[Path], typer.Argument(help="Mails, or folders of them (a maildir).")],
    as_json: AsJson = False,
) -> None:
    """Read mails that came back; what was read before counts no more."""
    counts: dict[str, int] = {}
    mails = list(_mails(paths))
    for start in range(0, len(mails), _MAILS_PER_CALL):
        encoded: list[Json] = [
            base64.b64encode(path.read_bytes()[:_MAIL_BYTES]).decode()
            for path in mails[start : start + _MAILS_PER_CALL]
        ]
        found = ask(data, "bounce_load", {"mails": encoded})
        for one in found if isinstance(found, list) else []:
            if isinstance(one, dict):
                result = str(one["result"])
                counts[result] = counts.get(result, 0) + 1
    show.document({"mails": len(mails), **counts}, as_json)


@bounces.command("address")
def address(address: str, data: Data, as_json: AsJson = False) -> None:
    """Say whether mails may go to an address, and why not."""
    answer(data, "address_show", {"address": address}, as_json)


@bounces.command("lift")
def lift(address: str, data: Data, as_json: AsJson = False) -> None:
    """Let mails go to an address again."""
    answer(data, "address_lift", {"address": address}, as_json)


def _mails(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.exists():
            end(f"There is no {path}.", 2)
        # The folder tmp of a maildir holds what is only being delivered.
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (one for one in found if one.is_file() and one.parent.name != "tmp")
