"""How much more alike people of one account are than people alone, and how well that is known."""

import math

import msgspec
from scipy import special

from wegweiser.measure.statistic import normal_quantile

LEAST_ACCOUNTS = 20
LEAST_WITH_GOAL = 10


class Alike(msgspec.Struct, frozen=True):
    """How many times larger a variance is than of independent people, and how well that is known.

    `having` and `lacking` are accounts with anybody on that side, `freedom` the degrees of freedom
    (None: people are independent of each other).
    """

    rate: float = 1.0
    money: float = 1.0
    having: int = 0
    lacking: int = 0
    with_goal: int = 0
    freedom: float | None = None

    @property
    def is_enough(self) -> bool:
        """Tell whether there are accounts enough to know that."""
        if self.freedom is None:
            return True
        least = min(self.having, self.lacking)
        return least >= LEAST_ACCOUNTS and self.with_goal >= LEAST_WITH_GOAL

    def quantile(self, level: float) -> float:
        """Give the two-sided quantile: the normal one, or Student's t over accounts."""
        if self.freedom is None:
            return normal_quantile(level)
        return float(special.stdtrit(self.freedom, (1 + level) / 2))

    def chance(self, score: float) -> float:
        """Give the chance of so large a score without any difference."""
        if self.freedom is None:
            return math.erfc(abs(score) / math.sqrt(2))
        return float(2 * special.stdtr(self.freedom, -abs(score)))
