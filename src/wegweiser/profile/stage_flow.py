"""How many moved from which stage to which between two dates, and whether the sums come out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import msgspec

from wegweiser.terms.journey import ON_PATH, STAGES, UNKNOWN

SHOWN: tuple[str, ...] = (*STAGES, UNKNOWN)
WAYS = ("forward", "back", "off_path", "returned", "appeared", "lost", "stayed")
Step = tuple[str, str]


class Balance(msgspec.Struct, frozen=True):
    """One stage: at the start, out of it, into it, at the end; mean days and counts by mark.

    start + came - left = end, always.
    """

    stage: str
    start: int
    came: int
    left: int
    end: int
    mean_days: float
    marks: tuple[int, ...]


class Touched(msgspec.Struct, frozen=True):
    """How many had one kind of evidence in the 14 days before, by way of the move."""

    what: str
    by_way: dict[str, int]


class Flow(msgspec.Struct, frozen=True):
    """All moves between two dates: by cell (from, to) and by way."""

    of_all: int
    cells: dict[Step, int]
    ways: dict[str, int]
    balances: tuple[Balance, ...]
    touched: tuple[Touched, ...]


class Moved(msgspec.Struct, frozen=True):
    """One subject: the shown stage at each mark, and what was touched before its move."""

    subject: str
    stages: tuple[str, ...]
    touched: frozenset[str]

    @property
    def step(self) -> Step:
        """From where to where."""
        return self.stages[0], self.stages[-1]

    @property
    def way(self) -> str:
        """The way of the move in a word."""
        return way_of(*self.step)


@cache
def way_of(source: str, target: str) -> str:
    """Name the way of a move; `returned` comes from beside the path onto it.

    >>> way_of("validate", "explore"), way_of("stalled", "evaluate"), way_of("unknown", "explore")
    ('back', 'returned', 'appeared')
    >>> way_of("commit", "not_buyer"), way_of("stalled", "not_buyer"), way_of("commit", "unknown")
    ('off_path', 'off_path', 'lost')
    """
    if source == target:
        return "stayed"
    if UNKNOWN in (source, target):
        return "appeared" if source == UNKNOWN else "lost"
    before, after = SHOWN.index(source), SHOWN.index(target)
    if after >= ON_PATH:
        return "off_path"
    if before >= ON_PATH:
        return "returned"
    return "forward" if after > before else "back"


def flow_of(moved: Sequence[Moved], days_per_mark: float) -> Flow:
    """Count the moves; every course has the same marks, `days_per_mark` apart."""
    cells = Counter(one.step for one in moved)
    ways: Counter[str] = Counter()
    for step, count in cells.items():
        ways[way_of(*step)] += count
    marks = [Counter(column) for column in zip(*(one.stages for one in moved), strict=True)]
    # Who ever stood in a stage before the last mark.
    ever = Counter(stage for one in moved for stage in set(one.stages[:-1]))
    return Flow(
        len(moved),
        dict(sorted(cells.items(), key=lambda one: (-one[1], one[0]))),
        {way: ways[way] for way in WAYS},
        tuple(_balance(stage, cells, marks, ever[stage], days_per_mark) for stage in SHOWN),
        _touched(moved),
    )


def _balance(
    stage: str,
    cells: Mapping[Step, int],
    marks: Sequence[Mapping[str, int]],
    ever: int,
    days_per_mark: float,
) -> Balance:
    counts = tuple(mark[stage] for mark in marks)
    return Balance(
        stage,
        start=sum(count for (source, _), count in cells.items() if source == stage),
        came=sum(count for (source, target), count in cells.items() if source != target == stage),
        left=sum(count for (source, target), count in cells.items() if stage == source != target),
        end=sum(count for (_, target), count in cells.items() if target == stage),
        mean_days=sum(counts[:-1]) * days_per_mark / ever if ever else 0.0,
        marks=counts,
    )


def _touched(moved: Iterable[Moved]) -> tuple[Touched, ...]:
    found: dict[str, Counter[str]] = {}
    for (what, step), count in Counter(
        (what, one.step) for one in moved for what in one.touched
    ).items():
        found.setdefault(what, Counter())[way_of(*step)] += count
    ordered = sorted(found.items(), key=lambda one: (-one[1].total(), one[0]))
    return tuple(Touched(what, {way: ways[way] for way in WAYS}) for what, ways in ordered)


def against_the_tide(moved: Sequence[Moved]) -> tuple[Moved, ...]:
    """Give those who moved against most of the others that left the same stage on the path.

    >>> there = Moved("a", ("explore", "evaluate"), frozenset())
    >>> back = Moved("c", ("explore", "dormant"), frozenset())
    >>> [one.subject for one in against_the_tide((there, there, back))]
    ['c']
    """
    counts = Counter((one.stages[0], one.way) for one in moved)

    def against(one: Moved) -> bool:
        other = {"forward": "back", "back": "forward"}.get(one.way, "")
        source = one.stages[0]
        return bool(other) and counts[source, other] > counts[source, one.way]

    return tuple(one for one in moved if against(one))
