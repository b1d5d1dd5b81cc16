"""Values of segments: stays, where somebody stands, sizes, and moves with their reasons."""

from typing import Literal

import msgspec

Reason = Literal[
    "event", "time", "merge", "split", "recount", "publish", "consent", "erasure", "rebuild"
]
# Reasons that are nobody's coming or going, only a new way of counting.
NO_MOVEMENT = ("publish", "recount", "erasure", "rebuild")


class Stay(msgspec.Struct, frozen=True, array_like=True):
    """One stay in a segment, in ms; `left_at` is None while it lasts."""

    entered_at: int
    left_at: int | None = None


class Standing(msgspec.Struct, frozen=True, array_like=True):
    """The last stay in each segment, and when to look again without an event.

    `consent` tells choices apart, where a rule reads them. A person that was joined to another
    is `merged_into` it, which has `absorbed` it; both are subjects such as "person_id:per_...".
    """

    stays: dict[str, Stay] = {}
    check_at: int | None = None
    consent: int = 0
    merged_into: str = ""
    absorbed: tuple[str, ...] = ()

    def inside(self) -> set[str]:
        """Give the keys of the segments that the subject is in."""
        return {key for key, stay in self.stays.items() if stay.left_at is None}


class Size(msgspec.Struct, frozen=True, array_like=True):
    """Members at the end of a day, and how many came and went on it."""

    members: int = 0
    entered: int = 0
    left: int = 0


class State(msgspec.Struct, frozen=True):
    """How many members a segment has, and whether its present version was counted to the end."""

    members: int = 0
    version: int = 1
    counted: bool = False


class Move(msgspec.Struct, frozen=True):
    """One entering or leaving; `position` is the log position that it was seen at.

    `outside` marks what only copies outside need: the name of a member changed, nobody moved.
    """

    segment: str
    version: int
    subject: str
    entered: bool
    at: int
    reason: Reason
    position: int
    outside: bool = False

    @property
    def cause(self) -> tuple[int, ...]:
        """The log position and, as time moves people without one, the moment it did.

        >>> Move("quiet", 1, "person_id:per_1", True, 5, "time", 9).cause
        (9, 5)
        """
        return (self.position, self.at) if self.reason == "time" else (self.position,)
