"""The engines in memory keep every contract."""

import pyarrow as pa
import pytest

from tests.contracts.channel import ChannelContract
from tests.contracts.clock import ClockContract
from tests.contracts.event_log import EventLogContract
from tests.contracts.operational_store import OperationalStoreContract
from wegweiser.adapters.memory import (
    MemoryArchive,
    MemoryChannel,
    MemoryClock,
    MemoryEventLog,
    MemoryStore,
)
from wegweiser.ports.channel import Parcel, Receipt


class TestMemoryEventLog(EventLogContract):
    def open_log(self, folder):
        return MemoryEventLog()


class TestMemoryStore(OperationalStoreContract):
    def open_store(self, folder):
        return MemoryStore()


class TestMemoryClock(ClockContract):
    def make_clock(self):
        return MemoryClock()

    def test_equal_seeds_give_equal_bytes(self):
        assert MemoryClock(seed=3).random_bytes(9) == MemoryClock(seed=3).random_bytes(9)
        assert MemoryClock(seed=3).random_bytes(9) != MemoryClock(seed=4).random_bytes(9)

    def test_it_stands_still_until_it_is_set(self):
        clock = MemoryClock(now=1_700_000_000_000)
        assert clock.now_ms() == clock.now_ms() == 1_700_000_000_000
        clock.now = 1_700_000_000_005
        clock.advance(-10)
        assert clock.now_ms() == 1_699_999_999_995


class TestMemoryChannel(ChannelContract):
    @pytest.fixture
    def channel(self):
        return MemoryChannel()

    @pytest.fixture
    def arrived(self, channel):
        return lambda: [{"id": kept.parcel_id, "data": kept.data} for kept in channel.parcels]

    async def _hand_over(self, channel):
        return await channel.hand_over(Parcel("msg_1", "message.send", 1, {}))

    def test_it_answers_as_told_in_order(self, channel):
        import asyncio

        channel.answers = [Receipt("", "failed", 503, "busy", 9), Receipt("", "disabled", 410, "")]
        told = [asyncio.run(self._hand_over(channel)) for _ in range(3)]
        assert told[0] == Receipt("msg_1", "failed", 503, "busy", 9)
        assert [receipt.state for receipt in told] == ["failed", "disabled", "delivered"]


def test_the_archive_takes_each_position_once():
    archive = MemoryArchive()
    rows = pa.table({"n": [1, 2]})
    assert (archive.position("events"), archive.read("events")) == (0, None)
    archive.append("events", rows, upto=5)
    archive.append("events", rows, upto=5)
    archive.append("events", rows, upto=4)
    assert archive.position("events") == 5
    assert archive.read("events") == rows
    archive.clear()
    assert (archive.position("events"), archive.read("events")) == (0, None)
