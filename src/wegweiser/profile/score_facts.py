"""Features of scores read from live cells: the same whole numbers and texts as the archive's."""

from collections.abc import Mapping, Sequence

from wegweiser.profile.reading import CellAt, registers
from wegweiser.profile.trait import read_traits
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.score import LOOK_BACK_DAYS, ScoreFeature

Raw = int | str | None
_Days = dict[int, int]


def score_facts(
    features: Sequence[ScoreFeature],
    cells: Sequence[CellAt],
    own_cells: Sequence[CellAt],
    cut_day: int,
) -> list[Raw]:
    """Give the raw value of each feature of what happened before a day (its number, UTC).

    `own_cells` are those of an account's own leaf, which hold its traits. None is a text that
    nobody stated, or a time since something that never happened.
    """
    by_name = _days_by_name(cells, cut_day)
    whole = _together(by_name)
    traits = _traits(own_cells, cut_day) if any(one.is_category for one in features) else {}
    return [
        _category(one, traits)
        if one.is_category
        else _number(one, by_name.get(one.event, {}) if one.event else whole, cut_day)
        for one in features
    ]


def _days_by_name(cells: Sequence[CellAt], cut_day: int) -> dict[str, _Days]:
    found: dict[str, _Days] = {}
    for held in cells:
        if cut_day - LOOK_BACK_DAYS <= held.day < cut_day:
            for name, hours in held.cell.counts.items():
                days = found.setdefault(name, {})
                days[held.day] = days.get(held.day, 0) + sum(hours.values())
    return found


def _together(by_name: Mapping[str, _Days]) -> _Days:
    found: _Days = {}
    for days in by_name.values():
        for day, number in days.items():
            found[day] = found.get(day, 0) + number
    return found


def _number(feature: ScoreFeature, days: _Days, cut_day: int) -> int | None:
    inside = [day for day in days if day >= cut_day - feature.window_days]
    match feature.kind:
        case "events":
            return sum(days[day] for day in inside)
        case "days":
            return len(inside)
        case "since_last":
            return cut_day - max(inside) if inside else None
        case _:
            return cut_day - min(inside) if inside else None


def _traits(own_cells: Sequence[CellAt], cut_day: int) -> JsonObject:
    trusted, public = registers([held for held in own_cells if held.day < cut_day])
    return read_traits(trusted, public, "account")


def _category(feature: ScoreFeature, traits: JsonObject) -> str | None:
    return category_of(feature, traits.get(feature.trait.partition(".")[0]))


def category_of(feature: ScoreFeature, value: Json) -> str | None:
    """Give the text that a feature reads in the value of its trait ("address" of "address.city").

    >>> category_of(ScoreFeature("trait", trait="address.city"), {"city": "Kiel"})
    'Kiel'
    """
    for part in feature.trait.split(".")[1:]:
        value = value.get(part) if isinstance(value, dict) else None
    if feature.kind == "size":
        return size_class(value)
    return value if isinstance(value, str) and value else None


def size_class(value: Json) -> str | None:
    """Give the class of a number of employees, as statistics offices cut it.

    >>> size_class(12), size_class("250"), size_class("many")
    ('10-49', '250-999', None)
    """
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return None
    for border, name in ((10, "1-9"), (50, "10-49"), (250, "50-249"), (1000, "250-999")):
        if value < border:
            return name
    return "1000+"
