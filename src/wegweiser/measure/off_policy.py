"""What another policy would have earned, from logged choices and their exact probabilities."""

import math
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.measure.statistic import Interval, interval, normal_quantile

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]

LEAST_EFFECTIVE = 100.0
LEAST_EFFECTIVE_SHARE = 0.01
MOST_UNSUPPORTED = 0.05
# A candidate that was chosen less often than this says nothing about itself.
LEAST_LOGGED = 0.001
LARGE_SHARE = 0.05
MOST_ERRORS = 3.0
ROUNDING = 1e-6
FOLDS = 5
CLIP = 20.0
SHRINKAGE = 20.0
RESAMPLES = 1_000
# Two ways to an interval whose widths differ by more than this are both shown.
WIDTHS_DIFFER = 0.2

Refusal = Literal["", "too_few", "too_different", "unsupported"]


class Offers(msgspec.Struct, frozen=True):
    """Every candidate that the target policy gives a chance, flat: row of the log, arm, chance.

    An arm is the number of a candidate; "nothing" is an arm as well.
    """

    row: Places
    arm: Places
    chance: Numbers


class Choices(msgspec.Struct, frozen=True):
    """N logged choices: arm, selection probability, reward, unit (0 to U - 1), and the target's
    chance of the same arm; `unsupported` is the target's chance of arms that were hardly tried.
    """

    arm: Places
    logged: Numbers
    target: Numbers
    reward: Numbers
    unit: Places
    unsupported: Numbers
    offers: Offers

    @property
    def weights(self) -> Numbers:
        """How much more often the target makes each logged choice."""
        return np.asarray(self.target / self.logged)


class Fitness(msgspec.Struct, frozen=True):
    """How well a log can speak about a target: `effective` of `n` rows count in full.

    The mean weight is 1 within three of its standard errors where the logged chances are those
    that were drawn from; `amber` where one row alone weighs more than 5 % of all.
    """

    n: int
    effective: float
    mean_weight: float
    largest_weight: float
    largest_share: float
    unsupported: float
    refusal: Refusal
    mean_weight_error: float = 0.0
    weights_fit: bool = True
    amber: bool = False


class Value(msgspec.Struct, frozen=True):
    """An estimate; `resampled` is the bootstrap's interval where it clearly differs."""

    found: Interval
    resampled: Interval | None = None


class Estimates(msgspec.Struct, frozen=True):
    """The value of the target by four estimators, and its difference to what was logged.

    The share `clipped` of rows had a weight above `clip`, which the clipped estimator cuts off.
    """

    inverse: Value
    normalised: Value
    doubly_robust: Value
    clipped_robust: Value
    clipped: float
    difference: Value
    clip: float = CLIP


def fitness_of(choices: Choices) -> Fitness:
    """Judge whether a log can answer at all; `refusal` is empty when it can.

    ESS = (Σw)²/Σw². Refused below 100, below 1 % of n, or above 5 % unsupported chance.
    """
    weights = choices.weights
    count, total = len(weights), float(weights.sum())
    squares = float((weights**2).sum())
    effective = total * total / squares if squares > 0 else 0.0
    unsupported = float(choices.unsupported.mean()) if count else 0.0
    refusal: Refusal = ""
    if unsupported > MOST_UNSUPPORTED:
        refusal = "unsupported"
    elif effective < LEAST_EFFECTIVE:
        refusal = "too_few"
    elif effective < LEAST_EFFECTIVE_SHARE * count:
        refusal = "too_different"
    largest = float(weights.max()) if count else 0.0
    mean = total / count if count else 0.0
    error = float(weights.std()) / math.sqrt(count) if count else 0.0
    share = largest / total if total > 0 else 0.0
    # What the target gives to arms that cannot be chosen is missing from the mean weight.
    expected = 1.0 - unsupported
    return Fitness(
        n=count,
        effective=effective,
        mean_weight=mean,
        largest_weight=largest,
        largest_share=share,
        unsupported=unsupported,
        refusal=refusal,
        mean_weight_error=error,
        weights_fit=not count or abs(mean - expected) <= MOST_ERRORS * error + ROUNDING,
        amber=share > LARGE_SHARE,
    )


def estimate(
    choices: Choices,
    rng: np.random.Generator,
    level: float = 0.95,
    resamples: int = RESAMPLES,
) -> Estimates:
    """Estimate the mean reward of the target policy in four ways, clustered by unit.

    IPS = mean(w·y); SNIPS = Σwy/Σw; DR = mean(Σ_a π_t(a)·q̂(a) + w·(y − q̂(a_i))), with the mean
    reward of each arm as q̂, fitted on the units of the other four of five folds. Assumes that
    the logged probabilities are those that were drawn from, and that the target chooses among
    what was on offer. Units are drawn again `resamples` times for the bootstrap, 0 leaves it
    out. Source: Horvitz & Thompson 1952; Dudík, Langford & Li 2011.

    >>> rows = np.arange(4)
    >>> reward = np.array([1.0, 0.0, 1.0, 0.0])
    >>> even, both = np.full(4, 0.5), Offers(rows.repeat(2), np.tile([0, 1], 4), np.full(8, 0.5))
    >>> log = Choices(rows % 2, even, even, reward, rows, np.zeros(4), both)
    >>> estimate(log, np.random.default_rng(1)).normalised.found.estimate
    0.5
    """
    weights, reward = choices.weights, choices.reward
    own, expected = _predictions(choices, rng)
    capped = np.minimum(weights, CLIP)
    normalised, pull = _normalised(weights, reward)
    gap = pull - (reward - reward.mean())
    spread = _Spread(choices.unit, rng, level, resamples)
    return Estimates(
        inverse=spread.of_mean(weights * reward),
        normalised=spread.around(normalised, pull),
        doubly_robust=spread.of_mean(expected + weights * (reward - own)),
        clipped_robust=spread.of_mean(expected + capped * (reward - own)),
        clipped=float((weights > CLIP).mean()),
        difference=spread.around(normalised - float(reward.mean()), gap),
    )


def normalised_value(choices: Choices, level: float = 0.95) -> Interval:
    """Estimate the mean reward of the target by SNIPS alone, with the interval by formula."""
    middle, pull = _normalised(choices.weights, choices.reward)
    return _by_formula(middle, pull, choices.unit, normal_quantile(level))


def logged_value(choices: Choices, level: float = 0.95) -> Interval:
    """Give the mean reward that was logged, clustered by unit."""
    middle = float(choices.reward.mean())
    return _by_formula(middle, choices.reward - middle, choices.unit, normal_quantile(level))


def _normalised(weights: Numbers, reward: Numbers) -> tuple[float, Numbers]:
    """Give Σwy/Σw, and by how much each row moves it."""
    middle = float((weights * reward).sum() / weights.sum())
    return middle, np.asarray(weights * (reward - middle) / weights.mean())


def _by_formula(middle: float, influence: Numbers, unit: Places, quantile: float) -> Interval:
    sums = np.bincount(unit, weights=influence)
    half = quantile * math.sqrt(float((sums**2).sum())) / len(influence)
    return interval(middle, middle - half, middle + half)


def _predictions(choices: Choices, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Give the predicted reward of each logged choice, and of the target at each row."""
    units = int(choices.unit.max()) + 1
    fold_of_row = rng.permutation(units)[choices.unit] % FOLDS
    arms = int(max(choices.arm.max(), choices.offers.arm.max(initial=0))) + 1
    predicted = np.empty((FOLDS, arms))
    for fold in range(FOLDS):
        others = fold_of_row != fold
        reward, arm = choices.reward[others], choices.arm[others]
        base = float(reward.mean()) if len(reward) else 0.0
        sums = np.bincount(arm, weights=reward, minlength=arms)
        counts = np.bincount(arm, minlength=arms)
        predicted[fold] = (sums + SHRINKAGE * base) / (counts + SHRINKAGE)
    offers = choices.offers
    each = offers.chance * predicted[fold_of_row[offers.row], offers.arm]
    expected = np.bincount(offers.row, weights=each, minlength=len(choices.arm))
    return np.asarray(predicted[fold_of_row, choices.arm]), np.asarray(expected, dtype=np.float64)


class _Spread:
    """Intervals from what each row contributes, summed by unit: by formula and by resampling."""

    def __init__(self, unit: Places, rng: np.random.Generator, level: float, resamples: int):
        self._unit = unit
        self._units = int(unit.max()) + 1
        self._quantile = normal_quantile(level)
        tail = (1 - level) / 2
        self._tails = (100 * tail, 100 * (1 - tail))
        # How often each unit is drawn in each resample; the same draws serve all estimators.
        self._drawn = [
            np.bincount(rng.integers(self._units, size=self._units), minlength=self._units)
            for _ in range(resamples)
        ]
        self._rows = np.bincount(unit, minlength=self._units)

    def of_mean(self, values: Numbers) -> Value:
        """Give the mean of one value per row."""
        middle = float(values.mean())
        return self.around(middle, values - middle)

    def around(self, middle: float, influence: Numbers) -> Value:
        """Give an interval for an estimate that moves by the mean of `influence`."""
        found = _by_formula(middle, influence, self._unit, self._quantile)
        if not self._drawn:
            return Value(found)
        sums = np.bincount(self._unit, weights=influence, minlength=self._units)
        moved = [float(drawn @ sums) / float(drawn @ self._rows) for drawn in self._drawn]
        low, high = np.percentile(moved, self._tails)
        resampled = interval(middle, middle + float(low), middle + float(high))
        return Value(found, resampled if _clearly_differ(found, resampled) else None)


def _clearly_differ(one: Interval, other: Interval) -> bool:
    width, beside = one.high - one.low, other.high - other.low
    return abs(width - beside) > WIDTHS_DIFFER * max(width, beside)
