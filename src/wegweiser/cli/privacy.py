"""The commands for the rights of persons: forget, access, erasures, `suppression`, `receipt`."""

from pathlib import Path
from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask, end, refusals
from wegweiser.cli.files import read_bytes
from wegweiser.terms.json import JsonObject

app = typer.Typer(no_args_is_help=True, help="Who was erased and may not come in again.")
requests = typer.Typer(no_args_is_help=True, help="Access exports that a second person releases.")
receipts = typer.Typer(no_args_is_help=True, help="The receipts of erasures.")
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
    no_suppress: Annotated[
        bool, typer.Option("--no-suppress", help="They may begin anew afterwards.")
    ] = False,
    also_called: Annotated[
        list[str] | None,
        typer.Option("--also-called", help="What else people may have typed for them; repeatable."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Erase a person or an account for good; nothing of it comes in again."""
    asked: JsonObject = {
        "identifier": identifier,
        "with_persons": with_persons,
        "dry_run": dry_run,
        "confirm": confirm,
        "suppress": not no_suppress,
        "called": [*(also_called or ())],
    }
    answer(data, "forget", asked, as_json)


def erasures(data: Data, as_json: AsJson = False) -> None:
    """List the receipts of all erasures, and whether each is intact."""
    answer(data, "erasure_list", {}, as_json)


def access(
    data: Data,
    out: Annotated[Path, typer.Option("--out", help="The folder for the two files.")],
    identifier: Annotated[str, typer.Argument(help="TYPE:VALUE, such as email:...")] = "",
    request: Annotated[
        str, typer.Option("--request", help="A released request instead of TYPE:VALUE.")
    ] = "",
    language: Annotated[str, typer.Option("--language", help="en or de.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write everything that is kept of a person into access.json and access.html."""
    from wegweiser.web.access_document import write_files
    from wegweiser.web.text import LANGUAGES

    if language and language not in LANGUAGES:
        end(f"There is no language {language!r}; choose from {', '.join(LANGUAGES)}.", 2)
    if bool(identifier) == bool(request):
        end("Name somebody as TYPE:VALUE, or a released request with --request.", 2)
    if request:
        found = ask(data, "access_document", {"request_id": request})
    else:
        found = ask(data, "access", {"identifier": identifier})
    assert isinstance(found, dict)
    with refusals():
        written = write_files(found, out, language)
        show.document(written, as_json)


@requests.command("ask")
def ask_for_access(
    identifier: Identifier,
    data: Data,
    by: Annotated[str, typer.Option("--by", help="Who asks.")],
    as_json: AsJson = False,
) -> None:
    """Ask for the document of a person, which somebody else releases."""
    answer(data, "access_request", {"identifier": identifier, "by": by}, as_json)


@requests.command("release")
def release_access(
    request_id: Annotated[str, typer.Argument(help="As `ask` gave it.")],
    data: Data,
    by: Annotated[str, typer.Option("--by", help="Who releases it.")],
    as_json: AsJson = False,
) -> None:
    """Let a document out that somebody else asked for."""
    answer(data, "access_release", {"request_id": request_id, "by": by}, as_json)


@requests.command("list")
def list_access_requests(data: Data, as_json: AsJson = False) -> None:
    """List who asked for which document, and who released it."""
    answer(data, "access_requests", {}, as_json)


@receipts.command("verify")
def verify_receipt(
    file: Annotated[Path, typer.Argument(help="The receipt, or the answer of `forget --json`.")],
    public_key: Annotated[Path, typer.Option("--public-key", help="PEM file of the key.")],
    as_json: AsJson = False,
) -> None:
    """Tell whether a receipt is unchanged; needs no data folder. Exit 1 when it is not."""
    from wegweiser.workspace.receipts import verified

    with refusals():
        told = verified(read_bytes(file), read_bytes(public_key))
        show.document(told, as_json)
        if not told["intact"]:
            raise typer.Exit(1)


@receipts.command("key")
def receipt_key(data: Data) -> None:
    """Print the public key with which anybody can verify receipts."""
    found = ask(data, "receipt_key", {})
    assert isinstance(found, dict)
    print(found["public_key"], end="")


@app.command("add")
def add(identifier: Identifier, data: Data, as_json: AsJson = False) -> None:
    """Let nothing more in about somebody, without erasing what is there."""
    answer(data, "suppression_add", {"identifier": identifier}, as_json)


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
