"""Few accounts per arm: a difference judged by giving the arms to the accounts in other ways."""

from collections.abc import Callable
from itertools import combinations
from math import comb

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.measure.statistic import Interval, interval

MOST_WAYS = 10_000
_STEPS = 50
Floats = NDArray[np.float64]


class Accounts(msgspec.Struct, frozen=True):
    """Accounts of two arms: per account its Σy, its units, and whether it is treated."""

    totals: tuple[float, ...]
    units: tuple[float, ...]
    treated: tuple[bool, ...]


def difference_of(accounts: Accounts) -> float:
    """Give ΣY/ΣN of the treated accounts less that of the others."""
    treated = np.array(accounts.treated)[None, :]
    return float(_differences(treated, np.array(accounts.totals), np.array(accounts.units))[0])


def left_out(accounts: Accounts) -> tuple[float, float]:
    """Give the least and the largest difference when any one account is left out."""
    totals, units = np.array(accounts.totals), np.array(accounts.units)
    own = np.array(accounts.treated)
    means = [
        (totals[side].sum() - totals * side) / (units[side].sum() - units * side)
        for side in (own, ~own)
    ]
    found = means[0] - means[1]
    return float(found.min()), float(found.max())


def permuted(
    accounts: Accounts, rng: np.random.Generator, level: float = 0.95
) -> tuple[Interval, float]:
    """Give the difference, its interval, and the chance of one as large without any effect.

    The arms are given to the accounts in all ways, or in 10,000 drawn ones. The interval holds the
    effects per unit which, taken away from the treated, leave a difference that is not among the
    (1 − level) largest. Assumes that accounts were drawn. Source: R. A. Fisher 1935; Rosenbaum
    2002, chapter 2.
    """
    ways = _ways(len(accounts.treated), sum(accounts.treated), rng)
    totals, units = np.array(accounts.totals), np.array(accounts.units)
    own = np.array(accounts.treated)
    ways = np.vstack([own, ways])

    def chance(effect: float) -> float:
        found = _differences(ways, totals - effect * units * own, units)
        return float(np.mean(np.abs(found) >= abs(found[0]) - 1e-12))

    middle = difference_of(accounts)
    spread = float(np.abs(_differences(ways, totals, units)).max()) + abs(middle) + 1e-9
    ends = [_end(chance, middle, sign * spread, 1 - level) for sign in (-1.0, 1.0)]
    return interval(middle, ends[0], ends[1]), chance(0.0)


def _ways(count: int, treated: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    if comb(count, treated) <= MOST_WAYS:
        chosen = np.array(list(combinations(range(count), treated)))
    else:
        chosen = np.argsort(rng.random((MOST_WAYS, count)), axis=1)[:, :treated]
    ways = np.zeros((len(chosen), count), dtype=bool)
    np.put_along_axis(ways, chosen, True, axis=1)
    return ways


def _differences(ways: NDArray[np.bool_], totals: Floats, units: Floats) -> Floats:
    above, below = ways @ totals, ways @ units
    return np.asarray(above / below - (totals.sum() - above) / (units.sum() - below))


def _end(chance: Callable[[float], float], middle: float, reach: float, alpha: float) -> float:
    """Find by halving where the chance falls to alpha, going out from the middle."""
    far = reach
    while chance(middle + far) > alpha and abs(far) < 1e12:
        far *= 2
    near = 0.0
    for _ in range(_STEPS):
        between = (near + far) / 2
        near, far = (between, far) if chance(middle + between) > alpha else (near, between)
    return middle + far
