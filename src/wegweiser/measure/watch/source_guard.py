"""Keeps periods in which the source failed out of what is learned, and tells of them once."""

import numpy as np
import numpy.typing as npt

from wegweiser.measure.watch.levels import Levels
from wegweiser.measure.watch.panel import Marks, Panel, Reals
from wegweiser.measure.watch.source_error import (
    FINE,
    FLAT,
    LATE,
    MISSING,
    equal_chance,
    is_flat,
    silent,
    steps_of,
)

LEAST_GAP = 3
_UNLIKELY = 0.01
States = npt.NDArray[np.int8]


class SourceGuard:
    """Tells, period by period, what failed where; `told` are the series to raise an alarm for."""

    def __init__(self, panel: Panel, periods_to_know: int):
        rows = panel.size[0]
        self.panel = panel
        self.equal = np.ones(rows, dtype=np.int64)
        self.since = np.zeros(rows, dtype=np.int64)
        self._last = np.full(rows, np.nan)
        self._told_flat = np.full(rows, -1, dtype=np.int64)
        self.gap = np.zeros(rows, dtype=np.int64)
        self.told: list[tuple[int, int, int]] = []
        # Equal values that chance hardly explains, though not enough of them for a fault.
        self.suspect: Marks = np.zeros(rows, dtype=np.bool_)
        self._state = np.zeros(rows, dtype=np.int8)
        self._steps, self._periods_to_know = steps_of(panel, 0), periods_to_know
        self._held: Reals | None = None

    def look(self, period: int, expected: Reals, spread: Reals, known: Marks) -> States:
        """Give the state of each series in a period."""
        panel, before = self.panel, self._state
        state = np.full(len(known), FINE, dtype=np.int8)
        nothing = known & np.isnan(panel.watched[:, period]) & (panel.kinds == "value")
        self.gap = np.where(nothing, self.gap + 1, 0)
        state[nothing | (known & silent(panel, period, expected, spread))] = MISSING
        state[known & panel.late[:, period]] = LATE
        self._count_equal(period)
        if period < self._periods_to_know:
            self._steps = steps_of(panel, period + 1)
        chance = equal_chance(panel, period, spread, self._steps)
        state[known & is_flat(self.equal, chance) & (state == FINE)] = FLAT
        self.suspect = (self.equal > 1) & (chance ** (self.equal - 1.0) < _UNLIKELY)
        self._state = state
        self._note(period, before, nothing)
        return state

    def _count_equal(self, period: int) -> None:
        """Count equal values that follow each other; a gap between them ends no run."""
        came = self.panel.shown[:, period]
        known = ~np.isnan(came)
        begins = known & (came != self._last)
        self.equal = np.where(begins, 1, self.equal + known)
        self.since = np.where(begins, period, self.since)
        self._last = np.where(known, came, self._last)

    def hold(self, levels: Levels, period: int) -> None:
        """Remember the levels from before a run of equal values began."""
        begins = self.since == period
        held = levels.level if self._held is None else self._held
        self._held = np.where(begins, levels.level, held)

    def held(self, row: int) -> Reals:
        """Give the levels of a series from before its run of equal values."""
        assert self._held is not None
        found: Reals = self._held[:, row]
        return found

    def _note(self, period: int, before: States, nothing: Marks) -> None:
        """Note what to tell: a fault once, when it is sure; (series, since, state)."""
        self.told = []
        for row in np.flatnonzero((self._state != FINE) & (self._state != before)):
            if self._state[row] == FLAT:
                if self._told_flat[row] != self.since[row]:
                    self.told.append((int(row), int(self.since[row]), FLAT))
                self._told_flat[row] = self.since[row]
            elif not nothing[row]:
                self.told.append((int(row), period, int(self._state[row])))
        for row in np.flatnonzero(nothing & (self.gap == LEAST_GAP)):
            self.told.append((int(row), period - LEAST_GAP + 1, MISSING))
