"""What every clock must do; inherit, and say how to make one in `make_clock`."""

from wegweiser.ports.clock import Clock
from wegweiser.terms.instant import YEAR_2000_MS, YEAR_2100_MS


class ClockContract:
    """Whole milliseconds of this century, and bytes that do not repeat."""

    def make_clock(self) -> Clock:
        """Make a clock."""
        raise NotImplementedError

    def test_the_moment_is_in_whole_milliseconds(self):
        now = self.make_clock().now_ms()
        assert type(now) is int
        assert YEAR_2000_MS < now < YEAR_2100_MS

    def test_random_bytes_have_the_length_asked_for(self):
        clock = self.make_clock()
        assert [len(clock.random_bytes(count)) for count in (0, 1, 16, 1000)] == [0, 1, 16, 1000]

    def test_random_bytes_do_not_repeat(self):
        clock = self.make_clock()
        assert len({clock.random_bytes(16) for _ in range(100)}) == 100
