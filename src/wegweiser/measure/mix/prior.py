"""What is believed of media before any data speak: weak, and centred on what a company says."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.measure.mix.shape import CARRY_WEEKS, acted, lagged
from wegweiser.measure.mix.weeks import Weeks

Floats = NDArray[np.float64]
# How strong the beliefs are held for the three settings that every answer shows.
SETTINGS: dict[str, float] = {"tight": 0.5, "asked": 1.0, "loose": 2.0}


class Prior(msgspec.Struct, frozen=True):
    """Centres and spreads of what is believed.

    Decay: logit with s.d. `decay_spread`. Steepness of the saturation, with spend measured in its
    own highest week: logarithm with s.d. `steepness_spread`. What a channel brings, half-normal:
    where its figures are money, `returns` sales for each unit spent, else `share` of all sales.
    """

    decay: float = 0.5
    steepness: float = 3.0
    decay_spread: float = 1.0
    steepness_spread: float = 0.7
    returns: float = 3.0
    share: float = 0.2

    def shape_centre(self, channels: int) -> Floats:
        """Give the centres of logit decay and log steepness, one after the other: 2 × channels."""
        return np.repeat([np.log(self.decay / (1 - self.decay)), np.log(self.steepness)], channels)

    def shape_spread(self, channels: int) -> Floats:
        """Give the s.d. of the same."""
        return np.repeat([self.decay_spread, self.steepness_spread], channels)

    def effect_spread(self, weeks: Weeks) -> Floats:
        """Give, per channel, the half-normal scale of its effect as a part of mean sales."""
        channels = len(weeks.names)
        kept = weeks.sales[CARRY_WEEKS - 1 :].sum()
        spent = weeks.media[CARRY_WEEKS - 1 :].sum(axis=0)
        is_money = np.array(weeks.is_money or (False,) * channels)
        shares = np.where(is_money, self.returns * spent / kept, self.share)
        at = np.full((1, channels), self.decay), np.full((1, channels), self.steepness)
        usual = acted(lagged(scaled_media(weeks)), *at)[0].mean(axis=1)
        return np.asarray(shares / np.maximum(usual, 1e-9))


def scaled_media(weeks: Weeks) -> Floats:
    """Give media as parts of each channel's highest week; a channel that is always off stays 0."""
    return np.asarray(weeks.media / highest_weeks(weeks))


def highest_weeks(weeks: Weeks) -> Floats:
    """Give each channel's highest week; 1 for a channel that is always off."""
    most = weeks.media.max(axis=0)
    return np.where(most > 0, most, 1.0)
