"""Evidence in the store: written as it comes, read when asked for, let go when it is saved."""

from collections.abc import Iterable

from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.resolve import rows
from wegweiser.resolve.edges_on_demand import EdgesOnDemand
from wegweiser.resolve.live import LiveGraph
from wegweiser.terms.identity import Evidence, Identifier

# It takes about 8 microseconds each.
_PER_COMMIT = 1_000


class Saved:
    """Knows which identifiers memory may let go: none of whom anything is still to be committed."""

    def __init__(self, store: OperationalStore, live: LiveGraph, most: int):
        self._store = store
        self._live = live
        self._most = most
        self._unsaved: set[Identifier] = set()
        # What was drained, but perhaps not committed.
        self._draining: set[Identifier] = set()

    def load(self) -> tuple[list[Evidence], list[Change]]:
        """Read the evidence that has to be held, and rows that a folder made before still lacks."""
        edges, store = self._live.edges, self._store
        if not isinstance(edges, EdgesOnDemand):
            return rows.load_evidence(store), []
        if rows.is_turned_complete(store):
            return [], []
        evidence = rows.load_evidence(store)
        edges.hold(evidence)
        return [], [*map(rows.turned_row, evidence), rows.turned_complete()]

    def write(self, item: Evidence) -> tuple[Change, Change]:
        """Give the rows of a record of evidence, both ends of which are held until it is saved."""
        self._unsaved.update(item.pair)
        return rows.evidence_row(item), rows.turned_row(item)

    def born(self, names: Iterable[Identifier]) -> None:
        """Know that nothing is stored about identifiers, as they are new."""
        edges = self._live.edges
        if isinstance(edges, EdgesOnDemand):
            for name in names:
                edges.born(name)

    def hold(self, names: Iterable[Identifier]) -> None:
        """Read all that is known of identifiers, and hold it until what comes next is saved."""
        for name in names:
            self._live.edges.near(name)
            self._unsaved.add(name)

    def drained(self) -> None:
        """Know that everything was handed over, to be committed."""
        self._draining |= self._unsaved
        self._unsaved = set()

    def evict(self) -> None:
        """Let go of identifiers that are not in use; only after all that drained is committed."""
        self._draining = set()
        self.trim(_PER_COMMIT)

    def trim(self, at_once: int) -> None:
        """Let go of some identifiers that are not in use, a few so that nobody waits for many."""
        self._live.evict(self._most, at_once, self._is_unsaved)

    def _is_unsaved(self, name: Identifier) -> bool:
        return name in self._unsaved or name in self._draining


def edges_in(store: OperationalStore) -> EdgesOnDemand:
    """Give the evidence of a store, to be read when it is asked for."""
    return EdgesOnDemand(lambda name: rows.evidence_of(store, name))
