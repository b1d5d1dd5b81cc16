"""Differences at the planned end of a test with several arms: all at once, and two by two."""

import math

import msgspec
from scipy import special

from wegweiser.measure.clustered import (
    clustered_difference,
    covariance,
    freedom_over_clusters,
)
from wegweiser.measure.compare import newcombe
from wegweiser.measure.lift_sums import Sums
from wegweiser.measure.several_arms import dunnett_bound, shared_loads, together_chance
from wegweiser.measure.statistic import Interval, interval


class AtEnd(msgspec.Struct, frozen=True):
    """One difference at the planned end, and the chance of so large a one among all without any."""

    found: Interval
    chance: float


def at_end(arms: dict[str, Sums], control: Sums, rated: bool) -> dict[str, AtEnd]:
    """Give all differences from the control with intervals that hold together (Dunnett).

    Rates of independent units have Newcombe's ends at Dunnett's quantile, all else ± c·√v with
    the fewest degrees of freedom of any pair. `rated` says that y is 0 or 1.
    """
    spreads = {arm: float(covariance(one)[0, 0]) for arm, one in arms.items()}
    held = float(covariance(control)[0, 0])
    loads = shared_loads(list(spreads.values()), held)
    freedom = min(max(1.0, freedom_over_clusters(one, control)) for one in arms.values())
    bound = dunnett_bound(loads, freedom)
    told: dict[str, AtEnd] = {}
    for arm, one in arms.items():
        difference = one.after.mean - control.after.mean
        error = math.sqrt(spreads[arm] + held)
        chance = together_chance(difference / error, loads, freedom) if error > 0 else 1.0
        if rated and not _is_clustered(one, control):
            found = newcombe(one.after, control.after, 2 * float(special.ndtr(bound)) - 1)
        else:
            found = interval(difference, difference - bound * error, difference + bound * error)
        told[arm] = AtEnd(found, chance)
    return told


def _is_clustered(one: Sums, other: Sums) -> bool:
    return one.is_clustered or other.is_clustered


def held_against(one: Sums, other: Sums, level: float, rated: bool) -> AtEnd:
    """Give the difference of two arms at a level, and the chance of one as large without any."""
    plain = rated and not _is_clustered(one, other)
    found = (
        newcombe(one.after, other.after, level)
        if plain
        else clustered_difference(one, other, level)
    )
    error = math.sqrt(sum(float(covariance(arm)[0, 0]) for arm in (one, other)))
    score = abs(found.estimate) / error if error > 0 else 0.0
    return AtEnd(
        found, float(2 * special.stdtr(max(1.0, freedom_over_clusters(one, other)), -score))
    )
