"""Declared schemas of events: what a tracking plan says that an event must hold."""

from collections.abc import Iterator
from typing import Literal

import jsonschema_rs
import msgspec

from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.event import CALL_TYPES, CallType, Event
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import Wrong, wrong

Mode = Literal["observe", "quarantine"]
_MODES: dict[str, Mode] = {"observe": "observe", "quarantine": "quarantine"}
PARTS = ("properties", "traits", "context")
MOST_FAULTS = 5
LONGEST_PLACE = 120
_FIELDS = {"kind", "key", "call", "event", "mode", "description", *PARTS}


class EventSchema(msgspec.Struct, frozen=True):
    """One declared event: `name` of a track, page or screen, empty for all of a call."""

    key: str
    call: CallType
    name: str
    mode: Mode
    parts: tuple[tuple[str, jsonschema_rs.Draft202012Validator], ...]
    declared: frozenset[str] = frozenset()

    def faults(self, event: Event) -> tuple[str, ...]:
        """Give up to five places that break the schema, with the rule that each breaks.

        Values are never repeated, since they may be personal, nor are names that the schema does
        not declare: "*" stands for one of them.

        >>> document = {"key": "k", "event": "Paid", "properties": {"required": ["amount"]}}
        >>> compile_schema(document).faults(Event(type="track", message_id="m", at=0))
        ('/properties: required',)
        """
        found: list[str] = []
        for part, validator in self.parts:
            instance: Json = getattr(event, part)
            if validator.is_valid(instance):
                continue
            for error in validator.iter_errors(instance):
                path = map(self._shown, error.instance_path)
                place = "/".join(("", part, *path))[:LONGEST_PLACE]
                found.append(f"{place}: {error.schema_path[-1]}")
                if len(found) == MOST_FAULTS:
                    return tuple(found)
        return tuple(found)

    def _shown(self, step: str | int) -> str:
        return str(step) if isinstance(step, int) or step in self.declared else "*"


def compile_schema(document: JsonObject, file: str = "plan", line: int = 1) -> EventSchema:
    """Compile a `kind: event_schema` document; raises DocumentRefused with what is wrong."""

    def refused(fault: Wrong) -> DocumentRefused:
        return DocumentRefused(file, line, fault.of("event_schema"))

    for field in sorted(set(document) - _FIELDS):
        hint = wrong("known", names=", ".join(sorted(_FIELDS)))
        raise refused(wrong("no_such_field", name=field, hint=hint))
    call = next((one for one in CALL_TYPES if one == document.get("call", "track")), None)
    if call is None:
        raise refused(wrong("one_of", field="call", known=", ".join(CALL_TYPES)))
    mode = _MODES.get(str(document.get("mode", "observe")))
    if mode is None:
        raise refused(wrong("one_of", field="mode", known=", ".join(_MODES)))
    name = document.get("event", "")
    if not isinstance(name, str) or (call == "track" and not name):
        raise refused(wrong("event_name"))
    if name and call not in ("track", "page", "screen"):
        raise refused(wrong("nameless_call", call=call))
    parts = [(part, document[part]) for part in PARTS if part in document]
    if not parts:
        raise refused(wrong("no_parts", parts=", ".join(PARTS)))
    validators = tuple((part, _validator(part, schema, file, line)) for part, schema in parts)
    declared = frozenset(found for _, schema in parts for found in _declared(schema))
    return EventSchema(str(document.get("key", "")), call, name, mode, validators, declared)


def _validator(part: str, schema: Json, file: str, line: int) -> jsonschema_rs.Draft202012Validator:
    if not isinstance(schema, dict):
        raise DocumentRefused(file, line, wrong("no_schema", part=part).of("event_schema"))
    for place in _foreign(schema):
        reason = wrong("foreign_schema", part=part, place=repr(place))
        raise DocumentRefused(file, line, reason.of("event_schema"))
    try:
        # The linear engine: a pattern must not be able to stop the server.
        return jsonschema_rs.Draft202012Validator(
            schema, pattern_options=jsonschema_rs.RegexOptions(), offline=True
        )
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        told = str(error).partition("\n")[0]
        fault = wrong("bad_schema", part=part, why=told).of("event_schema")
        raise DocumentRefused(file, line, fault) from error


def _declared(schema: Json) -> Iterator[str]:
    """Yield the names of properties that a schema holds or asks for, on all levels."""
    if isinstance(schema, list):
        for item in schema:
            yield from _declared(item)
    if isinstance(schema, dict):
        for name, value in schema.items():
            if name == "properties" and isinstance(value, dict):
                yield from value
            if name == "required" and isinstance(value, list):
                yield from (item for item in value if isinstance(item, str))
            yield from _declared(value)


def _foreign(schema: Json) -> Iterator[Json]:
    """Yield references out of a schema, which nobody will follow."""
    if isinstance(schema, list):
        for item in schema:
            yield from _foreign(item)
    if isinstance(schema, dict):
        for name, value in schema.items():
            if name in ("$ref", "$dynamicRef") and not str(value).startswith("#"):
                yield value
            yield from _foreign(value)
