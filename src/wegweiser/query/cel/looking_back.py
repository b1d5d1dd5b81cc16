"""The functions of segment rules: how often an event happened, and who is in another segment."""

import re
from collections.abc import Mapping

from wegweiser.query.cel.functions import RULE_FUNCTIONS
from wegweiser.query.cel.schema import BOOL, INT, STRING, Function
from wegweiser.query.cel.values import as_moment, instant_of
from wegweiser.terms.instant import DAY_MS, HOUR_MS
from wegweiser.terms.json import Json

_WINDOW = re.compile(r"([1-9][0-9]{0,4})([dh])")
_UNIT_MS = {"d": DAY_MS, "h": HOUR_MS}
# No window: whatever ever happened.
_EVER_MS = 1 << 60


def read_window(text: str) -> int:
    """Read a window in whole days or hours as milliseconds; ValueError for anything else.

    >>> read_window("30d") == 30 * DAY_MS, read_window("48h") == 2 * DAY_MS
    (True, True)
    """
    found = _WINDOW.fullmatch(text)
    if found is None:
        raise ValueError('a window is written as "30d" or "48h"')
    return int(found[1]) * _UNIT_MS[found[2]]


def _hours(told: tuple[object, ...]) -> tuple[int, int, list[list[int]]]:
    """Give the window, the moment and the hours of an event from a call's arguments."""
    name, *window, history, as_of = told
    if not isinstance(history, dict):
        raise TypeError("history")
    span = window[0] if window else _EVER_MS
    assert isinstance(span, int)
    at = as_of if isinstance(as_of, int) else instant_of(as_moment(as_of))
    return span, at, history.get(name, [])


def _count(*told: object) -> int:
    span, at, hours = _hours(told)
    return sum(number for start, number in hours if start > at - span)


def _seen(*told: object) -> bool:
    return _count(*told) > 0


def _runs_out(*told: object) -> list[int]:
    """Give the moment at which the next hour leaves the window."""
    span, at, hours = _hours(told)
    inside = [start for start, _ in hours if start > at - span]
    return [min(inside) + span] if inside and span != _EVER_MS else []


def _in_segment(key: str, person: object) -> bool:
    if not isinstance(person, dict):
        raise TypeError("person")
    keys: Json = person.get("segments", [])
    return isinstance(keys, list | tuple) and key in keys


COUNT = Function(
    (STRING, STRING),
    INT,
    _count,
    optional=1,
    needs=("history", "as_of"),
    prepare={0: str, 1: read_window},
    runs_out=_runs_out,
)
SEEN = Function(
    (STRING, STRING),
    BOOL,
    _seen,
    optional=1,
    needs=("history", "as_of"),
    prepare={0: str, 1: read_window},
    runs_out=_runs_out,
)


def in_segment(of: str) -> Function:
    """Make the function that tells whether the variable `of` is in a segment."""
    return Function((STRING,), BOOL, _in_segment, needs=(of,), prepare={0: str})


def segment_functions(of: str) -> Mapping[str, Function]:
    """Give all functions of a segment rule over the variable `of`."""
    return {**RULE_FUNCTIONS, "count": COUNT, "seen": SEEN, "in_segment": in_segment(of)}
