"""How likely a person is to respond to each candidate, with the doubt that remains."""

import math
from typing import Literal, cast

import msgspec
import numpy as np

from wegweiser.decide.candidate import Candidate
from wegweiser.decide.circumstance import Circumstance
from wegweiser.decide.columns import Columns, Parts, Table, table_of
from wegweiser.decide.features import alone_features
from wegweiser.decide.memory import Memory
from wegweiser.decide.policy import Numbers, Policy, Shelf
from wegweiser.terms.message import Placement
from wegweiser.terms.model import Guard, Snapshot
from wegweiser.terms.prior import ENGAGE, GOAL, NOTHING_HEAD
from wegweiser.terms.weights import mean_of

# Until enough of a goal was seen in held-out units, half of what follows a message is counted
# as caused by it, and the base rate as nothing.
ASSUMED_INCREMENT = 0.5
# What causes nothing is worth next to nothing; it is no fault of arithmetic.
LEAST_INCREMENT = 1e-6
# Below this a chance is 0 in every digit that a number has.
LEAST_LOGIT = -700.0


class Response(msgspec.Struct, frozen=True):
    """Response per candidate as a normal on the logit scale: mean and standard deviation.

    `engage` is the mean logit of engaging alone.
    """

    mean: Numbers
    spread: Numbers
    engage: Numbers


def head_of_goal(goal: str) -> str:
    """Name the head that predicts a goal among those who engaged."""
    return f"{GOAL}{goal}"


class _Part:
    """One head over some candidates of a shelf, with the guard that may rest on each."""

    def __init__(self, table: Table, snapshot: Snapshot, head: str, rows: list[int]) -> None:
        self.rows = np.array(rows, dtype=np.intp)
        self.columns = Columns(table.of(self.rows), snapshot, head)
        self.any_guarded = bool(snapshot.guards)
        if self.any_guarded:
            guards = [guard_of(snapshot, head, table.candidates[row]) for row in rows]
            self.guarded = np.array([guard is not None for guard in guards], dtype=bool)
            self.intercepts = np.array([guard.intercept if guard else 0.0 for guard in guards])

    def at(self, seen: Circumstance, matched: Numbers | None) -> Parts:
        """Give mean and variance for a request; where guarded, the intercept for sure."""
        mean, variance = self.columns.at(seen, None if matched is None else matched[self.rows])
        if self.any_guarded:
            mean = np.where(self.guarded, self.intercepts, mean)
            variance = np.where(self.guarded, 0.0, variance)
        return mean, variance


def guard_of(snapshot: Snapshot, head: str, candidate: Candidate) -> Guard | None:
    """Find the guard that makes a head say only its rate of a candidate.

    The narrowest slice that was judged decides: one that was right frees from wider ones.
    """
    if not snapshot.guards:
        return None
    held = {f"{guard.head}|{guard.part}": guard for guard in snapshot.guards}
    for part in (
        f"message:{candidate.message.key}",
        f"channel:{candidate.variant.channel}",
        "",
    ):
        name = f"{head}|{part}"
        if name in held:
            return held[name]
        if name in snapshot.judged:
            return None
    return None


class Scorer:
    """Responses to all candidates of a shelf at one placement, under one snapshot."""

    def __init__(self, shelf: Shelf, table: Table, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.table = table
        self.goal_of = [part.message.goal for part in shelf.candidates]
        goals = self.goal_of
        everywhere = list(range(len(goals)))
        self.engage = _Part(table, snapshot, ENGAGE, everywhere)
        self.goals = {
            goal: _Part(
                table,
                snapshot,
                head_of_goal(goal),
                [place for place in everywhere if goals[place] == goal],
            )
            for goal in sorted(set(goals) - {""})
        }

        self._memory = Memory[Response](len(goals))
        # What arbitration makes of the responses, by all that it depends on.
        self.settled = Memory[object](len(goals))
        kappas = {
            goal: max(increment_of(snapshot, goal)[0], LEAST_INCREMENT) for goal in self.goals
        } | {"": 1.0}
        self.increment: Numbers = np.array([kappas[goal] for goal in goals])
        self.measured = [goal for goal in self.goals if goal in snapshot.increments]

    def baselines(self, seen: Circumstance) -> Numbers | None:
        """Give b per candidate: how often its goal is reached by those to whom nothing is said.

        It is 0 where the increment is assumed, and None where that is so for all.
        """
        if not self.measured:
            return None
        found = np.zeros(len(self.goal_of))
        for goal in self.measured:
            found[self.goals[goal].rows] = baseline(self.snapshot, goal, seen)
        return found

    def respond(self, seen: Circumstance) -> Response:
        """Predict the response to every candidate of the shelf in a request.

        What is the same for many visitors, above all for new ones, is remembered.
        """
        key = seen.key
        found = self._memory.get(key)
        if found is None:
            found = self._respond(seen)
            self._memory.put(key, found)
        return found

    def _respond(self, seen: Circumstance) -> Response:
        matched = self.table.matches(seen.words) if seen.words else None
        mean, variance = self.engage.at(seen, matched)
        engage, spread = mean, np.sqrt(variance)
        if self.goals:
            mean = mean.copy()
        for part in self.goals.values():
            rows = part.rows
            joined = both_steps(engage[rows], variance[rows], *part.at(seen, matched))
            mean[rows], spread[rows] = joined
        return Response(mean, spread, engage)


def increment_of(snapshot: Snapshot, goal: str) -> tuple[float, Literal["assumed", "measured"]]:
    """Give kappa of a goal, the part of a response that the message caused, and how it is known.

    >>> increment_of(Snapshot(), "won")
    (0.5, 'assumed')
    """
    factor = snapshot.increments.get(goal)
    return (ASSUMED_INCREMENT, "assumed") if factor is None else (factor.kappa, "measured")


def baseline(snapshot: Snapshot, goal: str, seen: Circumstance) -> float:
    """Predict how often a goal is reached in its window by somebody to whom nothing is said."""
    head = f"{NOTHING_HEAD}{goal}"
    mean = sum(
        weight * mean_of(snapshot, head, name)
        for name, weight in sorted(alone_features(seen).items())
    )
    return 1.0 / (1.0 + math.exp(-max(mean, LEAST_LOGIT)))


def both_steps(
    engage_mean: Numbers, engage_variance: Numbers, goal_mean: Numbers, goal_variance: Numbers
) -> tuple[Numbers, Numbers]:
    """Join engaging and then reaching the goal into mean and spread on the logit scale.

    p = p_e·p_g, s² = ((1-p_e)/(1-p)·s_e)² + ((1-p_g)/(1-p)·s_g)². Assumes independent heads and
    spreads of at most about 0.8.
    """
    engage = 1.0 / (1.0 + np.exp(-engage_mean))
    goal = 1.0 / (1.0 + np.exp(-goal_mean))
    chance = engage * goal
    rest = 1.0 - chance
    variance = ((1.0 - engage) / rest) ** 2 * engage_variance
    variance += ((1.0 - goal) / rest) ** 2 * goal_variance
    return np.log(chance / rest), np.sqrt(variance)


def scorer(policy: Policy, placement: Placement, snapshot: Snapshot) -> Scorer:
    """Give the response arrays of a placement, made once per snapshot.

    Those of the newest snapshot and of one older are kept: to explain the past does not cost the
    next decision its arrays.
    """
    newest = cast("Scorer | None", policy.scorers.get(("scorer", placement.key)))
    is_older = newest is not None and snapshot.number < newest.snapshot.number
    name = ("older scorer" if is_older else "scorer", placement.key)
    found = cast("Scorer | None", policy.scorers.get(name))
    if found is None or found.snapshot is not snapshot:
        shelf = policy.shelves[placement.channel]
        table = None if newest is None else newest.table
        if table is None or table.features != snapshot.features:
            table = table_of(policy, placement, snapshot.features)
        found = Scorer(shelf, table, snapshot)
        policy.scorers[name] = found
    return found
