"""Four ways of choosing among a hundred messages: ours, and three that it is held against."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from tests.truth.engine_world import Moment, Numbers, Stretch, is_seen
from wegweiser.decide.facts import Facts
from wegweiser.decide.pipeline import decide
from wegweiser.learn.label import Windows, labels
from wegweiser.learn.train import train
from wegweiser.terms.decision import Decision
from wegweiser.terms.instant import HOUR_MS, MINUTE_MS
from wegweiser.terms.journey import STAGES
from wegweiser.terms.model import Snapshot
from wegweiser.terms.outcome import Outcome

_KEY = b"the truth about the demo"
# The learner takes up what has closed so often; a running server does it every minute.
LEARNS_EVERY_MS = 6 * HOUR_MS
PULL_MS, PUSH_MS = 30 * MINUTE_MS, 72 * HOUR_MS


class Chooser(Protocol):
    """Chooses a message by its place, and is told what became of it when the window closes."""

    def choose(self, moment: Moment, number: int) -> int:
        """Choose at a moment."""

    def learn(self, moment: Moment, number: int, choice: int, clicked: bool) -> None:
        """Learn a label whose window has closed; only of what was seen."""


def run(stretch: Stretch, chooser: Chooser) -> Numbers:
    """Give the true chance of a click of what was chosen at each moment."""
    open_ones: list[tuple[int, int, int, bool]] = []
    found = np.empty(len(stretch.moments))
    for number, moment in enumerate(stretch.moments):
        for closed in _closed(open_ones, moment.at):
            _, which, choice, clicked = closed
            chooser.learn(stretch.moments[which], which, choice, clicked)
        choice = chooser.choose(moment, number)
        found[number] = moment.chances[choice]
        if is_seen(moment):
            clicked = moment.luck[1] < moment.chances[choice]
            push = moment.placement == "email.weekly"
            open_ones.append((moment.at + (PUSH_MS if push else PULL_MS), number, choice, clicked))
    return found


def _closed(
    open_ones: list[tuple[int, int, int, bool]], now: int
) -> Iterator[tuple[int, int, int, bool]]:
    closed = sorted(one for one in open_ones if one[0] <= now)
    if closed:
        open_ones[:] = [one for one in open_ones if one[0] > now]
    yield from closed


class Engine:
    """Ours: `decide` draws, `labels` and `train` learn, with floor, delay and all."""

    def __init__(self, stretch: Stretch):
        self._policy = stretch.policy
        self._place = {key: place for place, key in enumerate(stretch.keys)}
        self._windows = Windows()
        self._decisions: dict[int, Decision] = {}
        self._waiting: list[tuple[Decision, list[Outcome]]] = []
        self._learned_at = 0
        self.snapshot = Snapshot()

    def choose(self, moment: Moment, number: int) -> int:
        """Decide as the server does."""
        if moment.at - self._learned_at >= LEARNS_EVERY_MS and self._waiting:
            self._take_up(moment.at)
        decision = decide(
            self._policy,
            self.snapshot,
            moment.situation,
            moment.facts,
            moment.at,
            f"dec_{number:08}",
            _KEY,
        )
        self._decisions[number] = decision
        return self._place[decision.items[0].message]

    def learn(self, moment: Moment, number: int, choice: int, clicked: bool) -> None:
        """Keep the outcomes for the next time of learning."""
        decision = self._decisions.pop(number)
        kinds = ["delivered", "seen", *(["click"] if clicked else [])]
        outcomes = [
            Outcome(
                outcome_id=f"{decision.decision_id}-{kind}",
                kind=kind,
                at=moment.at + 1000,
                decision_id=decision.decision_id,
                placement=moment.placement,
            )
            for kind in kinds
        ]
        self._waiting.append((decision, outcomes))

    def _take_up(self, now: int) -> None:
        self.snapshot = train(self.snapshot, labels(self._waiting, now, self._windows))
        self._waiting.clear()
        self._learned_at = now


class BetaThompson:
    """One click rate per message, Beta(1, 1) before, whoever asks; the best of one draw each."""

    def __init__(self, seed: int, count: int):
        self._rng = np.random.default_rng(seed)
        self._good, self._bad = np.ones(count), np.ones(count)

    def choose(self, moment: Moment, number: int) -> int:
        """Draw a rate for each message and take the highest."""
        return int(self._rng.beta(self._good, self._bad).argmax())

    def learn(self, moment: Moment, number: int, choice: int, clicked: bool) -> None:
        """Count."""
        (self._good if clicked else self._bad)[choice] += 1


class LogisticPerMessage:
    """A Bayesian logistic model of its own for each message, over stage, channel and interest."""

    def __init__(self, seed: int, stretch: Stretch):
        self._rng = np.random.default_rng(seed)
        self._topics = stretch.topics
        size = 1 + len(STAGES) + 4 + 1
        self._mean = np.zeros((len(stretch.keys), size))
        self._mean[:, 0] = np.log(0.02 / 0.98)
        self._variance = np.full((len(stretch.keys), size), 0.2)
        self._variance[:, 0] = 0.5

    def _shared(self, facts: Facts, placement: str) -> Numbers:
        stage = facts.person.get("stage")
        told = stage if isinstance(stage, dict) else {}
        beliefs = [float(str(told.get(name, 0.0))) for name in STAGES]
        places = ("home.hero", "app.card", "email.weekly", "sales.next")
        return np.array([1.0, *beliefs, *(float(placement == one) for one in places)])

    def _weights(self, moment: Moment) -> Numbers:
        shared = self._shared(moment.facts, moment.placement)
        interests = moment.facts.interests()
        own = np.array([interests.get(topic, 0.0) for topic in self._topics])
        return np.column_stack([np.tile(shared, (len(own), 1)), own])

    def choose(self, moment: Moment, number: int) -> int:
        """Draw a score for each message and take the highest."""
        weights = self._weights(moment)
        mean = (weights * self._mean).sum(axis=1)
        spread = np.sqrt((weights**2 * self._variance).sum(axis=1))
        return int((mean + 0.6 * spread * self._rng.normal(size=len(mean))).argmax())

    def learn(self, moment: Moment, number: int, choice: int, clicked: bool) -> None:
        """Update as our learner does, but nothing of one message teaches about another."""
        weights = self._weights(moment)[choice]
        mean, variance = self._mean[choice], self._variance[choice]
        kappa = 1 / np.sqrt(1 + np.pi * (weights**2 * variance).sum() / 8)
        chance = 1 / (1 + np.exp(-kappa * (weights * mean).sum()))
        mean += variance * weights * kappa * (clicked - chance)
        variance -= (variance * weights) ** 2 * kappa**2 * chance * (1 - chance)
