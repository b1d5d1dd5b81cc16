"""The pause that ends a visit, as an option of the measures that are about visits as such."""

from wegweiser.measure.form import Asked, Option
from wegweiser.measure.web.visit import PAUSE_MINUTES
from wegweiser.measure.words import both
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wrong import wrong

NAME = "pause_minutes"
MOST = 365 * 24 * 60
PAUSE = Option(
    NAME, "whole", PAUSE_MINUTES, both("pause that ends a visit", "Pause, die einen Besuch endet")
)


def pause_of(asked: Asked) -> int:
    """Read the pause in minutes; raises InputRefused unless it is from one minute to a year."""
    minutes = asked.whole(NAME)
    if not 1 <= minutes <= MOST:
        told = wrong("pause_between", most=MOST, given=minutes)
        raise InputRefused("bad_option", told, 422, NAME)
    return minutes
