"""A report as it is declared: which measures, when, to whom."""

import re
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from wegweiser.deliver.mail_address import plain_address
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wrong import Wrong, wrong
from wegweiser.terms.wrong_type import misread

Every = Literal["day", "week", "month"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Attachment = Literal["csv", "xlsx"]
LANGUAGES = ("en", "de")
LAST_DAY_OF_ALL_MONTHS = 28
MOST_MEASURES = 20
MOST_ADDRESSES = 50
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


class Schedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a report is due, by the clock of `zone`; `at` is a time of day such as 07:30."""

    every: Every
    at: str = "07:00"
    weekday: Weekday = "monday"
    day: int = 1
    zone: str = "UTC"

    @property
    def hour_and_minute(self) -> tuple[int, int]:
        """The time of day."""
        hour, _, minute = self.at.partition(":")
        return int(hour), int(minute)


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measure of a report; without `from` and `to` it is about the time since the last one."""

    name: str
    options: dict[str, str | int | float] = {}


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A report that is sent again and again; without `endpoint` by the only mail server there is.

    `when_empty` says what happens when no measure has enough data.
    """

    key: str
    title: dict[Literal["en", "de"], str]
    measures: tuple[Shown, ...]
    schedule: Schedule
    to: tuple[str, ...]
    endpoint: str = ""
    language: Literal["en", "de"] = "en"
    attachments: tuple[Attachment, ...] = ()
    when_empty: Literal["skip", "send"] = "skip"

    @property
    def heading(self) -> str:
        """The title in the language of the report, else in the other."""
        return self.title.get(self.language) or next(iter(self.title.values()))


def read_report(document: JsonObject) -> Report:
    """Read a document of the kind `report`; raises InputRefused that says what is wrong."""
    fields = {name: value for name, value in document.items() if name != "kind"}
    try:
        report = msgspec.convert(fields, Report)
    except msgspec.ValidationError as error:
        raise _refused(misread(error)) from None
    _check(report)
    return report


def _check(report: Report) -> None:
    schedule = report.schedule
    if not any(report.title.values()):
        raise _refused(wrong("no_title"))
    if not 1 <= len(report.measures) <= MOST_MEASURES:
        raise _refused(wrong("measures", most=MOST_MEASURES))
    if not 1 <= len(report.to) <= MOST_ADDRESSES or len(set(report.to)) < len(report.to):
        raise _refused(wrong("addresses", least=1, most=MOST_ADDRESSES))
    for address in report.to:
        plain_address(address)
    if not _TIME.fullmatch(schedule.at):
        raise _refused(wrong("no_time", field="schedule.at", given=repr(schedule.at)))
    if not 1 <= schedule.day <= LAST_DAY_OF_ALL_MONTHS:
        raise _refused(wrong("no_day_of_month"))
    try:
        ZoneInfo(schedule.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _refused(wrong("no_zone", field="schedule.zone", zone=repr(schedule.zone))) from None


def _refused(why: Wrong) -> InputRefused:
    return InputRefused("bad_report", why, 422)
