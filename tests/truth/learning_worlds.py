"""The invented world R1: a hundred messages, forty at a time, and a truth that is known.

Everything that chooses and learns is the product's own: features, scores, selection
probabilities, draws and training. Only the responses are made up.
"""

from collections import deque
from collections.abc import Callable

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.decide.arbitrate import LEAST_SPREAD, Utilities
from wegweiser.decide.circumstance import Circumstance
from wegweiser.decide.features import all_features
from wegweiser.decide.policy import Policy, compile_policy
from wegweiser.decide.probability import select
from wegweiser.decide.response import scorer
from wegweiser.learn.label import Example
from wegweiser.learn.train import Learner
from wegweiser.terms.journey import STAGES
from wegweiser.terms.message import Message, Placement, Variant
from wegweiser.terms.model import Head, Snapshot
from wegweiser.terms.policy import Arms, Bundle
from wegweiser.terms.prior import BIAS_VARIANCE, FEATURES, default_spread, logit

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]

MESSAGES, TOPICS, FORMATS, AIMS, PERSONAS = 100, 10, 4, 5, 4
ELIGIBLE = 40
LATE = 1_000
RATE = 0.016
RHO = default_spread(FEATURES)
FLOOR = 0.05
TOP = 10
# The model is published anew after so many decisions.
PUBLISHED_EVERY = 250
PLACEMENT = Placement("home.hero", "web", allow_nothing=False)
START = 1_795_340_467_000


class Visit(msgspec.Struct, frozen=True):
    """One decision to take: who asks, the messages that may be shown, and their true chances."""

    belief: Numbers
    persona: int
    topics: tuple[int, int]
    eligible: Places
    chance: Numbers
    luck: float
    drawn: float


class World:
    """The truth of R1 under one seed; the flat one has no differences between people."""

    def __init__(self, seed: int, flat: bool = False) -> None:
        rng = np.random.default_rng([seed, 15])
        self._rng = np.random.default_rng([seed, 16])
        self.topic = rng.integers(0, TOPICS, MESSAGES)
        self.format = rng.integers(0, FORMATS, MESSAGES)
        self.aim = rng.integers(0, AIMS, MESSAGES)
        self.persona_aim = rng.integers(0, PERSONAS, MESSAGES)
        scale = 0.0 if flat else 1.0
        self._stage = scale * rng.normal(0.0, 0.6, (AIMS, AIMS))
        self._persona = scale * rng.normal(0.0, 0.5, (PERSONAS, PERSONAS))
        self._topic = scale * rng.normal(0.8, 0.3, TOPICS)
        self._format = rng.normal(0.0, 0.2, FORMATS)
        self._message = rng.normal(0.0, 0.3, MESSAGES)

    def visit(self) -> Visit:
        """Let somebody come."""
        rng = self._rng
        belief = rng.dirichlet(np.full(AIMS, 0.5))
        persona = int(rng.integers(0, PERSONAS))
        first, second = (int(topic) for topic in rng.integers(0, TOPICS, 2))
        eligible = np.sort(rng.choice(MESSAGES, ELIGIBLE, replace=False))
        affinity = np.isin(self.topic, (first, second)).astype(float)
        value = (
            -4.5
            + belief @ self._stage[:, self.aim]
            + self._persona[persona, self.persona_aim]
            + self._topic[self.topic] * affinity
            + self._format[self.format]
            + self._message
        )
        chance = 1.0 / (1.0 + np.exp(-value[eligible]))
        luck, drawn = rng.random(2)
        return Visit(belief, persona, (first, second), eligible, chance, float(luck), float(drawn))

    def policy(self) -> Policy:
        """Give the messages of this world as the product knows them."""
        messages = tuple(
            Message(
                f"m{number:02d}",
                (Variant("v", "web", format=f"f{self.format[number]}"),),
                topic=f"t{self.topic[number]}",
                stage_aim=STAGES[self.aim[number]],
                persona_aim=f"p{self.persona_aim[number]}",
            )
            for number in range(MESSAGES)
        )
        return compile_policy(
            Bundle(
                number=1, messages=messages, placements=(PLACEMENT,), arms=Arms(nothing=0, random=0)
            )
        )


# Chooses among the eligible messages of a visit: gives a place in `eligible`.
Choice = Callable[[Visit], int]
Learn = Callable[[Visit, int, bool], None]


def share_of_lift(world: World, decisions: int, choose: Choice, learn: Learn) -> Numbers:
    """Give by quarter which share of the possible lift over random was reached.

    (mean chance of the chosen - mean of the eligible) / (mean of the best - mean of the
    eligible); labels come 1,000 decisions late.
    """
    waiting: deque[tuple[Visit, int]] = deque()
    won, best = np.zeros(4), np.zeros(4)
    for number in range(decisions):
        if len(waiting) == LATE:
            seen, shown = waiting.popleft()
            learn(seen, shown, bool(seen.luck < seen.chance[shown]))
        visit = world.visit()
        place = choose(visit)
        waiting.append((visit, place))
        quarter = 4 * number // decisions
        middle = float(visit.chance.mean())
        won[quarter] += visit.chance[place] - middle
        best[quarter] += visit.chance.max() - middle
    return np.asarray(won / best)


class Engine:
    """Wegweiser's own learner and selection, as they stand in the product."""

    def __init__(self, world: World, floor: float = FLOOR) -> None:
        self.policy = world.policy()
        self._shelf = self.policy.shelves["web"]
        self._floor = floor
        bias = Head({"bias": logit(RATE)}, {"bias": BIAS_VARIANCE}, rate=RATE)
        self.snapshot = Snapshot(heads={"engage": bias})
        self._learner = Learner(self.snapshot)
        self._learned = 0

    def choose(self, visit: Visit) -> int:
        """Draw from the exact selection probabilities."""
        response = scorer(self.policy, PLACEMENT, self.snapshot).respond(seen_by(visit))
        utilities = Utilities(
            response.mean,
            np.maximum(RHO * response.spread, LEAST_SPREAD),
            np.ones(MESSAGES),
            np.zeros(MESSAGES),
        ).of(visit.eligible)
        found = select(utilities, False, self._floor, TOP, push=False)
        place = int(np.searchsorted(np.cumsum(found.probability), visit.drawn, side="right"))
        return min(place, ELIGIBLE - 1)

    def learn(self, visit: Visit, place: int, responded: bool) -> None:
        """Learn one label; now and then a new snapshot is published."""
        candidate = self._shelf.candidates[visit.eligible[place]]
        weights = all_features(candidate, PLACEMENT.key, seen_by(visit))
        self._learned += 1
        self._learner.learn(
            Example(
                START + self._learned,
                f"dec-{self._learned:08d}",
                PLACEMENT.key,
                0,
                "engage",
                responded,
                dict(sorted(weights.items())),
                message=candidate.message.key,
                channel="web",
            )
        )
        if self._learned % PUBLISHED_EVERY == 0:
            self.snapshot = self._learner.snapshot()


def seen_by(visit: Visit) -> Circumstance:
    """Give what the product sees of a visit: belief, persona and interests."""
    tags = {f"stage:{STAGES[stage]}": float(part) for stage, part in enumerate(visit.belief)}
    return Circumstance(
        tags={**tags, f"persona:p{visit.persona}": 1.0},
        interests={f"t{topic}": 1.0 for topic in visit.topics},
    )


class BetaPerMessage:
    """Thompson sampling with a beta distribution per message, blind to who asks."""

    def __init__(self, seed: int, weight: float = 20.0) -> None:
        self._rng = np.random.default_rng([seed, 17])
        self._found = np.full(MESSAGES, weight * RATE)
        self._missed = np.full(MESSAGES, weight * (1.0 - RATE))

    def choose(self, visit: Visit) -> int:
        """Take the highest draw."""
        rows = visit.eligible
        return int(self._rng.beta(self._found[rows], self._missed[rows]).argmax())

    def learn(self, visit: Visit, place: int, responded: bool) -> None:
        """Count one response."""
        counts = self._found if responded else self._missed
        counts[visit.eligible[place]] += 1.0
