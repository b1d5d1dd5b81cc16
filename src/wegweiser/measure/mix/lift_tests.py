"""What lift tests have shown of channels, so that a media mix can be held against them."""

from collections.abc import Sequence
from math import isfinite

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.measure.mix.prior import highest_weeks
from wegweiser.measure.mix.shape import saturated
from wegweiser.measure.mix.weeks import Weeks
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wrong import wrong

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


class LiftTest(msgspec.Struct, frozen=True):
    """One test: weekly spend was `spend` + `more` instead of `spend`, and sales rose by `lift`.

    `error` is the standard error of the lift; all are per week, in the units of the series.
    """

    channel: str
    spend: float
    more: float
    lift: float
    error: float


class Tests(msgspec.Struct, frozen=True):
    """Tests as arrays: `tested` channels by number, the place of each test among them, and steps.

    Spends are parts of the highest week, `lift` and `error` parts of mean sales.
    """

    tested: Places
    places: Places
    low: Floats
    high: Floats
    lift: Floats
    error: Floats

    def steps(self, steepness: Floats) -> Floats:
        """Give how much further saturation goes in each test: (B, K) steepnesses → B × tests."""
        own = steepness[:, self.tested[self.places]]
        return np.asarray(saturated(self.high, own) - saturated(self.low, own))


Tests.__test__ = False  # type: ignore[attr-defined]


def read_tests(written: str) -> tuple[LiftTest, ...]:
    """Read tests written as "channel spend more lift error", with semicolons between them.

    >>> read_tests("tv 1000 500 2300 400")[0].more
    500.0
    """
    return tuple(_test(part.strip()) for part in written.split(";") if part.strip())


def _test(part: str) -> LiftTest:
    words = part.rsplit(maxsplit=4)
    try:
        channel, spend, more, lift, error = words
        read = LiftTest(channel, float(spend), float(more), float(lift), float(error))
    except ValueError:
        read = None
    if read is not None and not all(map(isfinite, msgspec.structs.astuple(read)[1:])):
        read = None
    if read is None or read.spend < 0 or read.spend + read.more < 0 or not read.more:
        told = wrong("tests_like", part=repr(part))
        raise InputRefused("bad_option", told, 422, "tests")
    if not read.error > 0:
        raise InputRefused("bad_option", wrong("test_error", part=repr(part)), 422, "tests")
    return read


def tests_of(tests: Sequence[LiftTest], weeks: Weeks, mean_sales: float) -> Tests:
    """Lay out tests for a fit; raises InputRefused for a channel that is not there."""
    for one in tests:
        if one.channel not in weeks.names:
            known = ", ".join(sorted(weeks.names))
            told = wrong("test_channel", name=repr(one.channel), known=known)
            raise InputRefused("bad_option", told, 422, "tests")
    numbers = [weeks.names.index(one.channel) for one in tests]
    tested = sorted(set(numbers))
    most = highest_weeks(weeks)[np.array(numbers, int)]
    spend, more, lift, error = (
        np.array([getattr(one, field) for one in tests], float)
        for field in ("spend", "more", "lift", "error")
    )
    return Tests(
        np.array(tested, np.intp),
        np.array([tested.index(number) for number in numbers], np.intp),
        spend / most,
        (spend + more) / most,
        lift / mean_sales,
        error / mean_sales,
    )


tests_of.__test__ = False  # type: ignore[attr-defined]
