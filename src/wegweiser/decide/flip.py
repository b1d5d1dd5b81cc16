"""What would have changed a choice: a lever, the stage, time, or one failing comparison."""

from typing import Literal

import msgspec

from wegweiser.decide.candidate import unpack
from wegweiser.decide.facts import Facts
from wegweiser.decide.flip_stage import StageFlip, flip_by_stage
from wegweiser.decide.policy import Numbers, Policy
from wegweiser.decide.reasons import compared
from wegweiser.decide.standings import Best, best_of, best_then
from wegweiser.decide.weigh import NO_LEVERS, Slot, fixed_cost
from wegweiser.terms.decision import Decision, Drop
from wegweiser.terms.json import JsonObject
from wegweiser.terms.model import Snapshot

LEAST_LEVER = 0.5
MOST_LEVER = 2.0
LeverVerdict = Literal["", "no allowed lever flips it"]


class LeverFlip(msgspec.Struct, frozen=True):
    """The lever at which the runner-up has the same utility as the best; above it, it is best.

    `verdict` is empty where a lever from 0.5 to 2 does it.
    """

    message: str
    candidate: str
    lever: float
    needed: float | None
    verdict: LeverVerdict = ""


class TimeFlip(msgspec.Struct, frozen=True):
    """The first moment (ms) at which a candidate worth more than the best is free again."""

    at: int
    candidate: str
    reasons: tuple[str, ...]


class RuleFlip(msgspec.Struct, frozen=True):
    """A candidate worth more than the best that one rule alone kept out, and the comparison."""

    candidate: str
    rule: str
    told: JsonObject


class Flips(msgspec.Struct, frozen=True):
    """The smallest changes that would alter which candidate has the highest mean utility.

    `best` is that candidate, "" is nothing; None stands where no such change exists.
    """

    placement: str
    slot: int
    best: str
    utility: float
    lever: LeverFlip | None
    stage: StageFlip | None
    time: TimeFlip | None
    rule: RuleFlip | None


def flips_of(
    policy: Policy, decision: Decision, slot: Slot, facts: Facts, snapshot: Snapshot
) -> Flips:
    """Find what would have changed a slot; each change found, applied, does change it.

    Only the first slot knows time and rules: later ones also depend on what stands before them.
    """
    shelf = policy.shelves[slot.placement.channel]
    middle = slot.utilities.at(0.0)
    best = best_of(middle, slot.survivors, slot.allow_nothing)
    first = slot.draw.slot == 0
    name = "" if best.place is None else shelf.candidates[best.place].id
    return Flips(
        placement=slot.placement.key,
        slot=slot.draw.slot,
        best=name,
        utility=best.utility,
        lever=_by_lever(policy, slot, best, middle, facts),
        stage=flip_by_stage(policy, decision, slot, facts, snapshot) if first else None,
        time=_by_time(policy, decision, slot, best, facts, snapshot) if first else None,
        rule=_by_rule(policy, decision, slot, best, facts) if first else None,
    )


def _by_lever(
    policy: Policy, slot: Slot, best: Best, middle: Numbers, facts: Facts
) -> LeverFlip | None:
    """Solve L' = L·(U_w + k_r)/(U_r + k_r), with k = cost and attention price of the runner-up."""
    shelf = policy.shelves[slot.placement.channel]
    others = slot.survivors
    if best.place is not None:
        others = others[shelf.messages[others] != shelf.messages[best.place]]
    if not len(others) or slot.arm == NO_LEVERS:
        return None
    place = int(others[middle[others].argmax()])
    candidate = shelf.candidates[place]
    fixed = fixed_cost(candidate, facts, slot.arm)
    earned = float(middle[place]) + fixed
    lever = candidate.message.lever
    needed = lever * (best.utility + fixed) / earned if earned > 0.0 else None
    allowed = needed is not None and LEAST_LEVER <= needed <= MOST_LEVER
    verdict: LeverVerdict = "" if allowed else "no allowed lever flips it"
    return LeverFlip(candidate.message.key, candidate.id, lever, needed, verdict)


def _by_time(
    policy: Policy, decision: Decision, slot: Slot, best: Best, facts: Facts, snapshot: Snapshot
) -> TimeFlip | None:
    """Look for the first end of a cap, lease or quiet hour that brings a better candidate back."""
    held: dict[int, list[Drop]] = {}
    for drop in _own_drops(decision):
        for index in unpack(drop.candidates):
            held.setdefault(index, []).append(drop)
    shelf = policy.shelves[slot.placement.channel]
    middle = slot.utilities.at(0.0)
    free: dict[int, list[int]] = {}
    for place, index in enumerate(shelf.indexes):
        ends = [drop.until for drop in held.get(int(index), ())]
        if ends and None not in ends and middle[place] > best.utility:
            free.setdefault(max(end for end in ends if end is not None), []).append(place)
    for at in sorted(free):
        then = best_then(policy, decision, slot, facts, snapshot, at)
        if then.place in free[at]:
            index = int(shelf.indexes[then.place])
            names = tuple(drop.reason for drop in held[index])
            return TimeFlip(at, policy.candidates[index].id, names)
    return None


def _by_rule(
    policy: Policy, decision: Decision, slot: Slot, best: Best, facts: Facts
) -> RuleFlip | None:
    """Find the best candidate above the winner that one rule alone kept out."""
    times: dict[int, list[Drop]] = {}
    for drop in _own_drops(decision):
        for index in unpack(drop.candidates):
            times.setdefault(index, []).append(drop)
    shelf = policy.shelves[slot.placement.channel]
    middle = slot.utilities.at(0.0)
    alone = [
        (float(middle[place]), -int(index))
        for place, index in enumerate(shelf.indexes)
        if middle[place] > best.utility
        and [drop.step for drop in times.get(int(index), ())] == ["eligibility"]
    ]
    if not alone:
        return None
    index = -max(alone)[1]
    drop = times[index][0]
    told = compared(policy, drop, facts, decision.at, index)
    return RuleFlip(policy.candidates[index].id, drop.detail, told)


def _own_drops(decision: Decision) -> list[Drop]:
    """Give the drops of the steps before the slate."""
    return [drop for drop in decision.drops if drop.step != "slate"]
