"""Which candidate of a placement has the highest mean utility, then and under other facts."""

import msgspec
import numpy as np

from wegweiser.decide.again import recorded_situation
from wegweiser.decide.candidate import NOTHING, Indexes, unpack
from wegweiser.decide.facts import Facts
from wegweiser.decide.pipeline import decide
from wegweiser.decide.policy import Numbers, Policy
from wegweiser.decide.weigh import Slot, utilities_of
from wegweiser.terms.decision import Ask, Decision
from wegweiser.terms.model import Snapshot


class Best(msgspec.Struct, frozen=True):
    """A place on a shelf and its mean utility; None is nothing, which is worth 0."""

    place: int | None
    utility: float


def best_of(middle: Numbers, places: Indexes, allow_nothing: bool) -> Best:
    """Give the survivor with the highest mean utility, or nothing where that is better.

    >>> best_of(np.array([1.0, 3.0, 2.0]), np.array([0, 2]), True)
    Best(place=2, utility=2.0)
    >>> best_of(np.array([-1.0]), np.array([0]), True)
    Best(place=None, utility=0.0)
    """
    if not len(places):
        return Best(None, 0.0)
    place = int(places[middle[places].argmax()])
    if allow_nothing and not middle[place] > 0.0:
        return Best(None, 0.0)
    return Best(place, float(middle[place]))


def best_then(
    policy: Policy, decision: Decision, slot: Slot, facts: Facts, snapshot: Snapshot, at: int
) -> Best:
    """Give the best candidate of a slot if these had been the facts at that moment (ms).

    All steps run again; only the draw does not matter.
    """
    placement = slot.placement
    situation = recorded_situation(decision)
    alone = msgspec.structs.replace(situation, placements=(Ask(placement.key),))
    then = decide(policy, snapshot, alone, facts, at, decision.decision_id, b"")
    shelf = policy.shelves[placement.channel]
    listed = unpack(then.draws[0].candidates) if then.draws else []
    survivors = np.flatnonzero(np.isin(shelf.indexes, listed))
    utilities = utilities_of(policy, decision.arm, placement, snapshot, facts, at)
    return best_of(utilities.at(0.0), survivors, NOTHING in listed)
