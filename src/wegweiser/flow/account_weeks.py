"""What each person of an account did for it, week by week."""

from collections.abc import Sequence

import msgspec

from wegweiser.flow.profile_cache import ProfileCache
from wegweiser.profile import reading
from wegweiser.profile.aged import BASE_DAY
from wegweiser.profile.reading import CellAt
from wegweiser.resolve.account_side import MemberShare

WEEK_DAYS = 7


class PersonWeeks(msgspec.Struct, frozen=True):
    """Events of one person by week, the oldest week first."""

    person_id: str
    events: tuple[int, ...]


def weeks_of(
    views: ProfileCache, group_id: str, members: Sequence[MemberShare], today: int, weeks: int
) -> tuple[PersonWeeks, ...]:
    """Count the events of each member in the last weeks, the busiest first; `today` in days.

    The last week ends with the present day. Who did nothing in this time is left out.
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
        events = by_week([*cells.values()], today, weeks)
        if any(events):
            found.append(PersonWeeks(person_id, events))
    return tuple(sorted(found, key=lambda one: (-sum(one.events), one.person_id)))


def by_week(cells: Sequence[CellAt], today: int, weeks: int) -> tuple[int, ...]:
    """Sum the events of cells by week.

    >>> by_week([], 20_000, 3)
    (0, 0, 0)
    """
    counts = [0] * weeks
    for cell in cells:
        back = (today - cell.day) // WEEK_DAYS
        if cell.day != BASE_DAY and 0 <= back < weeks:
            counts[weeks - 1 - back] += sum(reading.counters([cell]).values())
    return tuple(counts)
