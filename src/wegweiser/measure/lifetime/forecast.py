"""What is to come of customers, with the interval that the doubt about the parameters leaves."""

from collections.abc import Callable

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.measure.lifetime.buyers import Buyers, Numbers
from wegweiser.measure.lifetime.fit import Fitted
from wegweiser.measure.statistic import Interval, interval

DRAWS = 500
# Draws are taken over so many groups; how far a total moves with the parameters shows on few.
MOST_DRAWN = 400
_ENDS = (0.025, 0.975)
Places = NDArray[np.int64]


def sample_of(weights: Numbers, most: int = MOST_DRAWN) -> tuple[Places, Numbers]:
    """Choose groups that stand for all: their places, and by what each is multiplied.

    Every so much of the total weight, in the order of the groups; all of them when they are few.
    """
    known = np.maximum(np.nan_to_num(weights), 0.0)
    if len(known) <= most or known.sum() <= 0:
        return np.arange(len(known)), np.ones(len(known))
    passed = np.concatenate([[0.0], np.cumsum(known)]) / known.sum() * most
    taken = np.diff(np.floor(passed + 0.5))
    places = np.flatnonzero(taken)
    return places, taken[places] * known.sum() / most / known[places]


def only(buyers: Buyers, places: Places) -> Buyers:
    """Take some groups."""
    return Buyers(
        buyers.repeats[places], buyers.last[places], buyers.age[places], buyers.count[places]
    )


def drawn_totals(
    fitted: Fitted,
    buyers: Buyers,
    of_each: Callable[[Fitted, Buyers], Numbers],
    chance: np.random.Generator,
) -> Numbers:
    """Give the total of `of_each` over all customers under drawn parameters, one per draw."""
    whole = of_each(fitted, buyers) * buyers.count
    places, times = sample_of(whole)
    few = only(buyers, places)
    weights = few.count * times
    totals = [
        float((of_each(msgspec.structs.replace(fitted, values=values), few) * weights).sum())
        for values in fitted.draws(DRAWS, chance)
    ]
    drawn = np.array(totals, dtype=np.float64)
    return np.asarray(drawn[np.isfinite(drawn)])


def between_draws(estimate: float, drawn: Numbers) -> Interval:
    """Give an estimate with the ends between which 95 % of its draws lie."""
    low, high = np.quantile(drawn, _ENDS) if len(drawn) else (estimate, estimate)
    return interval(estimate, float(low), float(high))
