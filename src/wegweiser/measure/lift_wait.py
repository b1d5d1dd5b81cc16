"""How long until a comparison says something, and the smallest lift that it can show by now."""

import math

from wegweiser.measure.adjusted import adjusted
from wegweiser.measure.lift_sums import Sums
from wegweiser.measure.pace import weeks_until
from wegweiser.measure.sample_size import smallest_lift
from wegweiser.measure.sequential import half_width
from wegweiser.measure.words import both, number

_MOST_TIMES = 1e6


def weeks_needed(
    treated: Sums, control: Sums, target: float, variance: float, worth_knowing: float
) -> float | None:
    """Give the weeks until the always-valid interval is narrower than `target`; None if never.

    The squared standard error falls as units come in at the pace of the last 28 days, and the
    interval stays tuned for the same effect. `target` is the effect seen, or the one worth
    knowing where that is larger.
    """
    have = treated.closed + control.closed
    times = times_needed(variance, target, worth_knowing)
    if times is None:
        return None
    # Units whose window is open are there already; only their days are missing.
    waiting = treated.triggered + control.triggered
    return weeks_until(waiting, have * times, treated.recent + control.recent)


def times_needed(variance: float, target: float, worth_knowing: float) -> float | None:
    """Give how many times the present units make the half-width as small as `target`.

    >>> times = times_needed(variance=1.0, target=1.0, worth_knowing=1.0)
    >>> half_width(1.0 / times, 1.0)
    1.0
    """
    if target <= 0 or variance <= 0 or half_width(variance / _MOST_TIMES, worth_knowing) > target:
        return None
    low, high = 1.0, _MOST_TIMES
    while high / low > 1 + 1e-9:
        middle = math.sqrt(low * high)
        if half_width(variance / middle, worth_knowing) > target:
            low = middle
        else:
            high = middle
    return high


def smallest_visible(treated: Sums, control: Sums) -> float | None:
    """Give the smallest relative lift of a rate that so many units show in 80 of 100 tests.

    The rate is that of the control group; people of one account count as far as they differ.
    """
    units = treated.closed + control.closed
    if not units or not control.closed:
        return None
    base = control.reached / control.closed
    return smallest_lift(units / _alike(treated, control), base, control.closed / units)


def visible_words(visible: float | None, language: str) -> str:
    """Say the smallest lift that can be seen; empty where no lift can.

    >>> visible_words(0.948, "en")
    '. The smallest lift that so many can show is 95%'
    """
    if visible is None:
        return ""
    least = number(visible * 100, language)
    return both(
        f". The smallest lift that so many can show is {least}%",
        f". Die kleinste Wirkung, die so viele zeigen können, ist {least} %",
    )[language]


def _alike(treated: Sums, control: Sums) -> float:
    """Give how many times larger the variance is because people of one account are alike."""
    plain = treated.after.mean_variance + control.after.mean_variance
    return max(1.0, adjusted(treated, control, 0.0).variance / plain) if plain > 0 else 1.0
