"""One simulation: what a draft would have earned, with interval, or that nobody can tell."""

from urllib.parse import urlencode

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.errors import NotFound
from wegweiser.web.pages.data.told import word_in
from wegweiser.web.pages.decisions.simulated import PATH, asked_of, is_simulation
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.text import Reader
from wegweiser.workspace.work import Work

MESSAGES_SHOWN = 50
Facts = tuple[tuple[str, str], ...]


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
    largest_weight: float
    unsupported: float
    refusal: str


class Shift(msgspec.Struct, frozen=True):
    """How often a message was chosen and whom it reached, and what the draft expects."""

    message: str
    before: int
    after: float
    units: int | None = None
    units_after: float | None = None


class Stratum(msgspec.Struct, frozen=True):
    """One part of the log by itself."""

    by: str
    key: str
    n: int
    effective: float
    value: Interval | None


class Told(msgspec.Struct, frozen=True):
    """What the operation tells, as far as it is shown."""

    sentence: dict[str, str]
    fitness: Fitness
    logged: Interval | None
    target: Estimates | None
    messages: tuple[Shift, ...]
    strata: tuple[Stratum, ...] = ()


class SimulationPage(msgspec.Struct, frozen=True):
    """The answer in words; `refused` where the log cannot tell, `again` asks something like it."""

    sentence: str
    refused: bool
    asked: Facts
    facts: Facts
    messages: Table
    parts: Table | None
    again: str


async def simulation(desk: Desk, request: Request) -> Response:
    """Show what came of a simulation; one that is not over yet shows how far it is."""
    reader, work = desk.reader(request), _found(desk, request)
    if work.state != "over":
        return RedirectResponse(f"/progress/{work.work_id}", 303)
    told = msgspec.convert(work.found, Told)
    page = SimulationPage(
        sentence=told.sentence[reader.language],
        refused=bool(told.fitness.refusal),
        asked=_asked(reader, work),
        facts=_facts(reader, told),
        messages=_messages(reader, told),
        parts=_parts(reader, told) if told.strata else None,
        again=_again(work),
    )
    frame = desk.frame(
        request,
        reader.say("Simulated: {rules}", rules=asked_of(reader, work).rules),
        reader.say("What would other rules have chosen and earned?"),
        crumbs=(("/decisions", reader.say("Decisions")), (PATH, reader.say("Simulate"))),
    )
    return desk.render(request, "decisions/simulation.html", frame, page)


def _found(desk: Desk, request: Request) -> Work:
    try:
        work = desk.site.works.get(request.path_params["work_id"])
    except NotFound as error:
        raise HTTPException(404) from error
    if not is_simulation(work):
        raise HTTPException(404)
    return work


def _again(work: Work) -> str:
    given = {name: word_in(work.given, name) for name in ("draft", "metric", "placement")}
    return f"{PATH}?{urlencode({name: text for name, text in given.items() if text})}"


def _asked(reader: Reader, work: Work) -> Facts:
    asked, begun = asked_of(reader, work), reader.moment(work.started_at)
    return (
        (reader.say("Rules"), asked.rules),
        (reader.say("What counts"), asked.metric),
        (reader.say("Placement"), asked.placement),
        (reader.say("Period"), asked.period),
        (reader.say("Begun"), f"{begun} · {work.by}" if work.by else begun),
    )


def _facts(reader: Reader, told: Told) -> Facts:
    fitness = told.fitness
    facts = [
        (reader.say("Decisions looked at"), reader.number(fitness.n)),
        (reader.say("Of these count in full"), reader.number(fitness.effective)),
        (reader.say("Mean weight (should be 1)"), reader.number(fitness.mean_weight, 2)),
        (reader.say("Largest weight"), reader.number(fitness.largest_weight, 2)),
        (reader.say("Chosen, but hardly ever tried"), reader.percent(fitness.unsupported, 1)),
    ]
    if told.logged is not None:
        facts.append((reader.say("What it was"), _between(reader, told.logged)))
    if told.target is not None:
        target = told.target
        facts.append((reader.say("What it would be"), _between(reader, target.normalised.found)))
        facts.append((reader.say("The difference"), _between(reader, target.difference.found)))
    return tuple(facts)


def _messages(reader: Reader, told: Told) -> Table:
    columns = (
        Column(reader.say("Message")),
        Column(reader.say("Chosen then"), number=True),
        Column(reader.say("Expected"), number=True),
        Column(reader.say("Reached then"), number=True),
        Column(reader.say("Expected to reach"), number=True),
    )
    rows = tuple(_row(reader, one) for one in told.messages[:MESSAGES_SHOWN])
    return Table(columns, rows, reader.say("No decision lies in this period."))


def _parts(reader: Reader, told: Told) -> Table:
    columns = (
        Column(reader.say("Part")),
        Column(reader.say("Decisions looked at"), number=True),
        Column(reader.say("Of these count in full"), number=True),
        Column(reader.say("What it would be"), plain=True),
    )
    return Table(columns, tuple(_part(reader, one) for one in told.strata), "")


def _part(reader: Reader, one: Stratum) -> Row:
    value = reader.say("too little to tell") if one.value is None else _between(reader, one.value)
    counts = (Cell(reader.number(one.n)), Cell(reader.number(one.effective)))
    return Row((Cell(_name_of_part(reader, one)), *counts, Cell(value)))


def _name_of_part(reader: Reader, one: Stratum) -> str:
    """Name a part of the log by arm, model, place in a slate, or half of the period."""
    if one.by == "arm":
        return reader.say("Arm {name}", name=one.key)
    if one.by == "model":
        return reader.say("Model {name}", name=one.key)
    if one.by == "position":
        return reader.say("Place {name}", name=one.key)
    is_first = one.key == "first half"
    return reader.say("First half") if is_first else reader.say("Second half")


def _row(reader: Reader, one: Shift) -> Row:
    name = (
        Cell(one.message, f"/messages/{one.message}")
        if one.message
        else Cell(reader.say("nothing"))
    )
    counts = ((one.before, 0), (one.after, 1), (one.units, 0), (one.units_after, 1))
    cells = (
        Cell("" if count is None else reader.number(count, digits)) for count, digits in counts
    )
    return Row((name, *cells))


def _between(reader: Reader, found: Interval) -> str:
    return reader.say(
        "{value} (between {low} and {high})",
        value=reader.number(found.estimate, 3),
        low=reader.number(found.low, 3),
        high=reader.number(found.high, 3),
    )
