"""The functions that every rule may call."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from wegweiser.query.cel.limits import INT_HIGHEST, INT_LOWEST
from wegweiser.query.cel.pattern import Pattern, compile_pattern
from wegweiser.query.cel.schema import (
    BOOL,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    STRING,
    TIMESTAMP,
    Function,
)
from wegweiser.query.cel.values import as_moment, instant_of, to_json

_WHOLE = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
_DECIMAL = re.compile(
    r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,4})?"
)
_DURATION = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{1,9})?(?:d|h|ms|m|us|ns|s)){1,8}")
_DURATION_PART = re.compile(r"([0-9.]+)(d|h|ms|m|us|ns|s)")
_UNIT_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


def _matches(text: str, pattern: Pattern) -> bool:
    return pattern.is_in(text)


def _size(value: object) -> int:
    if isinstance(value, str | list | tuple | dict):
        return len(value)
    raise TypeError("size")


def _string(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return str(to_json(value))
    if isinstance(value, timedelta):
        return f"{_string(value.total_seconds())}s"
    raise TypeError("string")


def _int(value: object) -> int:
    if isinstance(value, datetime):
        return instant_of(value) // 1000
    if isinstance(value, str):
        if _WHOLE.fullmatch(value) is None:
            raise ValueError("not a whole number")
        number = int(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = int(value)
    else:
        raise TypeError("int")
    if not INT_LOWEST <= number <= INT_HIGHEST:
        raise OverflowError("int")
    return number


def _double(value: object) -> float:
    if isinstance(value, str):
        if _DECIMAL.fullmatch(value) is None:
            raise ValueError("not a number")
        number = float(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
    else:
        raise TypeError("double")
    if not math.isfinite(number):
        raise OverflowError("double")
    return number


def _timestamp(value: object) -> datetime:
    if isinstance(value, int) and not isinstance(value, bool):
        return datetime.fromtimestamp(0, UTC) + value * _SECOND
    if isinstance(value, str | datetime):
        return as_moment(value)
    raise TypeError("timestamp")


def _duration(value: object) -> timedelta:
    """Read a duration such as 1h30m; d for days is ours, the other units are CEL's."""
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str) or _DURATION.fullmatch(value) is None:
        raise ValueError("not a duration")
    parts = _DURATION_PART.findall(value)
    total = sum(
        (float(number) * _UNIT_SECONDS[unit] * _SECOND for number, unit in parts), 0 * _SECOND
    )
    return -total if value.startswith("-") else total


def _first(value: object, _otherwise: object) -> object:
    return value


def _days_since(moment: object, as_of: object) -> float:
    return (as_moment(as_of) - as_moment(moment)) / _DAY


RULE_FUNCTIONS: Mapping[str, Function] = {
    "size": Function((DYN,), INT, _size, style="both"),
    "startsWith": Function((STRING, STRING), BOOL, str.startswith, style="method"),
    "endsWith": Function((STRING, STRING), BOOL, str.endswith, style="method"),
    "contains": Function((STRING, STRING), BOOL, str.__contains__, style="method"),
    "matches": Function(
        (STRING, STRING), BOOL, _matches, style="both", prepare={1: compile_pattern}
    ),
    "string": Function((DYN,), STRING, _string),
    "int": Function((DYN,), INT, _int),
    "double": Function((DYN,), DOUBLE, _double),
    "timestamp": Function((DYN,), TIMESTAMP, _timestamp),
    "duration": Function((DYN,), DURATION, _duration),
    "days_since": Function((DYN,), DOUBLE, _days_since, needs=("as_of",)),
    "default": Function((DYN, DYN), DYN, _first, falls_back=True),
}
