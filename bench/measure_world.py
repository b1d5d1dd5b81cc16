"""A website's events as numbers: visitors with skew, visits, pages, beats, goals and sources."""

import msgspec
import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
DAYS = 90
FIRST_DAY = 20_454
DAY_MS = 86_400_000
PAUSE_MS = 31 * 60_000
PAGES = 2_000
EVENTS_PER_LEAF = 14
KINDS = ("page", "engaged", "link", "product", "search", "download", "demo", "order", "crm")
_LATER = (0.46, 0.36, 0.07, 0.06, 0.02, 0.01, 0.008, 0.004, 0.008)
# Which of the pages, by popularity, the funnel asks for.
PRICES, DEMO = 2, 7
SOURCES = 8
_CAME_BY = (0.34, 0.24, 0.16, 0.09, 0.08, 0.05, 0.03, 0.01)


class World(msgspec.Struct, frozen=True):
    """One entry per event in order of arrival; moments in ms UTC, all else numbers of things.

    `view` is the event that was the last page view of its visit, `source` how a visit came about,
    told by its first view only (-1 elsewhere).
    """

    leaf: NDArray[np.int32]
    at: Whole
    received: Whole
    kind: NDArray[np.int8]
    page: NDArray[np.int16]
    view: NDArray[np.int32]
    source: NDArray[np.int8]
    seconds: NDArray[np.float32]
    leaves: int

    @property
    def events(self) -> int:
        """How many there are."""
        return len(self.leaf)


def make_world(events: int, seed: int = 1) -> World:
    """Make so many events of 90 days; equal numbers and seeds make equal worlds.

    A visitor has at least one visit and a few have hundreds; a visit has a few events and some
    have a hundred; two visits of one visitor are more than 30 minutes apart.
    """
    chance = np.random.default_rng(seed)
    leaves = max(2, events // EVENTS_PER_LEAF)
    visitor, size, began = _visits(chance, leaves, events)
    first = np.concatenate(([0], np.cumsum(size)[:-1]))
    total = int(size.sum())
    visit = np.repeat(np.arange(len(size)), size)
    is_first = np.zeros(total, dtype=bool)
    is_first[first] = True
    gap = (np.exp(chance.normal(3.5, 1.1, total)).clip(1, 1_700) * 1_000).astype(np.int64)
    gap[is_first] = 0
    passed = np.cumsum(gap)
    passed -= np.repeat(passed[first], size)
    began = _apart(visitor, began, passed[first + size - 1])
    at = began[visit] + passed
    kind = chance.choice(len(KINDS), total, p=np.array(_LATER) / sum(_LATER)).astype(np.int8)
    kind[is_first] = 0
    page = _pages(chance, total)
    view = np.maximum.accumulate(np.where(kind == 0, np.arange(total), 0))
    came_by = chance.choice(SOURCES, len(size), p=_CAME_BY).astype(np.int8)
    after = np.append(gap[1:], 0) / 1_000
    keep = np.flatnonzero(at < (FIRST_DAY + DAYS) * DAY_MS)[:events]
    received = at + chance.integers(200, 5_000, total)
    late = chance.random(total) < 0.005
    received[late] += chance.integers(0, 3 * DAY_MS, int(late.sum()))
    order = keep[np.argsort(received[keep], kind="stable")]
    return World(
        leaf=visitor[visit][order].astype(np.int32),
        at=at[order],
        received=received[order],
        kind=kind[order],
        page=page[view][order],
        view=view[order].astype(np.int32),
        source=np.where(is_first, came_by[visit], -1)[order].astype(np.int8),
        seconds=np.minimum(after, 120.0)[order].astype(np.float32),
        leaves=leaves,
    )


def _visits(chance: np.random.Generator, leaves: int, events: int) -> tuple[Whole, Whole, Whole]:
    """Give visitor, size and beginning of every visit, by visitor and time; a few too many."""
    wanted = events * 1.06
    mean = 6
    times = np.minimum(1 + chance.pareto(1.4, 2 * leaves).astype(np.int64), 300)
    visitor = np.resize(np.repeat(np.arange(len(times)) % leaves, times), int(wanted / mean * 1.1))
    size = np.minimum(chance.geometric(1 / mean, len(visitor)), 120)
    enough = int(np.searchsorted(np.cumsum(size), wanted)) + 1
    visitor, size = visitor[:enough], size[:enough]
    weekday = np.resize(np.array([1.2, 1.2, 1.15, 1.1, 1.0, 0.65, 0.7]), DAYS)
    day = chance.choice(DAYS, len(size), p=weekday / weekday.sum())
    hour = (14 + 4 * chance.standard_normal(len(size))) % 24
    began = (FIRST_DAY + day) * DAY_MS + (hour * 3_600_000).astype(np.int64)
    order = np.lexsort((began, visitor))
    return visitor[order], size[order], began[order]


def _apart(visitor: Whole, began: Whole, lasted: Whole) -> Whole:
    """Move visits of one visitor so that each begins after a pause behind the one before."""
    taken = lasted + PAUSE_MS
    before = np.cumsum(taken) - taken
    far = np.int64(1) << 36
    moved: Whole = np.maximum.accumulate(began - before + visitor * far) - visitor * far + before
    return moved


def _pages(chance: np.random.Generator, views: int) -> NDArray[np.int16]:
    """Choose pages, the popular ones far more often."""
    weight = 1 / np.arange(1, PAGES + 1) ** 0.9
    ends = np.cumsum(weight) / weight.sum()
    chosen: NDArray[np.int16] = np.searchsorted(ends, chance.random(views)).astype(np.int16)
    return np.minimum(chosen, np.int16(PAGES - 1))
