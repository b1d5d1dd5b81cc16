"""Searches, views and conversations of many weeks, for tests of trends."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from wegweiser.measure.trend.pool import Pool, based
from wegweiser.terms.instant import DAY_MS

# A Monday; the measure is asked at the end of the last week.
FIRST = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp() * 1000)
WEEK_MS = 7 * DAY_MS
Row = dict[str, object]


def week(number: int) -> str:
    """Name a week as answers do."""
    return (datetime(2024, 1, 1, tzinfo=UTC) + timedelta(weeks=number)).date().isoformat()


def searches(counts: Mapping[str, Sequence[int]], source_id: str = "web") -> list[Row]:
    """Give searches: each by a person of its own, spread over the days of its week."""
    return [
        told(number, n, f"{term}-{number}-{n}", source_id)
        | {"type": "track", "name": "Search Performed", "search_query": term}
        for term, series in counts.items()
        for number, count in enumerate(series)
        for n in range(count)
    ]


def views(counts: Mapping[str, Sequence[int]], source_id: str = "web") -> list[Row]:
    """Give page views, each by a person of its own."""
    return [
        told(number, n, f"{path}-{number}-{n}", source_id) | {"path": path}
        for path, series in counts.items()
        for number, count in enumerate(series)
        for n in range(count)
    ]


def talk(number: int, person: str, **said: object) -> Row:
    """Give one conversation with topics, competitors and a note."""
    stated = {"type": "track", "name": "Sales Conversation Logged", "properties": json.dumps(said)}
    return told(number, len(person) % 7, person, "conversations") | stated


def told(number: int, n: int, person: str, source_id: str) -> Row:
    """Give what every event of a week holds."""
    at = FIRST + number * WEEK_MS + (n % 7) * DAY_MS + n % 86_000 * 1000
    return {"leaf": person, "occurred_at": at, "source_id": source_id}


def pool_of(cells: npt.ArrayLike, totals: npt.ArrayLike | None = None, kind: str = "query") -> Pool:
    """Make a pool of one source from terms x periods; every mention is another person's."""
    counts = np.asarray(cells, dtype=np.float64)
    of = counts.sum(axis=0) if totals is None else np.asarray(totals, dtype=np.float64)
    people = counts.copy()
    people[:, 1:] += counts[:, :-1]
    people[:, 2:] += counts[:, :-2]
    first = (counts > 0).argmax(axis=1)
    names = tuple(f"t{number:03}" for number in range(len(counts)))
    active = np.full(counts.shape[1], float(len(counts)))
    return based(kind, names, counts[None], of[None], people, active, first)
