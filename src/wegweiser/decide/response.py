"""How likely a person is to respond to each candidate, with the doubt that remains."""

from collections.abc import Mapping, Sequence
from typing import cast

import msgspec
import numpy as np

from wegweiser.decide.candidate import Candidate
from wegweiser.decide.policy import Numbers, Policy, Shelf
from wegweiser.terms.message import Placement
from wegweiser.terms.model import Head, Snapshot
from wegweiser.terms.prior import BIAS, ENGAGE, prior_mean, prior_variance

# Until enough of a goal was seen in held-out units, half of what follows a message is counted
# as caused by it, and the base rate as nothing.
ASSUMED_INCREMENT = 0.5


class Response(msgspec.Struct, frozen=True):
    """Response per candidate as a normal on the logit scale: mean and standard deviation."""

    mean: Numbers
    spread: Numbers


def features(candidate: Candidate, placement: str, known: bool) -> dict[str, float]:
    """Name the features of a candidate that do not depend on the person's interests."""
    message, variant = candidate.message, candidate.variant
    names = [BIAS, f"channel:{variant.channel}", f"placement:{placement}"]
    names.append(f"message:{message.key}")
    names.append(f"message:{message.key}&{'known' if known else 'unknown'}")
    if message.topic:
        names.append(f"topic:{message.topic}")
    if variant.format:
        names.append(f"format:{variant.format}")
    return dict.fromkeys(names, 1.0)


def all_features(
    candidate: Candidate, placement: str, known: bool, interests: Mapping[str, float]
) -> dict[str, float]:
    """Name all features of a candidate with their weights from 0 to 1."""
    found = features(candidate, placement, known)
    weight = interests.get(candidate.message.topic, 0.0)
    return {**found, f"affinity:{candidate.message.topic}": weight} if weight else found


def head_of_goal(goal: str) -> str:
    """Name the head that predicts a goal among those who engaged."""
    return f"goal:{goal}"


def shared(feature: str) -> bool:
    """Tell whether all candidates of a request have this feature, so that it ranks nothing."""
    return feature == BIAS or feature.startswith(("channel:", "placement:"))


def mean_of(snapshot: Snapshot, head: str, feature: str) -> float:
    """Read a feature's mean, or its prior where nothing was learned."""
    found = snapshot.heads.get(head, _EMPTY).mean.get(feature)
    return prior_mean(head, feature) if found is None else found


def variance_of(snapshot: Snapshot, head: str, feature: str) -> float:
    """Read a feature's variance, or its prior where nothing was learned."""
    found = snapshot.heads.get(head, _EMPTY).variance.get(feature)
    return prior_variance(feature) if found is None else found


_EMPTY = Head()


class _HeadArrays:
    """One head over a shelf: sums of the features fixed per candidate, and the affinities."""

    def __init__(
        self, shelf: Shelf, placement: str, known: bool, snapshot: Snapshot, heads: Sequence[str]
    ) -> None:
        count = len(shelf.candidates)
        self.mean = np.zeros(count)
        self.variance = np.zeros(count)
        self.affinity_mean = np.zeros(count)
        self.affinity_variance = np.zeros(count)
        for place, (candidate, head) in enumerate(zip(shelf.candidates, heads, strict=True)):
            if not head:
                continue
            names = sorted(features(candidate, placement, known))
            self.mean[place] = sum(mean_of(snapshot, head, name) for name in names)
            self.variance[place] = sum(
                variance_of(snapshot, head, name) for name in names if not shared(name)
            )
            if topic := candidate.message.topic:
                affinity = f"affinity:{topic}"
                self.affinity_mean[place] = mean_of(snapshot, head, affinity)
                self.affinity_variance[place] = variance_of(snapshot, head, affinity)

    def at(self, weights: Numbers) -> tuple[Numbers, Numbers]:
        """Give mean and variance for the affinity weight of each candidate."""
        return (
            self.mean + weights * self.affinity_mean,
            self.variance + weights * weights * self.affinity_variance,
        )


class Scorer:
    """Responses to all candidates of a shelf at one placement, under one snapshot."""

    def __init__(self, shelf: Shelf, placement: str, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.topics = shelf.topics
        self.topic = shelf.topic
        goals = [part.message.goal for part in shelf.candidates]
        heads = [head_of_goal(goal) if goal else "" for goal in goals]
        self.has_goal = np.array([bool(goal) for goal in goals], dtype=bool)
        self.any_goal = bool(self.has_goal.any())
        self.increment: Numbers = np.where(self.has_goal, ASSUMED_INCREMENT, 1.0)
        engage = [ENGAGE] * len(goals)
        both = (False, True)
        self.engage = [_HeadArrays(shelf, placement, known, snapshot, engage) for known in both]
        self.goal = [_HeadArrays(shelf, placement, known, snapshot, heads) for known in both]

    def respond(self, known: bool, interests: Mapping[str, float]) -> Response:
        """Predict the response of a person to every candidate of the shelf."""
        by_topic = [interests.get(topic, 0.0) for topic in self.topics]
        weights = np.array([*by_topic, 0.0])[self.topic]
        mean, variance = self.engage[known].at(weights)
        if not self.any_goal:
            return Response(mean, np.sqrt(variance))
        goal_mean, goal_variance = self.goal[known].at(weights)
        joined = both_steps(mean, variance, goal_mean, goal_variance)
        return Response(
            np.where(self.has_goal, joined.mean, mean),
            np.where(self.has_goal, joined.spread, np.sqrt(variance)),
        )


def both_steps(
    engage_mean: Numbers, engage_variance: Numbers, goal_mean: Numbers, goal_variance: Numbers
) -> Response:
    """Join engaging and then reaching the goal into one normal on the logit scale.

    p = p_e·p_g, s² = ((1-p_e)/(1-p)·s_e)² + ((1-p_g)/(1-p)·s_g)². Assumes independent heads and
    spreads of at most about 0.8.
    """
    engage = 1.0 / (1.0 + np.exp(-engage_mean))
    goal = 1.0 / (1.0 + np.exp(-goal_mean))
    chance = engage * goal
    rest = 1.0 - chance
    variance = ((1.0 - engage) / rest) ** 2 * engage_variance
    variance += ((1.0 - goal) / rest) ** 2 * goal_variance
    return Response(np.log(chance / rest), np.sqrt(variance))


def scorer(policy: Policy, placement: Placement, snapshot: Snapshot) -> Scorer:
    """Give the response arrays of a placement, made anew when the snapshot is another one."""
    name = ("scorer", placement.key)
    found = cast("Scorer | None", policy.scorers.get(name))
    if found is None or found.snapshot is not snapshot:
        found = Scorer(policy.shelves[placement.channel], placement.key, snapshot)
        policy.scorers[name] = found
    return found
