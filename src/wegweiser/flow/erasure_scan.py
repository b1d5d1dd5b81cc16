"""First way through the log: what is about the erased, and what is left of its records."""

from collections.abc import Iterable, Mapping, Set

import msgspec

from wegweiser.collect.duplicate import fingerprint, mark_of_refused
from wegweiser.flow.erasure_findings import Findings, ReadVerdict
from wegweiser.flow.erasure_rules import ruled_without
from wegweiser.flow.erasure_subject import Erasable
from wegweiser.flow.erasure_told import decision_without, event_without, outcome_without
from wegweiser.flow.erasure_typed import reason_without, record_without
from wegweiser.flow.mentions import GROUP, names_in
from wegweiser.flow.retention import Expired
from wegweiser.flow.typed_names import TypedNames
from wegweiser.flow.unread import Unread
from wegweiser.log.erasure import (
    CODE,
    Rename,
    blank_arrived,
    blank_decision,
    blank_event,
    blank_order,
    blank_outcome,
    with_remnants,
    without_account,
)
from wegweiser.resolve.statement import Stated, read_event
from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.event import Event, Refused
from wegweiser.terms.identity import Leaf, identifier
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

# What a receipt calls records of others that told of the erased.
TOLD_IN_EVENTS, TOLD_IN_DECISIONS = "typed_in_events", "typed_in_decisions"


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
        self._may_tell = True
        self._now = now
        self._erasable = erasable
        self._named = erasable.all_names
        self._unread = unread
        self._stand_in = stand_in
        self._rename = rename
        self._read_verdict = read
        self.found = Findings()

    def see(self, position: int, record: Record, may_tell: bool = True) -> None:
        """Note what has to change about a record; decisions come before their outcomes.

        Without `may_tell` no text in it holds anything that somebody is called.
        """
        self._may_tell = may_tell
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
            if one.code != CODE and self._is_about(one, record.received_at)
        ]
        told = self._told_by(record, {*empty, *fates})
        if record.trust >= Trust.SERVER:
            for index in fates:
                self.found.stated_names |= names_in(record.events[index]) & self._erasable.names
        if not (fates or refused or told):
            return record
        verdict = self._read_verdict(position)
        outcomes = self._of_event(record, verdict, fates)
        events: dict[int, Event] = {**told}
        remnants: list[Erased] = []
        for index, fate in fates.items():
            event = record.events[index]
            if fate == "gone":
                events[index] = blank_event(event, self._rename)
                remnants.append(self._remnant(index, record, verdict, outcomes.get(index, ())))
            else:
                events[index] = self._untold(self._erasable.stripped(event))
                self.found.stripped += 1
            self.found.events += fate == "gone" and _was_folded(index, verdict)
        for index, left in events.items():
            if _was_folded(index, verdict):
                self._note(position, index, record, left)
        for unread in refused:
            remnants += self._refused(position, record, unread, verdict)
        if fates or refused:
            self._note_verdict(verdict, fates, outcomes)
        return with_remnants(record, events, [one.index for one in refused], remnants)

    def _is_about(self, refused: Refused, received_at: int) -> bool:
        """Tell whether an element that was set aside names the erased anywhere."""
        if self._erasable.in_refused(refused, self._unread, received_at):
            return True
        return self._may_tell and self._typed.surely().without_in(refused.element)[1] > 0

    def _told_by(self, record: Collected, others: Set[int]) -> dict[int, Event]:
        """Give events of others without what they tell of the erased, by index."""
        if not self._may_tell:
            return {}
        left = {
            index: self._untold(event)
            for index, event in enumerate(record.events)
            if index not in others
        }
        return {index: event for index, event in left.items() if event != record.events[index]}

    def _untold(self, event: Event) -> Event:
        if not self._may_tell:
            return event
        left, count = event_without(event, self._typed)
        self.found.typed[TOLD_IN_EVENTS] += count
        return left

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
            left = self._untold_decision(decision)
        left = self._erasable.aged(left)
        if self._erasable.decided_for_account(left):
            left = without_account(left, self._stand_in, self._rename)
        if left != decision:
            self.found.decisions[decision.decision_id] = (decision, left)
            is_theirs = decision.decision_id not in self.found.retold
            if is_theirs and decision.leaf and not decision.leaf.startswith(ERASED):
                self.found.leaves.add(decision.leaf)
        return left

    def _untold_decision(self, decision: Decision) -> Decision:
        if not self._may_tell:
            return decision
        left, count = decision_without(decision, self._typed)
        if count:
            self.found.typed[TOLD_IN_DECISIONS] += count
            self.found.retold.add(decision.decision_id)
        return left

    def _outcome(self, outcome: Outcome) -> Outcome:
        blank = self.found.decisions.get(outcome.decision_id)
        theirs = blank is not None and blank[1].leaf.startswith(ERASED)
        left = outcome
        if self._erasable.reported(outcome) or theirs:
            left = self._blank(outcome)
        elif self._may_tell:
            left, count = outcome_without(outcome, self._typed)
            self.found.typed[TOLD_IN_EVENTS] += count
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
