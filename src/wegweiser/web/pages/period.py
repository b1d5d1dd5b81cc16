"""The period of a page, as its address says it: 30d, 2026-10, or 2026-10-01..2026-10-31."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from wegweiser.terms.errors import InputRefused

DEFAULT = "30d"
CHOICES = ("7d", "30d", "90d", "365d")
EARLIEST = date(1900, 1, 1)
LATEST = date(2200, 1, 1)
_DAYS = re.compile(r"([1-9][0-9]{0,3})d")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


class Span(msgspec.Struct, frozen=True):
    """Whole days from `first` up to, not including, `end`, as the address wrote them."""

    written: str
    first: date
    end: date
    now: datetime

    @property
    def today(self) -> date:
        """The present day, which is not over yet."""
        return self.now.date()

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.end - self.first).days

    @property
    def last(self) -> date:
        """The last day in the period."""
        return self.end - timedelta(days=1)

    @property
    def before(self) -> "Span":
        """As many days, directly before."""
        return Span("", self.first - timedelta(days=self.days), self.first, self.now)

    @property
    def year_before(self) -> "Span":
        """The same days of the year before; of 29 February the 28th."""
        end = day_a_year_before(self.last) + timedelta(days=1)
        return Span("", day_a_year_before(self.first), end, self.now)

    def step(self, forward: bool) -> str:
        """Write the period that follows or precedes, as the address does.

        >>> read_span("2026-10", 1795340467000, "UTC").step(False)
        '2026-09'
        """
        if _MONTH.fullmatch(self.written):
            first = self.end if forward else self.first - timedelta(days=1)
            return f"{first.year:04d}-{first.month:02d}"
        away = timedelta(days=self.days if forward else -self.days)
        return f"{self.first + away}..{self.last + away}"

    @property
    def options(self) -> dict[str, str]:
        """The period in the words of a measure."""
        return {"from": self.first.isoformat(), "to": self.end.isoformat()}

    @property
    def options_before(self) -> dict[str, str]:
        """The period before, cut at the same hour where the period is not over yet."""
        return self._cut(self.before, self.today - timedelta(days=self.days))

    @property
    def options_year_before(self) -> dict[str, str]:
        """The same days of the year before, cut at the same hour as well."""
        return self._cut(self.year_before, day_a_year_before(self.today))

    def _cut(self, then: "Span", day: date) -> dict[str, str]:
        """Give an earlier period, up to the present hour of `day` where this one is not over."""
        options = then.options
        if self.first <= self.today < self.end:
            # Without an hour there is nothing to compare with.
            hour = time(self.now.hour or (1 if day == then.first else 0))
            options["to"] = datetime.combine(day, hour, self.now.tzinfo).isoformat()
        return options


def read_span(written: str, now_ms: int, zone: str) -> Span:
    """Read a period; `30d` are the last 30 whole days and today. Raises InputRefused.

    >>> span = read_span("2026-10", 1795340467000, "UTC")
    >>> span.first.isoformat(), span.days, span.before.first.isoformat()
    ('2026-10-01', 31, '2026-08-31')
    """
    now = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(zone))
    today = now.date()
    written = written or DEFAULT
    try:
        first, end = _ends(written, today)
    except (ValueError, OverflowError):
        first, end = today, today
    # The period before is as long; both must lie where moments can be computed in any zone.
    if end <= first or first - EARLIEST < end - first or end > LATEST:
        raise InputRefused(
            "bad_period",
            f"The period {written[:60]!r} cannot be read; write 30d, 2026-10,"
            " or 2026-10-01..2026-10-31.",
            422,
            "period",
        )
    return Span(written, first, end, now)


def day_a_year_before(day: date) -> date:
    """Give the same day of the year before; of 29 February the 28th.

    >>> day_a_year_before(date(2024, 2, 29)).isoformat()
    '2023-02-28'
    """
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def _ends(written: str, today: date) -> tuple[date, date]:
    if found := _DAYS.fullmatch(written):
        return today - timedelta(days=int(found[1])), today + timedelta(days=1)
    if found := _MONTH.fullmatch(written):
        first = date(int(found[1]), int(found[2]), 1)
        return first, (first + timedelta(days=31)).replace(day=1)
    first_text, _, last_text = written.partition("..")
    return date.fromisoformat(first_text), date.fromisoformat(last_text) + timedelta(days=1)
