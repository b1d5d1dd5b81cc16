"""Decides once more what a record tells, with nothing but the record, its bundle and its model."""

from typing import Literal

import msgspec

from wegweiser.decide.deferral import RESERVATION, without_room
from wegweiser.decide.facts import Facts
from wegweiser.decide.facts_record import CUT
from wegweiser.decide.pipeline import decide, fall_back
from wegweiser.decide.policy import Policy
from wegweiser.decide.shared_budget import SHARED_BUDGET, passed_over
from wegweiser.terms.decision import Ask, Decision, Situation
from wegweiser.terms.model import Snapshot
from wegweiser.terms.record import ERASED

# Why a record cannot be computed again; empty when it can.
Lacking = Literal["", "erased", "facts_cut"]


def lacking(decision: Decision) -> Lacking:
    """Say what a record lacks to be computed again; empty when it lacks nothing."""
    renamed = not decision.body_digest and decision.request_id.startswith(ERASED[:-1] + "-")
    if decision.leaf.startswith(ERASED) or renamed:
        return "erased"
    return "facts_cut" if decision.facts.get(CUT) else ""


def recorded_facts(decision: Decision) -> Facts:
    """Read the facts that a record keeps; rules of which it says nothing were others before."""
    return msgspec.convert({"directed": False, "priced": False, **decision.facts}, Facts)


def recorded_situation(decision: Decision) -> Situation:
    """Write down what was asked, as far as it decides: placements, slots, locale and context.

    Old records do not tell how many slots were wanted, only those that were drawn.

    >>> from wegweiser.terms.decision import Subject
    >>> old = Decision(decision_id="d", request_id="r", body_digest="", at=0, subject=Subject(),
    ...                asked=("home.hero",), slots=(2,))
    >>> recorded_situation(old).placements
    (Ask(key='home.hero', max=2),)
    """
    drawn: dict[str, int] = {}
    for draw in decision.draws:
        drawn[draw.placement] = max(drawn.get(draw.placement, 1), draw.slot + 1)
    keys = list(dict.fromkeys([*decision.asked, *drawn]))
    wanted = drawn | dict(zip(decision.asked, decision.slots, strict=False))
    return Situation(
        request_id=decision.request_id,
        subject=decision.subject,
        placements=tuple(Ask(key, wanted.get(key, 1)) for key in keys),
        locale=decision.locale,
        context=recorded_facts(decision).context,
        attempt=decision.attempt,
        deferral=decision.deferral,
        lease_hours=decision.lease_hours,
    )


def again(policy: Policy, decision: Decision, snapshot: Snapshot, stream_key: bytes) -> Decision:
    """Decide for the recorded situation at the recorded moment under a policy and a snapshot.

    `stream_key` is the secret of the draws, so that the same random numbers are used. A decision
    that had to fall back, because time or the log failed, falls back again; for one that found
    no room in the contact ledger there is none again, and a contact that went to a colleague goes
    there again.
    """
    situation, facts = recorded_situation(decision), recorded_facts(decision)
    if policy.bundle_id != decision.bundle:
        # Another bundle is asked what it would do by the rules of today.
        facts = msgspec.structs.replace(facts, directed=True, priced=True)
    chosen_first = decision.reason in (RESERVATION, SHARED_BUDGET)
    if decision.reason and not chosen_first and not decision.draws:
        return fall_back(
            policy,
            snapshot,
            situation,
            facts,
            decision.at,
            decision.decision_id,
            decision.reason,
            decision.body_digest,
            decision.source_id,
        )
    found = decide(
        policy,
        snapshot,
        situation,
        facts,
        decision.at,
        decision.decision_id,
        stream_key,
        decision.body_digest,
        decision.source_id,
    )
    if decision.reason == SHARED_BUDGET and decision.shared is not None and found.draws:
        return passed_over(found, decision.shared, decision.status, decision.not_before)
    if decision.reason == RESERVATION:
        return without_room(found, decision.status, decision.not_before)
    return found
