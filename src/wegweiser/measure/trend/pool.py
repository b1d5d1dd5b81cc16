"""Terms that are compared with each other: what they are counted of, period by period."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec
import numpy as np
import numpy.typing as npt

from wegweiser.measure.form import Row, text, whole
from wegweiser.measure.trend.mention import OWN_KINDS

Numbers = npt.NDArray[np.float64]
LEAST_MENTIONS = 20
LEAST_BASE = 8
MOST_BASE = 26
# The newest two periods are what is compared, so that a base never holds what it is held against.
RECENT = 2


class Pool(msgspec.Struct, frozen=True):
    """All terms of one kind over periods in a row.

    `mentions` (terms x periods) are those of sources that were there long enough in each period to
    be compared; only terms that ever had 20 mentions in three periods stand in it. `totals` (per
    period) is what mentions are a share of, `active` how many terms there were at all. Where the
    sources that count change, the base is counted anew: `base` and `base_totals` hold the sums over
    the base of each period, `base_periods` its length, `base_squares` the sum of x²/N; `recent` and
    `recent_totals` those of the newest two periods, `three` the mentions of the newest three.
    `seen` and `seen_totals` are of all sources, `people` the persons of three periods, `public`
    the period from which on a term may be told at all.
    """

    kind: str
    terms: tuple[str, ...]
    mentions: Numbers
    totals: Numbers
    people: Numbers
    active: Numbers
    seen: Numbers
    seen_totals: Numbers
    recent: Numbers
    recent_totals: Numbers
    three: Numbers
    base: Numbers
    base_totals: Numbers
    base_periods: Numbers
    base_squares: Numbers
    first: npt.NDArray[np.int64]
    public: npt.NDArray[np.int64]

    @property
    def is_own(self) -> bool:
        """Tell whether we ourselves bring such terms in."""
        return self.kind in OWN_KINDS


class Told(msgspec.Struct, frozen=True):
    """The rows of the question: periods in a row (ISO dates), pools, and goals per term."""

    periods: tuple[str, ...]
    pools: tuple[Pool, ...]
    goals: Mapping[tuple[str, str], tuple[int, int]]
    mentions: int
    terms: int


def periods_between(first: str, last: str, per: str) -> tuple[str, ...]:
    """List the first days of all weeks or months from one to another.

    >>> periods_between("2026-11-01", "2027-01-01", "month")
    ('2026-11-01', '2026-12-01', '2027-01-01')
    """
    found, at, end = [], date.fromisoformat(first), date.fromisoformat(last)
    while at <= end:
        found.append(at.isoformat())
        if per == "week":
            at += timedelta(days=7)
        else:
            at = (at.replace(day=1) + timedelta(days=32)).replace(day=1)
    return tuple(found)


def read_told(rows: Sequence[Row], per: str) -> Told:
    """Arrange the rows of the question; a term of a message is a share of its own exposures."""
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        parts[text(row, "part")].append(row)
    known = [text(row, "period") for row in (*parts["total"], *parts["last"])]
    periods = periods_between(min(known), max(known), per) if parts["total"] else ()
    place = {period: at for at, period in enumerate(periods)}
    by_pool: dict[tuple[str, str], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for part in ("total", "mentions", "people", "common"):
        for row in parts[part]:
            by_pool[pool_key(row)][part].append(row)
    pools = tuple(_pool(key[0], by_pool[key], place) for key in sorted(by_pool))
    goals = {
        (text(row, "kind"), text(row, "term")): (whole(row, "goals"), whole(row, "n"))
        for row in parts["goals"]
    }
    counted = [row for row in parts["mentions"] if text(row, "term")]
    named = {(text(row, "kind"), text(row, "term")) for row in counted}
    mentions = sum(whole(row, "n") for row in counted)
    return Told(periods, pools, goals, mentions, len(named))


def pool_key(row: Row) -> tuple[str, str]:
    """Name the pool of a row: its kind, and of a message also its name."""
    kind = text(row, "kind")
    return kind, text(row, "term") if kind == "message" else ""


def _pool(kind: str, rows: Mapping[str, list[Row]], place: Mapping[str, int]) -> Pool:
    long = len(place)
    sources = sorted({text(row, "source_id") for row in rows["total"]})
    source_at = {name: at for at, name in enumerate(sources)}
    totals = np.zeros((len(sources), long))
    for row in rows["total"]:
        totals[source_at[text(row, "source_id")], place[text(row, "period")]] += whole(row, "n")
    told = [row for row in rows["mentions"] if text(row, "term")]
    public = {text(row, "term"): place[text(row, "period")] for row in rows["common"]}
    active, first = _activity(told, place, public)
    terms = _ratable(told, place)
    term_at = {name: at for at, name in enumerate(terms)}
    cells = np.zeros((len(sources), len(terms), long))
    for row in told:
        if text(row, "term") in term_at:
            where = source_at[text(row, "source_id")], term_at[text(row, "term")]
            cells[*where, place[text(row, "period")]] += whole(row, "n")
    people = np.zeros((len(terms), long))
    for row in rows["people"]:
        if text(row, "term") in term_at and text(row, "period") in place:
            people[term_at[text(row, "term")], place[text(row, "period")]] += whole(row, "n")
    begun = np.array([first[name] for name in terms], dtype=np.int64)
    told_from = np.array([public.get(name, 0) for name in terms], dtype=np.int64)
    return based(kind, terms, cells, totals, people, active, begun, told_from)


def _activity(
    told: Sequence[Row], place: Mapping[str, int], public: Mapping[str, int]
) -> tuple[Numbers, dict[str, int]]:
    """Count the terms known to each period and its base, and find when each was first met."""
    met: dict[str, set[int]] = defaultdict(set)
    for row in told:
        met[text(row, "term")].add(place[text(row, "period")])
    change = np.zeros(len(place) + 1)
    for name, periods in met.items():
        until = public.get(name, 0)
        for at in sorted(periods):
            end = min(at + MOST_BASE + RECENT, len(place))
            if end > until:
                change[max(at, until)] += 1
                change[end] -= 1
                until = end
    return np.cumsum(change)[:-1], {name: min(periods) for name, periods in met.items()}


def _ratable(told: Sequence[Row], place: Mapping[str, int]) -> tuple[str, ...]:
    """Give the terms that ever had enough mentions in three periods in a row."""
    sums: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in told:
        at = place[text(row, "period")]
        for later in range(at, at + 3):
            sums[text(row, "term")][later] += whole(row, "n")
    return tuple(
        sorted(name for name, found in sums.items() if max(found.values()) >= LEAST_MENTIONS)
    )


def based(
    kind: str,
    terms: tuple[str, ...],
    cells: Numbers,
    totals: Numbers,
    people: Numbers,
    active: Numbers,
    first: npt.NDArray[np.int64],
    public: npt.NDArray[np.int64] | None = None,
) -> Pool:
    """Count the base of every period from sources x terms x periods; nothing later is looked at.

    In each period only sources count that 8 periods of its base already knew: what a new tag or a
    new app captures is no trend. A page, campaign or message is held against its own time only.
    """
    long, shape = totals.shape[1], (len(terms), totals.shape[1])
    mentions, base, squares = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    base_totals, base_periods = np.zeros(shape), np.zeros(shape)
    recent, three = np.zeros(shape), np.zeros(shape)
    now, recent_totals = np.zeros(long), np.zeros(long)
    for at in range(long):
        begin, end = max(0, at - RECENT - MOST_BASE + 1), at - RECENT + 1
        window = totals[:, begin : max(begin, end)]
        stable = (window > 0).sum(axis=1) >= LEAST_BASE
        if not stable.any():
            continue
        of = window[stable].sum(axis=0)
        held = cells[stable][:, :, begin:end].sum(axis=0)
        counts = np.broadcast_to(of > 0, held.shape)
        if kind in OWN_KINDS:
            counts = counts & (np.arange(begin, end)[None, :] >= first[:, None])
        mentions[:, at] = cells[stable][:, :, at].sum(axis=0)
        now[at] = totals[stable, at].sum()
        newest = slice(at - RECENT + 1, at + 1)
        recent[:, at] = cells[stable][:, :, newest].sum(axis=(0, 2))
        recent_totals[at] = totals[stable][:, newest].sum()
        three[:, at] = cells[stable][:, :, at - RECENT : at + 1].sum(axis=(0, 2))
        base[:, at] = (held * counts).sum(axis=1)
        base_totals[:, at] = (of[None, :] * counts).sum(axis=1)
        base_periods[:, at] = counts.sum(axis=1)
        squares[:, at] = (held**2 * counts / np.maximum(of, 1.0)[None, :]).sum(axis=1)
    return Pool(
        kind=kind,
        terms=terms,
        mentions=mentions,
        totals=now,
        people=people,
        active=active,
        seen=cells.sum(axis=0),
        seen_totals=totals.sum(axis=0),
        recent=recent,
        recent_totals=recent_totals,
        three=three,
        base=base,
        base_totals=base_totals,
        base_periods=base_periods,
        base_squares=squares,
        first=first,
        public=np.zeros(len(terms), dtype=np.int64) if public is None else public,
    )
