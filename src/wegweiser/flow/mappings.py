"""The declared mappings from foreign rows to events, kept by key."""

from collections.abc import Mapping, Sequence

import msgspec

from wegweiser.flow.tables import MAPPINGS
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.json import JsonObject


class Put(msgspec.Struct, frozen=True):
    """How many mappings were created, changed and left as they were."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


class MappingBook:
    """Mappings as they were declared; they are compiled where they are used."""

    def __init__(self, store: OperationalStore):
        self._store = store

    def put(self, mappings: Sequence[Mapping[str, object]]) -> Put:
        """Keep mappings by their key."""
        encoded = {
            str(mapping["key"]).encode(): msgspec.json.encode(mapping, order="sorted")
            for mapping in mappings
        }
        before = self._store.get(MAPPINGS, list(encoded))
        changes = [
            Change(MAPPINGS, key, value)
            for (key, value), old in zip(encoded.items(), before, strict=True)
            if value != old
        ]
        if changes:
            self._store.commit(changes)
        created = sum(old is None for old in before)
        return Put(created, len(changes) - created, len(encoded) - len(changes))

    def get(self, key: str) -> JsonObject | None:
        """Find a mapping."""
        stored = self._store.get(MAPPINGS, [key.encode()])[0]
        return None if stored is None else msgspec.json.decode(stored)
