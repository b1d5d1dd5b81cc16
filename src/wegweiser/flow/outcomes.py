"""The outcomes reported or read off events, each counted once."""

from collections.abc import Iterator

import msgspec

from wegweiser.flow.tables import OUTCOMES, OUTCOMES_OF
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.outcome import Outcome

_decode = msgspec.json.Decoder(Outcome).decode


class OutcomeBook:
    """Outcomes by id, by decision and by leaf."""

    def __init__(self, store: OperationalStore):
        self._store = store
        self._uncommitted: dict[str, Outcome] = {}
        self._fresh: list[Change] = []

    def admit(self, outcome: Outcome) -> bool:
        """Keep an outcome; False when its id is known already."""
        if self.known(outcome.outcome_id):
            return False
        self._uncommitted[outcome.outcome_id] = outcome
        name = outcome.outcome_id.encode()
        self._fresh.append(Change(OUTCOMES, name, msgspec.json.encode(outcome)))
        if outcome.decision_id:
            self._fresh.append(Change(OUTCOMES_OF, _key("d", outcome.decision_id) + name, b""))
        if outcome.leaf:
            self._fresh.append(Change(OUTCOMES_OF, _key("l", outcome.leaf) + name, b""))
        return True

    def known(self, outcome_id: str) -> bool:
        """True when an outcome of this id was admitted before."""
        if outcome_id in self._uncommitted:
            return True
        return self._store.get(OUTCOMES, [outcome_id.encode()])[0] is not None

    def get(self, outcome_id: str) -> Outcome | None:
        """Find an outcome by its id."""
        if outcome_id in self._uncommitted:
            return self._uncommitted[outcome_id]
        stored = self._store.get(OUTCOMES, [outcome_id.encode()])[0]
        return None if stored is None else _decode(stored)

    def of_decision(self, decision_id: str) -> Iterator[Outcome]:
        """Yield the committed outcomes of a decision."""
        return self._of(_key("d", decision_id))

    def of_leaf(self, leaf: str) -> Iterator[Outcome]:
        """Yield the committed outcomes that name a leaf, such as goals reached."""
        return self._of(_key("l", leaf))

    def _of(self, start: bytes) -> Iterator[Outcome]:
        names = [key[len(start) :] for key, _ in self._store.scan(OUTCOMES_OF, start)]
        yield from (_decode(value) for value in self._store.get(OUTCOMES, names) if value)

    def drain(self) -> list[Change]:
        """Hand over what is not yet committed."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def evict(self) -> None:
        """Forget what is in memory; only after everything drained is committed."""
        fresh = {change.key.decode() for change in self._fresh if change.table == OUTCOMES}
        self._uncommitted = {
            name: outcome for name, outcome in self._uncommitted.items() if name in fresh
        }


def _key(kind: str, name: str) -> bytes:
    return f"{kind}:{name}\0".encode()
