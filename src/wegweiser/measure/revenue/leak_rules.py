"""The leak gate: which columns may stand beside a goal, and in words why others may not."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from wegweiser.measure.revenue.auc import Counted, auc_out_of_fold
from wegweiser.measure.revenue.sale import SALES, TAKEN_BACK
from wegweiser.measure.words import Sentence, both, number

Status = Literal["ok", "unknown", "suspect", "excluded"]
EXCLUDED_AUC = 0.95
SUSPECT_AUC = 0.75
AHEAD_OF_NEXT = 0.10
COVERED_GOALS = 0.5
COVERED_REST = 0.25
# Of the excess over a coin's toss so much must be left for goals that come a while later.
LEFT_LATER = 0.5
LEAST_LATER = 25
_SNAPSHOT = frozenset(
    [
        "last",
        "current",
        "total",
        "longest",
        "status",
        "score",
        "label",
        "stage",
        "value",
        "values",
        "duration",
    ]
)
_OF_MONEY = frozenset(
    [
        "revenue",
        "order",
        "orders",
        "purchase",
        "purchases",
        "paid",
        "invoice",
        "refund",
        "sales",
        "deal",
    ]
)
# What starts with the goal, or is written because of it.
_OF_SALES = frozenset(
    [name for names in (*SALES.values(), *TAKEN_BACK.values()) for name in names]
    + ["Contract Signed", "Contract Ended", "Closed Lost", "Opportunity Lost", "Deal Lost"]
    + ["Follow-up Call", "Sales Note Added", "Order Updated", "Invoice Sent", "Payment Received"]
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


class Column(msgspec.Struct, frozen=True):
    """One column: its kind, name, values per fold, and whether the time of each is known."""

    kind: str
    name: str
    counts: tuple[Counted, ...]
    timed: bool
    by_its_name: bool = True
    later: tuple[Counted, ...] = ()


class Finding(msgspec.Struct, frozen=True):
    """What the gate says of one column, with the reason in words; `auc` is out of fold."""

    kind: str
    name: str
    status: Status
    auc: float
    reason: Sentence


def words_of(name: str) -> frozenset[str]:
    """Split a column's name into lower-case words, however they are joined.

    >>> sorted(words_of("PageValues")), sorted(words_of("last_order_at"))
    (['page', 'values'], ['at', 'last', 'order'])
    """
    return frozenset(word.lower() for word in _WORD.findall(name))


def judge(columns: Sequence[Column], goal: str) -> list[Finding]:
    """Judge all columns together, in their order; only "ok" may be ranked or learned from.

    First lineage, then what is too good to be true, then whether the time is known.
    """
    areas = [auc_out_of_fold(one.counts) for one in columns]
    usable = [area for one, area in zip(columns, areas, strict=True) if _lineage(one, goal) is None]
    best = sorted(usable, reverse=True)
    return [
        _finding(one, area, goal, _next_best(best, area))
        for one, area in zip(columns, areas, strict=True)
    ]


def _next_best(best: Sequence[float], area: float) -> float | None:
    """Give the area that comes after this one, if this one is the best."""
    return best[1] if len(best) > 1 and area == best[0] else None


def _finding(column: Column, area: float, goal: str, behind: float | None) -> Finding:
    status, reason = (
        _lineage(column, goal)
        or _only_close(column, area, behind)
        or _too_good(column, area, behind)
        or _untimed(column)
        or ("ok", both("Known before the goal.", "Vor dem Ziel bekannt."))
    )
    return Finding(column.kind, column.name, status, area, reason)


def _lineage(column: Column, goal: str) -> tuple[Status, Sentence] | None:
    if column.name == goal:
        return "excluded", both("It is the goal itself.", "Es ist das Ziel selbst.")
    if column.kind == "event" and column.name in _OF_SALES:
        return "excluded", both(
            "It is written because of a sale.", "Es wird wegen eines Verkaufs geschrieben."
        )
    if column.kind == "column" and words_of(column.name) & _OF_MONEY:
        return "excluded", both(
            "Its name says that it comes from orders or revenue.",
            "Sein Name sagt, dass es aus Bestellungen oder Umsatz stammt.",
        )
    return None


def _too_good(column: Column, area: float, behind: float | None) -> tuple[Status, Sentence] | None:
    shown = {lang: number(area, lang, 2) for lang in ("en", "de")}
    if area >= EXCLUDED_AUC:
        return "excluded", both(
            f"It alone tells goals from the rest almost without fault ({shown['en']} of 1).",
            f"Es trennt allein fast fehlerfrei ({shown['de']} von 1).",
        )
    ahead = behind is not None and area - behind >= AHEAD_OF_NEXT
    if area >= SUSPECT_AUC or ahead:
        return "suspect", both(
            f"It alone tells goals from the rest suspiciously well ({shown['en']} of 1). When is"
            " it filled?",
            f"Es trennt allein verdächtig gut ({shown['de']} von 1). Wann wird es gefüllt?",
        )
    value = _covering(column.counts)
    if value is None:
        return None
    told = repr(value) if value else "(empty)"
    return "suspect", both(
        f"The value {told} covers half of the goals and few others. When is it filled?",
        f"Der Wert {told} deckt die Hälfte der Ziele und wenige andere. Wann wird er gefüllt?",
    )


def _only_close(
    column: Column, area: float, behind: float | None
) -> tuple[Status, Sentence] | None:
    """Exclude what is suspect and foretells a later goal with less than half of its excess."""
    reached = sum(one.goals for one in column.later)
    if reached < LEAST_LATER or _too_good(column, area, behind) is None:
        return None
    later = auc_out_of_fold(column.later)
    if later - 0.5 >= LEFT_LATER * (area - 0.5):
        return None
    shown = {lang: (number(area, lang, 2), number(later, lang, 2)) for lang in ("en", "de")}
    return "excluded", both(
        f"It tells goals from the rest only when they are close ({shown['en'][0]} of 1, of later"
        f" goals {shown['en'][1]}): it is written because of them.",
        f"Es trennt nur, wenn das Ziel nahe ist ({shown['de'][0]} von 1, bei späteren Zielen"
        f" {shown['de'][1]}): Es wird wegen des Ziels geschrieben.",
    )


def _covering(counts: Sequence[Counted]) -> str | None:
    """Find a value that holds half of all goals and at most a quarter of the rest."""
    units: dict[str, int] = {}
    goals: dict[str, int] = {}
    for one in counts:
        units[one.value] = units.get(one.value, 0) + one.units
        goals[one.value] = goals.get(one.value, 0) + one.goals
    return next((value for value in sorted(units) if _covers(value, units, goals)), None)


def _covers(value: str, units: Mapping[str, int], goals: Mapping[str, int]) -> bool:
    all_goals, rest = sum(goals.values()), sum(units.values()) - sum(goals.values())
    return (
        all_goals > 0
        and goals[value] >= COVERED_GOALS * all_goals
        and units[value] - goals[value] <= COVERED_REST * rest
    )


def _untimed(column: Column) -> tuple[Status, Sentence] | None:
    if column.timed:
        return None
    if column.by_its_name and words_of(column.name) & _SNAPSHOT:
        return "unknown", both(
            "A snapshot by its name, without a history: timing unknown.",
            "Dem Namen nach eine Momentaufnahme ohne Verlauf: Zeitpunkt unbekannt.",
        )
    return "unknown", both(
        "Nobody has confirmed that it was filled before the goal: timing unknown.",
        "Niemand hat bestätigt, dass es vor dem Ziel gefüllt war: Zeitpunkt unbekannt.",
    )
