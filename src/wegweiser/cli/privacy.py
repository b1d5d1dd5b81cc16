"""The commands for the rights of persons: forget, access, erasures, and `suppression`."""

from pathlib import Path
from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask, end
from wegweiser.terms.json import JsonObject

app = typer.Typer(no_args_is_help=True, help="Who was erased and may not come in again.")
Identifier = Annotated[str, typer.Argument(help="TYPE:VALUE, such as email:... or group_id:...")]


def forget(
    identifier: Identifier,
    data: Data,
    with_persons: Annotated[
        bool, typer.Option("--with-persons", help="Of an account: its members too.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Also what only claims of visitors join to it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a person or an account for good; nothing of it comes in again."""
    asked: JsonObject = {
        "identifier": identifier,
        "with_persons": with_persons,
        "dry_run": dry_run,
        "confirm": confirm,
    }
    answer(data, "forget", asked, as_json)


def erasures(data: Data, as_json: AsJson = False) -> None:
    """List the receipts of all erasures, and whether each is intact."""
    answer(data, "erasure_list", {}, as_json)


def access(
    identifier: Identifier,
    data: Data,
    out: Annotated[Path, typer.Option("--out", help="The folder for the two files.")],
    language: Annotated[str, typer.Option("--language", help="en or de.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write everything that is kept of a person into access.json and access.html."""
    from wegweiser.web.access_document import write_files
    from wegweiser.web.text import LANGUAGES

    if language and language not in LANGUAGES:
        end(f"There is no language {language!r}; choose from {', '.join(LANGUAGES)}.", 2)
    found = ask(data, "access", {"identifier": identifier})
    assert isinstance(found, dict)
    written = write_files(found, out, language)

    show.document(written, as_json)


@app.command("list")
def list_suppressions(data: Data, as_json: AsJson = False) -> None:
    """Count who is on the list, by request; the list itself holds no names."""
    answer(data, "suppression_list", {}, as_json)


@app.command("lift")
def lift(
    identifier: Identifier,
    data: Data,
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept.")],
    as_json: AsJson = False,
) -> None:
    """Let somebody in again from now on."""
    answer(data, "suppression_lift", {"identifier": identifier, "reason": reason}, as_json)
