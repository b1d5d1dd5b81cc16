"""What a page has nothing to say without, and in which states it is shown all the same."""

from typing import Literal

import msgspec

State = Literal["setup", "waiting", "little", "computing", "stale", "nothing", "data"]
Ground = Literal["arrivals", "events", "people", "messages", "decisions"]
ALWAYS: tuple[State, ...] = ("setup", "waiting", "little")


class Rests(msgspec.Struct, frozen=True):
    """What a page rests on, and a marked sentence on what will stand there.

    `people` are events of so many that a share says something. In the states of `stays` the page
    is shown below its gate, in the others the gate stands alone.
    """

    on: Ground
    will: str
    example: str = "events"
    stays: tuple[State, ...] = ("little",)
