"""Declared segments: documents of kind segment, their rules compiled and put in order."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, cast, get_args

import msgspec

from wegweiser.decide.document import Documents, Loose
from wegweiser.decide.rule_schema import RULE_SCHEMA
from wegweiser.flow.mappings import DocumentBook, Put
from wegweiser.flow.tables import SEGMENTS
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.query.cel import (
    STRING,
    TIMESTAMP,
    FieldType,
    Rule,
    Schema,
    closed_map,
    compile_rule,
    list_of,
    tree,
)
from wegweiser.query.cel.foresight import Foresight, foresee
from wegweiser.query.cel.looking_back import segment_functions
from wegweiser.query.cel.parse import parse
from wegweiser.terms.errors import DocumentRefused, InputRefused, RuleRefused
from wegweiser.terms.json import JsonObject

KIND = "segment"
Of = Literal["person", "account"]
MOST_SEGMENTS = 1_000
_FIELDS = ("kind", "key", "name", "of", "when", "description")
# What segment rules say of an account beyond what decisions read of it.
_MORE_OF_ACCOUNT: Mapping[str, FieldType] = {
    "members": list_of(closed_map({"role": STRING, "status": STRING})),
}


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """A segment whose rule was checked: `events` and `segments` are what the rule looks up."""

    key: str
    name: str
    of: Of
    when: str
    description: str
    rule: Rule
    foresight: Foresight
    events: frozenset[str]
    segments: frozenset[str]
    with_stage: bool

    def is_same_rule(self, other: "Segment | None") -> bool:
        """Tell whether another segment has the same members."""
        return other is not None and (self.of, self.when) == (other.of, other.when)


def segment_schema(of: Of) -> Schema:
    """Give what a segment rule may speak of."""
    declared = RULE_SCHEMA.variables[of].fields or {}
    fields = {name: kind for name, kind in declared.items() if name != "segments"}
    if of == "account":
        fields = {**_MORE_OF_ACCOUNT, **fields}
    variables = {of: closed_map(fields), "history": closed_map({}), "as_of": TIMESTAMP}
    return Schema(variables, segment_functions(of))


SCHEMAS: Mapping[Of, Schema] = {of: segment_schema(of) for of in get_args(Of)}


def compile_segment(
    when: str, of: Of, key: str = "", name: str = "", description: str = ""
) -> Segment:
    """Compile a rule over a person or an account; raises RuleRefused with place and remedy.

    >>> compile_segment('count("Order Completed", "30d") >= 2', "person").events
    frozenset({'Order Completed'})
    """
    schema = SCHEMAS[of]
    rule = compile_rule(when, schema)
    calls = [node for node in tree.walk(parse(when)) if isinstance(node, tree.Call)]
    return Segment(
        key=key,
        name=name or key,
        of=of,
        when=when,
        description=description,
        rule=rule,
        foresight=foresee(when, schema),
        events=_first_texts(calls, ("count", "seen")),
        segments=_first_texts(calls, ("in_segment",)),
        with_stage=any(keys[:2] == (of, "stage") for keys in rule.key_paths),
    )


def _first_texts(calls: Iterable[tree.Call], functions: Sequence[str]) -> frozenset[str]:
    first = (call.arguments[0] for call in calls if call.function in functions)
    return frozenset(str(node.value) for node in first if isinstance(node, tree.Literal))


def read_segment(document: JsonObject, file: str = "segments", line: int = 1) -> Segment:
    """Read a `kind: segment` document; raises DocumentRefused with file, line and remedy."""

    def refused(reason: str) -> DocumentRefused:
        return DocumentRefused(file, line, f"segment {document.get('key', '')}: {reason}")

    for field in sorted(set(document) - set(_FIELDS)):
        raise refused(f"there is no field {field}; use {', '.join(_FIELDS[1:])}")
    of = document.get("of", "person")
    if of not in get_args(Of):
        raise refused("of is person or account")
    when = document.get("when")
    if not isinstance(when, str) or not when.strip():
        raise refused("when is missing; write a rule such as 'person.engagement > 5'")
    texts = {name: document.get(name, "") for name in ("name", "description")}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise refused(f"{name} is a text")
    try:
        return compile_segment(
            when,
            cast(Of, of),
            str(document.get("key", "")),
            str(texts["name"]),
            str(texts["description"]),
        )
    except RuleRefused as error:
        raise refused(f"when: {error.message}") from error


class SegmentBook:
    """All declared segments; a referred one comes before those that ask for it."""

    def __init__(self, store: OperationalStore):
        self._documents = DocumentBook(store, SEGMENTS)
        self._read()

    def _read(self) -> None:
        read = [read_segment(one) for one in self._documents.all()]
        self.by_key: Mapping[str, Segment] = {one.key: one for one in read}
        ordered = in_order(self.by_key)
        self.of: Mapping[Of, tuple[Segment, ...]] = {
            of: tuple(one for one in ordered if one.of == of) for of in get_args(Of)
        }

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        found = documents.of_kind(KIND)
        fresh = {one.key: read_segment(one.fields, one.file, one.line) for one in found}
        together = {**self.by_key, **fresh}
        for one in found:
            _check_neighbours(one, fresh[one.key], together)
        if len(together) > MOST_SEGMENTS:
            last = found[-1]
            raise DocumentRefused(last.file, last.line, f"there are {MOST_SEGMENTS} segments")

    def put(self, documents: Documents) -> Put:
        """Keep what was checked."""
        kept = self._documents.put(one.fields for one in documents.of_kind(KIND))
        if kept.created or kept.changed:
            self._read()
        return kept


def _check_neighbours(found: Loose, segment: Segment, all_of_them: Mapping[str, Segment]) -> None:
    for key in sorted(segment.segments):
        other = all_of_them.get(key)
        if other is None or other.of != segment.of:
            reason = f"there is no segment {key} of {segment.of}s; declare it first"
            raise DocumentRefused(found.file, found.line, f"segment {found.key}: {reason}")
    try:
        in_order(all_of_them)
    except InputRefused as error:
        told = f"segment {found.key}: {error.message}"
        raise DocumentRefused(found.file, found.line, told) from error


def in_order(segments: Mapping[str, Segment]) -> list[Segment]:
    """Put segments so that each comes after those it asks for; raises InputRefused on a circle."""
    ordered: dict[str, Segment] = {}
    waiting = dict(sorted(segments.items()))
    while waiting:
        ready = [key for key, one in waiting.items() if one.segments <= ordered.keys()]
        if not ready:
            raise InputRefused(
                "bad_segment", f"{', '.join(waiting)} ask for each other in a circle.", 422
            )
        ordered |= {key: waiting.pop(key) for key in ready}
    return list(ordered.values())
