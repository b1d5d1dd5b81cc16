"""What other systems are told about profiles: one change, and how far somebody has read."""

from typing import Literal, get_args

import msgspec

from wegweiser.terms.json import JsonObject

ChangeType = Literal[
    "profile.changed",
    "audience.entered",
    "audience.exited",
    "identity.merged",
    "identity.split",
    "erasure.finished",
]
TYPES: tuple[ChangeType, ...] = get_args(ChangeType)
# What must be told whatever somebody consented to, so that copies elsewhere are taken back;
# it is told without a name.
NAMELESS: frozenset[str] = frozenset(
    ("audience.exited", "identity.merged", "identity.split", "erasure.finished")
)


class FeedCursor(msgspec.Struct, frozen=True, order=True):
    """How far a feed was read: a log position, and the last change at it."""

    position: int = 0
    number: int = -1

    def __str__(self) -> str:
        """Write it as the id of a change.

        >>> str(FeedCursor(42, 3)), str(FeedCursor())
        ('42-3', '0--1')
        """
        return f"{self.position}-{self.number}"


def read_cursor(text: str) -> FeedCursor | None:
    """Read the id of a change, or a bare log position; None for anything else.

    >>> read_cursor("42-3"), read_cursor("42"), read_cursor("x")
    (FeedCursor(position=42, number=3), FeedCursor(position=42, number=-1), None)
    """
    position, dash, number = text.strip().partition("-")
    parts = (position, number.removeprefix("-") if dash else "0")
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        return None
    return FeedCursor(int(position), int(number) if dash else -1)


class ProfileChange(msgspec.Struct, frozen=True):
    """One change of a subject ("person_id:..." or "group_id:...") at a moment (ms)."""

    cursor: FeedCursor
    type: ChangeType
    subject: str
    at: int
    data: JsonObject = {}
