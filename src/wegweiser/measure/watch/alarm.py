"""Alarms: signals that belong together, with since when, how much, and what moved with it."""

from collections.abc import Sequence

import msgspec
import numpy as np

from wegweiser.measure.statistic import Interval, interval
from wegweiser.measure.watch.panel import Marks, Panel, shown_of
from wegweiser.measure.watch.watcher import Signal, Watched

# What is told of the same series in the same direction within so many periods is one alarm.
SAME_WITHIN = 7
_FAULTS = ("flat", "missing", "late")


class Alarm(msgspec.Struct, frozen=True):
    """One alarm of a series: places of the periods at which it was known, began and spoke last.

    `came` and `expected` are means from then on, `seen` is came / expected - 1 (of plain values
    their difference); `change` is what of it is to be believed, with its interval, since only what
    stands out is told. A fault of the source has no size.
    """

    row: int
    kind: str
    side: int
    known: int
    since: int
    last: int
    chance: float
    came: float | None = None
    expected: float | None = None
    seen: float | None = None
    change: Interval | None = None

    @property
    def is_fault(self) -> bool:
        """True when the source failed, so that nothing can be said of the series."""
        return self.kind in _FAULTS


def alarms_of(panel: Panel, watched: Watched) -> list[Alarm]:
    """Join signals into alarms, in the order in which they were known."""
    made: list[Alarm] = []
    open_of: dict[tuple[int, bool, int], int] = {}
    for signal in watched.signals:
        fault = signal.kind in _FAULTS
        place = open_of.get((signal.row, fault, signal.side))
        if place is not None and signal.period - made[place].last <= SAME_WITHIN:
            made[place] = msgspec.structs.replace(made[place], last=signal.period)
            continue
        open_of[signal.row, fault, signal.side] = len(made)
        made.append(_alarm(panel, signal))
    return made


def _alarm(panel: Panel, signal: Signal) -> Alarm:
    alarm = Alarm(
        signal.row,
        signal.kind,
        signal.side,
        signal.period,
        signal.since,
        signal.period,
        signal.chance,
    )
    if alarm.is_fault:
        return alarm
    kind = str(panel.kinds[signal.row])
    usual, share = signal.expected, signal.believed
    shares = (share.estimate, share.low, share.high)
    estimate, *ends = (_change(kind, usual, signal.moved * part) for part in shares)
    return msgspec.structs.replace(
        alarm,
        came=_shown(kind, usual + signal.moved),
        expected=_shown(kind, usual),
        seen=_change(kind, usual, signal.moved),
        change=interval(estimate, min(ends), max(ends)),
    )


def _shown(kind: str, watched: float) -> float:
    return float(shown_of(kind, np.array([watched]))[0])


def _change(kind: str, usual: float, moved: float) -> float:
    if kind == "value":
        return moved
    before = _shown(kind, usual)
    return _shown(kind, usual + moved) / before - 1 if before > 0 else 0.0


def false_alarms_allowed(judged: Marks, per_year: float, false_per_year: float) -> float:
    """Give how many false alarms the budget allows where series [series, periods] were judged.

    Each series has its own budget; over all together it is at most one a week.
    """
    weeks = float(judged.any(axis=0).sum()) / per_year * 365.25 / 7
    return min(float(judged.sum()) / per_year * false_per_year, weeks)


def others_quiet(watched: Watched, alarm: Alarm, rows: Sequence[int]) -> list[int]:
    """Give the other series of which nothing was told between the alarm's begin and its day."""
    told = {one.row for one in watched.signals if alarm.since <= one.period <= alarm.known}
    judged = watched.judged[:, alarm.since : alarm.known + 1]
    return [row for row in rows if row != alarm.row and row not in told and judged[row].any()]
