"""What another bundle or another model would have decided in a recorded situation."""

import msgspec

from wegweiser.decide.again import Lacking, again, lacking, recorded_facts
from wegweiser.decide.candidate import NOTHING, unpack
from wegweiser.decide.chances import MOST_SHOWN, SILENCE, chances_of, name_of
from wegweiser.decide.counterfactual import unread
from wegweiser.decide.policy import Policy
from wegweiser.decide.reasons import reasons
from wegweiser.terms.decision import Decision, Draw
from wegweiser.terms.json import Json
from wegweiser.terms.model import Snapshot


class SlotThen(msgspec.Struct, frozen=True):
    """One slot before and after: the choices with their probabilities, and what moved most.

    Candidates are "message/variant", "" is nothing; `same` when the choice is.
    """

    placement: str
    slot: int
    before: str
    before_pi: float
    after: str
    after_pi: float
    same: bool
    shifts: dict[str, tuple[float, float]]


class WhatIf(msgspec.Struct, frozen=True):
    """The difference: slots, who became possible, and who is possible no more and why.

    `unread` are fields that the other rules read and that the record does not keep, `gone` are
    placements that the other bundle has no more.
    """

    lacking: Lacking = ""
    arm: tuple[str, str] = ("", "")
    status: tuple[str, str] = ("", "")
    slots: tuple[SlotThen, ...] = ()
    gained: tuple[str, ...] = ()
    lost: dict[str, list[Json]] = {}
    unread: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def what_if(
    decision: Decision, logged: Policy, other: Policy, snapshot: Snapshot, stream_key: bytes
) -> WhatIf:
    """Decide a recorded situation under another policy or snapshot, with the same random numbers.

    Where a placement has an item but no draw, its fallback stood there.
    """
    why = lacking(decision)
    if why:
        return WhatIf(why)
    gone = tuple(key for key in decision.asked if key not in other.placements)
    left = msgspec.structs.replace(
        decision,
        asked=tuple(key for key in decision.asked if key in other.placements),
        slots=tuple(
            count
            for key, count in zip(decision.asked, decision.slots, strict=False)
            if key in other.placements
        ),
        draws=tuple(draw for draw in decision.draws if draw.placement in other.placements),
    )
    then = again(other, left, snapshot, stream_key)
    before, after = _survivors(logged, decision), _survivors(other, then)
    dropped = reasons(other, then, recorded_facts(decision))
    told = {other.candidates[index].id: found for index, found in dropped.items()}
    return WhatIf(
        arm=(decision.arm, then.arm),
        status=(decision.status, then.status),
        slots=_slots(decision, logged, then, other),
        gained=tuple(sorted(after - before)),
        lost={name: told.get(name, []) for name in sorted(before - after)},
        unread=tuple(unread(other, logged)),
        gone=gone,
    )


def _survivors(policy: Policy, decision: Decision) -> set[str]:
    return {
        name_of(policy, index)
        for draw in decision.draws
        for index in unpack(draw.candidates)
        if index != NOTHING
    }


def _slots(
    decision: Decision, logged: Policy, then: Decision, other: Policy
) -> tuple[SlotThen, ...]:
    before, after = _places(decision, logged), _places(then, other)
    return tuple(
        _slot(key, before.get(key, _EMPTY), after.get(key, _EMPTY))
        for key in sorted(before.keys() | after.keys())
    )


_Place = tuple[str, float, dict[str, float]]
_EMPTY: _Place = (SILENCE, 1.0, {SILENCE: 1.0})


def _places(decision: Decision, policy: Policy) -> dict[tuple[str, int], _Place]:
    """Give choice, its probability and all probabilities of every slot, fallbacks too."""
    found = {
        (item.placement, item.slot): _certain(f"{item.message}/{item.variant}")
        for item in decision.items
    }
    return found | {(draw.placement, draw.slot): _drawn(policy, draw) for draw in decision.draws}


def _certain(name: str) -> _Place:
    return name, 1.0, {name: 1.0}


def _drawn(policy: Policy, draw: Draw) -> _Place:
    chances = chances_of(policy, draw)
    chosen = name_of(policy, draw.chosen)
    return chosen, chances.get(chosen, 0.0), chances


def _slot(key: tuple[str, int], before: _Place, after: _Place) -> SlotThen:
    moves = {
        name: (before[2].get(name, 0.0), after[2].get(name, 0.0))
        for name in before[2].keys() | after[2].keys()
    }
    ranked = sorted(moves, key=lambda name: (-abs(moves[name][1] - moves[name][0]), name))
    return SlotThen(
        placement=key[0],
        slot=key[1],
        before=before[0],
        before_pi=before[1],
        after=after[0],
        after_pi=after[1],
        same=before[0] == after[0],
        shifts={name: moves[name] for name in ranked[:MOST_SHOWN]},
    )
