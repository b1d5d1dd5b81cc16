"""The tracking plan: declared schemas, checked on arrival of every event that one is for."""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from wegweiser.collect.schema import EventSchema, compile_schema
from wegweiser.collect.screen import Screen
from wegweiser.decide.document import Documents, Loose
from wegweiser.flow.mappings import DocumentBook, Put
from wegweiser.flow.tables import SCHEMAS
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.terms.errors import DocumentRefused, InputRefused
from wegweiser.terms.event import CallType, Event
from wegweiser.terms.json import JsonObject
from wegweiser.terms.source import Caller
from wegweiser.terms.wrong import wrong

SCHEMA, PLAN = "event_schema", "tracking_plan"
KINDS = (SCHEMA, PLAN)
FAULTS = "schema_faults"
_PLAN_FIELDS = {"kind", "key", "undeclared", "description"}
_UNDECLARED = ("observe", "quarantine")
Place = tuple[CallType, str]


class SchemaBook:
    """Schemas by call and name; without any, nothing is checked and nothing costs time."""

    def __init__(self, store: OperationalStore):
        self._documents = DocumentBook(store, SCHEMAS)
        self.faults: Counter[str] = Counter()
        self._read()

    def _read(self) -> None:
        documents = self._documents.all()
        compiled = [compile_schema(one) for one in documents if one["kind"] == SCHEMA]
        self._schemas: Mapping[Place, EventSchema] = {
            (schema.call, schema.name): schema for schema in compiled
        }
        self._strict = any(one.get("undeclared") == "quarantine" for one in documents)

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        seen = {
            (schema.call, schema.name): schema.key
            for schema in map(compile_schema, self.declared())
        }
        for found in documents.of_kind(SCHEMA):
            schema = compile_schema(found.fields, found.file, found.line)
            other = seen.setdefault((schema.call, schema.name), schema.key)
            if other != schema.key:
                fault = wrong(
                    "declared_already", call=schema.call, name=repr(schema.name), key=repr(other)
                )
                raise DocumentRefused(found.file, found.line, fault.of(SCHEMA))
        for found in documents.of_kind(PLAN):
            _check_plan(found)

    def put(self, documents: Documents) -> Put:
        """Keep what was checked; it counts from the next request on."""
        kept = Put()
        for kind in KINDS:
            # Two kinds in one table: their keys must not meet.
            kept += self._documents.put(_named(kind, documents.of_kind(kind)))
        self._read()
        return kept

    def declared(self) -> list[JsonObject]:
        """Give the declared schemas as they were written, by key."""
        return [
            {**one, "key": str(one["key"]).partition(":")[2]}
            for one in self._documents.all()
            if one["kind"] == SCHEMA
        ]

    def screener(self, caller: Caller, received_at: int) -> Screen | None:
        """Give the check for a request, None while nothing is declared."""
        return self._checked if self._schemas or self._strict else None

    def _checked(self, event: Event) -> Event:
        schemas = self._schemas
        schema = schemas.get((event.type, event.event or event.name)) or schemas.get(
            (event.type, "")
        )
        if schema is None:
            if self._strict:
                self.faults["undeclared"] += 1
                raise InputRefused("undeclared_event", "The tracking plan knows no such event.")
            return event
        faults = schema.faults(event)
        if not faults:
            return event
        self.faults[schema.key.partition(":")[2]] += 1
        if schema.mode == "quarantine":
            told = f"The event breaks its schema: {'; '.join(faults)}."
            raise InputRefused("schema_violation", told)
        return msgspec.structs.replace(event, enriched={**event.enriched, FAULTS: list(faults)})


def _named(kind: str, found: Iterable[Loose]) -> Iterable[JsonObject]:
    return ({**one.fields, "key": f"{kind}:{one.key}"} for one in found)


def _check_plan(found: Loose) -> None:
    for field in sorted(set(found.fields) - _PLAN_FIELDS):
        raise DocumentRefused(found.file, found.line, wrong("foreign_field", name=field).of(PLAN))
    if found.fields.get("undeclared", "observe") not in _UNDECLARED:
        fault = wrong("one_of", field="undeclared", known=", ".join(_UNDECLARED))
        raise DocumentRefused(found.file, found.line, fault.of(PLAN))
