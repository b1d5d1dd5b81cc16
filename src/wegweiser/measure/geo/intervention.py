"""One series, one break: what it would have been without, from its own level and its controls."""

import warnings
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.measure.geo.wandering import wandering_paths
from wegweiser.measure.statistic import Interval, interval

Floats = NDArray[np.float64]
# How much a still level wanders: this part of the series' own spread.
STILL = 0.01
PATHS = 2_000


class Foreseen(msgspec.Struct, frozen=True):
    """What one model says: effect per period and in all, and each period's expectation.

    `expected` and its ends are (3, periods after): middle, low, high. `level_spread` is the s.d.
    of the level's steps.
    """

    per_period: Interval
    total: Interval
    expected: Floats
    level_spread: float

    @property
    def excludes_nothing(self) -> bool:
        """True where the interval of the effect does not hold 0."""
        return self.total.low > 0 or self.total.high < 0


class Intervention(msgspec.Struct, frozen=True):
    """Both models: with a level that hardly moves, and with one as free as the data let it be."""

    still: Foreseen
    free: Foreseen

    @property
    def is_claimed(self) -> bool:
        """True where both intervals exclude 0, on the same side."""
        both = self.still.excludes_nothing and self.free.excludes_nothing
        return both and (self.still.total.low > 0) == (self.free.total.low > 0)

    @property
    def careful(self) -> Foreseen:
        """The model that knows less."""
        wide = [one.total.high - one.total.low for one in (self.still, self.free)]
        return self.free if wide[1] >= wide[0] else self.still


def intervention(
    series: Floats, controls: Floats, before: int, rng: np.random.Generator, paths: int = PATHS
) -> Intervention:
    """Fit level + controls before the break, draw what follows, twice.

    `series` (T), `controls` (T × C, untouched by the break; C may be 0), `before` periods before.
    Assumes that the controls go on as they went with the series. Source: Brodersen and others
    2015, Annals of Applied Statistics 9; Harvey 1989.
    """
    spread = float(series[:before].std()) or 1.0
    moved = controls[:, controls[:before].std(axis=0) > 0]
    columns = (moved - moved[:before].mean(axis=0)) / moved[:before].std(axis=0)
    scaled = (series - series[:before].mean()) / spread
    told = (
        _still(scaled, columns, before, rng, paths),
        _free(scaled, columns, before, rng, paths),
    )
    still, free = (_rescaled(one, spread, float(series[:before].mean())) for one in told)
    return Intervention(still, free)


def _free(
    scaled: Floats, columns: Floats, before: int, rng: np.random.Generator, paths: int
) -> Foreseen:
    """Average over how much the level may wander, as far as what came before tells."""
    drawn, level_spread = wandering_paths(scaled[:before], columns, rng, paths)
    return _told(scaled[before:], drawn, level_spread)


def _still(
    scaled: Floats, columns: Floats, before: int, rng: np.random.Generator, paths: int
) -> Foreseen:
    """Fit the model whose level's variance is given, and simulate what follows."""
    known, later = (columns[:before], columns[before:]) if columns.size else (None, None)
    found = _fitted(scaled[:before], known)
    after = len(scaled) - before
    simulated = found.simulate(after, anchor="end", repetitions=paths, exog=later, rng=rng)
    return _told(scaled[before:], np.asarray(simulated).reshape(after, -1), STILL)


def _fitted(known: Floats, columns: Floats | None) -> Any:
    """Fit by likelihood; where the first way up does not end at a top, by a slower one."""
    from statsmodels.tools.sm_exceptions import ConvergenceWarning
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    # Coefficients as states, so that their doubt is in the simulated paths.
    model = UnobservedComponents(known, level="llevel", exog=columns, mle_regression=False)
    with (
        model.fix_params({"sigma2.level": STILL**2}),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = model.fit(disp=False, maxiter=200)
        if not found.mle_retvals["converged"]:
            found = model.fit(disp=False, method="nm", maxiter=2_000)
    return found


def _told(came: Floats, drawn: Floats, level_spread: float) -> Foreseen:
    gains = came.sum() - drawn.sum(axis=0)
    low, high = np.quantile(gains, [0.025, 0.975])
    total = interval(float(gains.mean()), float(low), float(high))
    ends = np.quantile(drawn, [0.025, 0.975], axis=1)
    expected = np.vstack([drawn.mean(axis=1), ends])
    return Foreseen(_scaled(total, 1 / len(came)), total, expected, level_spread)


def _rescaled(one: Foreseen, spread: float, mean: float) -> Foreseen:
    return Foreseen(
        _scaled(one.per_period, spread),
        _scaled(one.total, spread),
        mean + spread * one.expected,
        spread * one.level_spread,
    )


def _scaled(found: Interval, by: float) -> Interval:
    return interval(found.estimate * by, found.low * by, found.high * by)
