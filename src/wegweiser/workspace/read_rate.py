"""How many profiles may be read per second, all readers of a workspace together."""

from wegweiser.collect.allowance import Bucket, wait_s
from wegweiser.ports.clock import Clock
from wegweiser.terms.errors import ComeAgain


class ReadRate:
    """A bucket of reads that fills with time; 0 reads per second is no limit."""

    def __init__(self, per_second: float, clock: Clock):
        self._per_second = per_second
        self._clock = clock
        self._bucket = Bucket(per_second, clock.now_ms())

    def spend(self) -> None:
        """Count one read; raises ComeAgain when more come than are allowed."""
        if self._per_second <= 0:
            return
        self._bucket.fill(self._per_second, self._per_second, self._clock.now_ms())
        if wait := wait_s(self._bucket, self._per_second):
            raise ComeAgain("more profiles are read than this workspace allows per second", wait)
        self._bucket.tokens -= 1
