"""All contacts of a workspace in the windows of its caps, gathered when a cap first asks."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from wegweiser.terms.contact import STATE_OF, with_states
from wegweiser.terms.decision import Decision
from wegweiser.terms.profile import Contact
from wegweiser.terms.ulid import ulid

if TYPE_CHECKING:
    from wegweiser.flow.unify import Unifier


class TenantLedger:
    """Entries of everybody since some moment; read once from the decisions, then kept up."""

    def __init__(self, unifier: "Unifier"):
        self._unifier = unifier
        self._since: int | None = None
        self._by_id: dict[str, Contact] = {}
        self._sorted: list[Contact] = []

    def since(self, start: int) -> list[Contact]:
        """Give the entries decided after a moment (ms), oldest first."""
        if self._since is None or start < self._since:
            self._read(start)
        return self._sorted[bisect_right(self._sorted, Contact(start, "\uffff", "", "")) :]

    def _read(self, start: int) -> None:
        if self._since is None:
            self._unifier.contacts.watchers.append(self._note)
        decisions = self._unifier.decisions
        found = {one.decision_id: one for one in decisions.since("dec_" + ulid(start, bytes(10)))}
        found |= {one.decision_id: one for one in decisions.held() if one.at > start}
        for decision in found.values():
            for entry in self._entries(decision):
                self._note(entry)
        self._since = start

    def _entries(self, decision: Decision) -> Iterator[Contact]:
        told = list(self._unifier.outcomes.of_decision(decision.decision_id))
        for item, entry in self._unifier.contacts.reserved(decision):
            states = dict(entry.states) | {
                STATE_OF[one.kind]: one.at
                for one in told
                if one.kind in STATE_OF and (one.placement, one.slot) == (item.placement, item.slot)
            }
            yield msgspec.structs.replace(entry, states=tuple(sorted(states.items())))

    def _note(self, entry: Contact) -> None:
        old = self._by_id.get(entry.entry_id)
        if old is not None:
            entry = with_states(old, entry)
            del self._sorted[bisect_left(self._sorted, old)]
        self._by_id[entry.entry_id] = entry
        insort(self._sorted, entry)
