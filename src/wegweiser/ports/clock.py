"""The clock: where time and randomness come from."""

from typing import Protocol


class Clock(Protocol):
    """Time in milliseconds, of the calendar and for spans, and random bytes for new names."""

    def now_ms(self) -> int:
        """Give the present moment in whole milliseconds since 1970 UTC."""

    def steady_ms(self) -> float:
        """Give milliseconds since some moment; never goes back, whoever sets the machine's time."""

    def random_bytes(self, count: int) -> bytes:
        """Give unpredictable bytes for keys and ids."""
