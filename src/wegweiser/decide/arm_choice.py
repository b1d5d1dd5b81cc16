"""What an arm changes: the worth and the response that compete, and how the draw is made."""

from typing import cast

import msgspec
import numpy as np

from wegweiser.decide.arbitrate import LEAST_SPREAD, Utilities, arbitrate, seen_in
from wegweiser.decide.circumstance import Circumstance
from wegweiser.decide.factor import context_factors
from wegweiser.decide.facts import Facts
from wegweiser.decide.holdout import Arm
from wegweiser.decide.policy import Numbers, Policy, Shelf
from wegweiser.decide.probability import Selection, only, select, uniform
from wegweiser.decide.stand_in import stand_in
from wegweiser.terms.message import Placement
from wegweiser.terms.model import Snapshot
from wegweiser.terms.prior import BIAS, ENGAGE
from wegweiser.terms.weights import mean_of

# In these arms something else than the model's draw decides, so that is how it was chosen.
REPLACED: frozenset[Arm] = frozenset({"random", "rules_only", "one_best"})


class Weighed(msgspec.Struct, frozen=True):
    """Utilities of a whole shelf as one arm counts them, and the context factors that held.

    `context` is their product C per candidate, None where none held; `learner` names the model
    that stood in for the shared one.
    """

    utilities: Utilities
    factors: dict[str, float] = {}
    context: Numbers | None = None
    learner: str = ""


def weigh(
    policy: Policy,
    arm: Arm,
    placement: Placement,
    snapshot: Snapshot,
    facts: Facts,
    as_of: int,
    seen: Circumstance | None = None,
) -> Weighed:
    """Give the utilities of all candidates of a placement's channel; `as_of` in milliseconds.

    Without levers the worth is V alone; by rules alone the response is the base rate, which
    leaves the order of V·C·L; the one best message is found for somebody of whom nothing is known.
    `seen` is what the learner sees, where that is known already.
    """
    shelf = policy.shelves[placement.channel]
    if arm == "one_best":
        return Weighed(_without_context(policy, shelf, placement, snapshot))
    worth, context, held = _worth(policy, arm, shelf, facts, placement, as_of)
    if arm == "rules_only":
        return Weighed(_at_base_rate(snapshot, worth, shelf.cost), held, context)
    other = None
    if arm == "challenger" or snapshot.champion:
        seen = seen_in(policy, snapshot, facts, as_of) if seen is None else seen
        other = stand_in(policy, arm, placement, snapshot, seen)
    utilities = arbitrate(policy, placement, snapshot, facts, as_of, worth, other, seen)
    return Weighed(utilities, held, context, "" if other is None else other.name)


def _worth(
    policy: Policy, arm: Arm, shelf: Shelf, facts: Facts, placement: Placement, as_of: int
) -> tuple[Numbers, Numbers | None, dict[str, float]]:
    """Give V·C·L per candidate, C alone, and the factors that held; without levers V alone."""
    if arm == "no_levers":
        return _values(policy, shelf), None, {}
    context, held = context_factors(policy, shelf, facts, placement, as_of)
    return shelf.worth if context is None else shelf.worth * context, context, held


def _values(policy: Policy, shelf: Shelf) -> Numbers:
    key = ("value", shelf.channel)
    found = cast("Numbers | None", policy.scorers.get(key))
    if found is None:
        found = np.array([part.message.value for part in shelf.candidates])
        policy.scorers[key] = found
    return found


def _at_base_rate(snapshot: Snapshot, worth: Numbers, cost: Numbers) -> Utilities:
    count = len(worth)
    base = mean_of(snapshot, ENGAGE, BIAS)
    return Utilities(np.full(count, base), np.full(count, LEAST_SPREAD), worth, cost)


def _without_context(
    policy: Policy, shelf: Shelf, placement: Placement, snapshot: Snapshot
) -> Utilities:
    key = ("one_best", placement.key)
    found = cast("tuple[Snapshot, Utilities] | None", policy.scorers.get(key))
    if found is None or found[0] is not snapshot:
        found = snapshot, arbitrate(policy, placement, snapshot, Facts(), 0, shelf.worth)
        policy.scorers[key] = found
    return found[1]


def chances(
    policy: Policy, arm: Arm, placement: Placement, utilities: Utilities, serving: bool
) -> Selection:
    """Compute the selection probabilities of the survivors in an arm, with its floor.

    `serving` says that only service messages compete: then "nothing" is no candidate.
    """
    count = len(utilities.mean)
    if arm == "random":
        return uniform(count)
    if arm == "one_best":
        return only(int(utilities.middle.argmax()), count)
    rules = policy.bundle.exploration
    push = placement.direction == "push"
    floor = floor_of(policy, placement)
    return select(utilities, placement.allow_nothing and not serving, floor, rules.top, push)


def floor_of(policy: Policy, placement: Placement) -> float:
    """Give e, the share that exploration has at a placement: its own, else that of its direction.

    >>> from wegweiser.decide.policy import compile_policy
    >>> from wegweiser.terms.policy import Bundle
    >>> policy = compile_policy(Bundle())
    >>> floor_of(policy, Placement("a", "web")), floor_of(policy, Placement("a", "web", floor=0.0))
    (0.05, 0.0)
    """
    if placement.floor is not None:
        return placement.floor
    rules = policy.bundle.exploration
    return rules.floor_push if placement.direction == "push" else rules.floor_pull
