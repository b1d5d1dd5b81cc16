"""Learning from outcomes: each decision is read when one of its windows closes."""

import heapq
from collections.abc import Iterable

import msgspec

from wegweiser.flow.tables import MODELS, number_key
from wegweiser.flow.unify import Unifier
from wegweiser.learn.label import Windows, labels, windows_of
from wegweiser.learn.train import train
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.decision import Decision
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.model import Snapshot
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.record import ERASED
from wegweiser.terms.ulid import ulid

LONGEST_WINDOW_DAYS = 90
SETTLING_MS = 5 * 60_000


class Trainer:
    """Publishes numbered snapshots; deciders only read the newest one."""

    def __init__(self, unifier: Unifier, store: OperationalStore, clock: Clock):
        self._unifier = unifier
        self._store = store
        self._clock = clock
        self._snapshots = {
            int.from_bytes(key, "big"): msgspec.json.decode(value, type=Snapshot)
            for key, value in store.scan(MODELS)
        }
        self.snapshot = max(
            self._snapshots.values(), key=lambda found: found.number, default=Snapshot()
        )
        self._closing: list[tuple[int, str]] = []

    def open(self) -> None:
        """Note the committed decisions whose windows may still be open."""
        for decision in self._unifier.decisions.since(self._oldest_name()):
            self.note(decision)

    def _oldest_name(self) -> str:
        oldest = self.snapshot.watermark - LONGEST_WINDOW_DAYS * DAY_MS
        return "dec_" + ulid(max(oldest, 0), bytes(10))

    def numbered(self, number: int) -> Snapshot:
        """Find a snapshot, for explaining an old decision; an empty one before the first."""
        return self._snapshots.get(number, Snapshot())

    def note(self, decision: Decision) -> None:
        """Remember when the windows of a decision close."""
        if decision.ghost or not decision.items:
            return
        windows = self._windows()
        for length in {windows.engage_pull, windows.engage_push, *windows.goals.values()}:
            heapq.heappush(self._closing, (decision.at + length, decision.decision_id))

    def learn(self) -> Snapshot:
        """Learn from every window that has closed; what is needed must be committed."""
        upto = self._clock.now_ms() - SETTLING_MS
        taken: list[tuple[int, str]] = []
        while self._closing and self._closing[0][0] <= upto:
            taken.append(heapq.heappop(self._closing))
        try:
            due = dict.fromkeys(name for _, name in taken)
            learned = train(self.snapshot, labels(self._cases(due), upto, self._windows()))
            if learned.number != self.snapshot.number:
                self._publish(learned)
        except BaseException:
            for closing in taken:
                heapq.heappush(self._closing, closing)
            raise
        return self.snapshot

    def _publish(self, snapshot: Snapshot) -> None:
        key = number_key(snapshot.number)
        self._store.commit([Change(MODELS, key, msgspec.json.encode(snapshot))])
        self._snapshots[snapshot.number] = snapshot
        self.snapshot = snapshot

    def _windows(self) -> Windows:
        return windows_of(self._unifier.policy.bundle.goals)

    def _cases(self, names: Iterable[str]) -> list[tuple[Decision, list[Outcome]]]:
        found: list[tuple[Decision, list[Outcome]]] = []
        for name in names:
            decision = self._unifier.decisions.get(name)
            # Nothing is learned from what is left of somebody erased.
            if decision is not None and not decision.leaf.startswith(ERASED):
                found.append((decision, self._outcomes_of(decision)))
        return found

    def _outcomes_of(self, decision: Decision) -> list[Outcome]:
        """Gather the outcomes of a decision, and the goals that its person reached."""
        outcomes = self._unifier.outcomes
        found = list(outcomes.of_decision(decision.decision_id))
        for leaf in self._unifier.touched.leaves_around(decision.leaf):
            found += outcomes.of_leaf(leaf)
        return found
