"""When a pixel is no picture: only where its sender may come again."""

import asyncio

import msgspec
import pytest

from tests.flow.sites import running
from wegweiser.terms.errors import ComeAgain
from wegweiser.terms.source import Allowance
from wegweiser.terms.wire import WireRequest


def test_a_sender_who_may_come_again_is_told_so() -> None:
    async def run() -> None:
        async with running() as site:
            keys = site.callers.create("newsletter")
            key = site.callers.key_named(keys.write_key)
            assert key is not None
            slow = Allowance(rate_per_second=0.001, burst=1)
            site.callers.put(msgspec.structs.replace(key, allowance=slow))
            query = f"writeKey={keys.write_key}&userId=u-1&event=Opened"
            request = WireRequest("GET", "/v1/pixel/track", query)
            assert (await site.pixels.receive(request)).status == 200
            with pytest.raises(ComeAgain):
                await site.pixels.receive(request)
            assert site.unifier.tally.received == 1

    asyncio.run(run())
