"""What won a draw, against which rival, how surely, and by which features."""

from collections.abc import Mapping

import msgspec
import numpy as np
from scipy.special import ndtr

from wegweiser.decide.arbitrate import Utilities, arbitrate
from wegweiser.decide.candidate import Candidate
from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Policy
from wegweiser.decide.response import all_features, mean_of, variance_of
from wegweiser.terms.decision import Draw
from wegweiser.terms.model import Snapshot
from wegweiser.terms.prior import ENGAGE


class Winner(msgspec.Struct, frozen=True):
    """What a draw chose, the best other survivor, and how often the first is worth more."""

    draw: Draw
    candidate: Candidate
    runner_up: Candidate | None
    beats: float
    because: tuple[str, ...]


def winner_of(policy: Policy, draw: Draw, facts: Facts, snapshot: Snapshot) -> Winner:
    """Compare the winner of a draw with the best survivor of another message."""
    placement = policy.placements[draw.placement]
    shelf = policy.shelves[placement.channel]
    utilities = arbitrate(policy, placement, snapshot, facts.known, facts.interests())
    survivors = np.isin(shelf.indexes, np.frombuffer(draw.candidates, dtype="<u2"))
    first = int(np.searchsorted(shelf.indexes, draw.chosen))
    others = np.flatnonzero(survivors & (shelf.messages != shelf.messages[first]))
    candidate = shelf.candidates[first]
    if not len(others):
        return Winner(draw, candidate, None, 1.0, ())
    second = int(others[utilities.at(0.0)[others].argmax()])
    rival = shelf.candidates[second]
    beats = win_chance(utilities, first, second)
    because = _because(candidate, rival, draw.placement, facts, snapshot)
    return Winner(draw, candidate, rival, beats, because)


def win_chance(utilities: Utilities, first: int, second: int) -> float:
    """Compute the chance that one candidate's utility is above another's.

    >>> even = np.zeros(2)
    >>> win_chance(Utilities(even, even + 1, even + 1, even), 0, 1)
    0.5
    """
    deviation = np.linspace(-6.0, 6.0, 241)
    weight = np.exp(-0.5 * deviation**2)
    response = utilities.mean[first] + deviation * utilities.spread[first]
    utility = utilities.worth[first] / (1.0 + np.exp(-response)) - utilities.cost[first]
    needed = (utility + utilities.cost[second]) / utilities.worth[second]
    needed = np.clip(needed, 1e-12, 1.0 - 1e-12)
    logit = np.log(needed / (1.0 - needed))
    below = ndtr((logit - utilities.mean[second]) / utilities.spread[second])
    return float((weight * below).sum() / weight.sum())


def _because(
    candidate: Candidate, rival: Candidate, placement: str, facts: Facts, snapshot: Snapshot
) -> tuple[str, ...]:
    ours = contributions_of(candidate, placement, facts, snapshot, ENGAGE)
    theirs = contributions_of(rival, placement, facts, snapshot, ENGAGE)
    gain: dict[str, float] = {}
    for sign, parts in ((1.0, ours), (-1.0, theirs)):
        for feature, (_, amount, _) in parts.items():
            gain[feature] = gain.get(feature, 0.0) + sign * amount
    best = sorted((feature for feature in ours if gain[feature] > 1e-9), key=lambda f: -gain[f])
    return tuple(best[:2])


def contributions_of(
    candidate: Candidate, placement: str, facts: Facts, snapshot: Snapshot, head: str
) -> Mapping[str, tuple[float, float, float]]:
    """Give per feature its weight, its points and their doubt; the points add up to the mean."""
    weights = all_features(candidate, placement, facts.known, facts.interests())
    return {
        feature: (
            weight,
            weight * mean_of(snapshot, head, feature),
            weight * variance_of(snapshot, head, feature) ** 0.5,
        )
        for feature, weight in sorted(weights.items())
    }
