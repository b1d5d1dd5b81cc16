"""Second way through the log: what others keep of what erased events had stated with them."""

import msgspec

from wegweiser.flow.erasure_findings import Findings, ReadVerdict, named_by
from wegweiser.flow.mentions import groups_in, names_in
from wegweiser.flow.unify import Unifier
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.resolve.leaf import names_of_leaf
from wegweiser.resolve.statement import Stated, read_event
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.event import Event
from wegweiser.terms.identity import Identifier
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.record import ERASED, Collected, Decided, Record, Reported


class Refold:
    """Folds what is left for the touched leaves and pairs, in an empty store of its own.

    The same fold as always, so that the result is what a rebuild from the changed log gives.
    """

    def __init__(
        self,
        found: Findings,
        gone: frozenset[Identifier],
        live: Unifier,
        store: OperationalStore,
        read_verdict: ReadVerdict,
    ):
        self._found = found
        self._gone = gone
        self._read_verdict = read_verdict
        self._named = found.named - gone
        # An event can link two names that are no names of its own leaf, as an alias does.
        linked = {name for pair in found.pairs for name in pair}
        of_leaves = {name for leaf in found.leaves for name in names_of_leaf(leaf)}
        self._watched = self._named | ((linked | of_leaves) - gone)
        self._decided: set[str] = set()
        self.fresh = Unifier(store)
        self.fresh.counting = live.counting
        # Contacts are counted by the placements of old bundles.
        self.fresh.policies = live.policies
        # Goals were told by the rules of their time, and are read from what was found then.
        self.fresh.goals_of = lambda *of_event: ()
        self.mentioned: set[Identifier] = set()

    @property
    def is_needed(self) -> bool:
        """Tell whether erased events named anybody but the erased themselves."""
        return bool(self._watched)

    @property
    def orphans(self) -> frozenset[Identifier]:
        """Give what only the erased events had ever named."""
        return frozenset(self._named - self.mentioned)

    def see(self, position: int, record: Record) -> None:
        """Fold what matters of a record, given as it will stand in the log."""
        match record:
            case Collected():
                self._collected(position, record)
            case Decided(decision=decision):
                self.mentioned.update({decision.leaf} & self._named)
                if decision.leaf in self._found.leaves and not decision.leaf.startswith(ERASED):
                    self._decided.add(decision.decision_id)
                    self._fold(position, record)
            case Reported():
                self._reported(position, record)

    def _collected(self, position: int, record: Collected) -> None:
        near = [
            event
            for index, event in enumerate(record.events)
            if not self._watched.isdisjoint(names_in(event) | groups_in(event))
        ]
        if not near and not self._decided:
            return
        verdict = self._found.verdicts.get(position) or self._read_verdict(position)
        events = tuple(
            event
            for index, event in enumerate(record.events)
            if index not in verdict.gone and self._matters(event, record, position)
        )
        if events:
            # What had come out of the quarantine is not there to be let go a second time.
            self._fold(
                position, msgspec.structs.replace(record, events=events, erased=(), replaces=())
            )
        seen = tuple(one for one in verdict.outcomes if self._counts(one))
        if seen:
            at, source = record.received_at, record.source_id
            self._fold(position, Reported(received_at=at, source_id=source, outcomes=seen))

    def _matters(self, event: Event, record: Collected, position: int) -> bool:
        if self._watched.isdisjoint(names_in(event) | groups_in(event)):
            return False
        try:
            stated = read_event(event, record.trust, record.source_id, position)
        except InputRefused:
            return False
        self.mentioned.update(self._named.intersection(named_by(stated)))
        return self._touches(stated)

    def _touches(self, stated: Stated) -> bool:
        if not self._found.leaves.isdisjoint((stated.leaf, stated.account_leaf)):
            return True
        return any(item.pair in self._found.pairs for item in stated.evidence)

    def _reported(self, position: int, record: Reported) -> None:
        seen = tuple(one for one in record.outcomes if self._counts(one))
        if seen:
            self._fold(position, msgspec.structs.replace(record, outcomes=seen))

    def _counts(self, outcome: Outcome) -> bool:
        """Tell whether an outcome stands in the cells of a touched leaf."""
        if outcome.decision_id:
            return outcome.decision_id in self._decided
        leaf = outcome.leaf or f"group_id:{outcome.group_id}"
        return outcome.kind == "goal" and leaf in self._found.leaves

    def _fold(self, position: int, record: Record) -> None:
        for _ in self.fresh.fold(position, record):
            pass
