"""Which arm a unit belongs to: a stable hash, the same in every process and for ever."""

import hashlib
from typing import Literal

from wegweiser.terms.policy import Arms

Arm = Literal["nothing", "random", "main"]
_SALT = "wegweiser.arms"


def position(unit_id: str, epoch: str) -> float:
    """Place a unit in [0, 1): the first 64 bits of SHA-256(salt | epoch | unit id).

    >>> round(position("group_id:acme", "1"), 4)
    0.589
    """
    digest = hashlib.sha256(f"{_SALT}|{epoch}|{unit_id}".encode()).digest()
    # 53 bits survive in a float; shifting keeps the result below 1.
    return (int.from_bytes(digest[:8], "big") >> 11) / (1 << 53)


def arm_of(arms: Arms, unit_id: str) -> Arm:
    """Give the arm of a unit: adjacent intervals, so that arms never overlap.

    Without a unit nothing can be held out for good, so that is the main arm.
    """
    if not unit_id:
        return "main"
    place = position(unit_id, arms.epoch)
    if place < arms.nothing:
        return "nothing"
    return "random" if place < arms.nothing + arms.random else "main"
