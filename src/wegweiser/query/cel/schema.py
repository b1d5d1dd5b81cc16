"""What a rule may speak of: the declared types of its variables and its functions."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Literal as OneOf

import msgspec

from wegweiser.terms.rule_fault import RuleFault, fault

Kind = OneOf[
    "dyn", "null", "bool", "int", "double", "string", "timestamp", "duration", "list", "map"
]


class FieldType(msgspec.Struct, frozen=True):
    """The type of a field.

    `item` is the type of a list's elements or of an open map's values. `fields` makes a map
    closed: a name that is not among them is an error when a rule is saved.
    """

    kind: Kind
    item: "FieldType | None" = None
    fields: Mapping[str, "FieldType"] | None = None


DYN = FieldType("dyn")
NULL = FieldType("null")
BOOL = FieldType("bool")
INT = FieldType("int")
DOUBLE = FieldType("double")
STRING = FieldType("string")
TIMESTAMP = FieldType("timestamp")
DURATION = FieldType("duration")


def list_of(item: FieldType) -> FieldType:
    """A list whose elements have one type."""
    return FieldType("list", item=item)


def open_map(item: FieldType = DYN) -> FieldType:
    """A map that may hold any key, such as traits, properties or the row of a file."""
    return FieldType("map", item=item)


def closed_map(fields: Mapping[str, FieldType]) -> FieldType:
    """A map with exactly these fields, each of which may be absent.

    >>> closed_map({"plan": STRING}).fields["plan"].kind
    'string'
    """
    return FieldType("map", fields=fields)


class Function(msgspec.Struct, frozen=True):
    """A function that rules may call.

    `run` takes the arguments, then the activation's variables named in `needs`; it raises
    ValueError, TypeError or OverflowError where it has no value, which makes the result unknown.
    The last `optional` parameters may be left out. Arguments numbered in `prepare` must be
    literal texts; they are prepared once when the rule is saved. `runs_out` takes what `run`
    takes and gives the moments (ms) from which on time alone may change the result. One that
    `falls_back` gives its first argument or, where that has no value, its second. `reads` are
    the paths that it looks at, where that is less than all of `needs`.
    """

    parameters: tuple[FieldType, ...]
    result: FieldType
    run: Callable[..., object]
    style: OneOf["function", "method", "both"] = "function"
    optional: int = 0
    needs: tuple[str, ...] = ()
    prepare: Mapping[int, Callable[[str], object]] = {}
    runs_out: Callable[..., object] | None = None
    falls_back: bool = False
    reads: tuple[tuple[str, ...], ...] = ()


class Schema(msgspec.Struct, frozen=True):
    """The variables of an activation with their types, and the functions on offer."""

    variables: Mapping[str, FieldType]
    functions: Mapping[str, Function]


def did_you_mean(name: str, known: Mapping[str, object]) -> RuleFault | None:
    """Propose the known name that is written most alike, or say nothing.

    >>> did_you_mean("trais", {"traits": 1, "stage": 2}).said()
    'Did you mean "traits"?'
    """
    if len(name) > 64:
        return None
    close = get_close_matches(name, known, n=1)
    return fault("did_you_mean", name=close[0]) if close else None
