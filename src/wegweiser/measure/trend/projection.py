"""Where a term goes from here: damped growth, with an interval by simulation."""

import msgspec
import numpy as np

from wegweiser.measure.statistic import Interval, interval
from wegweiser.measure.trend.pool import RECENT, Numbers

DAMPING = 0.8
DRAWS = 1_000
AHEAD = (4, 13)
# Growth per period is read off the newest two periods against the four before them, whose middles
# lie three periods apart.
BEFORE = 4
_APART = 3.0


class Projection(msgspec.Struct, frozen=True):
    """Mentions per period, 1 to 13 periods ahead (draws x periods), of one term."""

    draws: Numbers

    def at(self, ahead: int, level: float = 0.95) -> Interval:
        """Give the mentions in the period so many ahead: the middle of the draws and its ends."""
        return middle(self.draws[:, ahead - 1], level)


def middle(draws: Numbers, level: float = 0.95) -> Interval:
    """Give the median of draws between the ends that hold `level` of them."""
    tail = (1 - level) / 2
    low, centre, high = np.quantile(draws, [tail, 0.5, 1 - tail])
    return interval(float(centre), float(low), float(high))


def project(
    counts: Numbers, totals: Numbers, spread: float, chance: np.random.Generator
) -> Projection:
    """Project a term from its newest six periods (fewer are taken as they are).

    Level and growth are drawn from gamma posteriors of the newest two periods and the four before
    (counts divided by the spread, so that bursts weigh less); growth per period g is damped,
    g^(.8 + .8² + ...), the total stays as it is, and every period is drawn as a negative binomial
    of that mean and spread. A model: it assumes that growth fades as it does elsewhere.

    >>> found = project(np.full(6, 50.0), np.full(6, 1000.0), 1.0, np.random.default_rng(1))
    >>> 40 < found.at(4).estimate < 60
    True
    """
    now, of_now = counts[-RECENT:].sum(), max(1.0, totals[-RECENT:].sum())
    then = counts[-RECENT - BEFORE : -RECENT]
    of_then = max(1.0, totals[-RECENT - BEFORE : -RECENT].sum())
    level = chance.gamma((now + 0.5) / spread, spread / of_now, DRAWS)
    earlier = chance.gamma((then.sum() + 0.5) / spread, spread / of_then, DRAWS)
    slope = np.log(np.maximum(level, 1e-12) / np.maximum(earlier, 1e-12)) / _APART
    passed = np.cumsum(DAMPING ** np.arange(1, AHEAD[-1] + 1))
    ahead = level[:, None] * np.exp(slope[:, None] * passed[None, :])
    means = np.maximum(np.minimum(ahead, 1.0) * of_now / RECENT, 1e-9)
    if spread <= 1.0:
        return Projection(chance.poisson(means).astype(np.float64))
    drawn = chance.negative_binomial(means / (spread - 1.0), 1.0 / spread)
    return Projection(drawn.astype(np.float64))


def worth(
    projected: Projection,
    persons_per_mention: float,
    goals: int,
    people: int,
    margin: float,
    chance: np.random.Generator,
) -> Interval:
    """Give what the persons of the next 13 periods are worth: persons x goal rate x margin.

    The goal rate is drawn from its Beta posterior (½ goals of 1 person before anything is known).
    """
    persons = projected.draws.sum(axis=1) * persons_per_mention
    rate = chance.beta(goals + 0.5, people - goals + 0.5, len(persons))
    return middle(persons * rate * margin)
