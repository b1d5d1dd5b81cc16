"""Simulation: what a draft bundle would have chosen and earned in situations of the past."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from wegweiser.decide.counterfactual import (
    Alternative,
    alternatives,
    unread,
    without_arms,
)
from wegweiser.decide.policy import compile_policy
from wegweiser.flow.decisions import DecisionBook
from wegweiser.flow.outcomes import OutcomeBook
from wegweiser.flow.policies import PolicyBook
from wegweiser.flow.tables import MODELS
from wegweiser.learn.label import Windows, windows_of
from wegweiser.learn.reward import engaged_in_time, reached_in_time
from wegweiser.measure.off_policy import LEAST_LOGGED, Choices, Offers
from wegweiser.measure.off_policy_answer import Row, Shift, Told, told
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.resolve.directory import Directory
from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.model import Snapshot
from wegweiser.terms.policy import Bundle
from wegweiser.terms.record import ERASED
from wegweiser.terms.ulid import ulid

ENGAGED = "engaged"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A draft, the decisions to hold it against (start inclusive, end not, ms), and what counts.

    `metric` is "engaged" or the key of a goal; an empty `placement` means all of them.
    """

    bundle: Bundle
    start: int
    end: int
    as_of: int
    metric: str = ENGAGED
    placement: str = ""


class Simulator:
    """Reads committed decisions, outcomes, bundles and models; changes nothing."""

    def __init__(self, store: OperationalStore):
        self._store = store

    def simulate(self, wish: Wish) -> Told:
        """Compare the draft with what was logged; raises InputRefused for an unknown metric."""
        return _Run(self._store, wish).go()


class _Run:
    def __init__(self, store: OperationalStore, wish: Wish):
        self.wish = wish
        self.decisions = DecisionBook(store)
        self.outcomes = OutcomeBook(store)
        self.policies = PolicyBook(store, compile_policy)
        self.draft = without_arms(compile_policy(wish.bundle))
        self.snapshot = _newest(store)
        self.windows = self._windows(wish)
        self.left_out: Counter[str] = Counter()
        self.unread: dict[str, list[str]] = {}
        self.leaves = _Leaves(store) if wish.metric != ENGAGED else None

    def _windows(self, wish: Wish) -> Windows:
        windows = windows_of(wish.bundle.goals)
        if wish.metric != ENGAGED and wish.metric not in windows.goals:
            known = ", ".join([ENGAGED, *sorted(windows.goals)])
            raise InputRefused(
                "bad_metric", f"There is no goal {wish.metric!r}; choose from {known}."
            )
        return windows

    def go(self) -> Told:
        rows: list[Row] = []
        pairs: list[tuple[Alternative, float]] = []
        for decision in self._in_period():
            for found in self._compared(decision):
                reward = self._reward(decision, found.placement)
                rows.append(_row(decision))
                pairs.append((found, reward))
        choices = _choices(pairs, [row.unit for row in rows])
        missing = sorted({path for paths in self.unread.values() for path in paths})
        return told(
            choices=choices,
            rows=rows,
            metric=self.wish.metric,
            left_out=dict(sorted(self.left_out.items())),
            unread=tuple(missing),
            messages=_shifts([found for found, _ in pairs]),
        )

    def _in_period(self) -> Iterator[Decision]:
        for decision in self.decisions.since("dec_" + ulid(max(self.wish.start - 1, 0), bytes(10))):
            if decision.at >= self.wish.end:
                return
            if decision.at < self.wish.start:
                continue
            reason = self._unfit(decision)
            if reason:
                self.left_out[reason] += 1
            else:
                yield decision

    def _unfit(self, decision: Decision) -> str:
        """Say why a decision is no example; empty when it is one."""
        if decision.leaf.startswith(ERASED):
            return "erased"
        if decision.ghost:
            return "held_out"
        if decision.status == "fallback":
            return "fallback"
        return "open" if self._closes_at(decision) > self.wish.as_of else ""

    def _closes_at(self, decision: Decision) -> int:
        if self.wish.metric != ENGAGED:
            return decision.at + self.windows.goals[self.wish.metric]
        return decision.at + max(self.windows.engage_pull, self.windows.engage_push)

    def _compared(self, decision: Decision) -> Iterator[Alternative]:
        logged = self.policies.of(decision.bundle)
        if decision.bundle not in self.unread:
            self.unread[decision.bundle] = unread(self.draft, logged)
        for found in alternatives(decision, logged, self.draft, self.snapshot):
            if self.wish.placement in ("", found.placement):
                yield found

    def _reward(self, decision: Decision, placement: str) -> float:
        """Tell whether what counts happened within its window after the decision."""
        own = list(self.outcomes.of_decision(decision.decision_id))
        if self.leaves is None:
            return float(engaged_in_time(decision, placement, own, self.windows))
        of_person = [
            outcome
            for leaf in self.leaves.around(decision.leaf)
            for outcome in self.outcomes.of_leaf(leaf)
        ]
        goal = self.wish.metric
        return float(reached_in_time(decision, goal, [*own, *of_person], self.windows))


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


def _newest(store: OperationalStore) -> Snapshot:
    found = [msgspec.json.decode(value, type=Snapshot) for _, value in store.scan(MODELS)]
    return max(found, key=lambda snapshot: snapshot.number, default=Snapshot())


def _row(decision: Decision) -> Row:
    unit = decision.unit_id or decision.person_id or decision.decision_id
    return Row(unit=unit, at=decision.at, arm=decision.arm, model=decision.model)


def _shifts(found: Sequence[Alternative]) -> tuple[Shift, ...]:
    """Count how often each message was chosen, and how often the draft would expect to."""
    before = Counter(_message(one.chosen) for one in found)
    after: defaultdict[str, float] = defaultdict(float)
    for one in found:
        for name, chance in one.target.items():
            after[_message(name)] += chance
    shifts = [Shift(name, before[name], after[name]) for name in before.keys() | after.keys()]
    return tuple(sorted(shifts, key=lambda shift: (-shift.after, shift.message)))


def _message(name: str) -> str:
    return name.partition("/")[0]


def _choices(pairs: Sequence[tuple[Alternative, float]], units: Sequence[str]) -> Choices:
    """Number candidates and units, and lay the chances out flat."""
    arms: dict[str, int] = {}
    numbers = {unit: number for number, unit in enumerate(dict.fromkeys(units))}
    offers = [
        (row, arms.setdefault(name, len(arms)), chance)
        for row, (found, _) in enumerate(pairs)
        for name, chance in found.target.items()
    ]
    chosen = [arms.setdefault(found.chosen, len(arms)) for found, _ in pairs]
    return Choices(
        arm=np.array(chosen, dtype=np.intp),
        logged=np.array([found.logged[found.chosen] for found, _ in pairs]),
        target=np.array([found.target.get(found.chosen, 0.0) for found, _ in pairs]),
        reward=np.array([reward for _, reward in pairs], dtype=np.float64),
        unit=np.array([numbers[unit] for unit in units], dtype=np.intp),
        unsupported=np.array([_unsupported(found) for found, _ in pairs]),
        offers=Offers(
            row=np.array([row for row, _, _ in offers], dtype=np.intp),
            arm=np.array([arm for _, arm, _ in offers], dtype=np.intp),
            chance=np.array([chance for _, _, chance in offers], dtype=np.float64),
        ),
    )


def _unsupported(found: Alternative) -> float:
    return sum(
        chance
        for name, chance in found.target.items()
        if found.logged.get(name, 0.0) < LEAST_LOGGED
    )
