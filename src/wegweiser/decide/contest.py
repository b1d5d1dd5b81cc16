"""Who competes for a slot and with what chances: laid out once for all who are alike."""

from typing import cast

import msgspec
import numpy as np

from wegweiser.decide.arbitrate import Utilities, sound
from wegweiser.decide.arm_choice import chances
from wegweiser.decide.candidate import Indexes, Mask, pack
from wegweiser.decide.figures import Prospects, prospects_of
from wegweiser.decide.holdout import Arm
from wegweiser.decide.memory import Memory
from wegweiser.decide.policy import Numbers, Policy, Shelf
from wegweiser.decide.slate import Lots, lots_of
from wegweiser.terms.message import Placement


class Contest(msgspec.Struct, frozen=True):
    """The survivors of a slot by their `places` on the shelf, and all that no draw changes.

    `unsound` are packed candidates that fell out because their numbers are none; `scored` tells
    that a model without doubt stands in. `lots` and `prospects` are None where nobody is left.
    """

    places: Indexes
    unsound: bytes
    scored: bool = False
    lots: Lots | None = None
    prospects: Prospects | None = None


def contest_of(
    policy: Policy,
    arm: Arm,
    placement: Placement,
    alive: Mask,
    utilities: Utilities,
    context: Numbers | None = None,
) -> Contest:
    """Give the contest of those who are `alive` on the shelf of a placement, as an arm counts.

    `utilities` are those of the whole shelf, `context` its factors C where any holds. What
    follows from equal numbers is remembered.
    """
    memory = _memory(policy, placement)
    factors = None if context is None else context.tobytes()
    key = (arm, alive.tobytes(), factors, *utilities.key)
    found = memory.get(key)
    if found is None:
        found = _contest(policy, arm, placement, alive, utilities, context)
        memory.put(key, found)
    return found


def _memory(policy: Policy, placement: Placement) -> Memory[Contest]:
    name = ("contest", placement.key)
    found = cast("Memory[Contest] | None", policy.scorers.get(name))
    if found is None:
        found = Memory(len(policy.shelves[placement.channel].candidates))
        policy.scorers[name] = found
    return found


def _contest(
    policy: Policy,
    arm: Arm,
    placement: Placement,
    alive: Mask,
    utilities: Utilities,
    context: Numbers | None,
) -> Contest:
    shelf = policy.shelves[placement.channel]
    service = alive & shelf.service
    serving = bool(service.any())
    places, unsound = _whole(shelf, np.flatnonzero(service if serving else alive), utilities)
    if not len(places):
        return Contest(places, unsound)
    mine = utilities.of(places)
    selection = chances(policy, arm, placement, mine, serving)
    factors = None if context is None else context[places]
    return Contest(
        places,
        unsound,
        mine.gamma > 0.0,
        lots_of(shelf.indexes[places], mine, selection),
        prospects_of(policy, shelf, places, mine, selection, factors),
    )


def _whole(shelf: Shelf, places: Indexes, utilities: Utilities) -> tuple[Indexes, bytes]:
    """Leave out candidates whose numbers are none; gives these packed as well."""
    sane = sound(utilities)[places]
    if sane.all():
        return places, b""
    return places[sane], pack(shelf.indexes[places[~sane]])
