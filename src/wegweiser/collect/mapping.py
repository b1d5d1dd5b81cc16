"""Declared mappings: rows of files and bodies of webhooks become elements of the Segment kind."""

import hashlib
from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec

from wegweiser.collect.limit import ELEMENTS_PER_BATCH
from wegweiser.collect.template import (
    Missing,
    Template,
    expression_of,
    filled,
    template_of,
    value_of,
)
from wegweiser.query.cel import DYN, MAPPING_FUNCTIONS, Expression, Schema
from wegweiser.terms.errors import DocumentRefused, RuleRefused
from wegweiser.terms.event import CALL_TYPES
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import Wrong, wrong

OF_ROWS = ("row",)
OF_HOOKS = ("body", "headers", "query")
REQUIRED_OF_TYPE = {"track": ("event",), "group": ("groupId",), "alias": ("previousId",)}
_FIELDS = {"kind", "key", "source", "when", "each", "event"}


class Unmappable(Exception):
    """A record lacks something that its event needs; the text says what."""


class RowMapping(msgspec.Struct, frozen=True):
    """One declared mapping, compiled for the variables that its expressions speak of.

    The record that is mapped is the first of the `variables`.
    """

    key: str
    source: str
    variables: tuple[str, ...]
    when: Expression | None
    each: Expression | None
    events: tuple[Template, ...]

    @property
    def names_messages(self) -> bool:
        """True when every event gets its messageId from the record."""
        return all("messageId" in (template.fields or {}) for template in self.events)

    def elements(
        self, activation: JsonObject, occurrence: int = 0, hook: str = ""
    ) -> list[JsonObject]:
        """Give the elements of one record; `occurrence` counts equal records before this one.

        Raises Unmappable when a field that an event needs is missing, or an event too many.
        """
        return list(self.one_by_one(activation, occurrence, hook))

    def one_by_one(
        self, activation: JsonObject, occurrence: int = 0, hook: str = ""
    ) -> Iterator[JsonObject]:
        """Yield what `elements` gives, so that others may run between the events of one record."""
        if self.when is not None and value_of(self.when, activation) is not True:
            return
        items = self._items(activation)
        count = len(items) * len(self.events)
        if count > ELEMENTS_PER_BATCH:
            raise Unmappable(f"it would become {count} events; at most {ELEMENTS_PER_BATCH} may be")
        names = _Names([hook, self.key, self._record(activation), occurrence])
        for index, item in enumerate(items):
            for place, template in enumerate(self.events):
                element = _element(template, activation | {"item": item})
                if not element.get("messageId"):
                    element["messageId"] = names.of(index, place)
                yield element

    def stated(self, activation: JsonObject) -> list[JsonObject]:
        """Give what it reads in a record, also where an event would not come of it."""
        try:
            items = self._items(activation)
        except Unmappable:
            items = [None]
        found = (
            filled(template, activation | {"item": item})
            for item in items
            for template in self.events
        )
        return [element for element in found if isinstance(element, dict)]

    def _items(self, activation: JsonObject) -> Sequence[Json]:
        if self.each is None:
            return [None]
        found = value_of(self.each, activation)
        if not isinstance(found, list):
            raise Unmappable(f"{self.each.text} is no list")
        return found

    def _record(self, activation: JsonObject) -> Json:
        """Give what makes this record itself: a webhook without a body is its query."""
        record = activation.get(self.variables[0])
        return activation.get("query") if record is None else record

    def unmapped_id(self, activation: JsonObject, occurrence: int = 0, hook: str = "") -> str:
        """Name a record that cannot be mapped, the same whenever it comes."""
        return _digest(["unmapped", hook, self.key, self._record(activation), occurrence])


def compile_mapping(
    document: JsonObject, variables: tuple[str, ...] = OF_ROWS, file: str = "mapping", line: int = 1
) -> RowMapping:
    """Compile a `kind: mapping` document for the variables that its expressions speak of.

    Raises DocumentRefused with what is wrong.
    """
    schema = Schema({**dict.fromkeys(variables, DYN), "item": DYN}, MAPPING_FUNCTIONS)
    try:
        reason = _fault(document)
        if reason is not None:
            raise DocumentRefused(file, line, reason)
        mapping = RowMapping(
            key=str(document["key"]),
            source=str(document["source"]),
            variables=variables,
            when=expression_of(document.get("when"), schema),
            each=expression_of(document.get("each"), schema),
            events=tuple(template_of(one, schema) for one in _as_list(document.get("event"))),
        )
    except RuleRefused as error:
        fault = wrong("at_start", name=repr(error.text), reason=error)
        raise DocumentRefused(file, line, fault) from error
    return mapping


def mapping_variables(document: JsonObject) -> tuple[str, ...]:
    """Tell what a mapping was written for: OF_ROWS or OF_HOOKS.

    >>> mapping_variables({"event": {"userId": "=body.id"}})
    ('body', 'headers', 'query')
    """
    schema = Schema(dict.fromkeys((*OF_ROWS, *OF_HOOKS, "item"), DYN), MAPPING_FUNCTIONS)
    try:
        spoken = {name for text in _expressions(document) for name in _variables(text, schema)}
    except RuleRefused:
        return OF_ROWS
    return OF_HOOKS if spoken & set(OF_HOOKS) else OF_ROWS


def _variables(text: str, schema: Schema) -> Sequence[str]:
    expression = expression_of(text, schema)
    return () if expression is None else tuple(expression.variables)


def _expressions(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _expressions(part)


def _fault(document: JsonObject) -> Wrong | None:
    unknown = sorted(set(document) - _FIELDS)
    if unknown:
        hint = wrong("known", names=", ".join(sorted(_FIELDS - {"kind"})))
        return wrong("no_field", kind="mapping", name=unknown[0], hint=hint)
    for name in ("key", "source"):
        if not isinstance(document.get(name), str) or not document[name]:
            return wrong("needs_text", kind="mapping", field=name)
    for name in ("when", "each"):
        value = document.get(name)
        if value is not None and not (isinstance(value, str) and value.startswith("=")):
            return wrong("no_expression", field=name)
    return next(filter(None, map(_event_fault, _as_list(document.get("event")))), None)


def _event_fault(event: Json) -> Wrong | None:
    if not isinstance(event, dict) or not event:
        return wrong("event_fields")
    kind = event.get("type")
    if not isinstance(kind, str) or not (kind in CALL_TYPES or kind.startswith("=")):
        return wrong("event_type", known=", ".join(CALL_TYPES))
    return None


def _as_list(value: Json) -> list[Json]:
    return value if isinstance(value, list) and value else [value]


def _element(template: Template, activation: JsonObject) -> JsonObject:
    element: JsonObject = {}
    for name, part in (template.fields or {}).items():
        value = filled(part, activation)
        if not isinstance(value, Missing):
            element[name] = value
    _refuse_incomplete(element)
    return element


def _refuse_incomplete(element: JsonObject) -> None:
    needed = ("type", *REQUIRED_OF_TYPE.get(str(element.get("type")), ()))
    for name in needed:
        if element.get(name) in (None, ""):
            raise Unmappable(f"the row has no value for {name}")
    if element.get("userId") in (None, "") and element.get("anonymousId") in (None, ""):
        raise Unmappable("the row has no value for userId or anonymousId")


class _Names:
    """Names for the events of one record, which is written out and read by the hash once."""

    def __init__(self, origin: Sequence[Json]):
        self._origin = origin

    @cached_property
    def _begun(self) -> "hashlib.blake2b":
        written = msgspec.json.encode(self._origin, order="sorted")
        return hashlib.blake2b(written[:-1], digest_size=20)

    def of(self, index: int, place: int) -> str:
        digest = self._begun.copy()
        digest.update(b",%d,%d]" % (index, place))
        return f"map-{digest.hexdigest()}"


def _digest(origin: Sequence[Json]) -> str:
    digest = hashlib.blake2b(msgspec.json.encode(origin, order="sorted"), digest_size=20)
    return f"map-{digest.hexdigest()}"
