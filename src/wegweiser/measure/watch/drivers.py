"""What moved with a change: the values of each dimension that explain most of it."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from wegweiser.measure.watch.facts import WATCHABLE
from wegweiser.measure.watch.panel import Reals
from wegweiser.measure.watch.table import Days, Key

_WEEKS_BEFORE = 8
_WEEK = 7
_SHOWN = 3
_LEAST_SHARE = 0.2


class Driver(msgspec.Struct, frozen=True):
    """A value of a dimension and the share of the change that lies in it."""

    dimension: str
    member: str
    share: float


def drivers_of(days: Days, key: Key, since: int, until: int) -> list[Driver]:
    """Find what explains most of a change, most telling first, each dimension at most once.

    The change of a value is what came less what the same weekdays of the eight weeks before let
    expect; of a ratio it is what came less the old ratio of what it was out of. A share of the
    whole change; a value counts where that is more than its usual part. A segment explains nothing
    of a time in which it had too few people, and is held only against days on which it had enough.
    """
    if key[1]:
        return []
    changes = _changes(days, key[0], since, until)
    whole = _change(days, key, since, until)[0]
    if whole == 0:
        return []
    best: dict[str, tuple[float, Driver]] = {}
    for (_, dimension, member), (change, usual) in changes.items():
        share = change / whole
        telling = share - usual
        if share >= _LEAST_SHARE and telling > best.get(dimension, (0.05, None))[0]:
            best[dimension] = (telling, Driver(dimension, member, min(share, 1.0)))
    ranked = sorted(best.values(), key=lambda one: (-one[0], one[1].dimension))
    return [driver for _, driver in ranked[:_SHOWN]]


def _changes(days: Days, series: str, since: int, until: int) -> Mapping[Key, tuple[float, float]]:
    keys = [key for key in days.hits if key[0] == series and key[1]]
    return {key: _change(days, key, since, until) for key in keys}


def _change(days: Days, key: Key, since: int, until: int) -> tuple[float, float]:
    """Give by how much more came than before, and the usual part of the whole."""
    hits, tries = days.hits[key], days.tries[key]
    places = np.arange(since, until + 1)
    before = [places - _WEEK * weeks for weeks in range(1, _WEEKS_BEFORE + 1)]
    past = [each[(each >= 0) & (each < since)] for each in before]
    known = np.concatenate(past)
    known = known[~np.isnan(hits[known])]
    if not len(known) or np.isnan(hits[places]).any():
        return 0.0, 0.0
    usual = _part(days, key, known)
    if WATCHABLE[key[0]].kind == "count":
        expected = len(places) * _mean(hits, known)
    else:
        rate = hits[known].sum() / tries[known].sum() if tries[known].sum() else 0.0
        expected = rate * tries[places].sum()
    return float(hits[places].sum() - expected), usual


def _mean(values: Reals, places: Sequence[int] | np.ndarray) -> float:
    return float(values[places].mean())


def _part(days: Days, key: Key, known: np.ndarray) -> float:
    total = (key[0], "", "")
    if total not in days.hits:
        return 0.0
    counted = days.hits if WATCHABLE[key[0]].kind == "count" else days.tries
    whole = float(counted[total][known].sum())
    return float(counted[key][known].sum()) / whole if whole else 0.0
