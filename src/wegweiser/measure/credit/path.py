"""Paths to a goal as a multiset: which contacts in which order, and how often they led anywhere."""

from collections.abc import Callable, Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


class Path(msgspec.Struct, frozen=True):
    """One order of contacts; `goals` paths ended in a goal worth `value` together, `nulls` in none.

    `decayed` holds per step the goals, or the value, that fall to it when contacts count half
    after some days; None where the times of contacts are not known. `walker` is a name for whoever
    walked more than this one, so that their paths are drawn together; of all others it is empty.
    """

    channels: tuple[str, ...]
    goals: int
    value: float = 0.0
    nulls: int = 0
    decayed: tuple[float, ...] | None = None
    walker: str = ""


class Paths(msgspec.Struct, frozen=True):
    """All paths as arrays of equal length; `channels` are the names in order.

    `steps[i]` holds the channel numbers of path i, and `decay[i]` which part of its goals falls to
    each step when contacts count half after some days; `walkers[i]` is the number of the one who
    walked it, -1 where every walk of it is somebody else's. The order of the rows changes no
    result, since equal paths are added up and sorted.
    """

    channels: tuple[str, ...]
    steps: tuple[tuple[int, ...], ...]
    goals: Numbers
    values: Numbers
    nulls: Numbers
    decay: tuple[tuple[float, ...], ...] | None
    walkers: NDArray[np.intp]

    @property
    def goal_total(self) -> float:
        """All goals."""
        return float(self.goals.sum())


def gather(paths: Iterable[Path]) -> Paths:
    """Add up equal paths and number their channels by name; a path without contacts is left out.

    >>> gather([Path(("b", "a"), 1), Path(("b", "a"), 2)]).goals.tolist()
    [3.0]
    """
    sums: dict[tuple[tuple[str, ...], str], Path] = {}
    for path in paths:
        if path.channels:
            key = (path.channels, path.walker)
            before = sums.get(key)
            sums[key] = path if before is None else _added(before, path)
    ordered = [sums[key] for key in sorted(sums)]
    channels = tuple(sorted({name for path in ordered for name in path.channels}))
    number = {name: place for place, name in enumerate(channels)}
    walker = {
        name: place for place, name in enumerate(sorted({path.walker for path in ordered} - {""}))
    }
    timed = all(path.decayed is not None for path in ordered)
    return Paths(
        channels,
        tuple(tuple(number[name] for name in path.channels) for path in ordered),
        np.array([path.goals for path in ordered], dtype=np.float64),
        np.array([path.value for path in ordered], dtype=np.float64),
        np.array([path.nulls for path in ordered], dtype=np.float64),
        tuple(map(_decay_of, ordered)) if timed else None,
        np.array([walker.get(path.walker, -1) for path in ordered], dtype=np.intp),
    )


def _added(a: Path, b: Path) -> Path:
    timed = a.decayed is not None and b.decayed is not None
    return Path(
        a.channels,
        a.goals + b.goals,
        a.value + b.value,
        a.nulls + b.nulls,
        tuple(map(sum, zip(a.decayed or (), b.decayed or (), strict=True))) if timed else None,
        a.walker,
    )


def _decay_of(path: Path) -> tuple[float, ...]:
    whole = sum(path.decayed or ())
    return tuple(part / whole if whole else 0.0 for part in path.decayed or ())


def redrawn(paths: Paths, chance: np.random.Generator) -> Paths:
    """Draw everybody 0, 1, 2 ... times with all their paths (Poisson bootstrap of people)."""
    times = chance.poisson(1.0, int(paths.walkers.max(initial=-1)) + 1)
    own = paths.walkers >= 0
    together = np.where(own, np.append(times, 0)[paths.walkers], 0).astype(np.float64)
    goals, nulls = (
        np.where(own, part * together, chance.poisson(part)) for part in (paths.goals, paths.nulls)
    )
    share = np.divide(goals, paths.goals, out=np.zeros_like(goals), where=paths.goals > 0)
    values = paths.values * share
    return msgspec.structs.replace(paths, goals=goals, values=values, nulls=nulls)


class Split(msgspec.Struct, frozen=True):
    """Which share of a path's goals falls to which channel, one entry per path and step."""

    channels: int
    path: NDArray[np.intp]
    channel: NDArray[np.intp]
    share: Numbers

    def of(self, goals: Numbers) -> Numbers:
        """Add up per channel the goals of all paths, or their values."""
        summed = np.bincount(self.channel, self.share * goals[self.path], self.channels)
        return summed.astype(np.float64)


def split(
    paths: Paths, shares: Callable[[int, tuple[int, ...]], Sequence[tuple[int, float]]]
) -> Split:
    """Make a split from what gives (channel, share) pairs for a path by number and steps."""
    entries = [
        (number, channel, share)
        for number, steps in enumerate(paths.steps)
        for channel, share in shares(number, steps)
    ]
    columns = list(zip(*entries, strict=True)) or [(), (), ()]
    return Split(
        len(paths.channels),
        np.array(columns[0], dtype=np.intp),
        np.array(columns[1], dtype=np.intp),
        np.array(columns[2], dtype=np.float64),
    )
