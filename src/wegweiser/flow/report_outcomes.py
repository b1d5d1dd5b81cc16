"""Outcomes that channels and systems report: durable first, then one status each."""

from collections.abc import Callable

import msgspec

from wegweiser.collect.outcome import RefusedOutcome, read_outcomes
from wegweiser.flow.intake import Intake
from wegweiser.flow.unify import Unifier
from wegweiser.ports.clock import Clock
from wegweiser.resolve.normalise import normalise
from wegweiser.terms.identity import identifier, kind_of, value_of
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import Json
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.record import Reported
from wegweiser.terms.source import Caller

# What a page or an app sees by itself; the rest is said by channels and systems.
TOLD_BY_BROWSERS = ("seen", "click", "dwell", "declined")
WAITING_MS = DAY_MS
Forbid = Callable[[Outcome], str | None]


class OutcomeStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one reported outcome: stored, known, waiting, orphan or refused.

    It is `waiting` while nobody knows its decision, and an `orphan` after a day of that.
    """

    outcome_id: str
    status: str
    message: str = ""


class OutcomeDesk:
    """Takes reports of outcomes; each outcome id counts once."""

    def __init__(
        self,
        unifier: Unifier,
        intake: Intake,
        clock: Clock,
        is_kept_out: Callable[[str, int], bool] = lambda leaf, at: False,
    ):
        """`is_kept_out` tells of which leaf nothing may be stored."""
        self._is_kept_out = is_kept_out
        self._unifier = unifier
        self._intake = intake
        self._clock = clock

    async def report(
        self, body: Json, caller: Caller, forbid: Forbid | None = None
    ) -> list[OutcomeStatus]:
        """Store what can be stored; give one status per reported outcome, in order.

        `forbid` gives the reason for which a sender may not report an outcome, None for none.
        """
        now = self._clock.now_ms()
        read = [_spelled(one) for one in read_outcomes(body, now, caller.source_id)]
        told: set[str] = set()
        statuses: list[OutcomeStatus] = []
        fresh: list[Outcome] = []
        for outcome in read:
            if isinstance(outcome, RefusedOutcome):
                statuses.append(OutcomeStatus(outcome.outcome_id, "refused", outcome.message))
            elif (reason := (forbid or _forbidden_to(caller))(outcome)) is not None:
                statuses.append(OutcomeStatus(outcome.outcome_id, "refused", reason))
            elif outcome.outcome_id in told or self._unifier.outcomes.known(outcome.outcome_id):
                statuses.append(OutcomeStatus(outcome.outcome_id, self._known_status(outcome, now)))
            elif self._is_kept_out(outcome.leaf, outcome.at):
                # The same answer as ever: who was erased is nobody's business.
                statuses.append(OutcomeStatus(outcome.outcome_id, self._status(outcome)))
            else:
                told.add(outcome.outcome_id)
                fresh.append(outcome)
                statuses.append(OutcomeStatus(outcome.outcome_id, self._status(outcome)))
        if fresh:
            await self._intake.append(
                Reported(received_at=now, source_id=caller.source_id, outcomes=tuple(fresh))
            )
        return statuses

    def _known_status(self, outcome: Outcome, now: int) -> str:
        """Tell of a repeated outcome that it is known, or that its decision never will be."""
        first = self._unifier.outcomes.get(outcome.outcome_id)
        if first is None or now - (first.received_at or first.at) < WAITING_MS:
            return "known"
        return "orphan" if self._status(first) == "waiting" else "known"

    def _status(self, outcome: Outcome) -> str:
        if outcome.decision_id and self._unifier.decisions.get(outcome.decision_id) is None:
            return "waiting"
        return "stored"


def _forbidden_to(caller: Caller) -> Forbid:
    return told_by_browser if caller.public else lambda outcome: None


def told_by_browser(outcome: Outcome) -> str | None:
    """Give the reason for which a browser may not report an outcome, None where it may."""
    if outcome.kind in TOLD_BY_BROWSERS:
        return None
    if outcome.kind == "goal":
        return "A public key may not report goals; send the event that the goal waits for."
    return f"Without a secret key only {', '.join(TOLD_BY_BROWSERS)} may be reported."


def _spelled(outcome: Outcome | RefusedOutcome, /) -> Outcome | RefusedOutcome:
    """Give an outcome with its subject in the one spelling that profiles use."""
    if isinstance(outcome, RefusedOutcome):
        return outcome
    leaf, group_id = outcome.leaf, outcome.group_id
    if leaf:
        value = normalise(kind_of(leaf), value_of(leaf))
        if value is None:
            return _unusable(outcome, "subject")
        leaf = identifier(kind_of(leaf), value)
    if group_id:
        spelled = normalise("group_id", group_id)
        if spelled is None:
            return _unusable(outcome, "subject.account")
        group_id = spelled
    return msgspec.structs.replace(outcome, leaf=leaf, group_id=group_id)


def _unusable(outcome: Outcome, field: str) -> RefusedOutcome:
    message = f"`{field}` is no usable identifier of its type."
    return RefusedOutcome(0, outcome.outcome_id, "bad_id", message, field)
