"""The fold: log records, in order, into everything that is derived from them."""

import logging
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence, Set

import msgspec

from wegweiser.collect.duplicate import fingerprint, mark_of_refused
from wegweiser.decide.policy import Policy, compile_policy
from wegweiser.flow.beside import Beside
from wegweiser.flow.contact_book import ContactBook
from wegweiser.flow.count import Findings, State, failed_event, tally_of
from wegweiser.flow.decisions import DecisionBook
from wegweiser.flow.duplicates import SeenMessages
from wegweiser.flow.event_places import EventPlaces
from wegweiser.flow.goals import MESSAGE_EVENTS, goal_outcomes, message_outcome
from wegweiser.flow.known import load_directory
from wegweiser.flow.outcomes import OutcomeBook
from wegweiser.flow.owner_book import OwnerBook
from wegweiser.flow.policies import PolicyBook
from wegweiser.flow.quarantine import QuarantineBook, Quarantined
from wegweiser.flow.tables import RULINGS, VERDICTS, number_key
from wegweiser.flow.taken_back import TakenBackBook
from wegweiser.flow.touched import Touched
from wegweiser.log.erasure import blank_refused
from wegweiser.log.record import decision_in, encode
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.profile.computed import Table
from wegweiser.profile.fold import PROOF_FLAG, fold_event
from wegweiser.profile.priority import source_priority
from wegweiser.profile.shelf import Shelf
from wegweiser.resolve.familiar import Familiar
from wegweiser.resolve.membership import is_only_said
from wegweiser.resolve.statement import read_event
from wegweiser.terms.decision import Decision, Item
from wegweiser.terms.errors import ComeAgain, EngineBroken
from wegweiser.terms.event import Event, Refused
from wegweiser.terms.identity import Leaf
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.record import (
    Arrived,
    Collected,
    Decided,
    Erased,
    Judged,
    Ordered,
    Published,
    Record,
    Reported,
    Ruled,
    TakenBack,
    Tally,
    Verdict,
)

EVENTS_PER_SLICE = 40
PLACES_PER_LEAF, MARKS_PER_LEAF = 8, 16
# Above every index of a body, so that no other element set aside has the same place.
FAILED_FROM = 1_000_000
_log = logging.getLogger(__name__)


class Unifier:
    """Everything derived, held live; `drain` gives the changes since the last drain."""

    def __init__(self, store: OperationalStore, cells_in_memory: int = 150_000):
        state = State.stored(store)
        self.position = self.begun = state.position
        self.tally = state.tally
        self.newest_at = state.newest_at
        self.directory = load_directory(store)
        self.shelf = Shelf(store, cells_in_memory)
        self.places = EventPlaces(store)
        self.seen = SeenMessages(store)
        self.decisions = DecisionBook(store)
        self.outcomes = OutcomeBook(store)
        self.policies = PolicyBook(store, compile_policy)
        self.quarantine = QuarantineBook(store)
        self.taken_back = TakenBackBook(store)
        self.contacts = ContactBook(self, store)
        self.familiar = Familiar(self.directory)
        self.touched = Touched(self.directory)
        self.owners = OwnerBook(self.directory, store)
        self.skipped = 0
        self.beside: list[Beside] = []
        # Which goals an event reaches; who folds again what was told before leaves it out.
        self.goals_of = goal_outcomes
        # What declared traits gather from the record at a position.
        self.counting: Callable[[int], Table | None] = lambda position: None
        self._table: Table | None = None
        self._fresh: list[Change] = []

    @property
    def policy(self) -> Policy:
        """The policy that decides now."""
        return self.policies.current

    def fold(
        self, position: int, record: Record, payload: bytes = b""
    ) -> Generator[None, None, Verdict]:
        """Fold one record; pauses between slices, and returns what was found about it.

        `payload` is what it was just encoded as, where that is at hand.
        """
        found = self._begun(position, record, payload)
        if isinstance(found, Findings):
            events = len(found.record.events)
            for first in range(0, events, EVENTS_PER_SLICE):
                self._slice(position, found, first, first + EVENTS_PER_SLICE)
                if first + EVENTS_PER_SLICE <= events:
                    yield
        return self._ended(position, found)

    def fold_at_once(self, position: int, record: Record, payload: bytes = b"") -> Verdict:
        """Fold one record as `fold` does, without a pause: for those that are worth none."""
        found = self._begun(position, record, payload)
        if isinstance(found, Findings):
            self._slice(position, found, 0, len(found.record.events))
        return self._ended(position, found)

    def _begun(self, position: int, record: Record, payload: bytes) -> Findings | Verdict:
        """Begin with a record; a verdict is all there is to find of one without events to fold."""
        self.begun = position
        if not isinstance(record, Collected):
            self._other(position, record, payload)
            return Verdict(position)
        if record.replaces and (
            self.taken_back.holds(position) or not self.quarantine.holds(record.replaces)
        ):
            # Put back into quarantine later, or gone from it before: nothing of it counts.
            return Verdict(position, tuple(range(len(record.events))))
        self._table = self.counting(position)
        left = {one.index: one for one in record.erased} if record.erased else {}
        return Findings(record, left, self._released(record) if record.replaces else ())

    def _ended(self, position: int, found: Findings | Verdict) -> Verdict:
        verdict = self._judged(position, found) if isinstance(found, Findings) else found
        if verdict != Verdict(position):
            self._put(VERDICTS, number_key(position), msgspec.json.encode(verdict))
        self.position = position
        return verdict

    def _other(self, position: int, record: Record, payload: bytes) -> None:
        try:
            match record:
                case Decided(decision=decision):
                    self.decisions.add(decision, decision_in(payload))
                    self.contacts.decided(position, decision)
                case Ordered(order=order):
                    self.contacts.ordered(order)
                case Reported():
                    self._reported(position, record)
                case Published():
                    self.policies.publish(record)
                case Judged(judgement=judgement):
                    self._overruled(self.directory.judge(judgement, position))
                    self.familiar = Familiar(self.directory)
                case Ruled(rules=rules):
                    self._put(RULINGS, number_key(position), encode(record))
                    self._overruled(self.directory.govern(rules, position))
                    self.familiar = Familiar(self.directory)
                case TakenBack(ranges=ranges):
                    self.taken_back.note(ranges)
                case Arrived() | Collected():
                    pass  # its events stand in a record of their own
        except (ComeAgain, EngineBroken):
            raise
        except Exception:  # noqa: BLE001 - one poison record must not stop every start
            self.skipped += 1
            _log.exception("record %d cannot be folded and is skipped", position)

    def _slice(self, position: int, found: Findings, first: int, end: int) -> None:
        """Fold some events of a record, those from the index `first` on and before `end`."""
        record, left, freed = found.record, found.left, found.freed
        source_id, received_at = record.source_id, record.received_at
        for index, event in enumerate(record.events[first:end], first):
            remnant = left.get(index) if left else None
            mark = remnant.mark if remnant else fingerprint(source_id, event.message_id)
            if not self.seen.admit(mark, received_at) and event.message_id not in freed:
                found.repeats.append(index)
            elif remnant is not None:
                found.outcomes += self._remnant(position, event, record, remnant)
                (found.failed if remnant.failed else found.erased).append(index)
            elif (outcomes := self._event_or_none(position, index, event, record)) is None:
                found.failed.append(index)
            elif outcomes:
                found.outcomes += outcomes

    def _judged(self, position: int, found: Findings) -> Verdict:
        """Give the verdict on a record of which every event was folded."""
        record = found.record
        known = self._refused(position, record, found.left) if record.refused else ()
        again = self._suppressed_again(record) if record.suppressed_marks else 0
        verdict = found.verdict(position, known, again)
        self.tally += tally_of(record, verdict)
        self.touched.settle()
        return verdict

    def _remnant(
        self, position: int, event: Event, record: Collected, remnant: Erased
    ) -> list[Outcome]:
        """Fold what is left of an erased event: others keep their birth, figures their sums."""
        self.remade(self.directory.remember(remnant.born, position, record.received_at))
        if remnant.failed:
            self._set_aside(position, record, blank_refused(FAILED_FROM + remnant.index))
        self.newest_at = max(self.newest_at, event.at)
        return [outcome for outcome in remnant.outcomes if self._admit(position, outcome)]

    def _suppressed_again(self, record: Collected) -> int:
        """Remember messages of which nothing was kept; gives how many came before.

        Answers must not tell whoever sends twice that somebody was erased.
        """
        marks = record.suppressed_marks
        return sum(not self.seen.admit(mark, record.received_at) for mark in marks)

    def _refused(
        self, position: int, record: Collected, left: Mapping[int, Erased]
    ) -> tuple[int, ...]:
        """Set aside what was refused; gives the places of unmapped records known before."""
        known: list[int] = []
        for refused in record.refused:
            remnant = left.get(-1 - refused.index)
            mark = remnant.mark if remnant else mark_of_refused(record.source_id, refused)
            if mark and not self.seen.admit(mark, record.received_at):
                known.append(refused.index)
            else:
                self._set_aside(position, record, refused)
        return tuple(known)

    def _event_or_none(
        self, position: int, index: int, event: Event, record: Collected
    ) -> list[Outcome] | None:
        try:
            return self._event(position, event, record)
        except (ComeAgain, EngineBroken):
            # The engine's fault, not the event's: the next start folds it again.
            raise
        except Exception as error:  # noqa: BLE001 - a poison event must not stop the fold
            _log.exception("event %r cannot be folded and is set aside", event.message_id)
            refused = failed_event(FAILED_FROM + index, event, error)
            self._set_aside(position, record, refused)
            return None

    def _event(self, position: int, event: Event, record: Collected) -> list[Outcome]:
        scope = account_leaf = ""
        leaf, new = self.familiar.leaf_of(event, record), False
        if leaf is None:
            stated = read_event(event, record.trust, record.source_id, position)
            leaf, scope, account_leaf = stated.leaf, stated.scope, stated.account_leaf
            new = not self.directory.has_leaf(leaf)
            self.remade(self.directory.note(stated, position, record.received_at))
            if new:
                self.owners.note_leaf(leaf)
            self.familiar.learn(event, record, stated)
            if is_only_said(event, record.trust):
                self.places.note((leaf, event.at, position))
                return []
        at, source, received_at = event.at, record.source_id, record.received_at
        tells = self.policies.current.goal_rules or event.event in MESSAGE_EVENTS
        derived = self._derived(event, leaf, scope, record) if tells else ()
        priority = source_priority(record.trust, record.kind, PROOF_FLAG in event.flags)
        day = at // DAY_MS
        cell = self.shelf.cell(leaf, day, scope, new)
        fold_event(cell, event, record.trust, priority, leaf, received_at, source, self._table)
        if account_leaf:
            account = self.shelf.cell(account_leaf, day, "")
            fold_event(account, event, record.trust, priority, account_leaf, received_at, source)
            self.places.note((account_leaf, at, position))
        self.touched.touch(leaf)
        self.places.note((leaf, at, position))
        self.newest_at = max(self.newest_at, at)
        return [outcome for outcome in derived if self._admit(position, outcome)] if derived else []

    def _derived(
        self, event: Event, leaf: Leaf, scope: str, record: Collected
    ) -> Sequence[Outcome]:
        policy, told = self.policies.current, (record.source_id, record.received_at)
        found = self.goals_of(policy, event, leaf, scope, *told)
        if event.event in MESSAGE_EVENTS:
            about_message = message_outcome(event, *told)
            return found if about_message is None else [*found, about_message]
        return found

    def _set_aside(self, position: int, record: Collected, refused: Refused) -> None:
        kept = Quarantined(record.received_at, record.source_id, refused, record.trust, record.kind)
        self.quarantine.add(position, kept)

    def _released(self, record: Collected) -> frozenset[str]:
        """Let go what a record replaces; gives the messages seen before that were not stored."""
        released = self.quarantine.release(record.replaces)
        self.tally += Tally(received=-len(released), quarantined=-len(released))
        return frozenset(
            kept.refused.message_id for kept in released if kept.refused.code == "fold_failed"
        )

    def is_pushed(self, decision: Decision, item: Item) -> bool:
        """Tell whether we start the contact, so that it counts from the decision on."""
        return self.contacts.is_pushed(decision, item)

    def _reported(self, position: int, record: Reported) -> None:
        for outcome in record.outcomes:
            self._admit(position, outcome)

    def _admit(self, position: int, outcome: Outcome) -> bool:
        if not self.outcomes.admit(outcome):
            return False
        self.contacts.told(position, outcome)
        return True

    @property
    def settling(self) -> bool:
        """True while persons of big components are still to be computed."""
        return self.directory.settling

    def settle(self) -> None:
        """Compute about a millisecond of what was put off."""
        if self.directory.settling:
            self.remade(self.directory.settle())

    def remade(self, person_ids: Set[str]) -> None:
        """Note persons whose make-up changed."""
        self.touched.remade |= person_ids
        self.owners.note(person_ids)

    def _overruled(self, person_ids: Set[str]) -> None:
        self.touched.remake(person_ids)
        self.owners.note(person_ids)

    def take_changed(self) -> set[str]:
        """Hand over the persons that were changed since the last call."""
        return self.touched.take()

    def forget(self, leaves: Iterable[Leaf], decision_ids: Iterable[str]) -> None:
        """Drop from memory what was changed in the store beside the fold, all of it committed."""
        gone = set(leaves)
        self.shelf.discard(gone)
        self.decisions.discard(decision_ids)
        self.outcomes.evict()
        self.familiar = Familiar(self.directory)
        self.touched.forget(gone)

    def person_of(self, leaf: str) -> str | None:
        """Give the person that a leaf counts for, None when nothing is known of it."""
        return self.touched.person_of(leaf)

    def _put(self, table: str, key: bytes, value: bytes) -> None:
        self._fresh.append(Change(table, key, value))

    def drain(self) -> list[Change]:
        """Hand over all changes since the last drain, with the position they lead to."""
        changes = self.begin_drain()
        while part := self.drain_slice(1_000):
            changes += part
        return changes

    def begin_drain(self) -> list[Change]:
        """Hand over all changes but the many, which `drain_slice` gives until it is empty.

        Nothing may be committed before all of them are there; folding may go on meanwhile.
        """
        beside = [change for one in self.beside for change in one.drain()]
        self.shelf.begin_drain()
        self.places.begin_drain()
        fresh, self._fresh = self._fresh, []
        return [
            *fresh,
            *self.directory.drain(),
            *self.seen.begin_drain(),
            *self.decisions.drain(),
            *self.outcomes.drain(),
            *self.policies.drain(),
            *self.quarantine.drain(),
            *self.taken_back.drain(),
            *self.contacts.drain(),
            *self.owners.begin_drain(),
            *beside,
            State(self.position, self.tally, self.newest_at).row,
        ]

    def drain_slice(self, leaves: int) -> list[Change]:
        """Hand over the cells and places of some leaves, and some marks; empty at the end."""
        changes = self.shelf.drain_slice(leaves)
        # To write a cell takes as long as to write several places, or even more marks.
        changes += self.places.drain_slice(PLACES_PER_LEAF * leaves)
        changes += self.seen.drain_slice(MARKS_PER_LEAF * leaves)
        return [*changes, *self.owners.drain_slice(leaves)]

    def evict(self) -> None:
        """Give memory back; only after everything drained is committed."""
        self.directory.evict()
        self.shelf.evict()
        self.places.evict()
        self.seen.evict()
        self.decisions.evict()
        self.outcomes.evict()
        self.quarantine.evict()
        for one in self.beside:
            one.evict()
