"""The machine's clock keeps the contract."""

import time

from tests.contracts.clock import ClockContract
from wegweiser.adapters.machine import MachineClock


class TestMachineClock(ClockContract):
    def make_clock(self):
        return MachineClock()

    def test_it_is_the_system_clock(self):
        before = int(time.time() * 1000)
        now = MachineClock().now_ms()
        assert before - 1 <= now <= int(time.time() * 1000) + 1
