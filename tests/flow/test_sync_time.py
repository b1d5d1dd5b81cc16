"""How long a sync takes is told by the quickest of the last: the others waited for other things."""

import asyncio
import time
from collections.abc import Sequence

from tests.flow.test_intake import record
from wegweiser.adapters.memory import MemoryEventLog, MemoryStore
from wegweiser.flow.intake import Intake
from wegweiser.flow.log_writer import SYNCS_REMEMBERED
from wegweiser.flow.unify import Unifier

QUICK_S, SLOW_S = 0.02, 0.08


class SlowLog(MemoryEventLog):
    """A log whose syncs take as long as `takes_s` says."""

    takes_s = QUICK_S

    def append(self, payloads: Sequence[bytes]) -> int:
        """Store, slowly."""
        time.sleep(self.takes_s)
        return super().append(payloads)


def test_the_quickest_of_the_last_syncs_is_told() -> None:
    async def play() -> None:
        log, store = SlowLog(), MemoryStore()
        intake = Intake(log, store, Unifier(store), lambda error: None, in_threads=False)
        await intake.start()
        assert intake.sync_s == 0.0
        await intake.append(record(0))
        quick_s = intake.sync_s
        assert quick_s > 0.9 * QUICK_S
        log.takes_s = SLOW_S
        await intake.append(record(1))
        assert intake.sync_s == quick_s
        for number in range(2, SYNCS_REMEMBERED + 1):
            await intake.append(record(number))
        assert intake.sync_s > 0.9 * SLOW_S
        await intake.stop()

    asyncio.run(play())
