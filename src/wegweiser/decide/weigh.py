"""The sums of one candidate of a recorded slot: what each feature and each factor adds."""

from collections.abc import Mapping
from math import log

import msgspec
import numpy as np

from wegweiser.decide.arbitrate import Utilities, seen_in
from wegweiser.decide.arm_choice import weigh
from wegweiser.decide.candidate import Candidate, Indexes
from wegweiser.decide.circumstance import Circumstance
from wegweiser.decide.facts import Facts
from wegweiser.decide.features import contributions
from wegweiser.decide.holdout import ARMS, Arm
from wegweiser.decide.policy import Policy, Shelf
from wegweiser.decide.response import guard_of, head_of_goal, increment_of
from wegweiser.terms.decision import Decision, Draw
from wegweiser.terms.message import Placement
from wegweiser.terms.model import Snapshot
from wegweiser.terms.prior import BIAS, ENGAGE
from wegweiser.terms.weights import mean_of

# What a head says while its own sum is not trusted: the logit of its rate.
GUARD = "guard"
LEARNER = "learner:"
NO_LEVERS, RULES_ONLY, ONE_BEST = "no_levers", "rules_only", "one_best"
# Arms in which nobody's attention has a price.
_UNPRICED = (RULES_ONLY, ONE_BEST)


class Part(msgspec.Struct, frozen=True):
    """One feature: its weight, what it adds on the logit scale, and the doubt about that."""

    weight: float
    points: float
    doubt: float


class Slot(msgspec.Struct, frozen=True):
    """A recorded slot beside what its bundle, model and facts said: utilities of the whole shelf.

    `survivors` are places on the shelf, `allow_nothing` tells whether nothing could be chosen,
    `seen` is what the learner saw of the request.
    """

    draw: Draw
    arm: str
    placement: Placement
    utilities: Utilities
    survivors: Indexes
    allow_nothing: bool
    seen: Circumstance
    shelf: Shelf
    learner: str = ""


class Factors(msgspec.Struct, frozen=True):
    """U = value·factor·lever·increment·(p_response - baseline·p_engage) - cost - price.

    `mean` and `spread` are of the response on the logit scale, the spread as the draw used it.
    """

    mean: float
    spread: float
    p_response: float
    p_engage: float
    value: float
    factor: float
    lever: float
    increment: float
    increment_known: str
    baseline: float
    cost: float
    price: float
    utility: float


def slot_of(
    policy: Policy, decision: Decision, draw: Draw, facts: Facts, snapshot: Snapshot
) -> Slot:
    """Read a recorded slot again with the policy, facts and snapshot that made it."""
    placement = policy.placements[draw.placement]
    shelf = policy.shelves[placement.channel]
    listed = np.frombuffer(draw.candidates, dtype="<u2")
    survivors = np.flatnonzero(np.isin(shelf.indexes, listed))
    # The one best message is found for somebody of whom nothing is known.
    known = Facts() if decision.arm == ONE_BEST else facts
    return Slot(
        draw=draw,
        arm=decision.arm,
        placement=placement,
        utilities=utilities_of(policy, decision.arm, placement, snapshot, facts, decision.at),
        survivors=survivors,
        allow_nothing=len(listed) > len(survivors),
        seen=seen_in(policy, snapshot, known, decision.at if known is facts else 0),
        shelf=shelf,
        learner=decision.learner,
    )


def utilities_of(
    policy: Policy, arm: str, placement: Placement, snapshot: Snapshot, facts: Facts, as_of: int
) -> Utilities:
    """Give the utilities of a whole shelf as an arm weighs them at `as_of` (ms)."""
    return weigh(policy, _arm(arm), placement, snapshot, facts, as_of).utilities


def _arm(name: str) -> Arm:
    return next((arm for arm in ARMS if arm == name), "main")


def heads_of(candidate: Candidate, slot: Slot) -> list[str]:
    """Name the heads that predict a candidate: engaging, and then reaching its goal."""
    goal = "" if slot.arm == RULES_ONLY or slot.learner else candidate.message.goal
    return [ENGAGE, head_of_goal(goal)] if goal else [ENGAGE]


def contributions_of(
    candidate: Candidate, slot: Slot, snapshot: Snapshot, head: str
) -> dict[str, Part]:
    """Give what each feature adds to a head; the points add up to the head's mean.

    Of a head under guard there is one part: the logit of its rate; by rules alone it is the
    base rate. A model that stood in says only its sum.
    """
    if slot.learner:
        place = slot.shelf.candidates.index(candidate)
        return {f"{LEARNER}{slot.learner}": Part(1.0, float(slot.utilities.mean[place]), 0.0)}
    if slot.arm == RULES_ONLY:
        return {BIAS: Part(1.0, mean_of(snapshot, head, BIAS), 0.0)}
    guard = guard_of(snapshot, head, candidate)
    if guard is not None:
        return {GUARD: Part(1.0, guard.intercept, 0.0)}
    found = contributions(candidate, slot.placement.key, slot.seen, snapshot, head)
    return {feature: Part(*part) for feature, part in found.items()}


def factors_of(policy: Policy, slot: Slot, place: int, facts: Facts, snapshot: Snapshot) -> Factors:
    """Take the utility of a candidate at a place of the shelf apart into its factors."""
    candidate = policy.shelves[slot.placement.channel].candidates[place]
    message, utilities = candidate.message, slot.utilities
    goal = message.goal if slot.arm != RULES_ONLY else ""
    increment, known = increment_of(snapshot, goal) if goal else (1.0, "measured")
    lever = 1.0 if slot.arm == NO_LEVERS else message.lever
    engage = sum(
        part.points for part in contributions_of(candidate, slot, snapshot, ENGAGE).values()
    )
    mean = float(utilities.mean[place])
    p_engage = _chance(engage)
    worth = float(utilities.worth[place])
    fixed = fixed_cost(candidate, facts, slot.arm)
    base = (float(utilities.cost[place]) - fixed) / (worth * p_engage)
    return Factors(
        mean=mean,
        spread=float(utilities.spread[place]),
        p_response=_chance(mean),
        p_engage=p_engage,
        value=message.value,
        factor=worth / (message.value * lever * increment),
        lever=lever,
        increment=increment,
        increment_known=known,
        baseline=base,
        cost=candidate.variant.cost,
        price=fixed - candidate.variant.cost,
        utility=float(utilities.at(0.0)[place]),
    )


def fixed_cost(candidate: Candidate, facts: Facts, arm: str) -> float:
    """Give what a contact costs in an arm, whatever comes of it: its cost, and attention."""
    if candidate.message.service or arm in _UNPRICED:
        return candidate.variant.cost
    price = facts.standing.prices.get(candidate.variant.channel, 0.0)
    return candidate.variant.cost + price


def _chance(logit: float) -> float:
    return float(1.0 / (1.0 + np.exp(-logit)))


def mean_of_heads(means: Mapping[str, float]) -> float:
    """Join the means of engaging and of the goal after it into one on the logit scale.

    >>> mean_of_heads({"engage": 0.3})
    0.3
    >>> round(mean_of_heads({"engage": 0.0, "goal:won": 0.0}), 6) == round(log(0.25 / 0.75), 6)
    True
    """
    if len(means) == 1:
        return next(iter(means.values()))
    chance = 1.0
    for mean in means.values():
        chance /= 1.0 + float(np.exp(-mean))
    return log(chance / (1.0 - chance))


def gains(
    candidate: Candidate, rival: Candidate, slot: Slot, snapshot: Snapshot
) -> dict[str, tuple[float, float]]:
    """Give by how much each feature lifts a candidate above a rival, largest first, with weights.

    Points of the head of a goal and of engaging count by how far they move the joined mean.
    """
    ours, theirs = _joined(candidate, slot, snapshot), _joined(rival, slot, snapshot)
    none = Part(0.0, 0.0, 0.0)
    lifted = {
        feature: (part.points - theirs.get(feature, none).points, part.weight)
        for feature, part in ours.items()
        if feature != GUARD and not feature.startswith(LEARNER)
    }
    return dict(sorted(lifted.items(), key=lambda one: (-one[1][0], one[0])))


def _joined(candidate: Candidate, slot: Slot, snapshot: Snapshot) -> dict[str, Part]:
    heads = {
        head: contributions_of(candidate, slot, snapshot, head)
        for head in heads_of(candidate, slot)
    }
    means = {head: sum(part.points for part in parts.values()) for head, parts in heads.items()}
    rest = 1.0 - _chance(mean_of_heads(means))
    joined: dict[str, Part] = {}
    for head, parts in heads.items():
        pull = 1.0 if len(heads) == 1 else (1.0 - _chance(means[head])) / rest
        for feature, part in parts.items():
            before = joined[feature].points if feature in joined else 0.0
            joined[feature] = Part(part.weight, before + pull * part.points, 0.0)
    return joined
