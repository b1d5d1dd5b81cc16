"""Simulation: what a draft bundle would have chosen and earned in situations of the past."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from wegweiser.decide.chances import SILENCE
from wegweiser.decide.counterfactual import (
    Alternative,
    alternatives,
    unread,
    without_arms,
)
from wegweiser.decide.policy import compile_policy
from wegweiser.flow.decisions import DecisionBook
from wegweiser.flow.model_book import newest_snapshot
from wegweiser.flow.policies import PolicyBook
from wegweiser.flow.rewards import ENGAGED, Rewards
from wegweiser.measure.off_policy import LEAST_LOGGED, Choices, Offers
from wegweiser.measure.off_policy_answer import Row, Shift, Spent, Told, told
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.terms.contact import outbound
from wegweiser.terms.decision import Decision
from wegweiser.terms.policy import Bundle
from wegweiser.terms.record import ERASED
from wegweiser.terms.ulid import ulid


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
        self.rewards = Rewards(store, wish.bundle.goals, wish.metric)
        self.policies = PolicyBook(store, compile_policy)
        self.draft = without_arms(compile_policy(wish.bundle))
        self.snapshot = newest_snapshot(store)
        self.left_out: Counter[str] = Counter()
        self.unread: dict[str, list[str]] = {}

    def go(self) -> Told:
        rows: list[Row] = []
        pairs: list[tuple[Alternative, float]] = []
        for decision in self._in_period():
            for found in self._compared(decision):
                reward = self.rewards.of(decision, found.placement)
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
            messages=_shifts(pairs, [row.unit for row in rows]),
            budget=self._budget([found for found, _ in pairs]),
        )

    def _budget(self, found: Sequence[Alternative]) -> tuple[Spent, ...]:
        """Count the contacts that were begun, and those that the draft would expect to begin."""
        before: Counter[str] = Counter()
        after: defaultdict[str, float] = defaultdict(float)
        for one in found:
            placement = self.draft.placements[one.placement]
            if outbound(placement):
                before[placement.channel] += one.chosen != SILENCE
                after[placement.channel] += 1.0 - one.target.get(SILENCE, 0.0)
        return tuple(Spent(name, before[name], after[name]) for name in sorted(before))

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
        if decision.arm == "one_best":
            return "one_best"
        return "open" if self.rewards.closes_at(decision) > self.wish.as_of else ""

    def _compared(self, decision: Decision) -> Iterator[Alternative]:
        logged = self.policies.of(decision.bundle)
        if decision.bundle not in self.unread:
            self.unread[decision.bundle] = unread(self.draft, logged)
        for found in alternatives(decision, logged, self.draft, self.snapshot):
            if self.wish.placement not in ("", found.placement):
                continue
            if f"not_evaluable:{found.placement}" in decision.flags:
                self.left_out["not_evaluable"] += 1
                continue
            yield found


def _row(decision: Decision) -> Row:
    unit = decision.unit_id or decision.person_id or decision.decision_id
    return Row(unit=unit, at=decision.at, arm=decision.arm, model=decision.model)


def _shifts(pairs: Sequence[tuple[Alternative, float]], units: Sequence[str]) -> tuple[Shift, ...]:
    """Count how often each message was chosen, and how often the draft would expect to."""
    before = Counter(_message(one.chosen) for one, _ in pairs)
    after: defaultdict[str, float] = defaultdict(float)
    earned: defaultdict[str, float] = defaultdict(float)
    reached: defaultdict[str, set[str]] = defaultdict(set)
    # Chance of each unit to be passed over by a message every time.
    missed: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for (one, reward), unit in zip(pairs, units, strict=True):
        earned[_message(one.chosen)] += reward
        reached[_message(one.chosen)].add(unit)
        for message, chance in _by_message(one.target).items():
            after[message] += chance
            missed[message][unit] = missed[message].get(unit, 1.0) * (1.0 - chance)
    shifts = [
        Shift(
            name,
            before[name],
            after[name],
            earned[name] / before[name] if before[name] else None,
            units=len(reached[name]),
            units_after=sum(1.0 - chance for chance in missed[name].values()),
        )
        for name in before.keys() | after.keys()
    ]
    return tuple(sorted(shifts, key=lambda shift: (-shift.after, shift.message)))


def _by_message(chances: dict[str, float]) -> dict[str, float]:
    found: defaultdict[str, float] = defaultdict(float)
    for name, chance in chances.items():
        found[_message(name)] += chance
    return found


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
