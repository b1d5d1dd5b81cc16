"""Click rates with people as clusters: one rate, and one against the rest of the same place."""

import math

import msgspec
from scipy import special

from wegweiser.measure.compare import Paired
from wegweiser.measure.form import Row, real, whole
from wegweiser.measure.many import LEAST_GOALS, LEAST_GOALS_PER_ARM, LEAST_UNITS
from wegweiser.measure.statistic import Interval, interval, normal_quantile, wilson

LEAST_PEOPLE = 30


class Beside(msgspec.Struct, frozen=True):
    """A rate less that of all else in the same place, and the chance of so much without cause."""

    difference: Interval
    chance: float


def per_exposure(row: Row) -> Interval | None:
    """Give Σ clicks / Σ exposures with people as clusters, within 0 and 1; None below 30 people.

    Wilson's share of so many independent exposures as have the same variance:
    n* = R(1 − R)/Var(R), Var(R) by the ratio formula over people. Where nobody or everybody
    clicked there is no variance to see, and people are what was drawn. Assumes independent
    people. Source: Deng, Knoblich & Lu 2018, KDD; Korn & Graubard 1998, Survey Methodology 24.
    """
    people, exposures, clicks = (whole(row, name) for name in ("people", "exposures", "clicks"))
    if people < LEAST_PEOPLE:
        return None
    if exposures == people or clicks in (0, exposures):
        # People, not exposures, are what was drawn: the sample is no larger than they are.
        share = wilson(round(clicks * people / exposures), people)
        return interval(clicks / exposures, share.low, share.high)
    return effective_wilson(clicks / exposures, ratio_variance(_paired(row)))


def ratio_variance(sums: Paired) -> float:
    """Give Σ(y − Rx)²/(Σx)²·n/(n − 1), the squared standard error of a ratio of sums."""
    ratio = sums.y / sums.x
    spread = sums.yy - 2 * ratio * sums.xy + ratio**2 * sums.xx
    return sums.units / (sums.units - 1) * max(0.0, spread) / sums.x**2


def effective_wilson(share: float, variance: float, level: float = 0.95) -> Interval:
    """Give Wilson's ends for a share with this squared standard error; none without a variance.

    >>> effective_wilson(0.1, 0.1 * 0.9 / 100)
    Interval(estimate=0.1, low=0.0552, high=0.1744)
    """
    if variance <= 0:
        return Interval(share, share, share)
    z, trials = normal_quantile(level), share * (1 - share) / variance
    shrink = 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / shrink
    half = z / shrink * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return interval(share, max(0.0, centre - half), min(1.0, centre + half))


def beside_the_rest(row: Row, place: Row) -> Beside | None:
    """Hold a rate against that of all else in the same place; None where either is too little.

    The same people see both, so that their errors hang together: Var and covariance are of sums
    over people, the ends those of both rates by MOVER with that correlation,
    d − √(a² − 2ρab + b²) with a, b the distances to the ends of each. Needs 100 people, 25 clicks
    in all and 5 on either side. Source: G. Y. Zou & A. Donner 2008, Statistics in Medicine 27.
    """
    if not _is_enough(row, place):
        return None
    own, rest, covariance = _together(row, place)
    rates = (real(row, "clicks") / real(row, "exposures"), _rest(place, row))
    if min(own, rest) <= 0:
        return None
    alike = covariance / math.sqrt(own * rest)
    one, other = (effective_wilson(rate, v) for rate, v in zip(rates, (own, rest), strict=True))
    difference = rates[0] - rates[1]
    below = _reach(one.estimate - one.low, other.high - other.estimate, alike)
    above = _reach(one.high - one.estimate, other.estimate - other.low, alike)
    error = math.sqrt(max(1e-300, own + rest - 2 * covariance))
    chance = float(special.erfc(abs(difference) / error / math.sqrt(2)))
    return Beside(interval(difference, difference - below, difference + above), chance)


def _reach(one: float, other: float, alike: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * alike * one * other + other * other))


def _is_enough(row: Row, place: Row) -> bool:
    clicks, others = whole(row, "clicks"), whole(place, "clicks") - whole(row, "clicks")
    exposures = whole(place, "exposures") - whole(row, "exposures")
    return (
        min(whole(row, "people"), whole(place, "people")) >= LEAST_UNITS
        and exposures >= LEAST_UNITS
        and clicks + others >= LEAST_GOALS
        and min(clicks, others) >= LEAST_GOALS_PER_ARM
    )


def _paired(row: Row) -> Paired:
    return Paired(
        whole(row, "people"),
        *(real(row, name) for name in ("clicks", "exposures")),
        *(real(row, name) for name in ("clicks_squares", "exposures_squares", "products")),
    )


def _rest(place: Row, row: Row) -> float:
    clicks = real(place, "clicks") - real(row, "clicks")
    return clicks / (real(place, "exposures") - real(row, "exposures"))


def _together(row: Row, place: Row) -> tuple[float, float, float]:
    """Give the squared standard errors of both rates and their covariance, over people.

    With c, x a person's own clicks and exposures, C, X those in the whole place, a = c − R·x and
    u − v = (C − R'X) − (c − R'x): all products are sums of products of c, x, C and X.
    """
    own, all_of = _paired(row), _paired(place)
    cc, cx, xc, xx = (real(row, f"place_{name}") for name in ("yy", "yx", "xy", "xx"))
    ratio, rest = own.y / own.x, _rest(place, row)
    x, left = own.x, all_of.x - own.x
    aa = own.yy - 2 * ratio * own.xy + ratio**2 * own.xx
    uu = all_of.yy - 2 * rest * all_of.xy + rest**2 * all_of.xx
    vv = own.yy - 2 * rest * own.xy + rest**2 * own.xx
    uv = cc - rest * cx - rest * xc + rest**2 * xx
    au = cc - rest * cx - ratio * xc + ratio * rest * xx
    av = own.yy - (ratio + rest) * own.xy + ratio * rest * own.xx
    factor = all_of.units / (all_of.units - 1)
    bb = max(0.0, uu - 2 * uv + vv)
    return (factor * max(0.0, aa) / x**2, factor * bb / left**2, factor * (au - av) / (x * left))
