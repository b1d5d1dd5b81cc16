"""What each person of an account did for it, week by week."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from wegweiser.flow.profile_cache import ProfileCache
from wegweiser.profile.aged import BASE_DAY
from wegweiser.profile.reading import CellAt
from wegweiser.resolve.account_side import MemberShare
from wegweiser.terms.instant import DAY_MS, HOUR_MS

WEEK_DAYS = 7
_EPOCH = date(1970, 1, 1).toordinal()


class PersonWeeks(msgspec.Struct, frozen=True):
    """Events of one person by week, the oldest week first."""

    person_id: str
    events: tuple[int, ...]


def weeks_of(
    views: ProfileCache,
    group_id: str,
    members: Sequence[MemberShare],
    today: int,
    weeks: int,
    zone: str,
) -> tuple[PersonWeeks, ...]:
    """Count the events of each member in the last weeks, the busiest first; `today` in days.

    The last week ends with the present day of the zone. Who did nothing in this time is left out.
    """
    read = views.cells_for(group_id)
    shares: dict[str, list[MemberShare]] = {}
    for part in members:
        shares.setdefault(part.person_id, []).append(part)
    found = []
    for person_id, parts in shares.items():
        cells = {
            (cell.leaf, cell.day, cell.scope): cell for part in parts for cell in read(part.shares)
        }
        events = by_week([*cells.values()], today, weeks, zone)
        if any(events):
            found.append(PersonWeeks(person_id, events))
    return tuple(sorted(found, key=lambda one: (-sum(one.events), one.person_id)))


@lru_cache(4096)
def local_day(at_ms: int, zone: str) -> int:
    """Give the day number of a moment in a zone.

    >>> local_day(23 * 3_600_000, "UTC"), local_day(23 * 3_600_000, "Europe/Berlin")
    (0, 1)
    """
    day = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(zone)).date()
    return day.toordinal() - _EPOCH


def by_week(cells: Sequence[CellAt], today: int, weeks: int, zone: str) -> tuple[int, ...]:
    """Sum the events of cells by week; an hour counts for the day of the zone that it begins on.

    >>> from wegweiser.profile.cell import Cell
    >>> by_week([CellAt("user_id:a", 6, "", Cell({"page": {"22": 1, "23": 2}}))], 14, 2, "UTC")
    (3, 0)
    >>> late = CellAt("user_id:a", 6, "", Cell({"page": {"22": 1, "23": 2}}))
    >>> by_week([late], 13, 2, "Europe/Berlin"), by_week([late], 14, 2, "Europe/Berlin")
    ((1, 2), (3, 0))
    """
    counts = [0] * weeks
    for held in cells:
        if held.day == BASE_DAY:
            continue
        for hours in held.cell.counts.values():
            for hour, events in hours.items():
                day = local_day(held.day * DAY_MS + int(hour) * HOUR_MS, zone)
                back = (today - day) // WEEK_DAYS
                if 0 <= back < weeks:
                    counts[weeks - 1 - back] += events
    return tuple(counts)
