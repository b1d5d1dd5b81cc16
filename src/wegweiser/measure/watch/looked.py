"""One look at everything asked for: series of whole days, watched, with their alarms."""

from datetime import date, timedelta

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wegweiser.measure.form import Asked, Option, gated, rows_of
from wegweiser.measure.watch.alarm import alarms_of
from wegweiser.measure.watch.grid import GRIDS
from wegweiser.measure.watch.incident import Incident, incidents_of
from wegweiser.measure.watch.panel import Panel, panel_of
from wegweiser.measure.watch.table import Days, Key, days_of, series_in, watched_keys
from wegweiser.measure.watch.watcher import Watched, watch
from wegweiser.measure.words import both
from wegweiser.measure.words import date as day_told
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Result
from wegweiser.terms.wrong import wrong

GRID = GRIDS["day"]
LEAST_DAYS = GRID.warm_up
BUDGET = Option(
    "budget",
    "number",
    2.0,
    both("false alarms per series and year", "Fehlalarme je Reihe und Jahr"),
)
HOLIDAYS = Option(
    "holidays",
    "text",
    "",
    both("days unlike others, by commas", "besondere Tage, durch Kommas getrennt"),
)
GOAL = Option("goal", "text", "", both("goal that counts, empty for any", "Ziel, leer für jedes"))
CURRENCY = Option("currency", "text", "EUR", both("currency of the costs", "Währung der Kosten"))


def series_option(default: str) -> Option:
    """Give the option that says what is watched."""
    told = both("what is watched, by commas, or all", "was beobachtet wird, mit Kommas, oder all")
    return Option("series", "text", default, told)


class Looked(msgspec.Struct, frozen=True):
    """Days, the series on them, what was found, and incidents in order."""

    days: Days
    keys: tuple[Key, ...]
    panel: Panel
    watched: Watched
    incidents: tuple[Incident, ...]


def look(days: Days, asked: Asked, keys: list[Key] | None = None) -> Looked:
    """Watch the chosen series, or those given."""
    chosen, since = watched_keys(days)
    if keys is not None:
        chosen, since = keys, np.zeros(len(keys), dtype=np.int64)
    panel = panel_of(series_in(days, chosen))
    holidays = holidays_on(days, asked.text("holidays"))
    watched = watch(panel, GRID, budget_of(asked), holidays, since)
    incidents = incidents_of(alarms_of(panel, watched), chosen)
    return Looked(days, tuple(chosen), panel, watched, tuple(incidents))


def budget_of(asked: Asked) -> float:
    """Read the budget of false alarms; raises InputRefused."""
    budget = asked.number("budget")
    if not 0 < budget <= 50:
        raise InputRefused("bad_option", wrong("alarm_budget"), 422, "budget")
    return budget


def holidays_on(days: Days, text: str) -> npt.NDArray[np.bool_]:
    """Mark the holidays that are given by commas; raises InputRefused for what is no day."""
    marks = np.zeros(days.count, dtype=np.bool_)
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        try:
            place = days.place(date.fromisoformat(part))
        except ValueError:
            told = wrong("holiday_option", day=repr(part))
            raise InputRefused("bad_option", told, 422, "holidays") from None
        if 0 <= place < days.count:
            marks[place] = True
    return marks


def read_days(table: pa.Table, asked: Asked, name: str) -> Days | Result:
    """Read the days, or give the gate that is closed: nothing there, or too short a past."""
    days = days_of(rows_of(table), asked)
    if days is None:
        told = both(
            "Nothing that is watched happened yet.",
            "Noch ist nichts geschehen, was beobachtet wird.",
        )
        return gated(name, "alarms", "no_source", {"units": 0, "events": 0}, told)
    if days.count > LEAST_DAYS:
        return days
    ready = days.first + timedelta(days=LEAST_DAYS + 1)
    said = {lang: day_told(_ms(ready), lang) for lang in ("en", "de")}
    told = both(
        f"{days.count} of {LEAST_DAYS} days needed before anything can be called unusual;"
        f" ready on {said['en']}.",
        f"{days.count} von {LEAST_DAYS} Tagen, ehe etwas auffällig heißen kann; so weit am"
        f" {said['de']}.",
    )
    events = int(sum(each.sum() for key, each in days.hits.items() if not key[1]))
    return gated(name, "alarms", "too_little", {"units": days.count, "events": events}, told)


def _ms(day: date) -> int:
    return (day - date(1970, 1, 1)).days * 86_400_000
