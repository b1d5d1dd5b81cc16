"""A demo world whose events are told to a site, without decisions: quick, and all that is known."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.demo.engines import silent
from tests.flow.sites import caller, post
from wegweiser.adapters.memory import MemoryClock
from wegweiser.demo.acts import Send
from wegweiser.demo.play import play
from wegweiser.demo.world import World
from wegweiser.settings import Settings
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site


def sends_of(world: World) -> list[Send]:
    """Give what browsers and systems send while nobody is shown any message."""
    sends: list[Send] = []
    play(world, sends.append, silent, lambda report: None)
    return sends


@asynccontextmanager
async def told(world: World, sends: list[Send]) -> AsyncIterator[Site]:
    """Post everything to the collect API, each delivery at its own time."""
    clock = MemoryClock(world.start, world.seed)
    site = Site(in_memory(clock), Settings())
    await site.start(background=False)
    keys = {trusted: caller(site, trusted)[0] for trusted in (True, False)}
    try:
        for send in sends:
            clock.advance(max(0, send.at - clock.now_ms()))
            batch = {"batch": [*send.elements]}
            answer = await post(site, keys[send.trusted], "/v1/batch", batch)
            assert answer.status == 200, answer.body
        yield site
    finally:
        await site.stop()
