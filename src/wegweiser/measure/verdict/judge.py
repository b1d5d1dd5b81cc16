"""Judges one thing: its lift, what it earned beyond its cost, and how it does beside the rest."""

import msgspec

from wegweiser.measure.form import Asked
from wegweiser.measure.lift_estimate import Look, look_at
from wegweiser.measure.lift_gate import first_closed_gate, needed, weeks_needed
from wegweiser.measure.lift_sums import Sums
from wegweiser.measure.sequential import evidence_value, tuned_for
from wegweiser.measure.several import confirmed
from wegweiser.measure.statistic import Interval, interval
from wegweiser.measure.verdict.alternative import (
    Beside,
    Standing,
    against_rest,
    best_alternative,
    rest_of,
    standings_of,
)
from wegweiser.measure.verdict.rules import Advised, Grounds, advise
from wegweiser.measure.verdict.thing import Thing
from wegweiser.terms.result import Result


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One thing with all that its advice rests on.

    `profit` is in all, `cheap_below` the cost per contact below which it surely pays, where its
    cost is not known. `evidence` are e-values: of a profit or loss, and of an alternative that does
    better. `units_needed` are the units of both arms before anything can be told, `weeks_needed`
    the weeks until then.
    """

    thing: Thing
    gate: Result | None
    advised: Advised
    look: Look | None = None
    profit: Interval | None = None
    against_rest: Interval | None = None
    best: Beside | None = None
    cheap_below: float | None = None
    evidence: tuple[float, float] = (1.0, 1.0)
    units_needed: int | None = None
    weeks_needed: float | None = None


def judge(things: list[Thing], asked: Asked, costs: dict[str, float]) -> list[Judged]:
    """Judge every thing; keep, drop and change stand only if e-BH confirms them at 10 %."""
    standings = standings_of(things, asked)
    seen = [_one(thing, things, standings, asked, costs) for thing in things]
    open_ones = {one.thing.name: one for one in seen if one.gate is None}
    paying = confirmed({name: one.evidence[0] for name, one in open_ones.items()})
    better = confirmed({name: one.evidence[1] for name, one in open_ones.items()})
    return [_among_all(one, one.thing.name in paying, one.thing.name in better) for one in seen]


def _among_all(one: Judged, pays: bool, is_bettered: bool) -> Judged:
    """Let advice stand that is confirmed; without a better alternative it is judged by itself."""
    if one.advised.advice == "change":
        if is_bettered:
            return one
        alone = msgspec.structs.replace(one, best=None)
        one = msgspec.structs.replace(alone, advised=advise(_grounds(alone)))
    return one if pays else _held_back(one)


def _grounds(one: Judged, sure: bool = True) -> Grounds:
    return Grounds(
        evidence="experiment",
        reason=one.gate.reason if one.gate else "",
        profit=one.profit,
        against_rest=one.against_rest,
        against_best=one.best.difference if one.best else None,
        own=one.thing.is_own,
        confirmed=sure,
    )


def _held_back(one: Judged) -> Judged:
    return msgspec.structs.replace(one, advised=advise(_grounds(one, sure=False)))


def _one(
    thing: Thing,
    things: list[Thing],
    standings: dict[str, Standing],
    asked: Asked,
    costs: dict[str, float],
) -> Judged:
    gate = first_closed_gate(thing.sums, asked)
    if gate is not None:
        bare = Judged(
            thing=thing,
            gate=gate,
            advised=Advised("", "gate"),
            units_needed=needed(thing.sums, asked) or None,
            weeks_needed=weeks_needed(thing.sums, asked),
        )
        return msgspec.structs.replace(bare, advised=advise(_grounds(bare)))
    treated, control = thing.sums[asked.text("arm")], thing.sums[asked.text("control")]
    look = look_at(treated, control, asked)
    margin, cost = asked.number("margin"), cost_of(thing, costs)
    own, rest = standings[thing.name], rest_of(thing, things, asked)
    others = [standings.get(one.name) for one in things if one.name != thing.name]
    # All others together are another alternative where they are more than one.
    wanted = [*others, rest] if len(others) > 1 else others
    best, evidence = best_alternative(own, wanted, asked)
    even = _break_even(treated, margin, cost)
    judged = Judged(
        thing=thing,
        gate=None,
        advised=Advised("", "gate"),
        look=look,
        profit=None if even is None else _profit(look, treated, margin, cost or 0.0),
        against_rest=against_rest(own, rest, asked),
        best=best,
        cheap_below=_cheap_below(look, treated, thing, margin) if cost is None else None,
        evidence=(_evidence(look, even or 0.0, treated.closed + control.closed, asked), evidence),
    )
    return msgspec.structs.replace(judged, advised=advise(_grounds(judged)))


def cost_of(thing: Thing, costs: dict[str, float]) -> float | None:
    """Give what all contacts cost: as stated per contact, else as declared or imported."""
    stated = costs.get(thing.name, costs.get(""))
    return thing.cost if stated is None else stated * thing.contacts


def _break_even(treated: Sums, margin: float, cost: float | None) -> float | None:
    if margin <= 0 or cost is None:
        return None
    return cost / (treated.closed * margin)


def _profit(look: Look, treated: Sums, margin: float, cost: float) -> Interval:
    """Give Π = d·margin·n₁ − cost, with the ends of the interval that may be read daily."""
    ends = (look.interval.estimate, look.interval.low, look.interval.high)
    estimate, low, high = (end * margin * treated.closed - cost for end in ends)
    return interval(estimate, low, high)


def _cheap_below(look: Look, treated: Sums, thing: Thing, margin: float) -> float | None:
    if margin <= 0 or not thing.contacts or look.interval.low <= 0:
        return None
    return look.interval.low * margin * treated.closed / thing.contacts


def _evidence(look: Look, even: float, units: int, asked: Asked) -> float:
    variance = look.found.variance
    if variance <= 0:
        return 1.0
    tau = asked.number("worth_knowing") or tuned_for(variance, units, asked.whole("planned_units"))
    return evidence_value(look.found.difference - even, variance, tau)
