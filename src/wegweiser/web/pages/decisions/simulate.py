"""A draft held against decisions of the past: its value with interval, or that nobody can tell."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.text import Reader

ENGAGED = "engaged"
MESSAGES_SHOWN = 50


class Interval(msgspec.Struct, frozen=True):
    """An estimate between two ends."""

    estimate: float
    low: float
    high: float


class Value(msgspec.Struct, frozen=True):
    """An estimate."""

    found: Interval


class Estimates(msgspec.Struct, frozen=True):
    """What a draft would be worth, and how much more than what was logged."""

    normalised: Value
    difference: Value


class Fitness(msgspec.Struct, frozen=True):
    """How well the log can speak about the draft."""

    n: int
    effective: float
    mean_weight: float
    refusal: str
    amber: bool


class Shift(msgspec.Struct, frozen=True):
    """How often a message was chosen, and how often the draft expects to."""

    message: str
    before: int
    after: float


class Told(msgspec.Struct, frozen=True):
    """What the operation tells, as far as it is shown."""

    sentence: dict[str, str]
    fitness: Fitness
    logged: Interval | None
    target: Estimates | None
    messages: tuple[Shift, ...]


class Found(msgspec.Struct, frozen=True):
    """The answer in words; `refused` where the log cannot tell."""

    sentence: str
    refused: bool
    facts: tuple[tuple[str, str], ...]
    messages: Table


class SimulatePage(msgspec.Struct, frozen=True):
    """The form with what stands in it, and the answer."""

    drafts: tuple[tuple[str, str], ...]
    draft: str
    metrics: tuple[tuple[str, str], ...]
    metric: str
    placements: tuple[tuple[str, str], ...]
    placement: str
    period: str
    fault: str
    found: Found | None


async def simulate(desk: Desk, request: Request) -> Response:
    """Show the form; where the address names a draft, its answer as well."""
    reader, view, given = desk.reader(request), desk.view(request), request.query_params
    bundle, fault, found = desk.site.unifier.policies.bundle, "", None
    listed = await desk.run(request, "draft_list", {})
    names = [str(one["name"]) for one in rows_in(listed)]
    draft, metric = given.get("draft", ""), given.get("metric", "") or ENGAGED
    placement = given.get("placement", "")
    if "draft" in given:
        asked: JsonObject = {
            **view.span.options,
            "zone": reader.zone,
            "metric": metric,
            "placement": placement,
        }
        try:
            files = await _files(desk, request, draft)
            told = await desk.run(request, "simulate", {**asked, "files": files})
            found = _found(reader, msgspec.convert(told, Told))
        except InputRefused as error:
            fault = error.message
    everything = ("", reader.say("all placements"))
    page = SimulatePage(
        drafts=(("", reader.say("what is published today")), *((one, one) for one in names)),
        draft=draft,
        metrics=(
            (ENGAGED, reader.say("a response")),
            *((one.key, one.key) for one in bundle.goals),
        ),
        metric=metric,
        placements=(everything, *((one.key, one.key) for one in bundle.placements)),
        placement=placement,
        period=given.get("period", ""),
        fault=fault,
        found=found,
    )
    frame = desk.frame(
        request,
        reader.say("Simulate"),
        reader.say("What would other rules have chosen and earned?"),
        crumbs=(("/decisions", reader.say("Decisions")),),
    )
    return desk.render(request, "decisions/simulate.html", frame, page, 422 if fault else 200)


async def _files(desk: Desk, request: Request, draft: str) -> list[Json]:
    if not draft:
        return []
    shown = await desk.run(request, "draft_show", {"name": draft})
    documents = shown.get("documents") if isinstance(shown, dict) else None
    return [[name, text] for name, text in documents.items()] if isinstance(documents, dict) else []


def _found(reader: Reader, told: Told) -> Found:
    fitness = told.fitness
    facts = [
        (reader.say("Decisions looked at"), reader.number(fitness.n)),
        (reader.say("Of these count in full"), reader.number(fitness.effective)),
        (reader.say("Mean weight (should be 1)"), reader.number(fitness.mean_weight, 2)),
    ]
    if told.logged is not None:
        facts.append((reader.say("What it was"), _between(reader, told.logged)))
    if told.target is not None:
        target = told.target
        facts.append((reader.say("What it would be"), _between(reader, target.normalised.found)))
        facts.append((reader.say("The difference"), _between(reader, target.difference.found)))
    columns = (
        Column(reader.say("Message")),
        Column(reader.say("Chosen then"), number=True),
        Column(reader.say("Expected"), number=True),
    )
    rows = tuple(_row(reader, one) for one in told.messages[:MESSAGES_SHOWN])
    table = Table(columns, rows, reader.say("No decision lies in this period."))
    return Found(told.sentence[reader.language], bool(fitness.refusal), tuple(facts), table)


def _row(reader: Reader, one: Shift) -> Row:
    name = (
        Cell(one.message, f"/messages/{one.message}")
        if one.message
        else Cell(reader.say("nothing"))
    )
    return Row((name, Cell(reader.number(one.before)), Cell(reader.number(one.after, 1))))


def _between(reader: Reader, found: Interval) -> str:
    return reader.say(
        "{value} (between {low} and {high})",
        value=reader.number(found.estimate, 3),
        low=reader.number(found.low, 3),
        high=reader.number(found.high, 3),
    )
