"""Leads of one group: how many reached the goal, after how many days, and who is still open."""

import math
from collections.abc import Iterable, Sequence
from functools import cached_property

import msgspec

from wegweiser.measure.form import Row, text, whole
from wegweiser.measure.revenue.survival import Counted, reached_by
from wegweiser.measure.statistic import Interval, median_of_counts, wilson

HORIZONS = (30, 90, 180)
LEAST_OF_AGE = 30


class Lead(msgspec.Struct, frozen=True):
    """Leads that are alike: `days` to the goal, or since the lead where it is not reached.

    `has_time` is false where the goal is older than its lead: it counts, its time does not.
    """

    cut: str
    month: str
    days: int
    count: int
    has_goal: bool
    is_lost: bool
    is_half_recorded: bool
    youngest_days: int
    has_time: bool = True


class Cohort(msgspec.Struct, frozen=True, dict=True):
    """All leads of one value of a cut."""

    cut: str
    leads: tuple[Lead, ...]

    @cached_property
    def total(self) -> int:
        """All leads."""
        return sum(one.count for one in self.leads)

    @cached_property
    def goals(self) -> int:
        """Leads with the goal."""
        return sum(one.count for one in self.leads if one.has_goal)

    @cached_property
    def lost(self) -> int:
        """Leads that were closed without the goal."""
        return sum(one.count for one in self.leads if one.is_lost)

    @cached_property
    def age_days(self) -> int:
        """The age of the youngest lead."""
        return min((one.youngest_days for one in self.leads), default=0)

    @property
    def rate(self) -> Interval:
        """The plain share with the goal."""
        return wilson(self.goals, self.total)

    @property
    def win_rate(self) -> Interval | None:
        """Goals among what is closed; open stages are neither won nor lost."""
        closed = self.goals + self.lost
        return wilson(self.goals, closed) if self.lost else None

    @property
    def times(self) -> dict[float, int]:
        """Days to the goal with how often each occurs."""
        found: dict[float, int] = {}
        for one in self.leads:
            if one.has_goal and one.has_time:
                found[one.days] = found.get(one.days, 0) + one.count
        return found

    @property
    def median_days(self) -> float | None:
        """The median of days to the goal among those who reached it."""
        return median_of_counts(self.times) if self.times else None

    def by(self, days: int) -> Interval | None:
        """Give the share with the goal within so many days; None without leads of that age."""
        recorded = [one for one in self.leads if not one.is_half_recorded and one.has_time]
        old = sum(one.count for one in recorded if one.youngest_days >= days)
        if old < LEAST_OF_AGE:
            return None
        return reached_by(_counted(recorded), days)


def _counted(leads: Iterable[Lead]) -> list[Counted]:
    """Count goals and open ones per day; who was lost stays without the goal, as the open do."""
    return [
        Counted(one.days, one.count if one.has_goal else 0, 0 if one.has_goal else one.count)
        for one in _added(leads)
    ]


def _added(leads: Iterable[Lead]) -> list[Lead]:
    found: dict[tuple[int, bool], Lead] = {}
    for one in leads:
        key = (one.days, one.has_goal)
        before = found.get(key)
        count = one.count + (before.count if before else 0)
        found[key] = msgspec.structs.replace(one, count=count)
    return list(found.values())


def read_leads(rows: Sequence[Row]) -> tuple[list[Lead], dict[str, int]]:
    """Give the leads, and how many were set aside (wholly, or their time) under which name."""
    oldest = _oldest_recorded(rows)
    leads: list[Lead] = []
    aside = {"goal_before_lead": 0, "in_the_future": 0}
    for row in rows:
        if row["is_future"]:
            aside["in_the_future"] += whole(row, "leads")
        else:
            aside["goal_before_lead"] += whole(row, "leads") if row["is_before"] else 0
            leads.append(_lead(row, oldest))
    return leads, aside


def _oldest_recorded(rows: Sequence[Row]) -> int:
    """Give the age in days of the first goal; leads that are older are half recorded."""
    ages = [
        whole(row, "age_days") - whole(row, "waited_days")
        for row in rows
        if row["has_goal"] and not row["is_future"]
    ]
    return max(ages, default=-1)


def _lead(row: Row, oldest: int) -> Lead:
    return Lead(
        text(row, "cut"),
        text(row, "month"),
        whole(row, "waited_days"),
        whole(row, "leads"),
        bool(row["has_goal"]),
        bool(row["is_lost"]),
        0 <= oldest < whole(row, "age_days"),
        whole(row, "age_days"),
        not row["is_before"],
    )


def cohorts_of(leads: Iterable[Lead]) -> list[Cohort]:
    """Group leads by their cut, the largest group first."""
    grouped: dict[str, list[Lead]] = {}
    for one in leads:
        grouped.setdefault(one.cut, []).append(one)
    found = [Cohort(cut, tuple(own)) for cut, own in grouped.items()]
    return sorted(found, key=lambda one: (-one.total, one.cut))


def ninetieth(times: dict[float, int]) -> float:
    """Give the day by which nine of ten goals had come.

    >>> ninetieth({1: 8, 30: 1, 90: 1})
    30
    """
    left = math.ceil(0.9 * sum(times.values()))
    for days in sorted(times):
        left -= times[days]
        if left <= 0:
            return days
    raise ValueError("nothing has no percentile")
