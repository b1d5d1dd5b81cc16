"""Ordered lanes: whatever reserves contacts of one account, else of one person, goes one by one."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager

LANES = 64


def lane_of(name: str) -> int:
    """Give the lane of an account or person, the same in every process.

    >>> lane_of("group_id:acme") == lane_of("group_id:acme") < LANES
    True
    """
    return hashlib.sha256(name.encode()).digest()[0] % LANES


class Lanes:
    """Locks in ascending order, so that whoever needs several never waits for each other."""

    def __init__(self) -> None:
        self._locks = [asyncio.Lock() for _ in range(LANES)]

    @asynccontextmanager
    async def held(self, names: Callable[[], Collection[str]]) -> AsyncIterator[None]:
        """Hold the lanes of some names; asked again when held, as waiting may change them."""
        while True:
            wanted = sorted({lane_of(name) for name in names()})
            async with AsyncExitStack() as stack:
                for lane in wanted:
                    await stack.enter_async_context(self._locks[lane])
                if wanted == sorted({lane_of(name) for name in names()}):
                    yield
                    return
