"""A measure as the doors list it: name, what it answers, and every option that it takes."""

from typing import Literal

import msgspec

from wegweiser.measure.form import Measure, Option, OptionValue
from wegweiser.measure.narrowed import HELP, NARROWS
from wegweiser.measure.words import both
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wrong import wrong

COMPARED = {"": None, "none": None, "previous": "previous", "before": "previous", "year": "year"}
OF_ALL = (
    Option("from", "text", "", both("first day, empty for ever", "erster Tag, leer für immer")),
    Option(
        "to",
        "text",
        "",
        both("day after the last, empty for up to now", "Tag nach dem letzten, leer für bis jetzt"),
    ),
    Option("zone", "text", "UTC", both("time zone of the days", "Zeitzone der Tage")),
    Option(
        "compare",
        "text",
        "none",
        both(
            "the same question for an earlier period", "dieselbe Frage für einen früheren Zeitraum"
        ),
        ("none", "previous", "year"),
    ),
    Option("only", "text", "", HELP),
)


class DescribedOption(msgspec.Struct, frozen=True):
    """An option as it is listed."""

    name: str
    kind: str
    default: OptionValue
    help: dict[str, str]
    choices: tuple[str, ...]


class Described(msgspec.Struct, frozen=True):
    """A measure as it is listed; `options` are its own, then those of all measures.

    `narrows` are the dimensions of the option `only` that it can be narrowed by.
    """

    name: str
    summary: dict[str, str]
    options: tuple[DescribedOption, ...]
    narrows: tuple[str, ...] = ()


def described(measure: Measure) -> Described:
    """Describe a measure.

    >>> from wegweiser.measure.registry import find
    >>> [option.name for option in described(find("web.visits")).options][-2:]
    ['compare', 'only']
    """
    options = (*measure.options, *OF_ALL)
    listed = tuple(
        DescribedOption(one.name, one.kind, one.default, one.help, one.choices) for one in options
    )
    return Described(measure.name, measure.summary, listed, NARROWS.get(measure.name, ()))


def read_compared(text: str) -> Literal["previous", "year"] | None:
    """Read what to compare with; None for nothing. Raises InputRefused for anything else.

    >>> read_compared("before"), read_compared("")
    ('previous', None)
    """
    if text not in COMPARED:
        told = wrong("compare_with", given=repr(text))
        raise InputRefused("bad_option", told, 422, "compare")
    found = COMPARED[text]
    return None if found is None else "year" if found == "year" else "previous"
