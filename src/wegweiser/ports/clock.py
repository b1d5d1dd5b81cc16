"""The clock: where time and randomness come from."""

from typing import Protocol


class Clock(Protocol):
    """Time in whole milliseconds since 1970 UTC, and random bytes for new names."""

    def now_ms(self) -> int:
        """Give the present moment."""

    def random_bytes(self, count: int) -> bytes:
        """Give unpredictable bytes for keys and ids."""
