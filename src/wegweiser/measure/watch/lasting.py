"""Lasting changes of a series as they became known: looked for again every four weeks."""

from collections.abc import Sequence

import msgspec
import numpy as np

from wegweiser.measure.watch.dated import Change, dated
from wegweiser.measure.watch.gaps import whole
from wegweiser.measure.watch.grid import Grid
from wegweiser.measure.watch.panel import Reals
from wegweiser.measure.watch.pelt import changes_of
from wegweiser.measure.watch.revised import Revision, as_known
from wegweiser.measure.watch.season import fitted, fitted_long

LOOK_EVERY = 28
_SAME_WITHIN = 14
_SURE = 0.05


class Lasting(msgspec.Struct, frozen=True):
    """A change as it was when it became known, the place of that look, and whether it still
    stands at the last look."""

    change: Change
    known: int
    stands: bool = True


def lasting_changes(
    filled: Reals,
    begin: int,
    grid: Grid,
    seed: int,
    revisions: Sequence[Revision] = (),
    since: int = 0,
) -> list[Lasting]:
    """Find the lasting changes of one series without its season, in the order they were known.

    A look uses what was known before it only, so that later data never change what was told. A
    change is told when silence explains it in less than one of twenty cases. `begin` is the first
    period of the series, `since` that in which it was judged first; `filled` has faults replaced
    by what was expected, `revisions` (of this series) tell what it was before they were known.
    """
    found: list[Lasting] = []
    last: list[Change] = []
    for look in range(LOOK_EVERY, len(filled) + 1, LOOK_EVERY):
        if look - begin < grid.warm_up or look <= since:
            continue
        past = as_known(filled, look, revisions)
        last = changes_at(past[begin:], grid, np.random.default_rng([seed, look]))
        moved = [msgspec.structs.replace(one, **_later(one, begin)) for one in last]
        fresh = [one for one in moved if not any(_same(one, held.change) for held in found)]
        found += [Lasting(one, look - 1) for one in fresh]
        found = [
            msgspec.structs.replace(held, stands=any(_same(held.change, one) for one in moved))
            for held in found
        ]
    return found


def changes_at(past: Reals, grid: Grid, rng: np.random.Generator) -> list[Change]:
    """Give the changes that one past shows, those that silence does not explain."""
    bare = _levelled(_without_season(whole(past), grid))
    return [one for one in dated(bare, changes_of(bare), rng) if one.chance <= _SURE]


def _later(change: Change, by: int) -> dict[str, int]:
    return {
        "place": change.place + by,
        "earliest": change.earliest + by,
        "latest": change.latest + by,
    }


def _same(one: Change, other: Change) -> bool:
    side = (one.size.estimate > 0) == (other.size.estimate > 0)
    return side and abs(one.place - other.place) <= _SAME_WITHIN


def _without_season(past: Reals, grid: Grid) -> Reals:
    bare = past
    for length in reversed(grid.seasons):
        if 2 * length >= grid.memory:
            block = grid.seasons[0]
            season = fitted_long(bare, block, length // block)
        else:
            season = fitted(bare, (length,))
        if season.shapes:
            span = np.arange(len(bare)) - len(bare)
            bare = bare - season.shapes[0][span % len(season.shapes[0])]
    return bare


def _levelled(bare: Reals) -> Reals:
    """Take out a straight line where it explains more than any one step would."""
    places = np.arange(len(bare), dtype=np.float64)
    slope, start = np.polyfit(places, bare, 1)
    line = bare - (start + slope * places)
    sums = np.cumsum(bare - bare.mean())[:-1]
    left = places[1:]
    step = (sums**2 * len(bare) / (left * (len(bare) - left))).max() if len(bare) > 1 else 0.0
    by_step = float(np.sum((bare - bare.mean()) ** 2) - step)
    return line if float(np.sum(line**2)) < by_step else bare
