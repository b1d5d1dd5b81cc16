"""A difference of rates compared like with like: within strata, then weighted together."""

import math
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from wegweiser.measure.revenue.alike import Alike
from wegweiser.measure.statistic import Interval, interval

LEAST_PER_SIDE = 5
LARGE_SHARE = 0.2
Key = tuple[str, ...]


class Sums(msgspec.Struct, frozen=True):
    """Units, those of them with the goal, and their money with its squares; they add up.

    `later` are those without the goal in the first days after the landmark, and with it thereafter.
    """

    units: int = 0
    goals: int = 0
    value: float = 0.0
    squares: float = 0.0
    later_units: int = 0
    later_goals: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.units + other.units,
            self.goals + other.goals,
            self.value + other.value,
            self.squares + other.squares,
            self.later_units + other.later_units,
            self.later_goals + other.later_goals,
        )

    def __sub__(self, other: "Sums") -> "Sums":
        return Sums(
            self.units - other.units,
            self.goals - other.goals,
            self.value - other.value,
            self.squares - other.squares,
            self.later_units - other.later_units,
            self.later_goals - other.later_goals,
        )

    @property
    def rate(self) -> float:
        """The share with the goal, 0 of nobody."""
        return self.goals / self.units if self.units else 0.0

    @property
    def mean(self) -> float:
        """Money per unit, 0 of nobody."""
        return self.value / self.units if self.units else 0.0


class Stratum(msgspec.Struct, frozen=True):
    """Units that are alike, some with the feature and some without it."""

    key: Key
    having: Sums
    lacking: Sums

    @property
    def units(self) -> int:
        """All units of the stratum."""
        return self.having.units + self.lacking.units

    @property
    def is_sparse(self) -> bool:
        """Whether one side is too small to be compared."""
        return min(self.having.units, self.lacking.units) < LEAST_PER_SIDE


class Standardised(msgspec.Struct, frozen=True):
    """A difference within strata: of rates and of money per unit, and the weighted rates.

    `opposite` is the key of a stratum with over a fifth of the units whose sign is the other.
    """

    rate: Interval
    money: Interval
    rate_having: float
    rate_lacking: float
    opposite: Key | None
    p_value: float


def pooled(strata: Iterable[Stratum]) -> list[Stratum]:
    """Join sparse strata into their parents: the key without its last part, again and again.

    What is sparse even as a whole stays out.

    >>> few = [Stratum(("web", one), Sums(3), Sums(4)) for one in ("phone", "desk")]
    >>> [(one.key, one.having.units) for one in pooled(few)]
    [(('web',), 6)]
    """
    waiting = {one.key: one for one in strata}
    kept: list[Stratum] = []
    for depth in range(max((len(key) for key in waiting), default=0), -1, -1):
        at_depth = [one for key, one in waiting.items() if len(key) == depth]
        for one in at_depth:
            del waiting[one.key]
            if not one.is_sparse:
                kept.append(one)
            elif depth:
                _join(waiting, one)
    return sorted(kept, key=lambda one: one.key)


def _join(waiting: dict[Key, Stratum], child: Stratum) -> None:
    key = child.key[:-1]
    parent = waiting.get(key, Stratum(key, Sums(), Sums()))
    waiting[key] = Stratum(key, parent.having + child.having, parent.lacking + child.lacking)


def standardised(
    strata: Sequence[Stratum], level: float = 0.95, alike: Alike | None = None
) -> Standardised:
    """Weigh the differences of strata by their share of all units.

    D = Σ (Nₛ/N)(a/n₁ − b/n₀), Var = Σ (Nₛ/N)²(p₁q₁/n₁ + p₀q₀/n₀) with p = (x + ½)/(n + 1) in the
    variance; money likewise with s²/n. Assumes that units are independent, and nothing of cause;
    where people of an account are `alike` variances are so many times larger, and t replaces z.
    Source: direct standardisation, Rothman, Greenland & Lash, Modern Epidemiology. Raises
    ValueError for no strata.

    >>> one = Stratum((), Sums(100, 20), Sums(100, 10))
    >>> found = standardised([one]).rate
    >>> found.estimate, found.low, found.high
    (0.1, 0.001, 0.199)
    """
    if not strata:
        raise ValueError("nothing can be compared")
    total = sum(one.units for one in strata)
    weights = [one.units / total for one in strata]
    pairs = list(zip(weights, strata, strict=True))
    having = sum(weight * one.having.rate for weight, one in pairs)
    lacking = sum(weight * one.lacking.rate for weight, one in pairs)
    known = alike or Alike()
    rate = sum(weight**2 * _rate_variance(one) for weight, one in pairs)
    error = math.sqrt(known.rate * rate)
    worth = sum(weight * (one.having.mean - one.lacking.mean) for weight, one in pairs)
    money = sum(weight**2 * _money_variance(one) for weight, one in pairs)
    worth_error = math.sqrt(known.money * money)
    z = known.quantile(level)
    difference = having - lacking
    return Standardised(
        interval(difference, difference - z * error, difference + z * error),
        interval(worth, worth - z * worth_error, worth + z * worth_error),
        having,
        lacking,
        _opposite(strata, weights, difference),
        known.chance(difference / error),
    )


def _rate_variance(stratum: Stratum) -> float:
    parts = 0.0
    for side in (stratum.having, stratum.lacking):
        share = (side.goals + 0.5) / (side.units + 1)
        parts += share * (1 - share) / side.units
    return parts


def _money_variance(stratum: Stratum) -> float:
    parts = 0.0
    for side in (stratum.having, stratum.lacking):
        if side.units > 1:
            spread = max(0.0, side.squares - side.value**2 / side.units) / (side.units - 1)
            parts += spread / side.units
    return parts


def _opposite(strata: Sequence[Stratum], weights: Sequence[float], difference: float) -> Key | None:
    for weight, one in zip(weights, strata, strict=True):
        if weight > LARGE_SHARE and (one.having.rate - one.lacking.rate) * difference < 0:
            return one.key
    return None


def e_value(ratio: float) -> float:
    """Say how strong a hidden common cause would have to be to explain a ratio of rates.

    RR + √(RR(RR − 1)), of 1/RR below 1. Source: VanderWeele & Ding 2017, Annals of Internal
    Medicine 167.

    >>> round(e_value(3.9), 2)
    7.26
    """
    if ratio <= 0:
        return math.inf
    strong = max(ratio, 1 / ratio)
    return strong + math.sqrt(strong * (strong - 1))


def standing(p_values: Mapping[str, float], rate: float = 0.10) -> frozenset[str]:
    """Give the names that stand among all that were compared (Benjamini & Hochberg 1995).

    >>> sorted(standing({"a": 0.001, "b": 0.04, "c": 0.6}))
    ['a', 'b']
    """
    ranked = sorted(p_values.items(), key=lambda one: (one[1], one[0]))
    count = len(ranked)
    last = max(
        (rank for rank, (_, value) in enumerate(ranked, 1) if value <= rank * rate / count),
        default=0,
    )
    return frozenset(name for name, _ in ranked[:last])
