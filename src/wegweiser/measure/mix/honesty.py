"""What a media mix cannot tell: where the belief speaks, and how it predicts what came later."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.measure.mix.background import background
from wegweiser.measure.mix.fit import Fit, Shapes, fit
from wegweiser.measure.mix.prior import Prior, highest_weeks, scaled_media
from wegweiser.measure.mix.problem import response
from wegweiser.measure.mix.shape import CARRY_WEEKS, acted, lagged
from wegweiser.measure.mix.weeks import Weeks

Floats = NDArray[np.float64]
HOLDOUT_WEEKS = 8
YEAR_WEEKS = 52
VARIED_BY, VARIED_WEEKS = 0.25, 8


class Holdout(msgspec.Struct, frozen=True):
    """Mean absolute errors over the last 8 weeks: the model's, and that of "as a year ago"."""

    error: float
    naive: float

    @property
    def is_worse(self) -> bool:
        """True when the model predicts worse than last year's weeks do."""
        return self.error > self.naive


def varied_weeks(media: Floats) -> NDArray[np.int64]:
    """Count, per channel, the weeks in which it was off or a quarter away from its mean.

    >>> varied_weeks(np.array([[1.0, 0.0], [1.0, 2.0]])).tolist()
    [0, 2]
    """
    means = media.mean(axis=0)
    return np.asarray(((np.abs(media - means) >= VARIED_BY * means) & (means > 0)).sum(axis=0))


def shares(weeks: Weeks, shapes: Shapes) -> Floats:
    """Give each channel's part of all sales from the eighth week on: draws × channels."""
    told = _contributions(weeks, shapes)
    return np.asarray(told / weeks.sales[CARRY_WEEKS - 1 :].sum())


def returns(weeks: Weeks, shapes: Shapes) -> Floats:
    """Give sales per unit spent or shown: draws × channels; 0 for what is always off."""
    spent = weeks.media[CARRY_WEEKS - 1 :].sum(axis=0)
    return np.asarray(_contributions(weeks, shapes) / np.where(spent > 0, spent, np.inf))


def _contributions(weeks: Weeks, shapes: Shapes) -> Floats:
    active = acted(lagged(scaled_media(weeks)), shapes.decay, shapes.steepness)
    return np.asarray(active.sum(axis=2) * shapes.effect)


def curves(weeks: Weeks, shapes: Shapes, channel: int, spends: Floats) -> Floats:
    """Give the sales that steady weekly spends of a channel bring: draws × spends."""
    parts = spends / highest_weeks(weeks)[channel]
    return response(shapes.steepness[:, channel], shapes.effect[:, channel], parts)


def prior_parts(after: Floats, before: Floats) -> Floats:
    """Give, per channel, the s.d. of draws as a part of the s.d. of what was believed."""
    return np.asarray(after.std(axis=0) / np.maximum(before.std(axis=0), 1e-300))


def holdout(weeks: Weeks, rng: np.random.Generator, prior: Prior | None = None) -> Holdout:
    """Fit without the last 8 weeks and predict them, from the media that came to be."""
    known = weeks.count - HOLDOUT_WEEKS
    found = fit(weeks.until(known), rng, prior)
    predicted = _predicted(weeks, found, known)
    came = weeks.sales[known:]
    naive = weeks.sales[known - YEAR_WEEKS : weeks.count - YEAR_WEEKS]
    return Holdout(float(np.abs(came - predicted).mean()), float(np.abs(came - naive).mean()))


def _predicted(weeks: Weeks, found: Fit, known: int) -> Floats:
    """Give sales from week `known` on: the fitted media, and the background of the weeks before."""
    scaled = weeks.media / highest_weeks(weeks.until(known))
    active = acted(lagged(scaled), found.best.decay, found.best.steepness)[0]
    media = found.best.effect[0] @ active
    columns = background(weeks)[CARRY_WEEKS - 1 :]
    before = known - CARRY_WEEKS + 1
    rest = weeks.sales[CARRY_WEEKS - 1 : known] - media[:before]
    coefficients = np.linalg.lstsq(columns[:before], rest, rcond=None)[0]
    return np.asarray(media[before:] + columns[before:] @ coefficients)
