"""Round places for the ticks of an axis."""

import math

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def step_for(span: float, count: int) -> float:
    """Give the smallest round step that cuts a span into at most `count` pieces.

    >>> step_for(97, 5), step_for(0.11, 5)
    (20.0, 0.025)
    """
    if span <= 0 or not math.isfinite(span):
        return 1.0
    unit = 10.0 ** math.floor(math.log10(span / count))
    return next(step * unit for step in STEPS if span / (step * unit) <= count + 1e-9)


def ticks(low: float, high: float, count: int, step: float = 0.0) -> list[float]:
    """Give round values from at or below `low` to at or above `high`.

    >>> ticks(0, 97, 5)
    [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
    """
    step = step or step_for(high - low, count)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def decimals_of(step: float) -> int:
    """Give the decimals that a step needs, so that no tick is rounded.

    >>> decimals_of(20.0), decimals_of(2.5), decimals_of(0.025)
    (0, 1, 3)
    """
    return next((count for count in range(6) if abs(round(step, count) - step) < 1e-9), 6)
