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
    DOUBLE,
    STRING,
    TIMESTAMP,
    FieldType,
    Rule,
    Schema,
    closed_map,
    compile_rule,
    list_of,
    open_map,
    tree,
)
from wegweiser.query.cel.foresight import Foresight, foresee
from wegweiser.query.cel.looking_back import segment_functions
from wegweiser.query.cel.parse import parse
from wegweiser.terms.errors import DocumentRefused, InputRefused, RuleRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.profile import INSIGHTS
from wegweiser.terms.rule_fault import fault
from wegweiser.terms.wrong import Wrong, wrong

KIND = "segment"
Of = Literal["person", "account"]
MOST_SEGMENTS = 1_000
_FIELDS = ("kind", "key", "name", "of", "when", "description")
# The profile under its short name, whatever the segment is of.
PROFILE = "p"
LIKELIEST = "label"
_ROLE: Mapping[str, FieldType] = {"role": STRING, "status": STRING}
_ACCOUNT = closed_map({**_ROLE, "group_id": STRING, "traits": open_map(), "completeness": DOUBLE})
# What segment rules say beyond what decisions read.
_MORE: Mapping[Of, Mapping[str, FieldType]] = {
    "person": {"accounts": list_of(_ACCOUNT)},
    "account": {
        "members": list_of(closed_map({**_ROLE, "person_id": STRING})),
        "completeness": DOUBLE,
    },
}
_OF_ACCOUNTS = frozenset({"traits", "completeness"})


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """A segment whose rule was checked: `events`, `sums` and `segments` are what it looks up.

    The flags tell what else the rule reads: the stage, the traits or completeness of a person's
    accounts, and consent.
    """

    key: str
    name: str
    of: Of
    when: str
    description: str
    rule: Rule
    foresight: Foresight
    events: frozenset[str]
    sums: frozenset[str]
    segments: frozenset[str]
    with_stage: bool
    with_insight: bool
    of_accounts: frozenset[str]
    with_consent: bool

    def is_same_rule(self, other: "Segment | None") -> bool:
        """Tell whether another segment has the same members."""
        return other is not None and (self.of, self.when) == (other.of, other.when)


def segment_schema(of: Of) -> Schema:
    """Give what a segment rule may speak of."""
    declared = RULE_SCHEMA.variables[of].fields or {}
    fields = {name: kind for name, kind in declared.items() if name != "segments"}
    stages = fields["stage"].fields or {}
    fields |= {**_MORE[of], "stage": closed_map({**stages, LIKELIEST: STRING})}
    about = closed_map(fields)
    looked_up = dict.fromkeys(("history", "sums"), closed_map({}))
    variables = {of: about, PROFILE: about, **looked_up, "as_of": TIMESTAMP}
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
    nodes = list(tree.walk(parse(when)))
    calls = [node for node in nodes if isinstance(node, tree.Call)]
    reads = frozenset(keys[1] for keys in rule.key_paths if keys[0] in (of, PROFILE) and keys[1:])
    _refuse_label_alone(rule, of)
    return Segment(
        key=key,
        name=name or key,
        of=of,
        when=when,
        description=description,
        rule=rule,
        foresight=foresee(when, schema),
        events=_first_texts(calls, ("count", "seen")),
        sums=_first_texts(calls, ("sum",)),
        segments=_first_texts(calls, ("in_segment",)),
        with_stage="stage" in reads,
        with_insight=not reads.isdisjoint(INSIGHTS),
        of_accounts=_read_of_accounts(nodes) if "accounts" in reads else frozenset(),
        with_consent="consent" in reads or any(one.function == "consented" for one in calls),
    )


def _refuse_label_alone(rule: Rule, of: Of) -> None:
    """Refuse a rule that hangs on the likeliest stage without asking how sure it is."""
    stages = {
        keys[2]
        for keys in rule.key_paths
        if keys[:2] in ((of, "stage"), (PROFILE, "stage")) and len(keys) > 2
    }
    if stages == {LIKELIEST}:
        raise RuleRefused(
            rule.text,
            0,
            fault("likeliest_stage"),
            fault("add_probability", words="p.stage.evaluate > 0.4"),
        )


def _read_of_accounts(nodes: Iterable[tree.Node]) -> frozenset[str]:
    """Give what a rule may read that only the accounts themselves know."""
    found: set[object] = set()
    for node in nodes:
        if isinstance(node, tree.Select | tree.Has):
            found.add(node.field)
        elif isinstance(node, tree.Index) and isinstance(node.key, tree.Literal):
            found.add(node.key.value)
    return _OF_ACCOUNTS.intersection(map(str, found))


def _first_texts(calls: Iterable[tree.Call], functions: Sequence[str]) -> frozenset[str]:
    first = (call.arguments[0] for call in calls if call.function in functions)
    return frozenset(str(node.value) for node in first if isinstance(node, tree.Literal))


def read_segment(document: JsonObject, file: str = "segments", line: int = 1) -> Segment:
    """Read a `kind: segment` document; raises DocumentRefused with file, line and remedy."""

    def refused(fault: Wrong) -> DocumentRefused:
        return DocumentRefused(file, line, fault.of(f"segment {document.get('key', '')}"))

    for field in sorted(set(document) - set(_FIELDS)):
        hint = wrong("known", names=", ".join(_FIELDS[1:]))
        raise refused(wrong("no_such_field", name=field, hint=hint))
    of = document.get("of", "person")
    if of not in get_args(Of):
        raise refused(wrong("no_of"))
    when = document.get("when")
    if not isinstance(when, str) or not when.strip():
        raise refused(wrong("no_rule"))
    texts = {name: document.get(name, "") for name in ("name", "description")}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise refused(wrong("not_text", field=name))
    try:
        return compile_segment(
            when,
            cast(Of, of),
            str(document.get("key", "")),
            str(texts["name"]),
            str(texts["description"]),
        )
    except RuleRefused as error:
        raise refused(wrong("at_start", name="when", reason=error)) from error


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

    def remove(self, key: str) -> None:
        """Declare a segment no more; raises InputRefused while another one asks for it."""
        asking = sorted(one.key for one in self.by_key.values() if key in one.segments)
        if asking:
            reason = wrong("asked_for", keys=", ".join(asking), key=key)
            raise InputRefused("bad_segment", reason, 409)
        self._documents.remove(key)
        self._read()

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        found = documents.of_kind(KIND)
        fresh = {one.key: read_segment(one.fields, one.file, one.line) for one in found}
        together = {**self.by_key, **fresh}
        for one in found:
            _check_neighbours(one, fresh[one.key], together)
        if len(together) > MOST_SEGMENTS:
            last = found[-1]
            fault = wrong("many_segments", most=MOST_SEGMENTS)
            raise DocumentRefused(last.file, last.line, fault)

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
            fault = wrong("neighbour", key=key, of=segment.of).of(found.name)
            raise DocumentRefused(found.file, found.line, fault)
    try:
        in_order(all_of_them)
    except InputRefused as error:
        told = wrong("at_start", name=found.name, reason=error)
        raise DocumentRefused(found.file, found.line, told) from error


def in_order(segments: Mapping[str, Segment]) -> list[Segment]:
    """Put segments so that each comes after those it asks for; raises InputRefused on a circle."""
    ordered: dict[str, Segment] = {}
    waiting = dict(sorted(segments.items()))
    while waiting:
        ready = [key for key, one in waiting.items() if one.segments <= ordered.keys()]
        if not ready:
            raise InputRefused("bad_segment", wrong("circle", keys=", ".join(waiting)), 422)
        ordered |= {key: waiting.pop(key) for key in ready}
    return list(ordered.values())
