"""Every term in words: emerging, a burst, seen but not rated, or steady."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from wegweiser.measure.form import Row, text, whole
from wegweiser.measure.statistic import Interval, interval
from wegweiser.measure.trend.flags import Flags
from wegweiser.measure.trend.mention import LEAST_PERSONS
from wegweiser.measure.trend.pool import LEAST_MENTIONS, RECENT, Numbers, Pool

Status = Literal["emerging", "burst", "seen", "steady"]
Confidence = Literal["high", "medium", "low", "none"]
OTHER = "(other)"
ORDER: tuple[Status, ...] = ("emerging", "burst", "seen", "steady")


class Rated(msgspec.Struct, frozen=True, kw_only=True):
    """One term in the newest period.

    `mentions` are of that period, `people` of the newest three, `share` is of all mentions of its
    kind in the newest two; `growth` is None where a term is not rated, or new: nothing grew.
    `counts`, `totals` and `spread` are what a projection starts from.
    """

    kind: str
    term: str
    status: Status
    since: str
    mentions: int
    people: int | None
    share: float | None = None
    growth: Interval | None = None
    is_new: bool = False
    confidence: Confidence = "none"
    persons_per_mention: float = 1.0
    counts: Numbers | None = None
    totals: Numbers | None = None
    spread: float = 1.0


def rated_terms(pool: Pool, flags: Flags, periods: Sequence[str]) -> Iterator[Rated]:
    """Yield the terms of a pool that are rated in the newest period."""
    now = len(periods) - 1
    for at, term in enumerate(pool.terms):
        if flags.rated[at, now]:
            yield _rated(pool, flags, periods, at, term)


def _rated(pool: Pool, flags: Flags, periods: Sequence[str], at: int, term: str) -> Rated:
    now = len(periods) - 1
    is_flagged = bool(flags.flagged[at, now])
    status: Status = "emerging" if flags.emerging[at, now] else "burst" if is_flagged else "steady"
    since = _since(flags.flagged[at].tolist(), now) if is_flagged else now
    presence = max(1.0, float(pool.three[at, now]))
    is_new = bool(pool.base[at, now] == 0)
    growth = interval(
        float(flags.growth[at, now]),
        float(flags.growth_low[at, now]),
        float(flags.growth_high[at, now]),
    )
    return Rated(
        kind=pool.kind,
        term=term,
        status=status,
        since=periods[since],
        mentions=int(pool.mentions[at, now]),
        people=int(pool.people[at, now]),
        share=float(pool.recent[at, now] / max(1.0, pool.recent_totals[now])),
        growth=None if is_new else growth,
        is_new=is_new,
        confidence=_confidence(status, is_new, flags.flagged[at, now - RECENT : now + 1].tolist()),
        persons_per_mention=min(1.0, float(pool.people[at, now]) / presence),
        counts=pool.mentions[at, max(0, now - 5) :],
        totals=pool.totals[max(0, now - 5) :],
        spread=float(flags.spread[now]),
    )


def _since(flagged: list[bool], now: int) -> int:
    """Find where a rise began: no more than two quiet periods lie between its flags."""
    begun = now
    for at in range(now, -1, -1):
        if begun - at > RECENT:
            break
        begun = at if flagged[at] else begun
    return begun


def _confidence(status: Status, is_new: bool, newest: list[bool]) -> Confidence:
    if status == "emerging":
        return "high" if all(newest) and not is_new else "medium"
    return "low" if status == "burst" else "none"


def seen_terms(rows: Sequence[Row], periods: Sequence[str]) -> list[Rated]:
    """List terms that are new in the newest three periods and too rare to be rated.

    Those of fewer than 10 persons stand together as "(other)", without their words.
    """
    newest = set(periods[-RECENT - 1 :])
    people = {
        (text(row, "kind"), text(row, "term")): whole(row, "n")
        for row in rows
        if text(row, "part") == "people" and text(row, "period") == periods[-1]
    }
    found: list[Rated] = []
    other: dict[str, int] = defaultdict(int)
    for (kind, term), by_period in sorted(_by_period(rows).items()):
        if not set(by_period) <= newest or sum(by_period.values()) >= LEAST_MENTIONS:
            continue
        latest = by_period.get(periods[-1], 0)
        if people.get((kind, term), 0) < LEAST_PERSONS:
            other[kind] += latest
            continue
        found.append(_seen(kind, term, min(by_period), latest, people[kind, term]))
    found += [_seen(kind, OTHER, periods[-1], count, None) for kind, count in other.items()]
    return found


def _seen(kind: str, term: str, since: str, mentions: int, people: int | None) -> Rated:
    return Rated(
        kind=kind,
        term=term,
        status="seen",
        since=since,
        mentions=mentions,
        people=people,
        is_new=True,
    )


def _by_period(rows: Sequence[Row]) -> Mapping[tuple[str, str], dict[str, int]]:
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        if text(row, "part") == "mentions" and text(row, "term"):
            found[text(row, "kind"), text(row, "term")][text(row, "period")] += whole(row, "n")
    return found
