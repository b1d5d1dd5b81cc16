"""The functions of segment rules: how often and for how much something happened, and consent."""

import re
from collections.abc import Mapping

from wegweiser.query.cel.functions import RULE_FUNCTIONS
from wegweiser.query.cel.schema import BOOL, DOUBLE, INT, STRING, Function
from wegweiser.query.cel.values import as_moment, instant_of
from wegweiser.terms.instant import DAY_MS, HOUR_MS
from wegweiser.terms.json import Json
from wegweiser.terms.rule_fault import NotWritten, fault

_WINDOW = re.compile(r"([1-9][0-9]{0,4})([dh])")
_UNIT_MS = {"d": DAY_MS, "h": HOUR_MS}
# No window: whatever ever happened.
_EVER_MS = 1 << 60
# The properties whose sums are kept.
SUMMED = ("revenue", "value")
_CURRENCY = re.compile(r"[A-Z]{3}")


def read_window(text: str) -> int:
    """Read a window in whole days or hours as milliseconds; ValueError for anything else.

    >>> read_window("30d") == 30 * DAY_MS, read_window("48h") == 2 * DAY_MS
    (True, True)
    """
    found = _WINDOW.fullmatch(text)
    if found is None:
        raise NotWritten(fault("window"))
    return int(found[1]) * _UNIT_MS[found[2]]


def read_summed(text: str) -> str:
    """Read the name of a property whose sums are kept; ValueError for any other."""
    if text not in SUMMED:
        first, second = SUMMED
        raise NotWritten(fault("summed", first=first, second=second))
    return text


def read_currency(text: str) -> str:
    """Read a currency such as EUR; ValueError for anything else."""
    if _CURRENCY.fullmatch(text) is None:
        raise NotWritten(fault("currency"))
    return text


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


def _amounts(told: tuple[object, ...]) -> tuple[int, int, list[tuple[int, str, float]]]:
    """Give the window, the moment and the sums by hour of a call to `sum`."""
    name, field, *given, sums, as_of = told
    if not isinstance(sums, dict):
        raise TypeError("sums")
    span = given[0] if given else _EVER_MS
    assert isinstance(span, int)
    at = as_of if isinstance(as_of, int) else instant_of(as_moment(as_of))
    wanted = given[1] if len(given) > 1 else None
    hours = sums.get(name, {}).get(field, [])
    return span, at, [one for one in hours if wanted in (None, one[1])]


def _sum(*told: object) -> float:
    span, at, hours = _amounts(told)
    inside = [one for one in hours if one[0] > at - span]
    if len({currency for _, currency, _ in inside}) > 1:
        raise ValueError("sums in several currencies have no sum")
    return float(sum(amount for _, _, amount in inside))


def _sum_runs_out(*told: object) -> list[int]:
    span, at, hours = _amounts(told)
    inside = [start for start, _, _ in hours if start > at - span]
    return [min(inside) + span] if inside and span != _EVER_MS else []


def _consented(purpose: str, person: object) -> bool:
    if not isinstance(person, dict):
        raise TypeError("person")
    consent: Json = person.get("consent", {})
    return isinstance(consent, dict) and consent.get(purpose) == "granted"


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


SUM = Function(
    (STRING, STRING, STRING, STRING),
    DOUBLE,
    _sum,
    optional=2,
    needs=("sums", "as_of"),
    prepare={0: str, 1: read_summed, 2: read_window, 3: read_currency},
    runs_out=_sum_runs_out,
)
CONSENTED = Function(
    (STRING,),
    BOOL,
    _consented,
    needs=("person",),
    prepare={0: str},
    reads=(("person", "consent"),),
)


def in_segment(of: str) -> Function:
    """Make the function that tells whether the variable `of` is in a segment."""
    return Function(
        (STRING,), BOOL, _in_segment, needs=(of,), prepare={0: str}, reads=((of, "segments"),)
    )


def segment_functions(of: str) -> Mapping[str, Function]:
    """Give all functions of a segment rule over the variable `of`."""
    looking = {"count": COUNT, "seen": SEEN, "sum": SUM, "in_segment": in_segment(of)}
    of_persons = {"consented": CONSENTED} if of == "person" else {}
    return {**RULE_FUNCTIONS, **looking, **of_persons}
