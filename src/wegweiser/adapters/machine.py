"""The clock and the source of randomness of the machine."""

import secrets
import time


class MachineClock:
    """The system's time, and bytes that nobody can guess.

    >>> len(MachineClock().random_bytes(16))
    16
    """

    def now_ms(self) -> int:
        """Give the present moment as the system's clock says it."""
        return time.time_ns() // 1_000_000

    def steady_ms(self) -> float:
        """Give milliseconds of a counter that nobody can set."""
        return time.monotonic() * 1000.0

    def random_bytes(self, count: int) -> bytes:
        """Give unpredictable bytes for keys and ids."""
        return secrets.token_bytes(count)
