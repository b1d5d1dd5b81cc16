"""Many comparisons at once: which of them stand, judged by their probabilities under no effect."""

import math
from collections.abc import Mapping

from scipy import special

from wegweiser.measure.compare import Arm

# A difference of two rates is told from so many units per arm, goals in all and goals per arm.
LEAST_UNITS = 100
LEAST_GOALS = 25
LEAST_GOALS_PER_ARM = 5


def standing(chances: Mapping[str, float], rate: float = 0.10) -> frozenset[str]:
    """Give the names that stand among all of them, by Benjamini and Hochberg.

    With p₍₁₎ ≤ p₍₂₎ ≤ … of m, the largest k with p₍ₖ₎ ≤ k·rate/m; the first k stand. At most `rate`
    of what stands is false on average, for independent or positively dependent comparisons.
    Source: Y. Benjamini & Y. Hochberg 1995, JRSS B 57.

    >>> sorted(standing({"a": 0.01, "b": 0.04, "c": 0.9}))
    ['a', 'b']
    """
    ranked = sorted(chances.items(), key=lambda one: (one[1], one[0]))
    last = max(
        (place for place, (_, p) in enumerate(ranked, 1) if p <= place * rate / len(ranked)),
        default=0,
    )
    return frozenset(name for name, _ in ranked[:last])


def chance_of_rates(one: Arm, other: Arm) -> float:
    """Give how probable so large a difference of two rates is when there is none.

    Two-sided normal test with the pooled rate. Assumes independent units.

    >>> from wegweiser.measure.compare import rate_arm
    >>> round(chance_of_rates(rate_arm(40, 200), rate_arm(20, 200)), 4)
    0.0051
    """
    pooled = (one.total + other.total) / (one.units + other.units)
    spread = pooled * (1 - pooled) * (1 / one.units + 1 / other.units)
    if spread <= 0.0:
        return 1.0
    return float(special.erfc(abs(one.mean - other.mean) / math.sqrt(2 * spread)))


def comparable(one: Arm, other: Arm) -> bool:
    """Tell whether two rates have enough units and goals for their difference to be told."""
    return (
        min(one.units, other.units) >= LEAST_UNITS
        and one.total + other.total >= LEAST_GOALS
        and min(one.total, other.total) >= LEAST_GOALS_PER_ARM
    )
