"""What really happened in one run of a world: the ledger against which truth is told."""

import msgspec

from wegweiser.demo.booking import Boost, Candidate
from wegweiser.demo.journey import Stage


class Shown(msgspec.Struct, frozen=True):
    """One message that an engine placed before one buyer, and what they did."""

    at: int
    group_id: str
    user_id: str
    placement: str
    message: str
    stage: Stage
    seen: bool
    clicked: bool


class Run:
    """The ledger of one run; it grows while the world is played."""

    def __init__(self) -> None:
        self.first_questions: dict[str, int] = {}
        self.shown: list[Shown] = []
        self.boosts: dict[str, list[Boost]] = {}
        self.bookings: dict[str, list[Candidate]] = {}
