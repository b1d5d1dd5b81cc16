"""A watch as it is declared: which series, how many false alarms, which days, whom to tell."""

import re
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from wegweiser.deliver.mail_address import plain_address
from wegweiser.deliver.report_document import Schedule
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wrong import Wrong, wrong
from wegweiser.terms.wrong_type import misread

MOST_ADDRESSES = 50
MOST_BUDGET = 50.0
MOST_WINDOW_DAYS = 365
LIFT = "lift"
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


class Watch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is looked at every day at a time in `zone`, and who is told what is unusual.

    Without `series` everything is watched; `budget` is the number of false alarms per series and
    year. Lift is looked at when a month and the `window_days` of its goals are over. `to` are
    addresses, mailed by the endpoint `mail_by`; `call` are endpoints for webhooks and chats.
    """

    key: str
    title: dict[Literal["en", "de"], str] = {}
    series: tuple[str, ...] = ()
    budget: float = 2.0
    holidays: tuple[str, ...] = ()
    goal: str = ""
    window_days: int = 30
    at: str = "06:00"
    zone: str = "UTC"
    to: tuple[str, ...] = ()
    mail_by: str = ""
    call: tuple[str, ...] = ()
    language: Literal["en", "de"] = "en"

    @property
    def schedule(self) -> Schedule:
        """When it looks."""
        return Schedule("day", self.at, zone=self.zone)

    @property
    def heading(self) -> str:
        """Its title in its language, else its key."""
        return self.title.get(self.language) or next(iter(self.title.values()), self.key)

    @property
    def counted(self) -> tuple[str, ...]:
        """The series that are counted by day; none stated are all."""
        return tuple(one for one in self.series if one != LIFT)

    @property
    def has_days(self) -> bool:
        """Tell whether anything is watched day by day."""
        return bool(self.counted) or not self.series

    @property
    def has_lift(self) -> bool:
        """Tell whether lift is watched."""
        return not self.series or LIFT in self.series

    def options(self, first: str, end: str) -> dict[str, str]:
        """Give the options with which the alarms of the days from `first` to `end` are asked."""
        return {
            "series": ",".join(self.counted) or "all",
            "budget": f"{self.budget:g}",
            "holidays": ",".join(self.holidays),
            "goal": self.goal,
            "zone": self.zone,
            "from": first,
            "to": end,
        }


def read_watch(document: JsonObject) -> Watch:
    """Read a document of the kind `watch`; raises InputRefused that says what is wrong."""
    fields = {name: value for name, value in document.items() if name != "kind"}
    try:
        # YAML reads a day as a date, or as a text where it is quoted.
        watch = msgspec.convert(msgspec.to_builtins(fields), Watch)
    except msgspec.ValidationError as error:
        raise _refused(misread(error)) from None
    _check(watch)
    return watch


def _check(watch: Watch) -> None:
    if not 0 < watch.budget <= MOST_BUDGET:
        raise _refused(wrong("budget", most=MOST_BUDGET))
    if not 1 <= watch.window_days <= MOST_WINDOW_DAYS:
        raise _refused(wrong("number_between", name="window_days", least=1, most=MOST_WINDOW_DAYS))
    if len(watch.to) > MOST_ADDRESSES or len(set(watch.to)) < len(watch.to):
        raise _refused(wrong("addresses", least=0, most=MOST_ADDRESSES))
    for address in watch.to:
        plain_address(address)
    for day in watch.holidays:
        try:
            date.fromisoformat(day)
        except ValueError:
            raise _refused(wrong("no_holiday", day=repr(day))) from None
    if not _TIME.fullmatch(watch.at):
        raise _refused(wrong("no_time", field="at", given=repr(watch.at)))
    try:
        ZoneInfo(watch.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _refused(wrong("no_zone", field="zone", zone=repr(watch.zone))) from None


def _refused(why: Wrong) -> InputRefused:
    return InputRefused("bad_watch", why, 422)
