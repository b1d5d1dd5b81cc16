"""YAML documents as objects to apply: every error names file, line and remedy."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import get_args

import msgspec

from wegweiser.decide.document_check import Fault, faults, key_faults
from wegweiser.decide.kind import (
    INNER_TYPES,
    SINGLE_KINDS,
    TYPE_OF_KIND,
    Described,
    Object,
    suggest,
)
from wegweiser.decide.yaml_tree import Tree, read_yaml
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.message import Channel

_PLACE = re.compile(r" - at `(?:key in )?\$(?P<path>[^`]*)`$")
_MOMENTS = ("starts_at", "ends_at")
# Kinds that no decision needs: they stay as they were written and are read by who uses them.
LOOSE_KINDS = (
    "mapping",
    "hook",
    "pull",
    "field_rule",
    "legal_basis",
    "taxonomy",
    "event_schema",
    "tracking_plan",
    "segment",
    "journey",
    "retention",
    "purpose",
    "buying_group",
    "free_mail_domains",
    "identity_rules",
    "computed_trait",
    "intent_signal",
    "protected_traits",
)


class Loose(msgspec.Struct, frozen=True):
    """A document of another kind as it was written, with the file and line where it begins."""

    kind: str
    key: str
    fields: JsonObject
    file: str
    line: int

    @property
    def name(self) -> str:
        """The kind and key, under which the document is applied."""
        return f"{self.kind} {self.key}"


class Documents(msgspec.Struct, frozen=True):
    """What a set of files holds."""

    objects: tuple[Described, ...]
    loose: tuple[Loose, ...] = ()

    def of_kind(self, kind: str) -> list[Loose]:
        """Give the documents of one of the LOOSE_KINDS."""
        return [found for found in self.loose if found.kind == kind]


Judge = Callable[[Object], Iterable[Fault]]
"""Tells what else is wrong with an object, as (path, reason): what a workspace itself forbids."""


def read_documents(files: Sequence[tuple[str, str]], judge: Judge = lambda value: ()) -> Documents:
    """Read (name, text) of YAML files; raises DocumentRefused with the first fault.

    >>> found = read_documents([("a.yaml", "{kind: goal, key: won, when: 'event == \\"Won\\"'}")])
    >>> found.objects[0].name, found.objects[0].value.window_days
    ('goal won', 30)
    """
    objects: list[Described] = []
    loose: list[Loose] = []
    for name, text in files:
        for tree in read_yaml(name, text):
            fields = _fields(name, tree)
            if fields.get("kind") in LOOSE_KINDS:
                loose.append(_loose(name, tree, fields))
            else:
                objects.append(_object(name, tree, fields, judge))
    _refuse_twins([*objects, *loose])
    return Documents(tuple(objects), tuple(loose))


def _loose(name: str, tree: Tree, fields: JsonObject) -> Loose:
    kind, key = str(fields["kind"]), fields.get("key")
    if key is None and kind == "mapping":
        return Loose(kind, "", fields, name, tree.line(""))  # whoever compiles it asks for one
    if not isinstance(key, str):
        raise DocumentRefused(name, tree.line(""), f"a {kind} needs key, a text")
    for path, reason in key_faults(".key", key):
        raise DocumentRefused(name, tree.line(path), reason)
    return Loose(kind, key, fields, name, tree.line(""))


def _fields(name: str, tree: Tree) -> JsonObject:
    if not isinstance(tree.value, dict):
        raise DocumentRefused(name, tree.line(""), "a document must be fields, such as kind: goal")
    return tree.value


def _object(name: str, tree: Tree, fields: JsonObject, judge: Judge) -> Described:
    kind = fields.get("kind")
    known = [*TYPE_OF_KIND, *LOOSE_KINDS]
    if not isinstance(kind, str):
        raise DocumentRefused(name, tree.line(".kind"), f"kind is missing; {suggest('', known)}")
    if kind not in TYPE_OF_KIND:
        reason = f"kind {kind} is not known; {suggest(kind, known)}"
        raise DocumentRefused(name, tree.line(".kind"), reason)
    value = _converted(name, tree, kind, {k: v for k, v in fields.items() if k != "kind"})
    for path, reason in (*faults(value), *judge(value)):
        raise DocumentRefused(name, tree.line(path), reason)
    key = "" if kind in SINGLE_KINDS else _key_of(value)
    return Described(kind, key, value, name, tree.line(""))


def _key_of(value: Object) -> str:
    key = str(getattr(value, "key", ""))
    return f"{value.message}/{key}" if hasattr(value, "message") else key


def _converted(name: str, tree: Tree, kind: str, fields: JsonObject) -> Object:
    wanted = TYPE_OF_KIND[kind]
    for path, field, known in _unknown_fields(wanted, fields, ""):
        reason = f"{kind} has no field {field}; {suggest(field, known)}"
        raise DocumentRefused(name, tree.line(path), reason)
    for field in _MOMENTS:
        if kind == "message" and field in fields:
            fields = {**fields, field: _moment(name, tree, field, fields[field])}
    if kind == "message":
        fields = {"variants": [], **fields}
    if isinstance(rules := fields.get("rules"), list):
        fields = {**fields, "rules": [_lenient_if_soft(rule) for rule in rules]}
    try:
        return msgspec.convert(fields, wanted)
    except msgspec.ValidationError as error:
        raise _refused(name, tree, kind, str(error)) from None


def _lenient_if_soft(rule: Json) -> Json:
    # Missing data keeps out where a message must not be, and not where it would only suit less.
    if isinstance(rule, dict) and rule.get("label") in ("applicable", "suitable"):
        return {"on_unknown": "pass", **rule}
    return rule


def _unknown_fields(
    wanted: type[msgspec.Struct], fields: JsonObject, path: str
) -> Iterable[tuple[str, str, list[str]]]:
    known = [field.encode_name for field in msgspec.structs.fields(wanted)]
    for field, value in fields.items():
        if field not in known:
            yield f"{path}.{field}", field, known
        elif field in INNER_TYPES and isinstance(value, list):
            for index, part in enumerate(value):
                if isinstance(part, dict):
                    inner = f"{path}.{field}[{index}]"
                    yield from _unknown_fields(INNER_TYPES[field], part, inner)


def _moment(name: str, tree: Tree, field: str, claim: Json) -> int | None:
    at_ms = parse_instant(claim)
    if at_ms is None and claim is not None:
        reason = f"{field} {claim!r} is no time; write it like 2026-11-22T09:00:00Z"
        raise DocumentRefused(name, tree.line(f".{field}"), reason)
    return at_ms


def _refused(name: str, tree: Tree, kind: str, error: str) -> DocumentRefused:
    found = _PLACE.search(error)
    path = found["path"] if found else ""
    reason = _PLACE.sub("", error).replace("Object missing required", "missing").replace("`", "")
    place = f"{kind}{path}" if path else kind
    if path.endswith("channel"):
        reason += f"; known are {', '.join(get_args(Channel))}"
    return DocumentRefused(name, tree.line(path), f"{place}: {reason[:1].lower()}{reason[1:]}")


def _refuse_twins(objects: Sequence[Described | Loose]) -> None:
    seen: dict[str, Described | Loose] = {}
    for found in objects:
        first = seen.setdefault(found.name, found)
        if first is not found:
            reason = f"{found.name} stands already in {first.file}, line {first.line}; keep one"
            raise DocumentRefused(found.file, found.line, reason)
