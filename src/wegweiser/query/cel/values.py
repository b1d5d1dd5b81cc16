"""Values while a rule runs: equality, order, arithmetic, and the value "unknown"."""

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TypeVar

import msgspec

from wegweiser.query.cel.limits import INT_HIGHEST, INT_LOWEST, MAX_STEPS, MAX_TEXT_CHARACTERS
from wegweiser.query.cel.tree import ArithmeticSign
from wegweiser.terms.instant import format_instant, parse_instant
from wegweiser.terms.json import Json

Scope = Mapping[str, object]
Step = Callable[[Scope], object]
_SHOWN_CHARACTERS = 200
_SHOWN_ITEMS = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
Pay = Callable[[int], None]
_Series = TypeVar("_Series", str, list[object])


class Unknown(msgspec.Struct, frozen=True):
    """No value, and why: `reason` is missing, type, arithmetic or too_long.

    `where` is the part of the rule that has no value, `found` what stood there instead.
    """

    reason: str
    where: str
    found: Json = None


class TooLong(Exception):
    """A text or list would grow beyond its limit, or there are no steps left."""


def free(_size: int) -> None:
    """Charge nothing for a comparison."""


def is_number(value: object) -> bool:
    """Tell whether a value is an int or a double; a truth value is neither."""
    return type(value) is int or type(value) is float


def _is_nan(number: object) -> bool:
    return isinstance(number, float) and math.isnan(number)


def same(left: object, right: object, pay: Pay = free) -> bool | None:
    """Compare two values as CEL does: other types are unequal; None where NaN takes part.

    `pay` is told the size of whatever is compared, and may break off.

    >>> same(1, 1.0), same(1, True), same("1", 1)
    (True, False, False)
    """
    if is_number(left) and is_number(right):
        return None if _is_nan(left) or _is_nan(right) else left == right
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        if len(left) != len(right):
            return False
        pay(1 + len(left))
        return _all_same(same(one, other, pay) for one, other in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        if len(left) != len(right):
            return False
        pay(1 + len(left))
        if left.keys() != right.keys():
            return False
        return _all_same(same(value, right[key], pay) for key, value in left.items())
    return type(left) is type(right) and left == right


def _all_same(answers: Iterable[bool | None]) -> bool | None:
    doubt: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        doubt = answer if answer is None else doubt
    return doubt


def ordered(left: object, right: object) -> bool:
    """Tell whether two values have an order: both numbers, texts, moments or durations."""
    if is_number(left) and is_number(right):
        return not (_is_nan(left) or _is_nan(right))
    if isinstance(left, datetime) and isinstance(right, datetime):
        return left.tzinfo is not None and right.tzinfo is not None
    return type(left) is type(right) and isinstance(left, str | timedelta)


def contained(value: object, collection: object, pay: Pay = free) -> bool | None:
    """Find a value among a list's elements or a map's keys; None where this has no answer."""
    if isinstance(collection, dict):
        return isinstance(value, str) and value in collection
    if not isinstance(collection, list | tuple):
        return None
    doubt: bool | None = False
    for element in collection:
        pay(1)
        answer = same(value, element, pay)
        if answer is True:
            return True
        doubt = answer if answer is None else doubt
    return doubt


def calculate(sign: ArithmeticSign, left: object, right: object) -> object:
    """Calculate with numbers, texts, lists, moments and durations.

    Raises TypeError for other types, and ArithmeticError where the result is no number of
    64 bits. Division of whole numbers truncates towards zero.

    >>> calculate("/", -7, 2), calculate("%", -7, 2), calculate("+", 1, 0.5)
    (-3, -1, 1.5)
    """
    if type(left) is int and type(right) is int:
        return _within_64_bits(_whole(sign, left, right))
    if is_number(left) and is_number(right) and sign != "%":
        result = _OPERATIONS[sign](left, right)
        if not math.isfinite(result):
            raise ArithmeticError(sign)
        return result
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        return _short_enough(left, right, MAX_TEXT_CHARACTERS)
    if sign == "+" and isinstance(left, list) and isinstance(right, list):
        return _short_enough(left, right, MAX_STEPS)
    temporal = isinstance(left, datetime | timedelta) and isinstance(right, datetime | timedelta)
    if sign in "+-" and temporal:
        return _OPERATIONS[sign](left, right)
    raise TypeError(sign)


_OPERATIONS: dict[str, Callable[..., float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def _whole(sign: ArithmeticSign, left: int, right: int) -> int:
    if sign == "%":
        return left - right * _whole("/", left, right)
    if sign == "/":
        quotient = abs(left) // abs(right)
        return quotient if (left < 0) == (right < 0) else -quotient
    return int(_OPERATIONS[sign](left, right))


def _within_64_bits(number: int) -> int:
    if not INT_LOWEST <= number <= INT_HIGHEST:
        raise OverflowError(number.bit_length())
    return number


def _short_enough(left: _Series, right: _Series, limit: int) -> _Series:
    if len(left) + len(right) > limit:
        raise TooLong(limit)
    return left + right


def as_moment(value: object) -> datetime:
    """Read a moment: a time zone aware datetime, ISO 8601 text, or milliseconds since 1970.

    Raises ValueError for anything else.
    """
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    if isinstance(value, str):
        return _read_text(value)
    # A truth value equals a number, but must not be found in its place.
    return _read_number(value) if type(value) is int else _read_moment(value)


def _read_moment(value: object) -> datetime:
    at_ms = parse_instant(value)
    if at_ms is None:
        raise ValueError("not a moment")
    return _EPOCH + timedelta(milliseconds=at_ms)


# One request reads the same few moments, above all its own, once per message or segment.
_read_text = lru_cache(maxsize=1024)(_read_moment)
_read_number = lru_cache(maxsize=1024)(_read_moment)


def instant_of(moment: datetime) -> int:
    """Give a moment as milliseconds since 1970."""
    return (moment - _EPOCH) // _MILLISECOND


def shown(value: object) -> Json:
    """Cut a value down to what a reason can show: short texts, numbers, the head of a list.

    >>> shown(["a", {"b": 1}])
    ['a', None]
    """
    if isinstance(value, str):
        return value[:_SHOWN_CHARACTERS]
    if isinstance(value, list | tuple):
        return [None if isinstance(v, list | tuple) else shown(v) for v in value[:_SHOWN_ITEMS]]
    if isinstance(value, dict):
        return None
    if type(value) is int and value.bit_length() > 64:
        return None
    return to_json(value)


def to_json(value: object) -> Json:
    """Write a value as JSON: moments as ISO 8601 text, durations as seconds.

    >>> to_json(timedelta(minutes=1))
    60.0
    """
    if isinstance(value, datetime):
        return format_instant(instant_of(as_moment(value)))
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, list | tuple):
        return [to_json(element) for element in value]
    if isinstance(value, dict):
        return {str(key): to_json(element) for key, element in value.items()}
    return value if isinstance(value, str | int | float | bool) else None
