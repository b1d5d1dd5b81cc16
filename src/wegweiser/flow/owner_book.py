"""What counts for whom, a row per person, so that questions need not compute everybody."""

from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from wegweiser.flow.tables import META, OWNERS
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.resolve.directory import Directory
from wegweiser.resolve.owners import Owned
from wegweiser.terms.identity import Leaf

# Stands in META while every person has its row.
COMPLETE = b"owners"
# More persons than these are written over several commits, so that none of them takes long.
PERSONS_PER_DRAIN = 20_000
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Owned).decode


class OwnerBook:
    """Writes the rows of all persons whose make-up changed, in slices.

    A folder that is not complete, as it is older or an erasure was cut off, is filled up.
    """

    def __init__(self, directory: Directory, store: OperationalStore):
        self._directory = directory
        self._waiting: dict[str, None] = {}
        self._leaves: list[Leaf] = []
        self._leaving: list[str] = []
        self._is_complete = store.get(META, [COMPLETE])[0] is not None
        is_empty = next(directory.names(), None) is None
        # Whoever may lack a row, computed as they are taken.
        self._others = None if self._is_complete or is_empty else directory.persons()
        self._room = 0

    @property
    def lagging(self) -> bool:
        """True while noted rows are to be handed over, or that everybody has one is to be said."""
        noted = self._waiting or self._leaving or self._leaves
        return bool(noted) or (self._others is None and not self._is_complete)

    def note(self, person_ids: Iterable[str]) -> None:
        """Note persons whose rows are to be written anew."""
        self._waiting.update(dict.fromkeys(person_ids))

    def note_leaf(self, leaf: Leaf) -> None:
        """Note a leaf that has its first events; whose it is is asked when it is written."""
        self._leaves.append(leaf)

    def _find_owners(self) -> None:
        leaves, self._leaves = self._leaves, []
        for leaf in leaves:
            self.note((self._directory.person_of(leaf), *self._directory.owners_of(leaf)))

    def drain(self) -> list[Change]:
        """Hand over what the next slices would, at once."""
        changes = self.begin_drain()
        while part := self.drain_slice(PERSONS_PER_DRAIN):
            changes += part
        return changes

    def begin_drain(self) -> list[Change]:
        """Mark the persons for the slices that follow; gives whether all will have their rows."""
        self._find_owners()
        taken = list(islice(self._waiting, PERSONS_PER_DRAIN - len(self._leaving)))
        for person_id in taken:
            del self._waiting[person_id]
        self._leaving += taken
        self._room = PERSONS_PER_DRAIN - len(self._leaving)
        return self._told(not self._waiting and self._others is None)

    def _told(self, is_complete: bool) -> list[Change]:
        if is_complete == self._is_complete:
            return []
        self._is_complete = is_complete
        return [Change(META, COMPLETE, b"1" if is_complete else None)]

    def drain_slice(self, persons: int) -> list[Change]:
        """Hand over the rows of some marked persons; empty at the end."""
        taken, self._leaving = self._leaving[:persons], self._leaving[persons:]
        taken = taken or self._more(persons)
        return [Change(OWNERS, person_id.encode(), self._row(person_id)) for person_id in taken]

    def _more(self, persons: int) -> list[str]:
        """Take some of those who may lack a row, as long as this drain has room."""
        wanted = min(persons, self._room)
        found = list(islice(self._others or (), wanted))
        self._room -= len(found)
        if len(found) < wanted:
            self._others = None
        return found

    def _row(self, person_id: str) -> bytes | None:
        found = self._directory.owned_by(person_id)
        return None if found is None else _encode(found)

    def erased(self, person_ids: Iterable[str]) -> list[Change]:
        """Forget persons; until those around them are noted and drained nothing is complete."""
        gone = [Change(OWNERS, person_id.encode(), None) for person_id in person_ids]
        return [*gone, *self._told(False)]


def is_complete(store: OperationalStore) -> bool:
    """Tell whether everybody has a row, as of the last commit."""
    return store.get(META, [COMPLETE])[0] is not None


def named_owners(store: OperationalStore) -> list[str] | None:
    """Name everybody who has events; None while not everybody has a row."""
    return [key.decode() for key, _ in store.scan(OWNERS)] if is_complete(store) else None


def owner_row(store: OperationalStore, person_id: str) -> Owned | None:
    """Read what counts for one person, as of the last commit; None without a row."""
    [row] = store.get(OWNERS, [person_id.encode()])
    return None if row is None else _decode(row)


def read_owners(store: OperationalStore) -> Iterator[tuple[str, Owned]] | None:
    """Read what counts for each person; None while not everybody has a row."""
    if not is_complete(store):
        return None
    return ((key.decode(), _decode(value)) for key, value in store.scan(OWNERS))
