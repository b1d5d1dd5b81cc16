"""Reads weekly sums into arrays: weeks in a row, zeros where nothing was spent."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from wegweiser.measure.form import Row, real, text, whole
from wegweiser.measure.mix.shape import CARRY_WEEKS
from wegweiser.measure.mix.weeks import Floats, Weeks, weeks_of

OTHER_SPEND, OTHER_MEDIA = "(other spend)", "(other media)"
_IMPORTED = "{} (imported)"
Series = dict[str, dict[str, float]]


def read_weeks(rows: Sequence[Row], channels: Collection[str] = ()) -> Weeks | None:
    """Read the weeks from the first to the last with sales; None without sales or media.

    With `channels` all others are added up, spend and other media apart.
    """
    sales = {text(row, "week"): real(row, "amount") for row in rows if row["role"] == "sales"}
    spend, other = _looked_at(rows, channels)
    if not sales or not spend | other:
        return None
    days = _days(min(sales), max(sales))
    causes = _by_name(rows, "control") | _by_name(rows, "event")
    return weeks_of(
        _column(sales, days),
        {name: _column(told, days) for name, told in (spend | other).items()},
        {name: _column(told, days) for name, told in causes.items()},
        frozenset(spend),
        days,
    )


def media_of(rows: Sequence[Row]) -> tuple[Series, Series]:
    """Give spend, and other media, per channel and week; equal names are told apart."""
    spend, other = _by_name(rows, "spend"), _by_name(rows, "media")
    return spend, {
        _IMPORTED.format(name) if name in spend else name: told for name, told in other.items()
    }


def below_nothing(rows: Sequence[Row], channels: Collection[str] = ()) -> list[str]:
    """Name the channels, as they are looked at, that some week has less than nothing of."""
    spend, other = _looked_at(rows, channels)
    told = (spend | other).items()
    return sorted(name for name, weeks in told if min(weeks.values()) < 0)


def stands_on_sales(weeks: Weeks) -> bool:
    """Tell whether sales vary at all and are above nothing, from the first week that is fitted."""
    sales = weeks.sales[CARRY_WEEKS - 1 :]
    return bool(sales.sum() > 0 and np.ptp(sales) > 0)


def gaps(rows: Sequence[Row], weeks: Weeks) -> dict[str, int]:
    """Count, per control, the weeks in which it is not known."""
    days = set(weeks.first_days)
    held = {name: set(told) for name, told in _by_name(rows, "control").items()}
    return {name: len(days - told) for name, told in held.items() if days - told}


def weeks_without_sales(rows: Sequence[Row], weeks: Weeks) -> int:
    """Count the weeks, between the first and the last with sales, of which none are known."""
    known = {text(row, "week") for row in rows if row["role"] == "sales"}
    return len(set(weeks.first_days) - known)


def _looked_at(rows: Sequence[Row], channels: Collection[str]) -> tuple[Series, Series]:
    spend, other = media_of(rows)
    if not channels:
        return spend, other
    return _together(spend, channels, OTHER_SPEND), _together(other, channels, OTHER_MEDIA)


def _together(found: Series, channels: Collection[str], rest: str) -> Series:
    """Keep some channels and add up all others."""
    kept = {name: told for name, told in found.items() if name in channels}
    for name, told in found.items():
        if name not in channels:
            summed = kept.setdefault(rest, {})
            for week, amount in told.items():
                summed[week] = summed.get(week, 0.0) + amount
    return kept


def _by_name(rows: Sequence[Row], role: str) -> Series:
    """Give sums per name and week of one role; a control is the mean of its values."""
    found: Series = {}
    for row in rows:
        if row["role"] == role:
            amount = real(row, "amount") / (whole(row, "n") if role == "control" else 1)
            found.setdefault(text(row, "name"), {})[text(row, "week")] = amount
    return found


def _days(first: str, last: str) -> tuple[str, ...]:
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    weeks = (ends - begins).days // 7 + 1
    return tuple((begins + timedelta(weeks=week)).isoformat() for week in range(weeks))


def _column(told: Mapping[str, float], days: Sequence[str]) -> Floats:
    return np.array([told.get(day, 0.0) for day in days])
