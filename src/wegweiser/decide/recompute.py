"""Holds a record against the same decision computed again from its stored inputs."""

import msgspec

from wegweiser.decide.again import Lacking, again, lacking
from wegweiser.decide.chances import chances_of, name_of
from wegweiser.decide.policy import Policy
from wegweiser.terms.decision import Decision, Draw
from wegweiser.terms.model import Snapshot

# What a record says that follows from its inputs.
DERIVED = ("arm", "ghost", "status", "items", "draws", "drops", "candidates", "features")
# Another build may add up in another order; more than this is another decision.
MOST_DIFFERENCE = 1e-6


class Moved(msgspec.Struct, frozen=True):
    """A slot whose choice is another one; candidates as "message/variant", "" is nothing."""

    placement: str
    slot: int
    before: str
    after: str


class Recomputed(msgspec.Struct, frozen=True):
    """What came out: `equal` to the bit, or how far the largest probability moved.

    `lacking` says why it could not be computed; `differing` names the parts of the record that
    came out otherwise, `moved` the slots whose choice did.
    """

    lacking: Lacking = ""
    equal: bool = False
    largest: float = 0.0
    differing: tuple[str, ...] = ()
    moved: tuple[Moved, ...] = ()

    @property
    def holds(self) -> bool:
        """True when it came out the same within what another build may differ by."""
        return not self.lacking and not self.moved and self.largest <= MOST_DIFFERENCE


def recompute(
    policy: Policy, decision: Decision, snapshot: Snapshot, stream_key: bytes
) -> Recomputed:
    """Run the steps from candidates to slate again and compare everything that they wrote."""
    why = lacking(decision)
    if why:
        return Recomputed(why)
    other = again(policy, decision, snapshot, stream_key)
    differing = tuple(name for name in DERIVED if not _same(name, other, decision))
    if not differing:
        return Recomputed(equal=True)
    before, after = _by_slot(decision), _by_slot(other)
    pairs = [(before.get(key), after.get(key)) for key in sorted(before.keys() | after.keys())]
    return Recomputed(
        largest=max((_largest(policy, one, two) for one, two in pairs), default=0.0),
        differing=differing,
        moved=tuple(
            Moved(draw.placement, draw.slot, _chosen(policy, one), _chosen(policy, two))
            for one, two in pairs
            if (draw := one or two) and _chosen(policy, one) != _chosen(policy, two)
        ),
    )


def _same(name: str, one: Decision, two: Decision) -> bool:
    if name == "drops":
        # In which order reasons were found says nothing.
        return sorted(map(msgspec.json.encode, one.drops)) == sorted(
            map(msgspec.json.encode, two.drops)
        )
    return bool(getattr(one, name) == getattr(two, name))


def _by_slot(decision: Decision) -> dict[tuple[str, int], Draw]:
    return {(draw.placement, draw.slot): draw for draw in decision.draws}


def _chosen(policy: Policy, draw: Draw | None) -> str:
    return "" if draw is None else name_of(policy, draw.chosen)


def _largest(policy: Policy, one: Draw | None, two: Draw | None) -> float:
    before, after = chances_of(policy, one), chances_of(policy, two)
    return max(
        abs(before.get(name, 0.0) - after.get(name, 0.0)) for name in before.keys() | after.keys()
    )
