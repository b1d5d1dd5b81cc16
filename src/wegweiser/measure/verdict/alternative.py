"""The alternatives of one thing: each other one, and all of them together."""

from collections.abc import Iterable, Sequence

import msgspec

from wegweiser.measure.adjusted import Adjusted, adjusted
from wegweiser.measure.form import Asked
from wegweiser.measure.lift_gate import first_closed_gate
from wegweiser.measure.lift_sums import Sums
from wegweiser.measure.sequential import always_valid, evidence_value, tuned_for
from wegweiser.measure.statistic import Interval
from wegweiser.measure.verdict.thing import Thing, together

_ALPHA = 0.05


class Standing(msgspec.Struct, frozen=True):
    """The lift of one thing, or of all others together (without a name), and of how many units."""

    name: str
    effect: Adjusted
    units: int


class Beside(msgspec.Struct, frozen=True):
    """A thing beside an alternative: its lift less that one's; no name for all others together."""

    name: str
    difference: Interval
    evidence: float


def standings_of(things: Iterable[Thing], asked: Asked) -> dict[str, Standing]:
    """Give the lift of every thing that no gate stands before; each gate is asked once."""
    told = ((one.name, _standing(one.name, one.sums, asked)) for one in things)
    return {name: found for name, found in told if found is not None}


def rest_of(thing: Thing, things: Sequence[Thing], asked: Asked) -> Standing | None:
    """Give the lift of all other things together; None where a gate stands before it."""
    return _standing("", together(one for one in things if one.name != thing.name), asked)


def _standing(name: str, sums: dict[str, Sums], asked: Asked) -> Standing | None:
    if first_closed_gate(sums, asked) is not None:
        return None
    treated, control = sums[asked.text("arm")], sums[asked.text("control")]
    return Standing(name, adjusted(treated, control), treated.closed + control.closed)


def against_rest(own: Standing, rest: Standing | None, asked: Asked) -> Interval | None:
    """Give its lift less that of all other things together."""
    found = None if rest is None else _beside(own, rest, asked, _ALPHA)
    return found.difference if found else None


def best_alternative(
    own: Standing, others: Sequence[Standing | None], asked: Asked
) -> tuple[Beside | None, float]:
    """Give the alternative that most surely does better, and the e-value that any does.

    Whichever of k alternatives looks best is looked for, so that every difference has ends at
    1 - 5 %/k (Bonferroni), and the e-value is the mean of those of the alternatives that do better:
    where none does, its mean is at most 1. Those of which nothing can be told (None) count among
    the k. Assumes that the lifts of two things may be held against each other, though they are of
    other units.
    """
    alpha = _ALPHA / max(1, len(others))
    tried = [_beside(own, one, asked, alpha) for one in others if one is not None]
    found = [one for one in tried if one is not None]
    if not found:
        return None, 1.0
    better = sum(one.evidence for one in found if one.difference.estimate < 0)
    return min(found, key=lambda one: (one.difference.high, one.name)), better / len(found)


def _beside(own: Standing, other: Standing, asked: Asked, alpha: float) -> Beside | None:
    difference = own.effect.difference - other.effect.difference
    variance = own.effect.variance + other.effect.variance
    if variance <= 0:
        return None
    units = own.units + other.units
    tau = asked.number("worth_knowing") or tuned_for(variance, units, asked.whole("planned_units"))
    return Beside(
        other.name,
        always_valid(difference, variance, tau, alpha),
        evidence_value(difference, variance, tau),
    )
