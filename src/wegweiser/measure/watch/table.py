"""Reads what the engine returned as series of whole days, the same days for all."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import numpy.typing as npt

from wegweiser.measure.form import Asked, Row, real, text
from wegweiser.measure.watch.facts import WATCHABLE
from wegweiser.measure.watch.panel import Reals, Series

Key = tuple[str, str, str]
# Of each dimension so many values have series of their own, chosen anew every four weeks by
# what they counted in the thirteen weeks before: who is watched follows from the past alone.
MEMBERS_WATCHED = 6
_CHOSEN_EVERY = 28
# Who is in a segment changes with what people do, and one person is in several: a segment says
# where a change lies, and is no series of its own that could raise alarms.
NOT_WATCHED = ("segment",)
_CHOSEN_BY = 91
_LATE_SHARE = 0.5
_LATE_USUAL = 28


class Days(msgspec.Struct, frozen=True):
    """What was counted, by series, dimension and value: sums per day from `first` on.

    Of days on which a segment had too few people its sums are not a number.
    """

    first: date
    count: int
    hits: Mapping[Key, Reals]
    tries: Mapping[Key, Reals]
    late: Mapping[Key, Reals]

    def day(self, place: int) -> date:
        """Give the day at a place."""
        return self.first + timedelta(days=place)

    def place(self, day: date) -> int:
        """Give the place of a day, also of one that lies before or behind."""
        return (day - self.first).days

    @property
    def totals(self) -> list[Key]:
        """The series that are wholes."""
        return [key for key in self.hits if not key[1]]


def days_of(rows: Iterable[Row], asked: Asked) -> Days | None:
    """Lay rows out by day, up to the last day that is over at the end of the period.

    Gives None where there is nothing.
    """
    last = last_whole_day(asked)
    found: dict[Key, list[tuple[date, Row]]] = {}
    for row in rows:
        day = date.fromisoformat(text(row, "day"))
        if day <= last:
            key = (text(row, "watched"), text(row, "dimension"), text(row, "member"))
            found.setdefault(key, []).append((day, row))
    began = [day for key, held in found.items() if key[1] not in NOT_WATCHED for day, _ in held]
    if not began:
        return None
    first = min(began)
    count = (last - first).days + 1
    sums: list[dict[Key, Reals]] = [{}, {}, {}]
    for key in sorted(found):
        for column, into in zip(("hits", "tries", "late"), sums, strict=True):
            into[key] = _sums(key, [(d, real(row, column)) for d, row in found[key]], first, count)
    return Days(first, count, *sums)


def _sums(key: Key, counted: Sequence[tuple[date, float]], first: date, count: int) -> Reals:
    found = np.zeros(count)
    if key[1] in NOT_WATCHED:
        known = [day for day, _ in counted if day >= first]
        found[:] = np.nan
        found[[(day - first).days for day in known]] = 0.0
    for day, value in counted:
        if day >= first:
            found[(day - first).days] += value
    return found


def last_whole_day(asked: Asked) -> date:
    """Give the last day of the zone that is over at the end of the period and at `as_of`."""
    end = min(asked.period.end, asked.as_of + 1)
    local = datetime.fromtimestamp(end / 1000, UTC).astimezone(ZoneInfo(asked.period.zone))
    return local.date() - timedelta(days=1)


def first_day(asked: Asked) -> date:
    """Give the day of the zone on which the period begins."""
    began = datetime.fromtimestamp(asked.period.start / 1000, UTC)
    return began.astimezone(ZoneInfo(asked.period.zone)).date()


def series_in(days: Days, keys: Sequence[Key]) -> list[Series]:
    """Give series of these names; before its first day a series does not exist."""
    return [_series(days, key) for key in keys]


def _series(days: Days, key: Key) -> Series:
    kind = WATCHABLE[key[0]].kind
    hits, tries = days.hits[key].copy(), days.tries[key]
    begun = np.flatnonzero((hits > 0) | (tries > 0))
    if len(begun):
        hits[: begun[0]] = np.nan
    whole = None if kind == "count" else tries
    late = _late(np.nan_to_num(days.late[key]), hits)
    return Series(" · ".join(filter(None, key)), kind, hits, whole, late)


def _late(late: Reals, hits: Reals) -> npt.NDArray[np.bool_] | None:
    """Mark days most of which came late, unless that is usual, as with a nightly file."""
    if not late.any():
        return None
    share = late / np.maximum(np.nan_to_num(hits), 1.0)
    padded = np.concatenate([np.ones(_LATE_USUAL), share])
    past = np.lib.stride_tricks.sliding_window_view(padded, _LATE_USUAL)[: len(share)]
    marks: npt.NDArray[np.bool_] = (share > _LATE_SHARE) & (np.median(past, axis=1) < _LATE_SHARE)
    return marks


def watched_keys(days: Days) -> tuple[list[Key], npt.NDArray[np.int64]]:
    """Choose the series to watch: wholes, and the largest values of each dimension.

    Gives beside them the place of the day from which on each is watched.
    """
    since = dict.fromkeys(days.totals, 0)
    by_dimension: dict[tuple[str, str], list[Key]] = {}
    for key in days.hits:
        if key[1] and key[1] not in NOT_WATCHED:
            by_dimension.setdefault(key[:2], []).append(key)
    for keys in by_dimension.values():
        for place in range(_CHOSEN_EVERY, days.count, _CHOSEN_EVERY):
            for key in _largest(days, keys, place):
                since.setdefault(key, place)
    chosen = sorted(since)
    return chosen, np.array([since[key] for key in chosen], dtype=np.int64)


def _largest(days: Days, keys: list[Key], place: int) -> list[Key]:
    past = slice(max(0, place - _CHOSEN_BY), place)
    size = {key: days.hits[key][past].sum() + days.tries[key][past].sum() for key in keys}
    ranked = sorted((key for key in keys if size[key] > 0), key=lambda key: (-size[key], key))
    return ranked[:MEMBERS_WATCHED]
