"""How much of the belief about the stage would have to move before another candidate is best."""

import msgspec

from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Policy
from wegweiser.decide.standings import best_of, best_then
from wegweiser.decide.weigh import Slot, utilities_of
from wegweiser.query.cel import Rule
from wegweiser.terms.decision import Decision
from wegweiser.terms.journey import STAGES
from wegweiser.terms.model import Snapshot

HALVINGS = 20


class StageFlip(msgspec.Struct, frozen=True):
    """The smallest probability that, moved from one stage to another, changes the best."""

    moved: float
    source: str
    target: str
    candidate: str


def flip_by_stage(
    policy: Policy, decision: Decision, slot: Slot, facts: Facts, snapshot: Snapshot
) -> StageFlip | None:
    """Search all pairs of stages by bisection in 20 steps; None where no such move does it."""
    belief = facts.person.get("stage")
    if not isinstance(belief, dict):
        return None
    shares: dict[str, float] = {
        stage: float(share)
        for stage in STAGES
        if isinstance(share := belief.get(stage), int | float)
    }
    search = _Search(policy, decision, slot, facts, snapshot, shares)
    for source, share in shares.items():
        for target in shares:
            if source != target and share > 0.0:
                search.look(source, target, share)
    return search.found


class _Search:
    def __init__(
        self,
        policy: Policy,
        decision: Decision,
        slot: Slot,
        facts: Facts,
        snapshot: Snapshot,
        shares: dict[str, float],
    ) -> None:
        self.policy = policy
        self.decision = decision
        self.slot = slot
        self.facts = facts
        self.snapshot = snapshot
        self.shares = shares
        self.found: StageFlip | None = None
        self.is_ruled = any(reads_stage(rule) for rule in policy.rules)
        self.before = self.best(facts)

    def best(self, facts: Facts) -> str:
        """Name the best candidate under these facts, "" for nothing.

        All steps run again only where a rule reads the stage.
        """
        slot, at = self.slot, self.decision.at
        if self.is_ruled:
            found = best_then(self.policy, self.decision, slot, facts, self.snapshot, at)
        else:
            arm = self.decision.arm
            then = utilities_of(self.policy, arm, slot.placement, self.snapshot, facts, at)
            found = best_of(then.at(0.0), slot.survivors, slot.allow_nothing)
        shelf = self.policy.shelves[self.slot.placement.channel]
        return "" if found.place is None else shelf.candidates[found.place].id

    def moved(self, source: str, target: str, mass: float) -> str:
        """Name the best candidate once this much was moved."""
        return self.best(moved(self.facts, self.shares, source, target, mass))

    def look(self, source: str, target: str, most: float) -> None:
        """Keep a move if it changes the best and is smaller than what was found so far."""
        if self.found is not None:
            most = min(most, self.found.moved)
        if self.moved(source, target, most) == self.before:
            return
        low, high = 0.0, most
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            if self.moved(source, target, middle) == self.before:
                low = middle
            else:
                high = middle
        if self.found is None or high < self.found.moved:
            candidate = self.moved(source, target, high)
            self.found = StageFlip(high, source, target, candidate)


def reads_stage(rule: Rule) -> bool:
    """Tell whether a rule looks at the stage of the person."""
    if "stage" in rule.variables:
        return True
    return any("stage" in path or path == ("person",) for path in rule.key_paths)


def moved(facts: Facts, shares: dict[str, float], source: str, target: str, mass: float) -> Facts:
    """Give the facts after some of the belief has moved from one stage to another.

    >>> facts = Facts(person={"stage": {"explore": 0.75, "evaluate": 0.25}})
    >>> shares = {"explore": 0.75, "evaluate": 0.25}
    >>> moved(facts, shares, "explore", "evaluate", 0.5).person["stage"]
    {'explore': 0.25, 'evaluate': 0.75}
    """
    after = {**shares, source: shares[source] - mass, target: shares[target] + mass}
    belief = facts.person.get("stage")
    stage = {**belief, **after} if isinstance(belief, dict) else after
    return msgspec.structs.replace(facts, person={**facts.person, "stage": stage})
