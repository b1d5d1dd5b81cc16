"""Alarms as they are kept: what was told, what people said to it, and what was missed."""

from datetime import date, timedelta
from typing import Literal
from urllib.parse import parse_qsl, urlencode

import msgspec

SHOWN_DAYS = 30
_API, _PAGES = "/v1/measures/", "/measure/one/"
Judgement = Literal["", "confirmed", "false"]


class KeptAlarm(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One alarm of a watch; days are ISO dates, moments ms UTC, `change` is relative.

    `known` is the day that showed it, `since` the day on which it began. One that was `silent`
    came while its series was snoozed, and was told to nobody. Without a `watch` it is about who is
    who: `kind` is then the cap (or "frozen"), `member` the person, `settled_at` when it was over.
    """

    alarm_id: str
    watch: str
    raised_at: int
    known: str
    since: str
    series: str
    kind: str
    sentence: dict[str, str]
    dimension: str = ""
    member: str = ""
    change: float | None = None
    change_low: float | None = None
    change_high: float | None = None
    moved_with: str = ""
    also: str = ""
    quiet: str = ""
    link: str = ""
    silent: bool = False
    acknowledged_at: int = 0
    acknowledged_by: str = ""
    snoozed_until: int = 0
    judgement: Judgement = ""
    judged_at: int = 0
    judged_by: str = ""
    note: str = ""
    settled_at: int = 0

    @property
    def about(self) -> tuple[str, str, str, str]:
        """The series of the watch that it is about."""
        return self.watch, self.series, self.dimension, self.member

    @property
    def page(self) -> str:
        """The path of the page that shows it with the days before, none where there is none.

        >>> link = "/v1/measures/watch.baseline?series=visits&to=2026-10-19"
        >>> KeptAlarm(alarm_id="", watch="", raised_at=0, known="", since="", series="", kind="",
        ...           sentence={}, link=link).page
        '/measure/one/watch.baseline?series=visits&period=2026-09-19..2026-10-18'
        """
        path, _, query = self.link.partition("?")
        asked = dict(parse_qsl(query))
        if not path.startswith(_API) or "to" not in asked:
            return ""
        end = date.fromisoformat(asked.pop("to"))
        first = asked.pop("from", (end - timedelta(days=SHOWN_DAYS)).isoformat())
        period = f"{first}..{(end - timedelta(days=1)).isoformat()}"
        return f"{path.replace(_API, _PAGES, 1)}?{urlencode({**asked, 'period': period})}"


class Miss(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that no alarm told, reported by somebody."""

    miss_id: str
    series: str
    day: str
    reported_at: int
    reported_by: str
    note: str = ""


class Watching(msgspec.Struct, frozen=True, kw_only=True):
    """How far a watch has looked (`upto`, the first day not looked at), and how many false alarms
    its budget allowed by month (YYYY-MM)."""

    upto: str
    promised: dict[str, float] = {}
