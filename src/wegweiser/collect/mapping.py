"""Declared mappings: rows of files and bodies of webhooks become elements of the Segment kind."""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from wegweiser.query.cel import (
    DYN,
    MAPPING_FUNCTIONS,
    Expression,
    MissingField,
    Schema,
    compile_expression,
)
from wegweiser.terms.errors import DocumentRefused, RuleRefused
from wegweiser.terms.json import Json, JsonObject

REQUIRED_OF_TYPE = {"track": ("event",), "group": ("groupId",), "alias": ("previousId",)}
_FIELDS = {"kind", "key", "source", "when", "each", "event"}


class Unmappable(Exception):
    """A row lacks something that its event needs; the text says what."""


class Template(msgspec.Struct, frozen=True):
    """A value to fill in: an expression, a literal, or a map or list of these."""

    literal: Json = None
    expression: Expression | None = None
    fields: "Mapping[str, Template] | None" = None
    items: "Sequence[Template] | None" = None


class RowMapping(msgspec.Struct, frozen=True):
    """One declared mapping, compiled."""

    key: str
    source: str
    when: Expression | None
    each: Expression | None
    events: tuple[Template, ...]

    @property
    def names_messages(self) -> bool:
        """True when every event gets its messageId from the row."""
        return all("messageId" in (template.fields or {}) for template in self.events)

    def elements(self, variable: str, row: Json, occurrence: int = 0) -> list[JsonObject]:
        """Give the elements of one row; `occurrence` counts equal rows before this one.

        Raises Unmappable when a field that an event needs is missing.
        """
        activation: JsonObject = {variable: row}
        if self.when is not None and _value(self.when, activation) is not True:
            return []
        items: Sequence[Json] = [None]
        if self.each is not None:
            found = _value(self.each, activation)
            items = found if isinstance(found, list) else []
        return [
            _named(_element(template, activation | {"item": item}), self.key, row, place)
            for place, (item, template) in enumerate(
                ((item, template) for item in items for template in self.events),
                occurrence * len(items) * len(self.events),
            )
        ]


def compile_mapping(document: JsonObject, variable: str, file: str = "mapping") -> RowMapping:
    """Compile a `kind: mapping` document for the variable that its expressions speak of.

    Raises DocumentRefused with what is wrong.
    """
    schema = Schema({variable: DYN, "item": DYN}, MAPPING_FUNCTIONS)
    unknown = sorted(set(document) - _FIELDS)
    if unknown:
        raise DocumentRefused(file, 1, f"a mapping has no field {unknown[0]}")
    event = document.get("event")
    try:
        templates = [_template(one, schema) for one in _as_list(event)]
        mapping = RowMapping(
            key=_required_text(document, "key", file),
            source=_required_text(document, "source", file),
            when=_expression(document.get("when"), schema),
            each=_expression(document.get("each"), schema),
            events=tuple(templates),
        )
    except RuleRefused as error:
        raise DocumentRefused(file, 1, f"{error.text!r}: {error.message}") from error
    if not templates or any(template.fields is None for template in templates):
        raise DocumentRefused(file, 1, "event must be fields such as {type: track, event: Paid}")
    return mapping


def _as_list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _required_text(document: JsonObject, name: str, file: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise DocumentRefused(file, 1, f"a mapping needs {name}, a text")
    return value


def _expression(value: Json, schema: Schema) -> Expression | None:
    if not isinstance(value, str) or not value.startswith("="):
        return None
    return compile_expression(value[1:], schema)


def _template(value: Json, schema: Schema) -> Template:
    if isinstance(value, dict):
        return Template(fields={name: _template(part, schema) for name, part in value.items()})
    if isinstance(value, list):
        return Template(items=[_template(part, schema) for part in value])
    expression = _expression(value, schema)
    return Template(literal=value) if expression is None else Template(expression=expression)


class _Missing:
    """The mark of a value that the row does not have."""


_MISSING = _Missing()


def _filled(template: Template, activation: JsonObject) -> Json | _Missing:
    if template.expression is not None:
        return _value(template.expression, activation)
    if template.fields is not None:
        parts = {name: _filled(part, activation) for name, part in template.fields.items()}
        return {name: part for name, part in parts.items() if not isinstance(part, _Missing)}
    if template.items is not None:
        listed = [_filled(part, activation) for part in template.items]
        return [part for part in listed if not isinstance(part, _Missing)]
    return template.literal


def _value(expression: Expression, activation: JsonObject) -> Json | _Missing:
    try:
        return expression.evaluate(activation)
    except MissingField:
        return _MISSING


def _element(template: Template, activation: JsonObject) -> JsonObject:
    element: JsonObject = {}
    for name, part in (template.fields or {}).items():
        value = _filled(part, activation)
        if not isinstance(value, _Missing):
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


def _named(element: JsonObject, key: str, row: Json, place: int) -> JsonObject:
    if element.get("messageId"):
        return element
    digest = hashlib.blake2b(msgspec.json.encode([key, row, place], order="sorted"))
    return element | {"messageId": f"map-{digest.hexdigest()[:40]}"}
