"""Figures as charts and tables write them: in the unit of their sentences, alike in one chart."""

import math
from collections.abc import Iterable

from wegweiser.terms.figure import Scale, decimals_among, scale_of
from wegweiser.terms.result import Result
from wegweiser.web.text import Reader


def has_interval(one: Result) -> bool:
    """Tell whether a figure has two ends apart from each other."""
    ends = (one.low, one.estimate, one.high)
    return all(end is not None and math.isfinite(end) for end in ends) and one.low != one.high


def decimals_in(results: Iterable[Result], unit: str) -> int:
    """Choose one number of decimals for all figures of a unit that have an interval."""
    times = scale_of(unit).times
    return decimals_among(
        times * (one.high - one.low)
        for one in results
        if one.unit == unit and has_interval(one) and one.low is not None and one.high is not None
    )


def cell_decimals(value: float) -> int:
    """Say how many decimals a number in a cell is written with; amounts have cents.

    >>> cell_decimals(12), cell_decimals(12.5), cell_decimals(0.0123)
    (0, 2, 4)
    """
    if value == int(value):
        return 0
    return 2 if abs(value) >= 1 else 4


def written(reader: Reader, value: float, scale: Scale, decimals: int) -> str:
    """Write a value in the scale of its unit.

    >>> written(Reader("en", "UTC", 0), 0.479, scale_of("share of visits"), 1)
    '47.9%'
    >>> written(Reader("de", "UTC", 0), 0.0766, scale_of("reached per person"), 1)
    '7,7'
    """
    if scale.sign:
        return reader.percent(value, decimals)
    return reader.number(value * scale.times, decimals)
