"""Learning from outcomes: each decision is read when one of its windows closes."""

import heapq
from collections.abc import Callable, Iterable, Iterator

import msgspec

from wegweiser.flow.model_book import ModelBook
from wegweiser.flow.unify import Unifier
from wegweiser.learn.label import SETTLING_MS, Example, Windows, labels, windows_of
from wegweiser.learn.train import Learner
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.terms.decision import Decision
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.model import Increment, Snapshot
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.prior import ALONE
from wegweiser.terms.ulid import ulid

LONGEST_WINDOW_DAYS = 90
# A snapshot is published after so many labels, or when there is nothing more to learn.
LABELS_PER_SNAPSHOT = 1_000
# So many decisions are read at a time, so that nobody waits long for an answer.
DECISIONS_PER_SLICE = 50


class Closings:
    """The moments at which windows of decisions close, earliest first."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self._heap)

    def note(self, decision: Decision, windows: Windows) -> None:
        """Remember when the windows of a decision close."""
        lengths = {*windows.goals.values()} if decision.ghost else lengths_of(windows)
        if decision.items or ALONE in decision.features:
            for length in lengths:
                heapq.heappush(self._heap, (decision.at + length, decision.decision_id))

    def due(self, upto: int, most: int) -> tuple[int, list[str]]:
        """Take the earliest decisions that close at `upto` (ms) or before, about `most`.

        Gives the moment up to which all were taken, and their ids.
        """
        taken: dict[str, None] = {}
        last = upto
        while self._heap and self._heap[0][0] <= upto:
            if len(taken) >= most and self._heap[0][0] > last:
                return last, list(taken)
            last, name = heapq.heappop(self._heap)
            taken[name] = None
        return upto, list(taken)


def lengths_of(windows: Windows) -> set[int]:
    """Give how long (ms) the windows of a decision may be."""
    return {windows.engage_pull, windows.engage_push, *windows.goals.values()}


class Reading:
    """Makes examples of decisions in the order in which their windows close."""

    def __init__(self, unifier: Unifier, after: int = 0):
        """Nothing is learned that closed at `after` (ms) or before."""
        self._unifier = unifier
        self._windows: dict[str, Windows] = {}
        self.closings = Closings()
        self.upto = after

    def note(self, decision: Decision) -> None:
        """Remember a decision until its windows have closed."""
        self.closings.note(decision, self._windows_of(decision.bundle))

    def _windows_of(self, bundle: str) -> Windows:
        """Give the windows of the bundle under which a decision was taken."""
        if bundle not in self._windows:
            goals = self._unifier.policies.of(bundle).bundle.goals if bundle else ()
            self._windows[bundle] = windows_of(goals)
        return self._windows[bundle]

    def read(self, upto: int) -> list[Example]:
        """Give some more examples that closed at `upto` (ms) or before; all that were if none."""
        after = self.upto
        self.upto, names = self.closings.due(upto, DECISIONS_PER_SLICE)
        found: list[Example] = []
        for name in names:
            decision = self._unifier.decisions.get(name)
            if decision is not None:
                windows = self._windows_of(decision.bundle)
                outcomes = self._outcomes_of(decision, windows)
                found += labels([(decision, outcomes)], self.upto, windows)
        fresh = [example for example in found if example.closes_at > after]
        return sorted(fresh, key=lambda example: example.order)

    def _outcomes_of(self, decision: Decision, windows: Windows) -> list[Outcome]:
        """Gather the outcomes of a decision, and once a goal closes those of its person."""
        outcomes = self._unifier.outcomes
        found = list(outcomes.of_decision(decision.decision_id))
        if any(decision.at + length <= self.upto for length in windows.goals.values()):
            for leaf in self._unifier.touched.leaves_around(decision.leaf):
                found += outcomes.of_leaf(leaf)
        return found


class Trainer:
    """Publishes numbered snapshots; deciders only read the newest one.

    `code` is the version of the program, which stands in what is published.
    """

    def __init__(
        self, unifier: Unifier, store: OperationalStore, clock: Clock, code: str = ""
    ) -> None:
        self._code = code
        self._unifier = unifier
        self._clock = clock
        self.book = ModelBook(store)
        # Who else wants every label, in the order of learning.
        self.told: Callable[[Example], None] = lambda example: None
        self._begin(self.snapshot)

    def _begin(self, snapshot: Snapshot) -> None:
        self._learner = Learner(snapshot)
        self._reading = Reading(self._unifier, snapshot.watermark)

    @property
    def snapshot(self) -> Snapshot:
        """The newest snapshot."""
        return self.book.newest

    def open(self) -> None:
        """Note the committed decisions whose windows may still be open."""
        for decision in self._unifier.decisions.since(self._oldest_name()):
            self.note(decision)

    def _oldest_name(self) -> str:
        oldest = self.snapshot.watermark - LONGEST_WINDOW_DAYS * DAY_MS
        return "dec_" + ulid(max(oldest, 0), bytes(10))

    def numbered(self, number: int) -> Snapshot:
        """Find a snapshot, for explaining an old decision; an empty one before the first."""
        return self.book.numbered(number)

    def note(self, decision: Decision) -> None:
        """Remember when the windows of a decision close."""
        self._reading.note(decision)

    def learn(self) -> Snapshot:
        """Learn from every window that has closed; what is needed must be committed."""
        while self.learn_slice():
            pass
        return self.snapshot

    def learn_slice(self) -> bool:
        """Learn about a millisecond of it; False when there is nothing more for now."""
        upto = self._clock.now_ms() - SETTLING_MS
        if self._reading.upto >= upto:
            self._publish()
            return False
        try:
            for example in self._reading.read(upto):
                self._learner.learn(example)
                self.told(example)
        except BaseException:
            # What was half learned is forgotten; the next time all of it is read once more.
            self._begin(self.snapshot)
            self.open()
            raise
        if self._learner.labels - self.snapshot.labels >= LABELS_PER_SNAPSHOT:
            self._publish()
        if self._reading.upto < upto:
            return True
        self._publish()
        return False

    def _publish(self) -> None:
        learned = self._learner.snapshot()
        if learned.number != self.snapshot.number:
            self.book.publish(self._marked(learned))

    def _marked(self, snapshot: Snapshot) -> Snapshot:
        return msgspec.structs.replace(snapshot, code=self._code)

    def measured(self, increments: Iterable[tuple[str, Increment]]) -> None:
        """Take over how much of what is foretold for goals is caused, and publish it."""
        for goal, increment in increments:
            self._learner.measured(goal, increment)
        self._publish()

    def promote(self, name: str) -> None:
        """Let another model decide from here on; "" is the shared one."""
        self._learner.champion = name
        self._publish()

    def retrained(self) -> Iterator[Snapshot | None]:
        """Learn everything once more from the log; yields None now and then, at last the result.

        Measured increments and the champion are taken over, since no label made them.
        """
        learner = Learner(Snapshot())
        for examples in self._past():
            for example in examples:
                learner.learn(example)
            yield None
        learner.increments = dict(self._learner.increments)
        learner.champion = self._learner.champion
        yield self._marked(learner.snapshot())

    def past(self) -> Iterator[Example]:
        """Give all that was learned so far once more, in its order."""
        return (example for examples in self._past() for example in examples)

    def _past(self) -> Iterator[list[Example]]:
        reading = Reading(self._unifier)
        for decision in self._unifier.decisions.since(""):
            reading.note(decision)
        upto = max(self._reading.upto, self.snapshot.watermark)
        while reading.upto < upto:
            yield reading.read(upto)

    def restart(self, snapshot: Snapshot) -> None:
        """Let a retrained snapshot decide and go on learning from it."""
        number = self.snapshot.number + 1
        self.book.publish(msgspec.structs.replace(snapshot, number=number))
        self._begin(self.snapshot)
        self.open()
