"""Which arm a unit belongs to: a stable hash, the same in every process and for ever."""

import hashlib
import math
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Literal, get_args

from wegweiser.terms.policy import Arms

Arm = Literal[
    "nothing",
    "random",
    "no_levers",
    "rules_only",
    "eligible_only",
    "one_best",
    "challenger",
    "main",
]
# In the order of their intervals; what came later stands behind, so that nobody was moved by it.
ARMS: tuple[Arm, ...] = get_args(Arm)
_SALT = "wegweiser.arms"
# What a workspace begins with, and what a document of arms that names some of them means.
ALWAYS_ON = Arms(no_levers=0.01, rules_only=0.01, eligible_only=0.01)
EPOCH_MONTHS = 12


def position(unit_id: str, epoch: str) -> float:
    """Place a unit in [0, 1): the first 64 bits of SHA-256(salt | epoch | unit id).

    >>> round(position("group_id:acme", "1"), 4)
    0.589
    """
    digest = hashlib.sha256(f"{_SALT}|{epoch}|{unit_id}".encode()).digest()
    # 53 bits survive in a float; shifting keeps the result below 1.
    return (int.from_bytes(digest[:8], "big") >> 11) / (1 << 53)


def epoch_of(arms: Arms, at: int) -> str:
    """Name the epoch of a moment (ms): the label, then a number for every 12 months after it.

    >>> epoch_of(Arms(epoch="a"), 1_795_340_467_000), epoch_of(Arms(epoch="a"), 1_800_000_000_000)
    ('a', 'a.1')
    """
    return _period(arms.epoch, arms.epoch_starts, _day_of(at))[0]


def epoch_began(arms: Arms, at: int) -> int:
    """Give the moment (ms) at which the epoch of a moment began.

    >>> epoch_began(Arms(), 1_800_000_000_000) == 1_798_761_600_000
    True
    """
    return _period(arms.epoch, arms.epoch_starts, _day_of(at))[1]


def _day_of(at: int) -> int:
    return at // 86_400_000


@lru_cache(maxsize=4096)
def _period(label: str, starts: str, day: int) -> tuple[str, int]:
    if not is_day(starts):
        # Who cannot read the beginning leaves everybody in main, and goes on.
        return label, 0
    first = date.fromisoformat(starts)
    today = datetime.fromtimestamp(day * 86_400, UTC).date()
    years = today.year - first.year - ((today.month, today.day) < (first.month, first.day))
    passed = max(years * 12 // EPOCH_MONTHS, 0)
    # The 29th of February begins on the 1st of March where there is none.
    leap = (first.month, first.day) == (2, 29)
    month, dom = (3, 1) if leap and passed % 4 else (first.month, first.day)
    began = datetime(first.year + passed, month, dom, tzinfo=UTC)
    return f"{label}.{passed}" if passed else label, int(began.timestamp() * 1000)


def is_day(text: str) -> bool:
    """Tell whether a text is a day as epochs begin on one.

    >>> is_day("2026-01-01"), is_day("soon")
    (True, False)
    """
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def shares_of(arms: Arms) -> dict[Arm, float]:
    """Give the share of every arm; they sum to 1 and `main` has the rest.

    >>> shares_of(Arms(nothing=0.5, random=0.25))["main"]
    0.25
    """
    shares: dict[Arm, float] = {name: getattr(arms, name, 0.0) for name in ARMS[:-1]}
    return {**shares, "main": 1.0 - math.fsum(shares.values())}


def readable(arms: Arms) -> bool:
    """Tell whether the shares can be used: none below 0, none left out, not more than 1 in all."""
    return _intervals(arms) is not None


@lru_cache(maxsize=64)
def _intervals(arms: Arms) -> tuple[tuple[float, Arm], ...] | None:
    """Give the end of the interval of every arm in use but `main`; None where none makes sense."""
    shares = shares_of(arms)
    sane = all(math.isfinite(share) and share >= -1e-12 for share in shares.values())
    if not sane or not is_day(arms.epoch_starts):
        return None
    ends: list[tuple[float, Arm]] = []
    end = 0.0
    for name, share in shares.items():
        if name != "main" and share:
            end += share
            ends.append((end, name))
    return tuple(ends)


def arm_of(arms: Arms, unit_id: str, at: int = 0) -> Arm:
    """Give the arm of a unit at a moment (ms): adjacent intervals, so that arms never overlap.

    Without a unit nothing can be held out for good, so that is the main arm.

    >>> arm_of(Arms(nothing=0.0, random=0.0, rules_only=1.0), "group_id:acme")
    'rules_only'
    """
    if not unit_id:
        return "main"
    place = position(unit_id, epoch_of(arms, at))
    for end, name in _intervals(arms) or ():
        if place < end:
            return name
    return "main"
