"""The time in which tests broke: where the share of failing tests changes, and back again."""

from collections.abc import Sequence

import msgspec
import numpy as np

from wegweiser.measure.statistic import Interval, wilson

# Of sound splits one in 1,000 fails; a window is bad from ten times that, surely.
BAD_FROM = 0.01
LEAST_TESTS = 5
# A cut brings a place and a share more; of independent tests that is worth 3·ln n.
_PENALTY = 3.0


class Day(msgspec.Struct, frozen=True):
    """The tests that began on one day (ISO), and how many of them fail the split check."""

    day: str
    tests: int
    failing: int


class Window(msgspec.Struct, frozen=True):
    """Days from `first` to `last` (ISO, both in it) with one share of failing tests."""

    first: str
    last: str
    tests: int
    failing: int

    @property
    def share(self) -> Interval:
        """Give the share of failing tests with Wilson's interval."""
        return wilson(self.failing, self.tests)

    @property
    def is_bad(self) -> bool:
        """True where far more fail than sound splits do."""
        return self.share.low > BAD_FROM


def windows(days: Sequence[Day]) -> list[Window]:
    """Cut the days where the share of failing tests changes (binomial change points).

    The cuts that make Σ −2·ln L(window) + 3·ln n smallest, found exactly; n is the number of
    tests, and a window holds 5 tests or more. Assumes independent tests. Source: Killick,
    Fearnhead & Eckley 2012, JASA 107.

    >>> month = [Day(f"2026-03-{d:02}", 4, 3 if 10 <= d <= 14 else 0) for d in range(1, 31)]
    >>> [(one.first, one.last) for one in windows(month) if one.is_bad]
    [('2026-03-10', '2026-03-14')]
    """
    ordered = sorted((one for one in days if one.tests), key=lambda one: one.day)
    tests = np.concatenate([[0], np.cumsum([one.tests for one in ordered])])
    failing = np.concatenate([[0], np.cumsum([one.failing for one in ordered])])
    cuts = _cuts(tests, failing)
    return [
        Window(
            ordered[start].day,
            ordered[end - 1].day,
            int(tests[end] - tests[start]),
            int(failing[end] - failing[start]),
        )
        for start, end in cuts
    ]


def bad_windows(days: Sequence[Day]) -> list[Window]:
    """Give the windows in which far more tests fail than sound splits do."""
    return [one for one in windows(days) if one.is_bad]


def _cuts(tests: np.ndarray, failing: np.ndarray) -> list[tuple[int, int]]:
    """Find the cheapest partition by dynamic programming over all ends."""
    count = len(tests) - 1
    if count < 1:
        return []
    penalty = _PENALTY * np.log(max(2, int(tests[-1])))
    best = np.full(count + 1, np.inf)
    best[0] = -penalty
    before = np.zeros(count + 1, dtype=int)
    for end in range(1, count + 1):
        starts = np.arange(end)
        held = tests[end] - tests[starts]
        cost = best[starts] + _deviance(held, failing[end] - failing[starts]) + penalty
        cost[(held < LEAST_TESTS) & (starts > 0)] = np.inf
        before[end] = int(np.argmin(cost))
        best[end] = cost[before[end]]
    found: list[tuple[int, int]] = []
    end = count
    while end:
        found.append((int(before[end]), end))
        end = int(before[end])
    return found[::-1]


def _deviance(tests: np.ndarray, failing: np.ndarray) -> np.ndarray:
    """Give −2·ln L of so many failing tests at their own share."""
    share = failing / tests
    with np.errstate(divide="ignore", invalid="ignore"):
        lost = np.where(failing > 0, failing * np.log(share), 0.0)
        kept = np.where(failing < tests, (tests - failing) * np.log1p(-share), 0.0)
    return np.asarray(-2 * (lost + kept))
