"""The planned end of a test: figures for one single look are told when it is reached, not before.

They are told once as many units were counted as were planned beforehand: read while a test runs,
an interval for one look is wrong far more often than it says. Without a plan there is no end, and
the interval that may be read at any time is the only one.
"""

from collections.abc import Mapping
from typing import NamedTuple

from wegweiser.measure.arms import TWO_ARMS
from wegweiser.measure.form import Asked, gated
from wegweiser.measure.lift_sums import FIRST, Sums
from wegweiser.measure.pace import weeks_until
from wegweiser.measure.words import both, date, number
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.result import Result


class PlacedUnits(NamedTuple):
    """A CTE more (or none), the name of the CTE with the units, and what is added up of them."""

    step: str
    name: str
    more: tuple[str, ...]


def placed_units(asked: Asked, placed: str = "placed") -> PlacedUnits:
    """Mark the first units of the test up to the planned number, so that they are checked once.

    Whenever that is asked they are the same; of those that came at one moment the hash of the unit
    decides, which knows no arm. Units in two arms are not among them.
    """
    if not is_planned(asked):
        return PlacedUnits("", placed, ())
    step = f"""
first_placed as (
  select *, (row_number() over (order by arm = '{TWO_ARMS}', first_at, md5(unit), unit_kind)
               <= $planned_units)::integer as {FIRST}
  from {placed}),"""
    return PlacedUnits(step, "first_placed", (FIRST,))


def is_planned(asked: Asked) -> bool:
    """Tell whether a size was stated beforehand; some measures have no such option."""
    return "planned_units" in asked.options and asked.whole("planned_units") > 0


def is_at_end(units: int, asked: Asked) -> bool:
    """Tell whether a size was planned, and so many units of all arms were counted."""
    return is_planned(asked) and units >= asked.whole("planned_units")


def counted_units(sums: Mapping[str, Sums]) -> int:
    """Count the units of all arms whose window is over; those in two arms are in none."""
    return sum(arm.closed for name, arm in sums.items() if name != TWO_ARMS)


def before_end(name: str, unit: str, sums: Mapping[str, Sums], asked: Asked) -> list[Result]:
    """Say when the figure for the end may be read; nothing where no size was planned."""
    arms = [arm for arm_name, arm in sums.items() if arm_name != TWO_ARMS]
    weeks = weeks_until(
        sum(arm.triggered for arm in arms),
        asked.whole("planned_units"),
        sum(arm.recent for arm in arms),
    )
    ready = None if weeks is None else asked.as_of + round(weeks * 7 * DAY_MS)
    if ready is not None and "window_days" in asked.options:
        ready += asked.whole("window_days") * DAY_MS
    return too_early(name, unit, counted_units(sums), ready, asked)


def too_early(name: str, unit: str, units: int, ready: int | None, asked: Asked) -> list[Result]:
    """Say that a figure for the end comes later, and on which day (ms UTC) where that is known."""
    if not is_planned(asked):
        return []
    need = asked.whole("planned_units")
    have = {lang: number(units, lang) for lang in ("en", "de")}
    all_of = {lang: number(need, lang) for lang in ("en", "de")}
    when = both("", "")
    if ready is not None:
        when = both(
            f"; at the present pace on {date(ready, 'en')}",
            f"; beim jetzigen Tempo am {date(ready, 'de')}",
        )
    said = both(
        "The interval for one look comes at the planned end only:"
        f" {have['en']} of {all_of['en']} planned units are counted{when['en']}.",
        "Das Intervall für einen einzigen Blick kommt erst am geplanten Ende:"
        f" {have['de']} von {all_of['de']} geplanten Einheiten sind gezählt{when['de']}.",
    )
    return [gated(name, unit, "too_early", {"units": units, "planned": need}, said)]
