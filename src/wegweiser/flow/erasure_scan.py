"""First way through the log: what is about the erased, and what is left of its records."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import msgspec

from wegweiser.collect.duplicate import fingerprint, mark_of_refused
from wegweiser.flow.erasure_rules import ruled_without
from wegweiser.flow.erasure_subject import Erasable
from wegweiser.flow.erasure_typed import reason_without, record_without
from wegweiser.flow.mentions import GROUP, names_in
from wegweiser.flow.retention import Expired
from wegweiser.flow.typed_names import TypedNames
from wegweiser.flow.unify import FAILED_FROM
from wegweiser.flow.unread import Unread
from wegweiser.log.erasure import (
    CODE,
    Rename,
    blank_arrived,
    blank_decision,
    blank_event,
    blank_order,
    blank_outcome,
    blank_refused,
    with_remnants,
    without_account,
)
from wegweiser.resolve.edges import Pair
from wegweiser.resolve.statement import Stated, read_event
from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.event import Event, Refused
from wegweiser.terms.identity import Identifier, Leaf, identifier
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.record import (
    ERASED,
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
    Verdict,
)
from wegweiser.terms.source import Trust

# The code of events that the fold could not take.
FAILED = "fold_failed"
ReadVerdict = Callable[[int], Verdict]


class Findings(msgspec.Struct):
    """Everything found on the way; positions are those of the log."""

    records: dict[int, Record] = {}
    verdicts: dict[int, Verdict] = {}
    # What the fold had read off events that are gone or stripped now.
    stated: dict[tuple[int, int], Stated] = {}
    leaves: set[Leaf] = set()
    pairs: set[Pair] = set()
    # Where identifiers are named by what is left of events erased earlier.
    remembered: dict[Identifier, set[int]] = {}
    decisions: dict[str, tuple[Decision, Decision]] = {}
    outcomes: dict[str, tuple[Outcome, Outcome]] = {}
    # Orders about the erased, which are in force no more.
    orders: set[str] = set()
    # What people had typed about the erased: how many names, by what a receipt calls the place.
    typed: Counter[str] = msgspec.field(default_factory=Counter)
    # Refused elements by their place in the quarantine, as they were.
    set_aside: dict[tuple[int, int], Refused] = {}
    # Those of the asked names that a trusted sender named.
    stated_names: set[Identifier] = set()
    events: int = 0
    stripped: int = 0
    refused: int = 0
    arrived: int = 0

    @property
    def named(self) -> set[Identifier]:
        """Everything that erased or stripped events named, persons and accounts."""
        return {name for stated in self.stated.values() for name in named_by(stated)}

    def blanked_places(self) -> dict[tuple[int, int], tuple[str, Refused]]:
        """Give what is blank in the quarantine now, by place: the code it had, and what is left."""
        found = {
            place: (old.code, blank_refused(old.index, old.mapping))
            for place, old in self.set_aside.items()
        }
        for position, record in self.records.items():
            for one in record.erased if isinstance(record, Collected) else ():
                if one.failed:
                    index = FAILED_FROM + one.index
                    found[position, index] = (FAILED, blank_refused(index))
        return found


def named_by(stated: Stated) -> tuple[Identifier, ...]:
    """Give all identifiers that an event lets be born."""
    groups = (identifier(GROUP, item.group_id) for item in stated.memberships)
    account = (stated.account_leaf,) if stated.account_leaf else ()
    return (*stated.identifiers, *groups, *account)


class Scan:
    """Judges record after record, in log order."""

    def __init__(
        self,
        erasable: Erasable | Expired,
        stand_in: Leaf,
        rename: Rename,
        read: ReadVerdict,
        unread: Unread,
        typed: TypedNames | None = None,
        now: int = 0,
    ):
        self._typed = typed or TypedNames(frozenset())
        self._now = now
        self._erasable = erasable
        self._named = erasable.all_names
        self._unread = unread
        self._stand_in = stand_in
        self._rename = rename
        self._read_verdict = read
        self.found = Findings()

    def see(self, position: int, record: Record) -> None:
        """Note what has to change about a record; decisions come before their outcomes."""
        changed: Record = record
        match record:
            case Collected():
                changed = self._collected(position, record)
            case Decided(decision=decision):
                changed = Decided(decision=self._decision(decision))
            case Reported():
                outcomes = tuple(map(self._outcome, record.outcomes))
                changed = msgspec.structs.replace(record, outcomes=outcomes)
            case Arrived() if self._erasable.in_arrived(record, self._unread):
                changed = blank_arrived(record)
                self.found.arrived += 1
            case Judged(judgement=judgement):
                left = judgement.without(self._erasable.all_names)
                reason = reason_without(left.reason, self._typed, self.found.typed)
                left = msgspec.structs.replace(left, reason=reason)
                changed = msgspec.structs.replace(record, judgement=left)
            case Ordered(order=order) if identifier(GROUP, order.account) in self._named:
                changed = Ordered(order=blank_order(order))
                self.found.orders.add(order.order_id)
            case Ruled():
                changed = ruled_without(record, self._erasable.all_names.__contains__)
                reason = reason_without(changed.reason, self._typed, self.found.typed)
                changed = msgspec.structs.replace(changed, reason=reason)
            case Published() | Ordered():
                changed = record_without(record, self._typed, self._now, self.found.typed)
        if changed != record:
            self.found.records[position] = changed

    def _collected(self, position: int, record: Collected) -> Collected:
        for one in record.erased:
            for name in one.born:
                self.found.remembered.setdefault(name, set()).add(position)
        empty = {one.index for one in record.erased}
        fates = {
            index: fate
            for index, event in enumerate(record.events)
            if index not in empty and (fate := self._erasable.fate(event, record.trust)) != "kept"
        }
        refused = [
            one
            for one in record.refused
            if one.code != CODE and self._erasable.in_refused(one, self._unread, record.received_at)
        ]
        if record.trust >= Trust.SERVER:
            for index in fates:
                self.found.stated_names |= names_in(record.events[index]) & self._erasable.names
        if not fates and not refused:
            return record
        verdict = self._read_verdict(position)
        outcomes = self._of_event(record, verdict, fates)
        events: dict[int, Event] = {}
        remnants: list[Erased] = []
        for index, fate in fates.items():
            event = record.events[index]
            if fate == "gone":
                events[index] = blank_event(event, self._rename)
                remnants.append(self._remnant(index, record, verdict, outcomes.get(index, ())))
            else:
                events[index] = self._erasable.stripped(event)
                self.found.stripped += 1
            if _was_folded(index, verdict):
                self._note(position, index, record, events[index])
                self.found.events += fate == "gone"
        for unread in refused:
            remnants += self._refused(position, record, unread, verdict)
        self._note_verdict(verdict, fates, outcomes)
        return with_remnants(record, events, [one.index for one in refused], remnants)

    def _remnant(
        self, index: int, record: Collected, verdict: Verdict, outcomes: Iterable[Outcome]
    ) -> Erased:
        mark = fingerprint(record.source_id, record.events[index].message_id)
        return Erased(index, mark, (), tuple(outcomes), index in verdict.failed)

    def _note(self, position: int, index: int, record: Collected, left: Event) -> None:
        """Note what the fold knows from an event, so that it is worked out anew without it."""
        old = _read(record.events[index], record, position)
        if old is None:
            return
        self.found.stated[position, index] = old
        for stated in (old, _read(left, record, position)):
            if stated is not None:
                self.found.leaves.update(filter(None, (stated.leaf, stated.account_leaf)))
                self.found.pairs.update(item.pair for item in stated.evidence)

    def _refused(
        self, position: int, record: Collected, refused: Refused, verdict: Verdict
    ) -> list[Erased]:
        self.found.refused += 1
        if refused.index not in verdict.known:
            self.found.set_aside[position, refused.index] = refused
        mark = mark_of_refused(record.source_id, refused)
        return [Erased(-1 - refused.index, mark)] if mark else []

    def _of_event(
        self, record: Collected, verdict: Verdict, fates: Mapping[int, str]
    ) -> dict[int, list[Outcome]]:
        """Give what is left of the outcomes that were read off erased events, by index."""
        found: dict[int, list[Outcome]] = {}
        for index, fate in fates.items():
            base = f"{record.source_id}:{record.events[index].message_id}"
            for outcome in verdict.outcomes if _was_folded(index, verdict) else ():
                own = (base, f"{base}:{outcome.goal}")
                if outcome.outcome_id in (*own, *map(self._blank_id, own)):
                    left = self._blank(outcome) if fate == "gone" else self._outcome(outcome)
                    found.setdefault(index, []).append(left)
                    self.found.outcomes[outcome.outcome_id] = (outcome, left)
        return found

    def _note_verdict(
        self, verdict: Verdict, fates: Mapping[int, str], outcomes: Mapping[int, list[Outcome]]
    ) -> None:
        gone = [index for index, fate in fates.items() if fate == "gone"]
        erased = {*verdict.erased, *(index for index in gone if _was_folded(index, verdict))}
        left = {old.outcome_id: new for old, new in self.found.outcomes.values()}
        self.found.verdicts[verdict.position] = msgspec.structs.replace(
            verdict,
            outcomes=tuple(left.get(one.outcome_id, one) for one in verdict.outcomes),
            erased=tuple(sorted(erased)),
        )

    def _decision(self, decision: Decision) -> Decision:
        if decision.leaf.startswith(ERASED):
            left = decision
        elif self._erasable.decided(decision):
            left = blank_decision(decision, self._stand_in, self._rename)
        else:
            left = decision
        left = self._erasable.aged(left)
        if self._erasable.decided_for_account(left):
            left = without_account(left, self._stand_in, self._rename)
        if left != decision:
            self.found.decisions[decision.decision_id] = (decision, left)
            if decision.leaf and not decision.leaf.startswith(ERASED):
                self.found.leaves.add(decision.leaf)
        return left

    def _outcome(self, outcome: Outcome) -> Outcome:
        blank = self.found.decisions.get(outcome.decision_id)
        theirs = blank is not None and blank[1].leaf.startswith(ERASED)
        left = outcome
        if self._erasable.reported(outcome) or theirs:
            left = self._blank(outcome)
        if self._erasable.reported_for_account(left):
            left = msgspec.structs.replace(left, group_id="")
        if left != outcome:
            self.found.outcomes[outcome.outcome_id] = (outcome, left)
        return left

    def _blank(self, outcome: Outcome) -> Outcome:
        # After a crash the verdict may be changed already while the log is not.
        done = outcome.leaf == self._stand_in
        return outcome if done else blank_outcome(outcome, self._stand_in, self._rename)

    def _blank_id(self, outcome_id: str) -> str:
        return f"{CODE}-{self._rename(outcome_id)}"


def _was_folded(index: int, verdict: Verdict) -> bool:
    return index not in verdict.repeats and index not in verdict.failed


def _read(event: Event, record: Collected, position: int) -> Stated | None:
    try:
        return read_event(event, record.trust, record.source_id, position)
    except InputRefused:
        return None
