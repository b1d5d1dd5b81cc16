"""A plan of effort as documents: factors that let messages count more or less for a group."""

import hashlib
import json
import re
from collections.abc import Collection, Sequence

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.policy import Factor
from wegweiser.terms.result import Answer
from wegweiser.terms.wrong import wrong

LOWEST, HIGHEST = 0.5, 2.0
ALL, NONE = "(all)", "(none)"
PREFIX = "effort-"
_TRAIT = "trait:"
_SEGMENT = "segment:"
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def documents_of(
    found: Answer,
    group: str,
    unit: str,
    published: Sequence[Factor],
    of_accounts: Collection[str] = (),
) -> list[JsonObject]:
    """Write a factor for each cell that is to have more or less, from 0.5 to 2.

    The factor is planned over present contacts. Groups must be something that rules can read:
    traits, where of units without the trait nothing can be said, or segments, which are those of
    the person unless they are `of_accounts`. Factors of an earlier plan that are not in this one
    are set back to 1. Raises InputRefused for other groups.
    """
    documents: dict[str, JsonObject] = {}
    for row in found.rows:
        cell = dict(zip(found.columns, row, strict=True))
        if cell["group"] != NONE or group.startswith(_SEGMENT):
            document = _document(cell, group, unit, of_accounts)
            documents[str(document["key"])] = document
    changed = [one for one in documents.values() if one["factor"] != 1.0]
    old = [one for one in published if one.key.startswith(PREFIX) and one.factor != 1.0]
    kept = {str(one["key"]) for one in changed}
    return changed + [_set_back(one) for one in old if one.key not in kept]


def factor_for(now: float, planned: float) -> float:
    """Give how much more a cell is to count: planned over present contacts, from 0.5 to 2.

    >>> factor_for(100, 130), factor_for(100, 0), factor_for(0, 5), factor_for(10, 10.04)
    (1.3, 0.5, 2.0, 1.0)
    """
    if now <= 0:
        return HIGHEST if planned > 0 else 1.0
    return round(min(HIGHEST, max(LOWEST, planned / now)), 2)


def _document(
    cell: dict[str, Json], group: str, unit: str, of_accounts: Collection[str]
) -> JsonObject:
    channel, message = str(cell["channel"]), str(cell["message"])
    conditions = _of_group(str(cell["group"]), group, unit, of_accounts)
    if channel != ALL:
        conditions.append(f"placement.channel == {_quoted(channel)}")
    document: JsonObject = {
        "kind": "factor",
        "key": _key(str(cell["group"]), channel, message),
        "when": " && ".join(conditions) or "true",
        "factor": factor_for(_number(cell["now"]), _number(cell["planned"])),
    }
    return document if message == ALL else document | {"messages": [message]}


def _of_group(value: str, group: str, unit: str, of_accounts: Collection[str]) -> list[str]:
    if not group:
        return []
    if group.startswith(_SEGMENT):
        return _of_segment(value, group.removeprefix(_SEGMENT).split(","), of_accounts)
    name = group.removeprefix(_TRAIT)
    if not group.startswith(_TRAIT) or not _WORD.fullmatch(name):
        told = wrong("group_by_trait", group=repr(group))
        raise InputRefused("bad_option", told, 422, "group")
    return [f"{unit}.traits.{name} == {_quoted(value)}"]


def _of_segment(value: str, segments: Sequence[str], of_accounts: Collection[str]) -> list[str]:
    """Write who is counted with a segment: who is in it, and in none that was named before it.

    >>> _of_segment("b", ["a", "b"], {"b"})
    ['!("a" in person.segments)', '"b" in account.segments']
    >>> _of_segment("(none)", ["a"], ())
    ['!("a" in person.segments)']
    """
    before = segments if value == NONE else segments[: segments.index(value)]
    inside = [
        f"{_quoted(one)} in {'account' if one in of_accounts else 'person'}.segments"
        for one in (*before, value)
    ]
    outside = [f"!({one})" for one in inside[: len(before)]]
    return outside if value == NONE else [*outside, inside[-1]]


def _key(*parts: str) -> str:
    """Make a key that reads like the cell and is its alone."""
    readable = re.sub(r"[^a-z0-9]+", "-", " ".join(parts).lower()).strip("-")[:60]
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:8]
    return f"{PREFIX}{readable}-{digest}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _set_back(old: Factor) -> JsonObject:
    document: JsonObject = {"kind": "factor", "key": old.key, "when": old.when, "factor": 1.0}
    return document | ({"messages": [*old.messages]} if old.messages else {})


def _number(value: Json) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
