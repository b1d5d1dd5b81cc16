"""What won a draw, against which rival, how surely, and by which features."""

import msgspec
import numpy as np

from wegweiser.decide.arbitrate import Utilities
from wegweiser.decide.candidate import Candidate
from wegweiser.decide.policy import Policy
from wegweiser.decide.probability import thompson
from wegweiser.decide.weigh import Slot, gains
from wegweiser.terms.model import Snapshot

MOST_REASONS = 2
# Less than this on the logit scale is no reason.
_LEAST_GAIN = 1e-9


class Winner(msgspec.Struct, frozen=True):
    """What a draw chose, the best other survivor, and how often the first is worth more.

    `place` and `rival_place` are places on the shelf; `because` holds features and weights.
    """

    slot: Slot
    place: int
    candidate: Candidate
    rival_place: int | None
    rival: Candidate | None
    beats: float
    because: tuple[tuple[str, float], ...]


def winner_of(policy: Policy, slot: Slot, snapshot: Snapshot) -> Winner:
    """Compare the winner of a draw with the best survivor of another message."""
    shelf = policy.shelves[slot.placement.channel]
    first = int(np.searchsorted(shelf.indexes, slot.draw.chosen))
    others = slot.survivors[shelf.messages[slot.survivors] != shelf.messages[first]]
    candidate = shelf.candidates[first]
    if not len(others):
        return Winner(slot, first, candidate, None, None, 1.0, ())
    second = int(others[slot.utilities.at(0.0)[others].argmax()])
    rival = shelf.candidates[second]
    lifted = gains(candidate, rival, slot, snapshot)
    because = [
        (feature, weight) for feature, (gain, weight) in lifted.items() if gain > _LEAST_GAIN
    ]
    beats = win_chance(slot.utilities, first, second)
    return Winner(slot, first, candidate, second, rival, beats, tuple(because[:MOST_REASONS]))


def win_chance(utilities: Utilities, first: int, second: int) -> float:
    """Compute on the grid of the selection the chance that one utility is above another.

    >>> even = np.zeros(2)
    >>> round(win_chance(Utilities(even, even + 1, even + 1, even), 0, 1), 9)
    0.5
    """
    return float(thompson(utilities.of(np.array([first, second])), False)[0])
