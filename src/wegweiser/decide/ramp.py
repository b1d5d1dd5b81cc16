"""The ramp of a new push message: it reaches few units until enough of them responded."""

import hashlib
from collections.abc import Mapping

import numpy as np

from wegweiser.decide.candidate import Mask
from wegweiser.decide.policy import Policy, Shelf

_SALT = "wegweiser.ramp"


def share_of(positives: int, start: float, enough: int) -> float:
    """Give the share of units that a message reaches after so many responses.

    min(1, start + (1 - start)·positives/enough).

    >>> share_of(0, 0.02, 200), share_of(100, 0.02, 200), share_of(300, 0.02, 200)
    (0.02, 0.51, 1.0)
    """
    return min(1.0, start + (1.0 - start) * positives / enough)


def place_of(message: str, unit: str) -> float:
    """Place a unit in [0, 1) for a message: it is reached while the share is above that.

    >>> round(place_of("welcome", "group_id:acme"), 4) == place_of("welcome", "group_id:acme")
    False
    """
    digest = hashlib.sha256(f"{_SALT}|{message}|{unit}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> 11) / (1 << 53)


def not_yet(policy: Policy, shelf: Shelf, unit: str, positives: Mapping[str, int]) -> Mask | None:
    """Tell which candidates do not reach a unit yet; None without a ramp.

    `positives` counts matured responses by message. Service messages have no ramp. The audience
    of a message only grows, because a unit's place never changes.
    """
    rules = policy.bundle.exploration
    if rules.ramp >= 1.0:
        return None
    early = [
        (share := share_of(positives.get(key, 0), rules.ramp, rules.ramp_positives)) < 1.0
        and place_of(key, unit) >= share
        for key in shelf.message_keys
    ]
    return np.asarray(np.array(early, dtype=bool)[shelf.messages] & ~shelf.service)
