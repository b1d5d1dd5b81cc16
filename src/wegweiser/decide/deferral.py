"""When a decision that nobody can be told today is taken again, and when it is given up."""

import msgspec

from wegweiser.terms.decision import Decision, Deferral, Situation, Status
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.policy import ContactRules

# Others took all room for contacts meanwhile, twice.
RESERVATION = "reservation"


def put_off(
    until: int | None, situation: Situation, as_of: int, rules: ContactRules
) -> tuple[Status, int]:
    """Give status and the moment (ms) of the next decision; it is expired after too many of them.

    `until` is the earliest moment at which a candidate is free again, None when time frees none.

    >>> from wegweiser.terms.decision import Subject
    >>> asked = Situation(request_id="r", subject=Subject(), placements=())
    >>> put_off(None, asked, 0, ContactRules()), put_off(5, asked, 0, ContactRules())
    (('nothing', 0), ('deferred', 5))
    """
    if until is None:
        return "nothing", 0
    before = situation.deferral
    if before is not None and before.number >= rules.deferrals:
        return "expired", 0
    last = last_moment(as_of if before is None else before.first_asked_at, rules)
    if as_of >= last:
        return "expired", 0
    return "deferred", until


def last_moment(first_asked_at: int, rules: ContactRules) -> int:
    """Give the moment (ms) at which a question that was put off is given up."""
    return first_asked_at + rules.deferred_days * DAY_MS


def due_at(decision: Decision, rules: ContactRules) -> int:
    """Give when a deferred decision is taken again, or given up because that is too late (ms)."""
    first = decision.deferral.first_asked_at if decision.deferral else decision.at
    return max(decision.at + 1, min(decision.not_before, last_moment(first, rules)))


def is_too_late(decision: Decision, rules: ContactRules) -> bool:
    """Tell whether what a deferred decision waits for comes after it is given up."""
    first = decision.deferral.first_asked_at if decision.deferral else decision.at
    return decision.not_before > last_moment(first, rules)


def following(decision_id: str, before: Deferral | None, at: int) -> Deferral:
    """Count on: what the decision after a deferred one says about it; `at` is when it was taken.

    >>> following("dec_1", None, 7)
    Deferral(decision_id='dec_1', number=1, first_asked_at=7)
    """
    if before is None:
        return Deferral(decision_id, 1, at)
    return Deferral(decision_id, before.number + 1, before.first_asked_at)


def without_room(
    decision: Decision, status: Status, not_before: int, reason: str = RESERVATION
) -> Decision:
    """Take out what was chosen, where others took all room for contacts."""
    return msgspec.structs.replace(
        decision,
        items=(),
        draws=(),
        features={},
        ghost=False,
        status=status,
        not_before=not_before,
        reason=reason,
    )
