"""What each hook brought today in bytes, so that nobody fills the disk through one address."""

from wegweiser.collect.allowance import Spent, quota_wait_s
from wegweiser.ports.clock import Clock
from wegweiser.terms.errors import ComeAgain


class HookBytes:
    """Counts the bytes that were kept per hook and UTC day, since the server started.

    A delivery is let in while anything is left of the day, since its size is known only when
    it was unpacked and read.
    """

    def __init__(self, bytes_per_day: int, clock: Clock):
        self._bytes_per_day = bytes_per_day
        self._clock = clock
        self._spent: dict[str, Spent] = {}

    def require(self, key: str) -> None:
        """Raise ComeAgain when nothing is left of a hook's day."""
        spent = self._spent.get(key, Spent())
        wait = quota_wait_s(spent, self._bytes_per_day, self._clock.now_ms())
        if wait:
            raise ComeAgain("this webhook brought more than it may in a day", wait)

    def count(self, key: str, size_bytes: int) -> None:
        """Count a delivery that is kept."""
        self._spent.setdefault(key, Spent()).add(size_bytes, self._clock.now_ms())
