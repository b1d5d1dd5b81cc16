"""A memory of arrays that were computed before, bounded by the candidates that they are about."""

from collections.abc import Hashable
from typing import Generic, TypeVar

MOST_ENTRIES = 1_000
# A few numbers for each candidate of each entry: some megabytes.
MOST_CANDIDATES = 200_000
LEAST_ENTRIES = 16
Value = TypeVar("Value")


class Memory(Generic[Value]):
    """Keeps what was computed for equal keys; once it is full it begins anew.

    >>> memory = Memory[str](candidates=100_000)
    >>> for number in range(17):
    ...     memory.put(number, "found")
    >>> memory.get(0), memory.get(16)
    (None, 'found')
    """

    def __init__(self, candidates: int) -> None:
        """`candidates` tells how many each entry is about."""
        fitting = MOST_CANDIDATES // max(candidates, 1)
        self._most = min(max(fitting, LEAST_ENTRIES), MOST_ENTRIES)
        self._held: dict[Hashable, Value] = {}

    def get(self, key: Hashable) -> Value | None:
        """Give what was kept, None when nothing was."""
        return self._held.get(key)

    def put(self, key: Hashable, value: Value) -> None:
        """Keep a value, which nobody may change from here on."""
        if len(self._held) >= self._most:
            self._held.clear()
        self._held[key] = value
