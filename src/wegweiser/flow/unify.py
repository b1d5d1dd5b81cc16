"""The fold: log records, in order, into everything that is derived from them."""

import logging
from collections.abc import Generator

import msgspec

from wegweiser.collect.duplicate import fingerprint
from wegweiser.decide.policy import Policy, compile_policy
from wegweiser.flow.count import tally_of
from wegweiser.flow.decisions import DecisionBook
from wegweiser.flow.duplicates import SeenMessages
from wegweiser.flow.goals import goal_outcomes, message_outcome
from wegweiser.flow.outcomes import OutcomeBook
from wegweiser.flow.policies import PolicyBook
from wegweiser.flow.tables import META, OUTBOX, QUARANTINE, VERDICTS, number_key
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.profile.cell import add_contact
from wegweiser.profile.fold import fold_event
from wegweiser.profile.shelf import Shelf
from wegweiser.resolve.directory import Directory
from wegweiser.resolve.statement import Stated, read_event
from wegweiser.terms.decision import Decision, Item
from wegweiser.terms.errors import ComeAgain, EngineBroken, NotFound
from wegweiser.terms.event import Event, Refused
from wegweiser.terms.identity import identifier
from wegweiser.terms.instant import day_of
from wegweiser.terms.message import Placement
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.profile import Contact
from wegweiser.terms.record import Collected, Decided, Published, Record, Reported, Tally, Verdict
from wegweiser.terms.source import Trust

EVENTS_PER_SLICE = 40
RECENT_PERSONS = 500
# Above every index of a body, so that no other element set aside has the same place.
FAILED_FROM = 1_000_000
_log = logging.getLogger(__name__)
_PRIORITY = {Trust.OPERATOR: 100, Trust.VERIFIED: 60, Trust.SERVER: 60, Trust.PUBLIC: 20}
_PULLED = ("web", "app", "social")


class Quarantined(msgspec.Struct, frozen=True, rename="camel"):
    """An element set aside, with where it came from."""

    received_at: int
    source_id: str
    refused: Refused


class State(msgspec.Struct, frozen=True):
    """How far the fold is, and the counts since the folder began."""

    position: int = 0
    tally: Tally = Tally()
    newest_at: int = 0


class Unifier:
    """Everything derived, held live; `drain` gives the changes since the last drain.

    `changed` collects the persons that views must read anew, `recent` the persons whom the
    newest events were about, oldest first.
    """

    def __init__(self, store: OperationalStore, leaves_in_memory: int = 200_000):
        stored = store.get(META, [b"state"])[0]
        state = State() if stored is None else msgspec.json.decode(stored, type=State)
        self.position = state.position
        self.tally = state.tally
        self.newest_at = state.newest_at
        self.directory = Directory(store)
        self.directory.load()
        self.shelf = Shelf(store, leaves_in_memory)
        self.seen = SeenMessages(store)
        self.decisions = DecisionBook(store)
        self.outcomes = OutcomeBook(store)
        self.policies = PolicyBook(store, compile_policy)
        self.changed: set[str] = set()
        self.recent: dict[str, None] = {}
        self.skipped = 0
        self._fresh: list[Change] = []

    @property
    def policy(self) -> Policy:
        """The policy that decides now."""
        return self.policies.current

    def fold(self, position: int, record: Record) -> Generator[None, None, Verdict]:
        """Fold one record; pauses between slices, and returns what was found about it."""
        verdict = Verdict(position)
        if isinstance(record, Collected):
            verdict = yield from self._collected(position, record)
        else:
            self._other(position, record)
        if verdict.repeats or verdict.failed or verdict.outcomes:
            self._put(VERDICTS, number_key(position), msgspec.json.encode(verdict))
        self.position = position
        return verdict

    def _other(self, position: int, record: Decided | Reported | Published) -> None:
        try:
            match record:
                case Decided(decision=decision):
                    self._decided(position, decision)
                case Reported():
                    self._reported(position, record)
                case Published(bundle=bundle):
                    self.policies.publish(bundle)
        except (ComeAgain, EngineBroken):
            raise
        except Exception:  # noqa: BLE001 - one poison record must not stop every start
            self.skipped += 1
            _log.exception("record %d cannot be folded and is skipped", position)

    def _collected(self, position: int, record: Collected) -> Generator[None, None, Verdict]:
        repeats: list[int] = []
        failed: list[int] = []
        outcomes: list[Outcome] = []
        for index, event in enumerate(record.events):
            if not self.seen.admit(
                fingerprint(record.source_id, event.message_id), record.received_at
            ):
                repeats.append(index)
            elif (found := self._event_or_none(position, index, event, record)) is None:
                failed.append(index)
            else:
                outcomes += found
            if index % EVENTS_PER_SLICE == EVENTS_PER_SLICE - 1:
                yield
        for refused in record.refused:
            self._set_aside(position, record, refused)
        verdict = Verdict(position, tuple(repeats), tuple(failed), tuple(outcomes))
        self.tally += tally_of(record, verdict)
        return verdict

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
            refused = Refused(
                FAILED_FROM + index,
                "fold_failed",
                f"The event could not be folded: {type(error).__name__}.",
                msgspec.to_builtins(event),
                event.message_id,
            )
            self._set_aside(position, record, refused)
            return None

    def _event(self, position: int, event: Event, record: Collected) -> list[Outcome]:
        stated = read_event(event, record.trust, record.source_id, position)
        unheard = not self.directory.has_leaf(stated.leaf)
        self.changed |= self.directory.note(stated, position, record.received_at)
        derived = self._derived(event, stated, record)
        cell = self.shelf.cell(stated.leaf, day_of(event.at), stated.scope, new=unheard)
        priority = _PRIORITY.get(record.trust, 0)
        fold_event(cell, event, record.trust, priority, stated.leaf, record.received_at)
        if stated.account_leaf:
            account = self.shelf.cell(stated.account_leaf, day_of(event.at), "")
            fold_event(
                account, event, record.trust, priority, stated.account_leaf, record.received_at
            )
        self._touch(stated.leaf)
        self.newest_at = max(self.newest_at, event.at)
        return [outcome for outcome in derived if self._admit(position, outcome)]

    def _derived(self, event: Event, stated: Stated, record: Collected) -> list[Outcome]:
        found = goal_outcomes(self.policy, event, stated.leaf, stated.scope, record.source_id)
        about_message = message_outcome(event, record.source_id)
        return found if about_message is None else [*found, about_message]

    def _set_aside(self, position: int, record: Collected, refused: Refused) -> None:
        kept = Quarantined(record.received_at, record.source_id, refused)
        self._put(QUARANTINE, number_key(position, refused.index), msgspec.json.encode(kept))

    def _decided(self, position: int, decision: Decision) -> None:
        self.decisions.add(decision)
        pushed = [item for item in decision.items if self.is_pushed(decision, item)]
        if pushed and not decision.ghost:
            self._put(OUTBOX, decision.decision_id.encode(), b"")
            for item in pushed:
                self._contact(position, decision, decision.at, item)

    def is_pushed(self, decision: Decision, item: Item) -> bool:
        """Tell whether we start the contact, so that it counts from the decision on."""
        placement = self._placement(decision, item)
        return placement is not None and (
            placement.direction == "push" or placement.channel not in _PULLED
        )

    def _placement(self, decision: Decision, item: Item) -> Placement | None:
        return self.policies.of(decision.bundle).placements.get(item.placement)

    def _reported(self, position: int, record: Reported) -> None:
        for outcome in record.outcomes:
            self._admit(position, outcome)

    def _admit(self, position: int, outcome: Outcome) -> bool:
        if not self.outcomes.admit(outcome):
            return False
        if outcome.kind == "seen" and outcome.decision_id:
            self._seen(position, outcome)
        return True

    def _seen(self, position: int, outcome: Outcome) -> None:
        decision = self.decisions.get(outcome.decision_id)
        for item in () if decision is None else decision.items:
            there = (item.placement, item.slot) == (outcome.placement, outcome.slot)
            if decision is not None and there and not self.is_pushed(decision, item):
                self._contact(position, decision, outcome.at, item)

    def _contact(self, position: int, decision: Decision, at: int, item: Item) -> None:
        placement = self._placement(decision, item)
        if placement is None or not decision.leaf:
            return
        # Somebody who was only ever decided about is in the directory from here on.
        asked = Stated(decision.leaf, "", (decision.leaf,))
        self.changed |= self.directory.note(asked, position, at)
        cell = self.shelf.cell(decision.leaf, day_of(at), "")
        entry = f"{decision.decision_id}/{item.placement}/{item.slot}"
        add_contact(cell, Contact(at, entry, placement.channel, item.message))
        self._touch(decision.leaf)

    def _touch(self, leaf: str) -> None:
        person_id = self.person_of(leaf)
        if person_id is not None:
            self.changed.add(person_id)
            self.changed.update(self.directory.owners_of(leaf))
            self.recent.pop(person_id, None)
            self.recent[person_id] = None
            if len(self.recent) > RECENT_PERSONS:
                del self.recent[next(iter(self.recent))]

    def person_of(self, leaf: str) -> str | None:
        """Give the person that a leaf counts for, None when nothing is known of it."""
        try:
            return self.directory.person_of(leaf)
        except NotFound:
            return None

    def leaves_around(self, leaf: str) -> tuple[str, ...]:
        """Give all leaves and identifiers of the person that a leaf belongs to, itself included."""
        person_id = self.person_of(leaf)
        if person_id is None:
            return (leaf,)
        found = {share.leaf for share in self.directory.leaves_of(person_id)}
        names = {
            identifier(one.type, one.value) for one in self.directory.identifiers_of(person_id)
        }
        return tuple(sorted({leaf, *found, *names}))

    def _put(self, table: str, key: bytes, value: bytes) -> None:
        self._fresh.append(Change(table, key, value))

    def drain(self) -> list[Change]:
        """Hand over all changes since the last drain, with the position they lead to."""
        return [*self.begin_drain(), *self.shelf.drain()]

    def begin_drain(self) -> list[Change]:
        """Hand over all changes but the cells, which `shelf.drain_slice` gives until it is empty.

        Nothing may be committed before all of them are there; folding may go on meanwhile.
        """
        self.shelf.begin_drain()
        fresh, self._fresh = self._fresh, []
        state = msgspec.json.encode(State(self.position, self.tally, self.newest_at))
        return [
            *fresh,
            *self.directory.drain(),
            *self.seen.drain(),
            *self.decisions.drain(),
            *self.outcomes.drain(),
            *self.policies.drain(),
            Change(META, b"state", state),
        ]

    def evict(self) -> None:
        """Give memory back; only after everything drained is committed."""
        self.shelf.evict()
        self.decisions.evict()
        self.outcomes.evict()
