"""Operations on the company: its name, zone, money, working week, holidays and legal footer."""

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

import msgspec

from wegweiser.adapters.files import write_json
from wegweiser.settings import Settings
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.role import ROLES
from wegweiser.terms.wrong import Wrong, wrong
from wegweiser.workspace.arguments import plain, read
from wegweiser.workspace.folder import OWNER_ONLY_FILE

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

FIELDS = (
    *("name", "language", "currency", "time_zone"),
    *("working_days", "holidays", "legal_footer", "factor_roles"),
)
LANGUAGES = ("en", "de")
DAYS_IN_WEEK = 7
MOST_HOLIDAYS = 400
LONGEST_NAME = 100
LONGEST_FOOTER = 2_000


async def company_show(site: "Site", arguments: JsonObject) -> Json:
    """Give the values of the company as they count now."""
    return _told(site.settings)


async def company_set(site: "Site", arguments: JsonObject) -> Json:
    """Change values of the company, and write them down; what is not named stays.

    `working_days` are numbers from 0 (Monday), `holidays` names by ISO day. Gives the values with
    those from `before`. The currency of models counts from the next start on.
    """
    changes = {name: arguments[name] for name in FIELDS if name in arguments}
    if not changes:
        raise InputRefused("bad_input", wrong("name_one", known=", ".join(FIELDS)), 422)
    for name in changes:
        _CHECKS[name](arguments)
    before = site.settings
    changed = msgspec.convert({**msgspec.to_builtins(before), **changes}, Settings)
    if site.engines.folder is not None:
        _write(site, changes)
    site.settings = changed
    return {**_told(changed), "before": _told(before)}


def _write(site: "Site", changes: JsonObject) -> None:
    """Write changes into the file of settings; what else stands in it stays as it is."""
    folder = site.engines.folder
    assert folder is not None
    path = folder.settings
    kept = msgspec.json.decode(path.read_bytes(), type=JsonObject) if path.exists() else {}
    write_json(path, {**kept, **changes}, OWNER_ONLY_FILE)


def _told(settings: Settings) -> JsonObject:
    return {name: plain(getattr(settings, name)) for name in FIELDS}


def _name(arguments: JsonObject) -> None:
    if len(read(arguments, "name", str)) > LONGEST_NAME:
        raise _wrong("name", wrong("company_name", most=LONGEST_NAME))


def _language(arguments: JsonObject) -> None:
    if read(arguments, "language", str) not in LANGUAGES:
        raise _wrong("language", wrong("one_from", name="language", known=", ".join(LANGUAGES)))


def _currency(arguments: JsonObject) -> None:
    if not re.fullmatch("[A-Z]{3}", read(arguments, "currency", str)):
        raise _wrong("currency", wrong("company_currency"))


def _time_zone(arguments: JsonObject) -> None:
    if read(arguments, "time_zone", str) not in available_timezones():
        raise _wrong("time_zone", wrong("company_zone"))


def _working_days(arguments: JsonObject) -> None:
    days = read(arguments, "working_days", list[int])
    fit = days == sorted({*days}) and all(0 <= day < DAYS_IN_WEEK for day in days)
    if not (days and fit):
        raise _wrong("working_days", wrong("company_week"))


def _holidays(arguments: JsonObject) -> None:
    found = read(arguments, "holidays", dict[str, str])
    if len(found) > MOST_HOLIDAYS:
        raise _wrong("holidays", wrong("company_holidays", most=MOST_HOLIDAYS))
    for day, name in found.items():
        if not _is_day(day) or not 0 < len(name) <= LONGEST_NAME:
            raise _wrong("holidays", wrong("company_holiday", day=repr(day[:40])))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _legal_footer(arguments: JsonObject) -> None:
    footer = read(arguments, "legal_footer", str)
    printable = all(sign.isprintable() or sign == "\n" for sign in footer)
    if len(footer) > LONGEST_FOOTER or not printable:
        raise _wrong("legal_footer", wrong("company_footer", most=f"{LONGEST_FOOTER:,}"))


def _factor_roles(arguments: JsonObject) -> None:
    named = read(arguments, "factor_roles", list[str])
    if not {*named} <= {*ROLES}:
        raise _wrong("factor_roles", wrong("company_roles", known=", ".join(ROLES)))


def _wrong(field: str, why: Wrong) -> InputRefused:
    return InputRefused("bad_input", why, 422, field)


_CHECKS: dict[str, Callable[[JsonObject], None]] = {
    "name": _name,
    "language": _language,
    "currency": _currency,
    "time_zone": _time_zone,
    "working_days": _working_days,
    "holidays": _holidays,
    "legal_footer": _legal_footer,
    "factor_roles": _factor_roles,
}
OPERATIONS = {"company_show": company_show, "company_set": company_set}
