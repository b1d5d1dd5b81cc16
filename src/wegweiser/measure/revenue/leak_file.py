"""The leak gate for a flat file: nothing in it has a time, so nothing passes unconfirmed."""

import hashlib
import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from wegweiser.measure.revenue.auc import FOLDS, Counted
from wegweiser.measure.revenue.leak_rules import Column, Finding, judge
from wegweiser.terms.json import Json

MOST_VALUES = 32
_BINS = 20
_YES = frozenset({"true", "1", "yes", "y", "won", "ja", "t"})

Rows = Sequence[Mapping[str, Json]]


def check_rows(
    rows: Rows, goal: str, confirmed: Collection[str] = (), person: str = ""
) -> list[Finding]:
    """Judge every column of a file but the goal, which is read as yes or no.

    `confirmed` names columns of which a person vouches that they were filled before the goal;
    `person` the column that tells people apart (else each row is one). Raises KeyError when no
    row has the goal.

    >>> rows = [{"sold": n % 4 == 0, "fee": 9 * (n % 4 == 0), "size": n % 7} for n in range(200)]
    >>> [(one.name, one.status) for one in check_rows(rows, "sold", ["fee", "size"])]
    [('fee', 'excluded'), ('size', 'ok')]
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    if goal not in names:
        raise KeyError(goal)
    reached = [_is_yes(row.get(goal)) for row in rows]
    folds = [_fold(row.get(person, place)) for place, row in enumerate(rows)]
    columns = [
        Column(
            "column",
            name,
            _counts([row.get(name) for row in rows], reached, folds),
            name in confirmed,
        )
        for name in names
        if name not in (goal, person)
    ]
    return judge(columns, goal)


def _is_yes(value: Json) -> bool:
    if isinstance(value, int | float):
        return value > 0
    return isinstance(value, str) and value.strip().lower() in _YES


def _fold(person: object) -> int:
    return hashlib.md5(str(person).encode(), usedforsecurity=False).digest()[0] % FOLDS


def _counts(
    values: Sequence[Json], reached: Sequence[bool], folds: Sequence[int]
) -> tuple[Counted, ...]:
    shown = _binned(values)
    units = Counter(zip(folds, shown, strict=True))
    goals = Counter(
        (fold, value) for fold, value, hit in zip(folds, shown, reached, strict=True) if hit
    )
    return tuple(
        Counted(fold, value, count, goals[fold, value])
        for (fold, value), count in sorted(units.items())
    )


def _binned(values: Sequence[Json]) -> list[str]:
    """Keep few values as they are; cut many numbers into groups of about equal size."""
    texts = ["" if value is None else str(value) for value in values]
    numbers = [_number(value) for value in texts]
    known = sorted(number for number in numbers if number is not None)
    if len(set(texts)) <= MOST_VALUES or len(known) < len([one for one in texts if one]):
        return texts
    steps = sorted({known[len(known) * part // _BINS] for part in range(1, _BINS)})
    return ["" if one is None else str(bisect_right(steps, one)) for one in numbers]


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None
