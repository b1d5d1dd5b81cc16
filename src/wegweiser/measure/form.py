"""The form of every measure: options, a question with what was asked, and an answer."""

import math
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Literal

import msgspec
import pyarrow as pa

from wegweiser.measure.narrowed import Only
from wegweiser.query.period import Period
from wegweiser.query.sql import ask
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.goal_titles import called
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer, Gate, Question, Result
from wegweiser.terms.wrong import Wrong, wrong

OptionValue = str | int | float
OptionKind = Literal["text", "whole", "number"]
Row = dict[str, Json]
_READERS: dict[OptionKind, Callable[[str], OptionValue]] = {
    "text": str,
    "whole": int,
    "number": float,
}


class Option(msgspec.Struct, frozen=True):
    """One setting of a measure; `choices` lists what is allowed when not everything is."""

    name: str
    kind: OptionKind
    default: OptionValue
    help: dict[str, str]
    choices: tuple[str, ...] = ()

    def read(self, given: str) -> OptionValue:
        """Read a given text; raises InputRefused with what would be right."""
        try:
            value = _READERS[self.kind](given)
        except ValueError:
            value = math.nan
        if isinstance(value, float) and not math.isfinite(value):
            raise _no_number(self, given)
        if self.choices and value not in self.choices:
            raise _no_choice(self, given)
        return value


class Asked(msgspec.Struct, frozen=True):
    """What is asked of a measure: period, state of knowledge (ms UTC) and all its options.

    `only` is the part of all rows that it is narrowed to; empty for all of them. `titles` are
    those of goals by their key, where they have one.
    """

    period: Period
    as_of: int
    options: dict[str, OptionValue]
    only: tuple[Only, ...] = ()
    titles: Mapping[str, str] = {}

    def text(self, name: str) -> str:
        """Give an option as text."""
        return str(self.options[name])

    def goal(self, key: str = "") -> dict[str, str]:
        """Call a goal, by itself the one that is asked about, in English and German."""
        return called(self.titles, key or self.text("goal"))

    def number(self, name: str) -> float:
        """Give an option as a number."""
        return float(self.options[name])

    def whole(self, name: str) -> int:
        """Give an option as a whole number."""
        return int(self.options[name])

    def question(self, sql: str, **more: Json) -> Question:
        """Bind period, `as_of`, options and what else is given to the SELECT that names them."""
        return ask(
            sql,
            **{**self.options, **more},
            start=format_instant(self.period.start),
            end=format_instant(self.period.end),
            as_of=format_instant(self.as_of),
            zone=self.period.zone,
        )


class Measure(msgspec.Struct, frozen=True):
    """One measure: a question in SQL and the pure answer to what an engine returns for it."""

    name: str
    summary: dict[str, str]
    options: tuple[Option, ...]
    question: Callable[[Asked], Question]
    answer: Callable[[pa.Table, Question, Asked], Answer]
    version: str = "1"

    def ask(self, given: Mapping[str, str], period: Period, as_of: int) -> Asked:
        """Read options given as text; raises InputRefused for an unknown or wrong one.

        Names may be written with hyphens.
        """
        known = {option.name: option for option in self.options}
        values: dict[str, OptionValue] = {name: known[name].default for name in known}
        for written, text in given.items():
            name = written.replace("-", "_")
            if name not in known:
                hint = _hint(name, known)
                told = wrong("no_option", option=_flag(written), measure=self.name, hint=hint)
                raise InputRefused("bad_option", told, 422, written)
            values[name] = known[name].read(text)
        return Asked(period, as_of, values)


def rows_of(table: pa.Table) -> list[Row]:
    """Give the rows of what an engine returned."""
    rows: list[Row] = table.to_pylist()
    return rows


def whole(row: Row, column: str) -> int:
    """Read a count; an empty sum is 0, whatever number type the engine chose."""
    return int(real(row, column))


def real(row: Row, column: str) -> float:
    """Read a sum; an empty sum is 0."""
    value = row[column]
    return 0.0 if value is None else float(value)  # type: ignore[arg-type]


def text(row: Row, column: str) -> str:
    """Read a label; nothing is the empty text."""
    value = row[column]
    return "" if value is None else str(value)


def answer(
    measure: str, asked: Asked, question: Question, results: list[Result], rows: list[Row], n: int
) -> Answer:
    """Make an answer; it is "too little data" when no result holds an estimate."""
    columns = tuple(rows[0]) if rows else ()
    return Answer(
        measure=measure,
        status="ok" if any(found.enough_data for found in results) else "too_little_data",
        results=tuple(results),
        columns=columns,
        rows=tuple(tuple(row[column] for column in columns) for row in rows),
        question=question,
        as_of=asked.as_of,
        n=n,
    )


def gated(
    name: str, unit: str, reason: Gate, n: dict[str, int], sentence: dict[str, str]
) -> Result:
    """Make a result without an estimate: the reason is the answer."""
    return Result(name=name, unit=unit, n=n, enough_data=False, reason=reason, sentence=sentence)


def _flag(option: str) -> str:
    return option.replace("_", "-")


def _no_number(option: Option, given: str) -> InputRefused:
    name, given = _flag(option.name), repr(given)
    if option.kind == "whole":
        told = wrong("option_whole", option=name, given=given)
    else:
        told = wrong("option_number", option=name, given=given)
    return InputRefused("bad_option", told, 422, option.name)


def _no_choice(option: Option, given: str) -> InputRefused:
    known = ", ".join(option.choices)
    told = wrong("option_choice", option=_flag(option.name), known=known, given=repr(given))
    return InputRefused("bad_option", told, 422, option.name)


def _hint(name: str, known: Mapping[str, Option]) -> Wrong:
    near = get_close_matches(name, known, 1)
    if near:
        return wrong("option_meant", name=_flag(near[0]))
    names = ", ".join("--" + _flag(each) for each in known)
    return wrong("options_are", names=names) if names else wrong("no_options")
