"""What happened to persons, told once to whoever listens and kept for the timeline."""

from collections.abc import Callable, Iterable, Iterator

import msgspec

from wegweiser.flow.tables import LINEAGE, number_key
from wegweiser.flow.unify import Unifier
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.lineage import Lineage

_OF_MESSAGE, _OF_PERSON = b"m", b"p"
_END = b"\x00"


class LineageBook:
    """Takes from the directory what changed; whatever a replay brings again is known by its id.

    It is kept beside the fold, before the feeds, so that what they tell is committed with it.
    """

    def __init__(self, unifier: Unifier, store: OperationalStore, clock: Clock):
        self._unifier = unifier
        self._store = store
        self._clock = clock
        self._fresh: dict[str, Lineage] = {}
        # Handed over, but perhaps not committed yet.
        self._drained: dict[str, Lineage] = {}
        self.listeners: list[Callable[[Lineage], None]] = []
        unifier.beside.append(self)

    def _collect(self) -> None:
        news = self._unifier.directory.take_lineage()
        if not news:
            return
        kept = self._store.get(LINEAGE, [_message_key(one.message_id) for one in news])
        for one, stored in zip(news, kept, strict=True):
            held = one.message_id in self._fresh or one.message_id in self._drained
            if not held and stored is None:
                self._tell(one if one.at else msgspec.structs.replace(one, at=self._clock.now_ms()))

    def _tell(self, one: Lineage) -> None:
        self._fresh[one.message_id] = one
        for listener in self.listeners:
            listener(one)

    def of_person(self, person_id: str) -> list[Lineage]:
        """Give what happened to a person under this id, newest first."""
        self._collect()
        found = {
            one.message_id: one
            for held in (self._drained, self._fresh)
            for one in held.values()
            if person_id in _persons_in(one)
        }
        for one in self._stored(person_id):
            found.setdefault(one.message_id, one)
        order = sorted(found.values(), key=lambda one: (one.at, one.log_position, one.message_id))
        return order[::-1]

    def _stored(self, person_id: str) -> Iterator[Lineage]:
        ids = [value for _, value in self._store.scan(LINEAGE, _person_prefix(person_id))]
        keys = [_OF_MESSAGE + message_id for message_id in ids]
        for value in self._store.get(LINEAGE, keys) if keys else ():
            if value is not None:
                yield msgspec.json.decode(value, type=Lineage)

    def drain(self) -> list[Change]:
        """Hand over what is not yet committed."""
        self._collect()
        fresh, self._fresh = self._fresh, {}
        self._drained |= fresh
        return [change for one in fresh.values() for change in _rows(one)]

    def erased(self, person_ids: Iterable[str], accounts: Iterable[str]) -> list[Change]:
        """Forget what happened to persons; gives what is to be committed at once."""
        changes: list[Change] = []
        for person_id in person_ids:
            for one in [*self.of_person(person_id)]:
                self._fresh.pop(one.message_id, None)
                self._drained.pop(one.message_id, None)
                changes += [Change(row.table, row.key, None) for row in _rows(one)]
        return changes

    def evict(self) -> None:
        """Give memory back; only after everything drained is committed."""
        self._drained = {}


def _persons_in(one: Lineage) -> set[str]:
    return {one.person_id, *(held.person_id for held in one.previous)}


def _rows(one: Lineage) -> Iterator[Change]:
    message_id = one.message_id.encode()
    yield Change(LINEAGE, _message_key(one.message_id), msgspec.json.encode(one))
    for person_id in sorted(_persons_in(one)):
        place = number_key(one.at, one.log_position) + message_id
        yield Change(LINEAGE, _person_prefix(person_id) + place, message_id)


def _message_key(message_id: str) -> bytes:
    return _OF_MESSAGE + message_id.encode()


def _person_prefix(person_id: str) -> bytes:
    return _OF_PERSON + person_id.encode() + _END
