"""What decisions of the past earned within their windows: an engagement, or a goal reached."""

from collections.abc import Iterable

from wegweiser.flow.outcomes import OutcomeBook
from wegweiser.learn.label import Windows, windows_of
from wegweiser.learn.reward import engaged_in_time, reached_in_time
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.resolve.directory import Directory
from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.message import Goal
from wegweiser.terms.wrong import wrong

ENGAGED = "engaged"


class Rewards:
    """Committed outcomes held against decisions; `metric` is "engaged" or the key of a goal."""

    def __init__(self, store: OperationalStore, goals: Iterable[Goal], metric: str):
        """Raise InputRefused for a goal that does not exist."""
        self._metric = metric
        self._windows = check_metric(goals, metric)
        self._outcomes = OutcomeBook(store)
        self._leaves = _Leaves(store) if metric != ENGAGED else None

    def closes_at(self, decision: Decision) -> int:
        """Give the moment (ms) from which nothing counts for a decision any more."""
        if self._metric != ENGAGED:
            return decision.at + self._windows.goals[self._metric]
        return decision.at + max(self._windows.engage_pull, self._windows.engage_push)

    def of(self, decision: Decision, placement: str) -> float:
        """Tell whether what counts happened within its window: 1 or 0."""
        own = list(self._outcomes.of_decision(decision.decision_id))
        if self._leaves is None:
            return float(engaged_in_time(decision, placement, own, self._windows))
        of_person = [
            outcome
            for leaf in self._leaves.around(decision.leaf)
            for outcome in self._outcomes.of_leaf(leaf)
        ]
        found = [*own, *of_person]
        return float(reached_in_time(decision, self._metric, found, self._windows))

    def counts(self, decision: Decision) -> dict[str, int]:
        """Count the outcomes of a decision by kind."""
        found: dict[str, int] = {}
        for outcome in self._outcomes.of_decision(decision.decision_id):
            found[outcome.kind] = found.get(outcome.kind, 0) + 1
        return found


def check_metric(goals: Iterable[Goal], metric: str) -> Windows:
    """Give the windows of goals; raises InputRefused for a metric that is none of them."""
    windows = windows_of(goals)
    if metric != ENGAGED and metric not in windows.goals:
        known = ", ".join([ENGAGED, *sorted(windows.goals)])
        raise InputRefused(
            "bad_metric", wrong("no_metric", metric=repr(metric), known=known), 400, "metric"
        )
    return windows


class _Leaves:
    """The leaves of the person that a leaf belongs to, each asked for once."""

    def __init__(self, store: OperationalStore):
        self._directory = Directory(store)
        self._directory.load()
        self._of_person: dict[str, tuple[str, ...]] = {}

    def around(self, leaf: str) -> tuple[str, ...]:
        try:
            person_id = self._directory.person_of(leaf)
        except NotFound:
            return (leaf,)
        if person_id not in self._of_person:
            shares = self._directory.leaves_of(person_id)
            self._of_person[person_id] = tuple(dict.fromkeys(share.leaf for share in shares))
        return self._of_person[person_id]
