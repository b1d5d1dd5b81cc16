"""What is still to come in a world, earliest first."""

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush

import msgspec

from wegweiser.demo.acts import Report, Send
from wegweiser.demo.asking import Asking
from wegweiser.demo.booking import Candidate
from wegweiser.demo.calendar import Mailing, Visit
from wegweiser.demo.company import Buyer


class Chance(msgspec.Struct, frozen=True):
    """A moment at which a buyer may book a demo."""

    at: int
    buyer: Buyer
    candidate: Candidate


class Sale(msgspec.Struct, frozen=True):
    """A deal that a buyer signs; `cause` is "journey" or "demo"."""

    at: int
    buyer: Buyer
    cause: str


Entry = Visit | Mailing | Asking | Chance | Sale | Send | Report


class Agenda:
    """A queue by time; equal moments come in the order of planning."""

    def __init__(self) -> None:
        self._entries: list[tuple[int, int, Entry]] = []
        self._planned = 0

    def add(self, entries: Iterable[Entry]) -> None:
        """Plan more; what is planned for the past comes next."""
        for entry in entries:
            heappush(self._entries, (entry.at, self._planned, entry))
            self._planned += 1

    def __iter__(self) -> Iterator[Entry]:
        while self._entries:
            yield heappop(self._entries)[2]
