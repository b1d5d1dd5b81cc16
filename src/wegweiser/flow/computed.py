"""Computed traits as declared: compiled for the fold, and since when each of them counts."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from wegweiser.decide.document import Documents
from wegweiser.flow.computed_rules import KIND, check_all, counter_of, read_trait
from wegweiser.flow.mappings import DocumentBook, Put
from wegweiser.flow.tables import COMPUTED_STATES, COMPUTED_TRAITS
from wegweiser.flow.unify import Unifier
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.profile.computed import Counter, Table
from wegweiser.terms.computed import ComputedTrait


class Since(msgspec.Struct, frozen=True, array_like=True):
    """What a state counts: events beyond a position, and, by catching up, up to another.

    A figure that was switched off and is declared again begins a state of its own: what the old
    one had counted is not whole any more, and nobody knows what it missed.
    """

    declared_at: int
    beyond: int
    caught_up: int = 0

    @property
    def is_whole(self) -> bool:
        """True once everything in the log is counted."""
        return self.caught_up >= self.beyond


class ComputedBook:
    """The declared traits, what the fold gathers for them, and how far back each goes."""

    def __init__(self, store: OperationalStore, unifier: Unifier, clock: Clock):
        self._store = store
        self._clock = clock
        self._unifier = unifier
        self._documents = DocumentBook(store, COMPUTED_TRAITS)
        self.since: dict[str, Since] = {
            key.decode(): msgspec.json.decode(value, type=Since)
            for key, value in store.scan(COMPUTED_STATES)
        }
        self._changed: set[str] = set()
        self._read()
        unifier.counting = self.table
        unifier.beside.append(self)

    def _read(self) -> None:
        read = [read_trait(document) for document in self._documents.all()]
        self.traits: Mapping[str, ComputedTrait] = {one.key: one for one in read if not one.off}
        self._counters = [
            (one.event, one.state, counter_of(one, self.state_of(one)))
            for one in self.traits.values()
        ]
        self._latest = max((one.beyond for one in self.since.values()), default=0)
        self._all = self._where(lambda since: True)

    def _where(self, counts: Callable[[Since], bool]) -> Table | None:
        """Compile the counters whose state is whole from the beginning, or is asked for."""
        by_event: dict[str, dict[str, Counter]] = {}
        for event, state, counter in self._counters:
            since = self.since.get(state)
            if counts(_FROM_THE_BEGINNING if since is None else since):
                by_event.setdefault(event, {})[counter.state] = counter
        return {event: tuple(found.values()) for event, found in by_event.items()} or None

    def table(self, position: int) -> Table | None:
        """Give what the fold gathers from the record at a position, None where nothing."""
        if self._all is None or position > self._latest:
            return self._all
        # Read again after a crash: what was not counted before its declaration is not now.
        return self._where(lambda since: position > since.beyond or position <= since.caught_up)

    def missing(self, position: int) -> Table | None:
        """Give what is still to be gathered from the record at a position, None where nothing."""
        return self._where(lambda since: since.caught_up < position <= since.beyond)

    @property
    def to_catch_up(self) -> tuple[int, int]:
        """The positions between which something is still to be gathered; equal when nothing is."""
        open_ones = [
            since
            for _, state, _ in self._counters
            if (since := self.since.get(state)) and not since.is_whole
        ]
        lowest = min((one.caught_up for one in open_ones), default=0)
        return lowest, max((one.beyond for one in open_ones), default=lowest)

    def caught_up(self, position: int) -> None:
        """Note that the record at a position was gathered for all that lacked it."""
        for state, since in self.since.items():
            if since.caught_up < position <= since.beyond:
                self.since[state] = msgspec.structs.replace(since, caught_up=position)
                self._changed.add(state)

    def caught_up_to(self, position: int) -> None:
        """Note that nothing up to a position is lacking any more."""
        for state, since in self.since.items():
            if not since.is_whole and since.beyond <= position:
                self.since[state] = msgspec.structs.replace(since, caught_up=since.beyond)
                self._changed.add(state)

    def state_of(self, trait: ComputedTrait) -> str:
        """Name the state in the cells from which a trait is read."""
        since = self.since.get(trait.state)
        return trait.state if since is None else f"{trait.state}.{since.beyond}"

    def counts_since(self, trait: ComputedTrait) -> int | None:
        """Give since when (ms) a trait counts, None from the beginning."""
        since = self.since.get(trait.state)
        return None if since is None or since.is_whole else since.declared_at

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        check_all(documents.of_kind(KIND), self._documents.all())

    def put(self, documents: Documents) -> Put:
        """Keep what was checked; a new figure counts from the next record on."""
        found = [one.fields for one in documents.of_kind(KIND)]
        known = {one.state for one in self.traits.values()}
        new = {trait.state for fields in found if not (trait := read_trait(fields)).off} - known
        begun = self._unifier.begun
        if begun and new:
            now = self._clock.now_ms()
            self.since |= dict.fromkeys(new, Since(now, begun))
            self._store.commit([self._row(state) for state in sorted(new)])
        kept = self._documents.put(found)
        if kept.created or kept.changed:
            self._read()
        return kept

    def _row(self, state: str) -> Change:
        return Change(COMPUTED_STATES, state.encode(), msgspec.json.encode(self.since[state]))

    def drain(self) -> list[Change]:
        """Hand over how far was caught up since the last drain."""
        changed, self._changed = self._changed, set()
        return [self._row(state) for state in sorted(changed)]

    def erased(self, person_ids: Iterable[str], accounts: Iterable[str]) -> list[Change]:
        """Give nothing: what is kept here is about nobody."""
        return []

    def evict(self) -> None:
        """Keep everything; it is small."""


_FROM_THE_BEGINNING = Since(0, 0)
