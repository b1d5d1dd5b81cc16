"""The declared mappings from foreign records to events, kept by key."""

from collections.abc import Iterable

import msgspec

from wegweiser.collect.mapping import RowMapping, compile_mapping
from wegweiser.flow.tables import MAPPINGS
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import NotFound
from wegweiser.terms.json import JsonObject


class Put(msgspec.Struct, frozen=True):
    """How many documents were created, changed and left as they were."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "Put") -> "Put":
        return Put(
            self.created + other.created,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
        )


class DocumentBook:
    """Documents of one kind as they were declared, in a table of their own, by key."""

    def __init__(self, store: OperationalStore, table: str):
        self._store = store
        self._table = table

    def put(self, documents: Iterable[JsonObject]) -> Put:
        """Keep documents by their key; the same again changes nothing."""
        encoded = {
            str(document["key"]).encode(): msgspec.json.encode(document, order="sorted")
            for document in documents
        }
        before = self._store.get(self._table, list(encoded))
        changes = [
            Change(self._table, key, value)
            for (key, value), old in zip(encoded.items(), before, strict=True)
            if value != old
        ]
        if changes:
            self._store.commit(changes)
        created = sum(old is None for old in before)
        return Put(created, len(changes) - created, len(encoded) - len(changes))

    def get(self, key: str) -> JsonObject | None:
        """Find a document."""
        stored = self._store.get(self._table, [key.encode()])[0]
        return None if stored is None else msgspec.json.decode(stored)

    def remove(self, key: str) -> None:
        """Keep a document no more."""
        self._store.commit([Change(self._table, key.encode(), None)])

    def all(self) -> list[JsonObject]:
        """List all documents by key."""
        return [msgspec.json.decode(value) for _, value in self._store.scan(self._table)]


class MappingBook(DocumentBook):
    """Mappings as they were declared; compiled once for each use."""

    def __init__(self, store: OperationalStore):
        super().__init__(store, MAPPINGS)
        self._compiled: dict[tuple[str, tuple[str, ...]], RowMapping] = {}

    def put(self, documents: Iterable[JsonObject]) -> Put:
        """Keep mappings by their key; what was compiled before counts no more."""
        self._compiled.clear()
        return super().put(documents)

    def compiled(self, key: str, variables: tuple[str, ...]) -> RowMapping:
        """Give a mapping for these variables; raises NotFound, or DocumentRefused where it
        speaks of others.
        """
        held = self._compiled.get((key, variables))
        if held is None:
            document = self.get(key)
            if document is None:
                raise NotFound(f"There is no mapping {key!r}. Apply it first: wegweiser apply.")
            held = compile_mapping(document, variables, f"mapping {key}")
            self._compiled[key, variables] = held
        return held
