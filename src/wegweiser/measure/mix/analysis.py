"""A whole media mix: shares, returns and curves by channel, each with what speaks against it."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.measure.mix.fit import DRAWS, Fit, Shapes, believed, draws, fit
from wegweiser.measure.mix.honesty import (
    VARIED_WEEKS,
    Holdout,
    holdout,
    prior_parts,
    returns,
    shares,
    varied_weeks,
)
from wegweiser.measure.mix.lift_tests import LiftTest, tests_of
from wegweiser.measure.mix.prior import Prior
from wegweiser.measure.mix.weeks import Weeks
from wegweiser.measure.statistic import Interval, interval

Floats = NDArray[np.float64]
State = Literal["identified", "not_varied", "prior", "sensitive"]
Tested = Literal["untested", "agrees", "confounded", "beside_confounded"]
# From here on the belief speaks and not the data.
MOST_PRIOR = 0.9
LARGEST_GAP = 2.0


class Agreement(msgspec.Struct, frozen=True):
    """One lift test beside what the series alone says, both with standard errors."""

    channel: str
    test: float
    test_error: float
    series: float
    series_error: float

    @property
    def is_confounded(self) -> bool:
        """True when the two are further apart than 2 joint standard errors."""
        joint = float(np.hypot(self.test_error, self.series_error))
        return abs(self.test - self.series) > LARGEST_GAP * joint


class Channel(msgspec.Struct, frozen=True):
    """What is known of one channel; `tight` and `loose` are its share under the other settings.

    `prior_part` is the s.d. of its share over that of the belief. Without `state` "identified" no
    figure of it may be used.
    """

    name: str
    share: Interval
    returns: Interval
    decay: Interval
    prior_part: float
    tight: float
    loose: float
    varied_weeks: int
    state: State
    tested: Tested


class Mix(msgspec.Struct, frozen=True):
    """A media mix: channels in the order of `weeks.names`, draws of their shapes, and proofs."""

    weeks: Weeks
    channels: tuple[Channel, ...]
    shapes: Shapes
    holdout: Holdout
    agreement: tuple[Agreement, ...]


def analyse(
    weeks: Weeks,
    rng: np.random.Generator,
    prior: Prior | None = None,
    tests: Sequence[LiftTest] = (),
    many: int = DRAWS,
) -> Mix:
    """Fit, draw, test on the last 8 weeks, and hold against lift tests; all chance from `rng`."""
    plain = fit(weeks, rng, prior)
    drawn = draws(plain, rng, many)
    agreement = compared(plain, drawn["asked"], tests)
    found = plain
    if tests:
        found = fit(weeks, rng, prior, tests, bias_spread(plain, tests))
        drawn = draws(found, rng, many)
    return gathered(weeks, drawn, believed(found, rng), holdout(weeks, rng, prior), agreement)


def gathered(
    weeks: Weeks,
    drawn: Mapping[str, Shapes],
    before: Shapes,
    predicted: Holdout,
    agreement: Sequence[Agreement] = (),
) -> Mix:
    """Put together what draws (for each setting of the belief) say of each channel."""
    shapes = drawn["asked"]
    by_setting = {name: shares(weeks, one) for name, one in drawn.items()}
    columns = by_setting["asked"], returns(weeks, shapes), shapes.decay
    parts = prior_parts(by_setting["asked"], shares(weeks, before))
    varied = varied_weeks(weeks.media)
    channels = []
    for k, name in enumerate(weeks.names):
        share, per_unit, decay = (spread(column[:, k]) for column in columns)
        tight, loose = (float(np.median(by_setting[s][:, k])) for s in ("tight", "loose"))
        state = _state(share, float(parts[k]), tight, loose, int(varied[k]))
        tested = _tested(name, agreement)
        channels.append(
            Channel(
                name,
                share,
                per_unit,
                decay,
                float(parts[k]),
                tight,
                loose,
                int(varied[k]),
                state,
                tested,
            )
        )
    return Mix(weeks, tuple(channels), shapes, predicted, tuple(agreement))


def spread(drawn: Floats, level: float = 0.95) -> Interval:
    """Give the median of draws between their quantiles."""
    low, middle, high = np.quantile(drawn, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return interval(float(middle), float(low), float(high))


def compared(found: Fit, drawn: Shapes, tests: Sequence[LiftTest]) -> tuple[Agreement, ...]:
    """Hold each test against what the series alone says of the same step in spend."""
    laid = tests_of(tests, found.weeks, found.mean_sales)
    steps = laid.steps(drawn.steepness) if len(laid.lift) else np.zeros((1, 0))
    lifts = steps * drawn.effect[:, laid.tested[laid.places]] if len(laid.lift) else steps
    return tuple(
        Agreement(
            one.channel, one.lift, one.error, float(lifts[:, at].mean()), float(lifts[:, at].std())
        )
        for at, one in enumerate(tests)
    )


def bias_spread(found: Fit, tests: Sequence[LiftTest]) -> Floats:
    """Give how far a series may be off: half of the effect, of whichever way says more."""
    laid = tests_of(tests, found.weeks, found.mean_sales)
    largest = found.best.effect[0].copy()
    steps = laid.steps(found.best.steepness)[0]
    for test, place in enumerate(laid.places):
        channel = laid.tested[place]
        told = abs(laid.lift[test] / steps[test]) * found.mean_sales if steps[test] else 0.0
        largest[channel] = max(largest[channel], told)
    # A channel that seems to do nothing may be off as well; a thousandth of sales keeps it open.
    return np.asarray(np.maximum(0.5 * largest, 1e-3 * found.mean_sales))


def _state(share: Interval, part: float, tight: float, loose: float, varied: int) -> State:
    if varied < VARIED_WEEKS:
        return "not_varied"
    if part >= MOST_PRIOR:
        return "prior"
    held = all(share.low <= other <= share.high for other in (tight, loose))
    return "identified" if held else "sensitive"


def _tested(name: str, agreement: Sequence[Agreement]) -> Tested:
    own = [one.is_confounded for one in agreement if one.channel == name]
    if own:
        return "confounded" if any(own) else "agrees"
    return "beside_confounded" if any(one.is_confounded for one in agreement) else "untested"
