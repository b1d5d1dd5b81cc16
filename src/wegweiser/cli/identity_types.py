"""The commands `wegweiser identity types` and `classify`: types that senders made up."""

from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask
from wegweiser.cli.identity_options import By, Preview, Reason
from wegweiser.terms.json import JsonObject


def types(data: Data, as_json: AsJson = False) -> None:
    """List the types of identifiers that senders made up, for review."""
    found = ask(data, "identity_types", {})
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
        return
    listed = found["types"]
    for row in listed if isinstance(listed, list) else []:
        if isinstance(row, dict):
            print(_in_words(row))
    if found["further"]:
        print(f"{found['further']} further types with fewer values are not listed.")


def _in_words(row: JsonObject) -> str:
    told = f"{row['type']}: {row['state']}, {row['class']}, {row['values']} values, "
    told += f"{row['values_per_person']} per person ({row['persons']} persons)"
    since = "" if row["since"] is None else f", since {row['since']}"
    sources = row["sources"]
    names = ", ".join(map(str, sources)) if isinstance(sources, list) else ""
    return told + since + (f", from {names}" if names else "")


def classify(
    kind: Annotated[str, typer.Argument(metavar="TYPE")],
    identifier_class: Annotated[
        str, typer.Argument(metavar="CLASS", help="strong, weak, unique or refused.")
    ],
    data: Data,
    preview: Preview = False,
    by: By = "",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Give a type that senders made up a class, or refuse it; first with --preview."""
    arguments: JsonObject = {"type": kind, "class": identifier_class, "preview": preview}
    answer(data, "identity_classify", {**arguments, "by": by, "reason": reason}, as_json)
