"""The commands `wegweiser link`: probable duplicates looked for, explained and answered."""

from typing import Annotated

import typer

from wegweiser.cli import show
from wegweiser.cli.asking import AsJson, Data, answer, ask
from wegweiser.terms.json import Json, JsonObject

app = typer.Typer(no_args_is_help=True, help="Probable duplicates: found, explained, answered.")

A = Annotated[str, typer.Argument(help="One person, as person_id:ID or any TYPE:VALUE.")]
B = Annotated[str, typer.Argument(help="The other person.")]


@app.command("propose")
def propose(
    data: Data,
    possible: Annotated[float, typer.Option(help="Propose from this probability.")] = 0.5,
    likely: Annotated[float, typer.Option(help="Call it likely from this probability.")] = 0.95,
    as_json: AsJson = False,
) -> None:
    """Compare all persons of whom more than a device is known; takes minutes where many are."""
    answer(data, "link_propose", {"possible": possible, "likely": likely}, as_json)


@app.command("list")
def list_suggestions(
    data: Data,
    limit: Annotated[int, typer.Option(help="Show so many.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List the pairs that wait for a yes or a no, most probable first."""
    found = ask(data, "link_list", {"limit": limit})
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
        return
    suggestions = found.pop("suggestions")
    show.document(found, as_json)
    for one in _objects(suggestions):
        print(_line(one))


@app.command("explain")
def explain(a: A, b: B, data: Data, as_json: AsJson = False) -> None:
    """Show what speaks for one person and what against, field by field, in bits."""
    found = ask(data, "link_explain", {"a": a, "b": b})
    if as_json or not isinstance(found, dict):
        show.document(found, as_json)
        return
    show.table(_objects(found.pop("weights")))
    show.document(found, as_json)


@app.command("accept")
def accept(
    a: A,
    b: B,
    data: Data,
    reason: Annotated[str, typer.Option(help="Why, for whoever reads it later.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say that two persons are one; `wegweiser identity undo` takes it back."""
    answer(data, "link_accept", {"a": a, "b": b, "reason": reason}, as_json)


@app.command("reject")
def reject(a: A, b: B, data: Data, as_json: AsJson = False) -> None:
    """Say that two persons are not one; they are never proposed again."""
    answer(data, "link_reject", {"a": a, "b": b}, as_json)


def _objects(found: Json) -> list[JsonObject]:
    listed = found if isinstance(found, list) else []
    return [one for one in listed if isinstance(one, dict)]


def _line(one: JsonObject) -> str:
    """Write a suggestion so that its names can be copied into the next command."""
    names = one["names"] if isinstance(one["names"], list) else []
    found = [weight for weight in _objects(one["weights"]) if weight["finding"]]
    told = [f"{weight['field']} {weight['finding']}" for weight in found]
    return "  ".join((f"{one['probability']:.4f}", str(one["standing"]), *map(str, names), *told))
