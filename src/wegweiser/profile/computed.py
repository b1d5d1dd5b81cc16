"""Computed traits: what events add to a cell, and what cells give as a value."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from wegweiser.profile.bound import OTHER, bound
from wegweiser.profile.cell import Cell
from wegweiser.profile.distinct import Distinct, include, size
from wegweiser.profile.exact import added, exact, to_number
from wegweiser.profile.gathered import (
    LONGEST_VALUE,
    MOST_GATHERED,
    Gathered,
    Stated,
    bound_values,
    earlier,
    later,
    least_of,
    merge_gathered,
    most_of,
)
from wegweiser.profile.reading import CellAt
from wegweiser.terms.computed import ComputedKind, ComputedTrait, ComputedValue
from wegweiser.terms.event import FOR_READING, Event
from wegweiser.terms.instant import day_of
from wegweiser.terms.json import Json

Condition = Callable[[Event], bool]


class Counter(msgspec.Struct, frozen=True):
    """How one state is gathered; `path` leads to the property, `condition` is None without one."""

    state: str
    kind: ComputedKind
    path: tuple[str, ...]
    condition: Condition | None = None


# By the shown name of an event, whatever has to be gathered from it.
Table = Mapping[str, tuple[Counter, ...]]


def gather(cell: Cell, event: Event, counters: Sequence[Counter]) -> None:
    """Add one event to the states of its counters, in place.

    >>> cell = Cell()
    >>> order = Event(type="track", message_id="m", at=0, properties={"revenue": 20})
    >>> gather(cell, order, [Counter("s", "sum", ("revenue",))])
    >>> cell.gathered["s"].total
    Decimal('20')
    """
    for counter in counters:
        condition = counter.condition
        if condition is None or condition(event):
            value = _value_of(event, counter.path) if counter.path else None
            _add(cell, counter, event, value)


def _value_of(event: Event, path: tuple[str, ...]) -> Json:
    kept_back = FOR_READING.get(event.event)
    if kept_back is not None and path[0] in kept_back:
        return None
    found: Json = event.properties
    for part in path:
        if not isinstance(found, dict):
            return None
        found = found.get(part)
    return found


def _add(cell: Cell, counter: Counter, event: Event, value: Json) -> None:
    if counter.path and not _counts(value):
        return
    kind = counter.kind
    number = exact(value) if kind in ("sum", "min", "max") else None
    if kind in ("sum", "min", "max") and number is None:
        return
    held = cell.gathered.get(counter.state)
    if held is None:
        held = cell.gathered[counter.state] = Gathered()
        bound(cell.gathered, MOST_GATHERED)
    if kind == "count":
        held.count += 1
    elif number is not None:
        _add_number(held, kind, number)
    elif kind in ("first", "last"):
        stated = Stated(event.at, event.message_id, _short(value))
        if kind == "first":
            held.first = earlier(held.first, stated)
        else:
            held.last = later(held.last, stated)
    else:
        _add_value(held, kind, value)


def _add_number(held: Gathered, kind: ComputedKind, number: Decimal) -> None:
    held.count += 1
    if kind == "sum":
        held.total = added(held.total, number)
    elif kind == "min":
        held.least = least_of(held.least, number)
    else:
        held.most = most_of(held.most, number)


def _add_value(held: Gathered, kind: ComputedKind, value: Json) -> None:
    text = msgspec.json.encode(_short(value)).decode()
    if kind == "unique":
        held.distinct = include(held.distinct or Distinct(), text)
    else:
        held.values[text] = held.values.get(text, 0) + 1
        bound_values(held.values)


def _counts(value: Json) -> bool:
    return isinstance(value, str | int | float | bool) and value != ""


def _short(value: Json) -> Json:
    if isinstance(value, str):
        return value[:LONGEST_VALUE]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 1 << 63:
        return str(value)[:LONGEST_VALUE]  # stored numbers have 64 bits
    return value


def total_of(
    cells: Iterable[CellAt], trait: ComputedTrait, as_of: int, state: str = ""
) -> Gathered:
    """Merge the state of a trait from the cells of its window of UTC days, ending with `as_of`."""
    last = day_of(as_of - 1)
    first = 0 if trait.window_days is None else last - trait.window_days + 1
    state = state or trait.state
    total = Gathered()
    for held in cells:
        found = held.cell.gathered.get(state)
        if found is not None and first <= held.day <= last:
            total = merge_gathered(total, found)
    return total


def value_of(total: Gathered, trait: ComputedTrait, since: int | None) -> ComputedValue | None:
    """Give the value of a trait, None where nothing tells it; nobody's count and sum are 0."""
    value: Json
    is_exact = True
    match trait.type:
        case "count":
            value = total.count
        case "sum":
            value = to_number(total.total)
        case "min":
            value = None if total.least is None else to_number(total.least)
        case "max":
            value = None if total.most is None else to_number(total.most)
        case "first":
            value = None if total.first is None else total.first.value
        case "last":
            value = None if total.last is None else total.last.value
        case "most_frequent":
            value, is_exact = _most_frequent(total.values)
        case "unique":
            held = total.distinct or Distinct()
            value, is_exact = size(held), held.is_exact
    return None if value is None else ComputedValue(trait.key, value, since, is_exact)


def _most_frequent(values: Mapping[str, int]) -> tuple[Json, bool]:
    named = {text: count for text, count in values.items() if text != OTHER}
    if not named:
        return None, True
    text = min(named, key=lambda one: (-named[one], one))
    return msgspec.json.decode(text), OTHER not in values
