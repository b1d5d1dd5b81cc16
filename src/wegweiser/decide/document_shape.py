"""One document as the term of its kind: unknown fields and wrong types, all of them, each named."""

from collections.abc import Iterator
from typing import Literal, get_args, get_origin

import msgspec

from wegweiser.decide.holdout import ALWAYS_ON
from wegweiser.decide.kind import Object, struct_in, suggest
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import Saying, Wrong, wrong
from wegweiser.terms.wrong_type import type_fault

Fault = tuple[str, Saying]
"""The path of what is wrong, such as .variants[0].key, and what is wrong with it."""

_MOMENTS = ("starts_at", "ends_at")
_MISSING = "missing_field"
_STANDING_ARMS: JsonObject = msgspec.to_builtins(ALWAYS_ON)
_CLASSES: dict[Json, bool] = {"service": True, "normal": False}


def shaped(kind: str, wanted: type[Object], fields: JsonObject) -> Object | list[Fault]:
    """Make the term of a document's fields, or give everything that keeps it from being one.

    >>> from wegweiser.terms.policy import Cap
    >>> path, fault = shaped("cap", Cap, {"key": "a", "limit": "many", "windw_hours": 1})[0]
    >>> path, fault.said("en")
    ('.windw_hours', 'cap has no field windw_hours; did you mean window_hours?')
    """
    found: list[Fault] = []
    if kind == "message":
        fields = _message(fields, found)
    if kind == "arms":
        # Old bundles ran without the arms that came later; who writes a document has them all.
        fields = {**_STANDING_ARMS, **fields}
    unknown = [*_unknown(kind, wanted, fields, "")]
    # What is missing is most often there under a wrong name, which is told already.
    misnamed = {path.rpartition(".")[0] for path, _ in unknown}
    mistyped = [*_mistyped(kind, wanted, fields, "")]
    found += unknown
    found += [
        (path, told) for path, told in mistyped if path not in misnamed or told.code != _MISSING
    ]
    return found or msgspec.convert(fields, wanted)


def _message(fields: JsonObject, found: list[Fault]) -> JsonObject:
    """Read what people write otherwise than the term keeps it: moments, the class, rules."""
    fields = {"variants": [], **fields}
    for name in _MOMENTS:
        claim = fields.get(name)
        if claim is None:
            fields.pop(name, None)
            continue
        at_ms = parse_instant(claim)
        if at_ms is None:
            found.append((f".{name}", wrong("no_moment", field=name, claim=repr(claim))))
        fields[name] = at_ms
    if "class" in fields:
        said = fields.pop("class")
        if said not in ("service", "normal") or "service" in fields:
            found.append((".class", wrong("no_class")))
        else:
            fields["service"] = _CLASSES[said]
    if isinstance(rules := fields.get("rules"), list):
        fields["rules"] = [_lenient_if_soft(rule) for rule in rules]
    return fields


def _lenient_if_soft(rule: Json) -> Json:
    # Missing data keeps out where a message must not be, and not where it would only suit less.
    if isinstance(rule, dict) and rule.get("label") in ("applicable", "suitable"):
        return {"on_unknown": "pass", **rule}
    return rule


def _unknown(kind: str, wanted: type[Object], fields: JsonObject, path: str) -> Iterator[Fault]:
    known = {field.encode_name: field.type for field in msgspec.structs.fields(wanted)}
    for name, value in fields.items():
        if name not in known:
            names = [*known, "class"] if kind == "message" and not path else [*known]
            hint = suggest(name, names)
            yield f"{path}.{name}", wrong("no_field", kind=kind, name=name, hint=hint)
        elif inner := struct_in(known[name]):
            for below, part in _parts(value, f"{path}.{name}"):
                yield from _unknown(kind, inner, part, below)


def _parts(value: Json, path: str) -> Iterator[tuple[str, JsonObject]]:
    if isinstance(value, dict):
        yield path, value
    for index, part in enumerate(value if isinstance(value, list) else []):
        if isinstance(part, dict):
            yield f"{path}[{index}]", part


def _mistyped(
    kind: str, wanted: type[Object], fields: JsonObject, path: str
) -> Iterator[tuple[str, Wrong]]:
    for field in msgspec.structs.fields(wanted):
        below = f"{path}.{field.encode_name}"
        if field.encode_name not in fields:
            if field.required:
                yield path, wrong("missing_field", name=field.encode_name).of(f"{kind}{path}")
            continue
        value, inner = fields[field.encode_name], struct_in(field.type)
        if inner and isinstance(value, list) and all(isinstance(one, dict) for one in value):
            for place, part in _parts(value, below):
                yield from _mistyped(kind, inner, part, place)
        elif inner and isinstance(value, dict) and inner is field.type:
            yield from _mistyped(kind, inner, value, below)
        else:
            yield from _refused(kind, field.type, value, below)


def _refused(kind: str, wanted: object, value: Json, path: str) -> Iterator[tuple[str, Wrong]]:
    try:
        msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        below, fault = type_fault(error)
        if words := _words_of(wanted):
            fault = wrong("with_words", reason=fault, hint=wrong("known", names=", ".join(words)))
        yield path + below, fault.of(f"{kind}{path}{below}")


def _words_of(wanted: object) -> list[str]:
    """Give the words that a field may hold, where only certain ones are allowed."""
    if get_origin(wanted) is Literal:
        return [str(one) for one in get_args(wanted)]
    return [word for inner in get_args(wanted) for word in _words_of(inner)]
