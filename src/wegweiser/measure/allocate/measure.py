"""The measure `allocate.budget`: where the next money goes, from what experiments have shown."""

import hashlib
from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa

from wegweiser.measure.adjusted import adjusted
from wegweiser.measure.allocate.advice import Move, Plan, plan
from wegweiser.measure.allocate.by_model import OPTIONS, modelled, question
from wegweiser.measure.allocate.response import MOST_MOVE, Response
from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of
from wegweiser.measure.lift_gate import first_closed_gate
from wegweiser.measure.verdict import measure as verdicts
from wegweiser.measure.verdict.thing import Thing, read_things, together
from wegweiser.measure.words import NINETEEN, Sentence, both, number, percent
from wegweiser.terms.result import Answer, Question, Result

NAME = "allocate.budget"
DRAWS = 500


def answer_budget(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Advise what to move, or which experiment would tell; without margin or cost neither."""
    rows = rows_of(table)
    things = read_things([row for row in rows if row.get("role") is None])
    units = sum(thing.units for thing in things)
    gate = _experiment_gate(things, asked)
    if gate is not None:
        return answer(NAME, asked, asked_question, [gate], [], units)
    rng = np.random.default_rng(_seed(asked_question))
    costs = verdicts.read_costs(asked.text("costs"))
    responses = [
        one for thing in things if (one := response_of(thing, asked, costs, rng)) is not None
    ]
    if asked.number("margin") <= 0:
        responses = []
    by_test = frozenset(one.channel for one in responses if one.identified)
    if asked.text("model") == "mix":
        curves, closed = modelled(rows, asked_question, asked, DRAWS)
        if closed is not None:
            told = gated(NAME, "money", closed.reason, closed.n, closed.sentence)
            return answer(NAME, asked, asked_question, [told], [], units)
        responses = _preferred(responses, curves, by_test)
    if len(responses) < 2:
        return answer(NAME, asked, asked_question, [_no_money(units)], [], units)
    total = asked.number("total") or sum(one.now for one in responses)
    found = plan(responses, total, rng, asked.number("most_move"))
    told_rows = [_row(one, found, by_test) for one in found.moves]
    result = _result(found, total, units, by_test)
    return answer(NAME, asked, asked_question, [result], told_rows, units)


def _experiment_gate(things: Sequence[Thing], asked: Asked) -> Result | None:
    """Stop at a broken experiment; where none was made, only without a model."""
    whole = first_closed_gate(together(things), asked)
    if whole is None or whole.reason not in ("no_source", "broken"):
        return None
    if whole.reason == "no_source" and asked.text("model") == "mix":
        return None
    return gated(NAME, "money", whole.reason, whole.n, whole.sentence)


def _preferred(
    tested: Sequence[Response], curves: Sequence[Response], by_test: frozenset[str]
) -> list[Response]:
    """Take an experiment before a model, and a model before nothing."""
    modelled_names = {one.channel for one in curves}
    kept = [one for one in tested if one.identified or one.channel not in modelled_names]
    return [*kept, *(one for one in curves if one.channel not in by_test)]


def response_of(
    thing: Thing, asked: Asked, costs: dict[str, float], rng: np.random.Generator
) -> Response | None:
    """Draw the response of one thing: a line through what it earned and cost; None without cost.

    An experiment against nothing tells the mean return of today's spend, which stands for the next
    bit of money too. What no experiment tells, or what is not the thing's own doing, is break-even
    for planning and not identified, so that it is not moved.
    """
    stated = costs.get(thing.name, costs.get(""))
    cost = thing.cost if stated is None else stated * thing.contacts
    if not cost:
        return None
    grid = [0.0, cost * 1.25]
    if first_closed_gate(thing.sums, asked) is not None or not thing.is_own:
        draws = np.tile(np.array(grid), (DRAWS, 1))
        return Response(thing.name, cost, grid, draws, (0.0, cost), identified=False)
    treated, control = thing.sums[asked.text("arm")], thing.sums[asked.text("control")]
    found = adjusted(treated, control)
    money = asked.number("margin") * treated.closed / cost
    slopes = money * rng.normal(found.difference, np.sqrt(found.variance), DRAWS)
    return Response(thing.name, cost, grid, np.outer(slopes, grid), (0.0, cost))


def _seed(asked_question: Question) -> int:
    said = msgspec.json.encode([asked_question.sql, asked_question.parameters])
    return int.from_bytes(hashlib.sha256(said).digest()[:8], "big")


def _no_money(units: int) -> Result:
    return gated(
        NAME,
        "money",
        "no_source",
        {"units": units},
        both(
            "Nothing can be moved: it takes --margin and two things with known costs"
            " (costs of variants, or --costs).",
            "Es lässt sich nichts verschieben: Es braucht --margin und zwei Dinge mit bekannten"
            " Kosten (Kosten der Varianten oder --costs).",
        ),
    )


def _result(found: Plan, total: float, units: int, by_test: frozenset[str]) -> Result:
    all_tested = all(one.channel in by_test for one in found.moves if one.identified)
    counts = {"units": units, "things": len(found.moves)}
    if not found.advised:
        return gated(NAME, "money", "unidentified", counts, _experiment(found))
    return Result(
        name=NAME,
        unit="money beyond today, less its cost",
        n=counts,
        enough_data=True,
        estimate=found.gain.estimate,
        low=found.gain.low,
        high=found.gain.high,
        kind="bayesian",
        evidence="experiment" if all_tested else "model",
        warnings=("mean_return_stands_for_the_next",) if by_test else (),
        sentence=_moved(found, total),
        method=f"response by {'experiment' if all_tested else 'model'}, {DRAWS} draws, greedy",
    )


def _experiment(found: Plan) -> Sentence:
    name = found.experiment
    return both(
        f"No advice: too uncertain (chance of a gain"
        f" {percent(found.chance, 'en', 0)}). What would tell most for"
        f" its money: switch {name} off for a part of the units, drawn by lot.",
        f"Kein Rat: zu unsicher (Aussicht auf Gewinn"
        f" {percent(found.chance, 'de', 0)}). Was für sein Geld am"
        f" meisten zeigt: {name} für einen ausgelosten Teil der Einheiten abschalten.",
    )


def _moved(found: Plan, total: float) -> Sentence:
    said: Sentence = {}
    for lang in ("en", "de"):
        moves = ", ".join(
            f"{one.channel} {number(one.now, lang)} → {number(one.planned, lang)}"
            for one in found.moves
            if round(one.planned) != round(one.now)
        )
        ends = [number(end, lang) for end in (found.gain.estimate, found.gain.low, found.gain.high)]
        chance = number(found.chance * 100, lang)
        said[lang] = (
            f"Of {number(total, lang)}, move: {moves}. Expected gain {ends[0]} (between {ends[1]}"
            f" and {ends[2]}, {NINETEEN[lang]}; chance of a gain {chance}%)."
            if lang == "en"
            else f"Von {number(total, lang)} verschieben: {moves}. Erwarteter Gewinn {ends[0]}"
            f" (zwischen {ends[1]} und {ends[2]}, {NINETEEN[lang]}; Aussicht auf Gewinn"
            f" {chance} %)."
        )
    return said


def _row(one: Move, found: Plan, by_test: frozenset[str]) -> Row:
    return {
        "thing": one.channel,
        "now": one.now,
        "planned": one.planned if found.advised else None,
        "planned_low": one.planned_low if found.advised else None,
        "planned_high": one.planned_high if found.advised else None,
        "marginal": one.marginal.estimate if one.identified else None,
        "marginal_low": one.marginal.low if one.identified else None,
        "marginal_high": one.marginal.high if one.identified else None,
        "identified": one.identified,
        "evidence": "experiment" if one.channel in by_test else "model" if one.identified else None,
        "experiment": one.channel == found.experiment,
    }


MEASURE = Measure(
    NAME,
    both("Where the next money goes", "Wohin das nächste Geld geht"),
    (
        Option(
            "total",
            "number",
            0.0,
            both("money to spend, 0 as today", "Geld, das auszugeben ist, 0 wie heute"),
        ),
        Option(
            "most_move",
            "number",
            MOST_MOVE,
            both("largest change per thing", "größte Änderung je Ding"),
        ),
        *verdicts.MEASURE.options,
        *OPTIONS,
    ),
    question,
    answer_budget,
)
