"""Rows of files with figures over time, read strictly."""

import math
from collections.abc import Sequence

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import day_of, parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.series import SERIES_ROLES, SeriesValue

_FIELDS = frozenset(("day", "name", "role", "value"))
_LONGEST = 200
_LARGEST = 1e15


def read_series(file: str, rows: Sequence[JsonObject], received_at: int) -> list[SeriesValue]:
    """Read rows of day, name, role and value; raises InputRefused that names the row.

    >>> row = {"day": "2026-03-02", "name": "shops", "role": "sales", "value": "1250.5"}
    >>> [one.value for one in read_series("shops.csv", [row], 0)]
    [1250.5]
    """
    found = [_value(file, place, row, received_at) for place, row in enumerate(rows, 1)]
    seen: set[tuple[str, str, int]] = set()
    for place, one in enumerate(found, 1):
        key = (one.role, one.name, one.day)
        if key in seen:
            raise _refused(place, "day", f"has a second value of {one.name!r}")
        seen.add(key)
    return found


def _value(file: str, place: int, row: JsonObject, received_at: int) -> SeriesValue:
    unknown = sorted(set(row) - _FIELDS)
    if unknown:
        raise _refused(place, unknown[0], f"is no column; there are {', '.join(sorted(_FIELDS))}")
    role = row.get("role")
    if role not in SERIES_ROLES:
        raise _refused(place, "role", f"must be one of {', '.join(SERIES_ROLES)}, not {role!r}")
    at = parse_instant(row.get("day"))
    if at is None:
        raise _refused(place, "day", f"must be a day such as 2026-03-01, not {row.get('day')!r}")
    value = _number(row.get("value"), place)
    if value < 0 and role in ("sales", "media"):
        raise _refused(place, "value", f"must not be below 0 for {role}")
    return SeriesValue(
        file=file,
        day=day_of(at),
        name=_name(row.get("name"), place),
        role=role,  # type: ignore[arg-type]  # one of SERIES_ROLES, as checked
        value=value,
        received_at=received_at,
    )


def _name(name: Json, place: int) -> str:
    if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST:
        raise _refused(place, "name", f"must be a text of at most {_LONGEST} characters")
    return name.strip()


def _number(given: Json, place: int) -> float:
    try:
        value = math.nan if isinstance(given, bool | None) else float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value) or abs(value) > _LARGEST:
        raise _refused(place, "value", f"must be a number such as 1234.5, not {given!r}")
    return value


def _refused(place: int, field: str, why: str) -> InputRefused:
    return InputRefused("bad_row", f"Row {place}: {field} {why}.", 422, field)
