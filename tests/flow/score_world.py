"""A played demo world in a site in memory, on which scores are learned; played once for all."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from tests.flow.sites import caller, post
from tests.truth.worlds import sends_of
from wegweiser.adapters.memory import MemoryClock
from wegweiser.demo.bundle import documents
from wegweiser.demo.world import World
from wegweiser.settings import Settings
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

SCORES = """
{kind: score, key: quiet, predicts: dormancy, days: 14, name: Falls silent}
---
{kind: score, key: books, predicts: goal, goal: demo-booked, days: 14}
---
{kind: score, key: fit, predicts: fit, goal: demo-booked, days: 30}
---
{kind: segment, key: drifting, when: 'person.scores.quiet > 0.5'}
"""


class Played:
    """A site with its loop; `run` waits for something on it."""

    def __init__(self, site: Site, runner: asyncio.Runner):
        self.site = site
        self.runner = runner

    def ask(self, operation: str, **arguments: Json) -> JsonObject:
        """Run an operation."""
        found = self.runner.run(operations.run(self.site, operation, dict(arguments)))
        assert isinstance(found, dict)
        return found


@contextmanager
def played(seed: int = 3, days: int = 90, accounts: int = 60) -> Iterator[Played]:
    """Play a world whose buyers are shown nothing, and declare scores."""
    with asyncio.Runner() as runner:
        site = runner.run(_told(World(seed, days=days, accounts=accounts)))
        yield Played(site, runner)
        runner.run(site.stop())


async def _told(world: World) -> Site:
    clock = MemoryClock(world.start, world.seed)
    site = Site(in_memory(clock), Settings())
    await site.start(background=False)
    await site.applier.apply([("demo.yaml", documents()), ("scores.yaml", SCORES)])
    keys = {trusted: caller(site, trusted)[0] for trusted in (True, False)}
    for send in sends_of(world):
        clock.advance(max(0, send.at - clock.now_ms()))
        await post(site, keys[send.trusted], "/v1/batch", {"batch": [*send.elements]})
    clock.advance(max(0, world.end - clock.now_ms()))
    return site
