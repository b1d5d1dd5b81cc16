"""Rows of a form as the text of a rule: trait or behaviour, operator, value, window."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from wegweiser.terms.journey import STAGES
from wegweiser.web.text import mark
from wegweiser.web.typed_number import stated_number

ROWS = 4
KINDS = {
    "trait": mark("Trait"),
    "event": mark("Event"),
    "interest": mark("Interest in"),
    "stage": mark("Probability of the stage"),
    "segment": mark("Member of the segment"),
    "consent": mark("Consent for"),
}
OPERATORS = {
    "is": mark("is"),
    "is_not": mark("is not"),
    "contains": mark("contains"),
    "at_least": mark("is at least"),
    "at_most": mark("is at most"),
}
WINDOWS = {
    "": mark("ever"),
    "1d": mark("in 1 day"),
    "7d": mark("in 7 days"),
    "30d": mark("in 30 days"),
    "90d": mark("in 90 days"),
    "365d": mark("in 365 days"),
}
FAULTS = {
    "number": mark("Row {row}: the value is a number here, such as 2 or 0.5."),
    "operator": mark("Row {row}: this does not go with the operator; choose another one."),
    "stage": mark("Row {row}: there is no stage of this name."),
    "name": mark("Row {row}: say which one is meant."),
}
Join = Literal["all", "any"]
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_COMPARED = {"is": "==", "is_not": "!=", "at_least": ">=", "at_most": "<="}


class RuleRow(msgspec.Struct, frozen=True):
    """What stands in one row of the form."""

    kind: str = ""
    name: str = ""
    operator: str = "is"
    value: str = ""
    window: str = ""


class RowFault(Exception):
    """A row that makes no rule; the code says why."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def rows_of(form: Mapping[str, str]) -> tuple[RuleRow, ...]:
    """Read the rows of a form, those without a kind as empty ones."""
    return tuple(
        RuleRow(
            *(
                form.get(f"{part}-{number}", "").strip()
                for part in ("kind", "name", "operator", "value", "window")
            )
        )
        for number in range(1, ROWS + 1)
    )


def rule_of_rows(rows: Sequence[RuleRow], join: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Write the rule, with the faults by field; rows without a kind are left out.

    >>> rule_of_rows((RuleRow("trait", "plan", "is", "team"),), "all")
    ('p.traits.plan == "team"', ())
    >>> rule_of_rows((RuleRow("event", "Demo", "at_least", "2", "30d"), RuleRow()), "any")
    ('count("Demo", "30d") >= 2', ())
    """
    parts: list[str] = []
    faults: list[tuple[str, str]] = []
    for number, row in enumerate(rows, 1):
        if not row.kind:
            continue
        try:
            parts.append(_part(row))
        except RowFault as fault:
            faults.append((f"value-{number}", fault.code))
    return (" || " if join == "any" else " && ").join(parts), tuple(faults)


def when_of(form: Mapping[str, str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Give the rule of a form: that of its rows, or where none is filled the text; and faults."""
    rows = rows_of(form)
    if not any(row.kind for row in rows):
        return form.get("when", "").strip(), ()
    return rule_of_rows(rows, form.get("join", "all"))


def _part(row: RuleRow) -> str:
    if not row.name or row.kind not in KINDS or row.operator not in OPERATORS:
        raise RowFault("name")
    if row.kind in ("segment", "consent"):
        call = "in_segment" if row.kind == "segment" else "consented"
        if row.operator not in ("is", "is_not"):
            raise RowFault("operator")
        return ("!" if row.operator == "is_not" else "") + f"{call}({_text(row.name)})"
    if row.kind == "event":
        window = f", {_text(row.window)}" if row.window in WINDOWS and row.window else ""
        return f"count({_text(row.name)}{window}) {_compared(row)} {_number(row, whole=True)}"
    if row.kind == "stage":
        if row.name not in STAGES:
            raise RowFault("stage")
        return f"p.stage.{row.name} {_compared(row)} {_number(row)}"
    if row.kind == "interest":
        return f"p.interests{_key(row.name)} {_compared(row)} {_number(row)}"
    return _trait(row)


def _trait(row: RuleRow) -> str:
    field = f"p.traits{_key(row.name)}"
    if row.operator == "contains":
        return f"{field}.contains({_text(row.value)})"
    if row.operator in ("at_least", "at_most"):
        return f"{field} {_compared(row)} {_number(row)}"
    number = stated_number(row.value)
    if row.value in ("true", "false") or _NUMBER.fullmatch(number):
        return f"{field} {_compared(row)} {number}"
    return f"{field} {_compared(row)} {_text(row.value)}"


def _key(name: str) -> str:
    return f".{name}" if _PLAIN.fullmatch(name) else f"[{_text(name)}]"


def _compared(row: RuleRow) -> str:
    if row.operator not in _COMPARED:
        raise RowFault("operator")
    return _COMPARED[row.operator]


def _number(row: RuleRow, whole: bool = False) -> str:
    written = stated_number(row.value)
    if not _NUMBER.fullmatch(written) or (whole and "." in written):
        raise RowFault("number")
    return written if whole or "." in written else f"{written}.0"


def _text(text: str) -> str:
    return msgspec.json.encode(text).decode()
