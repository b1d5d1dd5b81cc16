"""The measure `verdicts`: keep, change, drop or cannot tell yet, with the money at stake."""

import msgspec
import pyarrow as pa

from wegweiser.measure import lift
from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of
from wegweiser.measure.lift_gate import first_closed_gate
from wegweiser.measure.revenue.ledger import CURRENCY
from wegweiser.measure.verdict.judge import Judged, cost_of, judge
from wegweiser.measure.verdict.question import THINGS, question
from wegweiser.measure.verdict.sentence import sentence_of
from wegweiser.measure.verdict.thing import Thing, read_things, together
from wegweiser.measure.words import both
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Answer, Question, Result
from wegweiser.terms.wrong import wrong

NAME = "verdicts"


def answer_verdicts(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Judge each thing by what its units reached beyond the control group; broken hides all."""
    things = read_things(rows_of(table))
    costs = read_costs(asked.text("costs"))
    units = sum(thing.units for thing in things)
    whole = first_closed_gate(together(things), asked)
    if whole is not None and whole.reason in ("no_source", "broken"):
        return answer(NAME, asked, asked_question, [_hidden(whole)], [], units)
    judged = sorted(judge(things, asked, costs), key=_order)
    clicks = sum(thing.last_clicks for thing in things)
    results = [_result(one, clicks, costs, asked) for one in judged]
    rows = [_row(one, clicks, costs) for one in judged]
    return answer(NAME, asked, asked_question, results or [_none()], rows, units)


def read_costs(text: str) -> dict[str, float]:
    """Read costs per contact: one for all, or by name; raises InputRefused.

    >>> read_costs("0.5"), read_costs("news=0.01, calls=4")
    ({'': 0.5}, {'news': 0.01, 'calls': 4.0})
    """
    costs: dict[str, float] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, sign, written = part.rpartition("=")
        try:
            cost = float(written)
        except ValueError:
            cost = -1.0
        if not 0 <= cost < float("inf") or (sign and not name):
            raise InputRefused("bad_option", wrong("costs_like", part=repr(part)), 422, "costs")
        costs[name.strip()] = cost
    return costs


_RANKS = {"drop": 0, "change": 1, "keep": 2, "cannot_tell_yet": 3, "": 4}


def _order(one: Judged) -> tuple[int, float, str]:
    return (_RANKS[one.advised.advice], -(at_stake(one) or 0.0), one.thing.name)


def at_stake(one: Judged) -> float | None:
    """Give the money at stake: what following the advice is worth, or the most that may be lost.

    Where nothing can be told yet, it is the larger of the possible gain and the possible loss.
    """
    if one.profit is None:
        return None
    if one.advised.advice in ("keep", "drop"):
        return abs(one.profit.estimate)
    return max(one.profit.high, -one.profit.low)


def _hidden(gate: Result) -> Result:
    return gated(NAME, gate.unit, gate.reason, gate.n, gate.sentence)


def _none() -> Result:
    said = both(
        "No message was chosen in this period.",
        "In diesem Zeitraum wurde keine Botschaft ausgewählt.",
    )
    return gated(NAME, "profit in all", "no_source", {"units": 0}, said)


def _counts(thing: Thing) -> dict[str, int]:
    return {
        "units": thing.units,
        "goals": sum(arm.reached for arm in thing.sums.values()),
        "contacts": round(thing.contacts),
    }


_AS_IMPORTED = both(
    " What its contacts cost is known from imported costs.",
    " Was seine Kontakte kosten, ist aus eingelesenen Kosten bekannt.",
)


def _result(one: Judged, clicks: int, costs: dict[str, float], asked: Asked) -> Result:
    said = sentence_of(one, clicks)
    if one.profit is not None and _cost_from(one.thing, costs) == "imported":
        said = {lang: told + _AS_IMPORTED[lang] for lang, told in said.items()}
    name = f"{NAME}.{asked.text('by')}.{one.thing.name}"
    counts = _counts(one.thing)
    if one.look is None or one.gate is not None:
        reason = one.gate.reason if one.gate else "no_source"
        bare = gated(name, "profit in all", reason, counts, said)
        return _advised(bare, one)
    found = one.profit or one.look.interval
    return _advised(
        Result(
            name=name,
            unit="profit in all" if one.profit else _unit(asked),
            n=counts,
            enough_data=True,
            estimate=found.estimate,
            low=found.low,
            high=found.high,
            kind="always_valid",
            evidence="experiment",
            warnings=() if one.thing.is_own else ("others_were_shown_too",),
            sentence=said,
            method="lift by first choice against held-out units, e-BH over things",
            verdict=one.look.verdict,
            weeks_needed=one.look.weeks,
        ),
        one,
    )


def _unit(asked: Asked) -> str:
    return "reached per unit" if asked.text("metric") == "converted" else "per unit"


def _advised(result: Result, one: Judged) -> Result:
    return msgspec.structs.replace(result, advice=one.advised.advice)


def _cost_from(thing: Thing, costs: dict[str, float]) -> str:
    """Say where the cost of a thing is known from; empty where nobody knows it."""
    if thing.name in costs or "" in costs:
        return "stated"
    if thing.cost is None:
        return ""
    return "imported" if thing.imported else "declared"


def _row(one: Judged, clicks: int, costs: dict[str, float]) -> Row:
    profit, lift_found = one.profit, one.look.interval if one.look else None
    rest = one.against_rest
    return {
        "thing": one.thing.name,
        "advice": one.advised.advice,
        "why": one.advised.why if one.gate is None else one.gate.reason,
        "at_stake": at_stake(one),
        "profit": profit.estimate if profit else None,
        "profit_low": profit.low if profit else None,
        "profit_high": profit.high if profit else None,
        "lift": lift_found.estimate if lift_found else None,
        "lift_low": lift_found.low if lift_found else None,
        "lift_high": lift_found.high if lift_found else None,
        "verdict": one.look.verdict if one.look else "",
        "beyond_others": rest.estimate if rest else None,
        "beyond_others_low": rest.low if rest else None,
        "beyond_others_high": rest.high if rest else None,
        "better": one.best.name if one.best and one.advised.advice == "change" else "",
        "units": one.thing.units,
        "contacts": round(one.thing.contacts),
        "cost": cost_of(one.thing, costs),
        "cost_from": _cost_from(one.thing, costs),
        "cheap_below": one.cheap_below,
        "followed_share": one.thing.followed_share,
        "last_click_share": one.thing.last_clicks / clicks if clicks else None,
        "units_needed": one.units_needed,
        "weeks_needed": one.look.weeks if one.look else one.weeks_needed,
        "evidence": "experiment",
    }


MEASURE = Measure(
    NAME,
    both("What to keep, change or drop", "Was zu behalten, zu ändern, zu beenden ist"),
    (
        Option(
            "by", "text", "message", both("what is judged", "was beurteilt wird"), tuple(THINGS)
        ),
        Option(
            "costs",
            "text",
            "",
            both(
                "cost per contact, as 0.5 or news=0.01,calls=4; empty as declared or imported",
                "Kosten je Kontakt, etwa 0.5 oder news=0.01,calls=4; leer wie erklärt oder"
                " eingelesen",
            ),
        ),
        CURRENCY,
        *(one for one in lift.MEASURE.options if one.name != "unit_cost"),
    ),
    question,
    answer_verdicts,
)
