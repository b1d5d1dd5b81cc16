"""What every command shares: its options, one question to the workspace, errors as exit codes."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from wegweiser.cli import show
from wegweiser.cli.door import FolderUnusable, open_door
from wegweiser.terms.errors import ComeAgain, InputRefused, WegweiserError
from wegweiser.terms.json import Json, JsonObject

Data = Annotated[Path, typer.Option("--data", help="The data folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@contextmanager
def refusals() -> Iterator[None]:
    """Turn errors into one sentence and the exit code of the contract."""
    try:
        yield
    except FolderUnusable as error:
        end(str(error), 3)
    except (InputRefused, ComeAgain) as error:
        end(str(error), 1)
    except WegweiserError as error:
        end(str(error), 3)


def end(message: str, code: int) -> NoReturn:
    """Say a sentence on standard error and end with this exit code."""
    print(message, file=sys.stderr)
    raise typer.Exit(code)


def ask(data: Path, operation: str, arguments: JsonObject, make: bool = False) -> Json:
    """Run one operation on the workspace of a folder; `make` creates a folder that is not there."""
    with refusals(), open_door(data, make) as door:
        return door.run(operation, arguments)
    return None


def answer(data: Path, operation: str, arguments: JsonObject, as_json: bool) -> None:
    """Run one operation and print what it gives."""
    show.document(ask(data, operation, arguments), as_json)


def settings_of(pairs: list[str]) -> JsonObject:
    """Read settings written as NAME=VALUE; ends the command with exit code 2 for anything else."""
    found: JsonObject = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            end(f"{pair!r} is not a setting; settings are written NAME=VALUE.", 2)
        found[name.strip().replace("-", "_")] = value
    return found
