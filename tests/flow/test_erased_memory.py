"""What is remembered of ids to be faster is gone after an erasure."""

from collections.abc import Iterator

from tests.flow.erasing import run
from tests.flow.loops import on_a_loop
from tests.flow.sites import caller, post, running, seen
from wegweiser.adapters.memory import MemoryArchive, MemoryEventLog
from wegweiser.collect.element import are_plain_ids
from wegweiser.flow.archive import ArchiveFollower
from wegweiser.flow.archive_events import situation_held
from wegweiser.log.record import encode
from wegweiser.terms.event import Event
from wegweiser.terms.json import JsonObject
from wegweiser.terms.record import Collected
from wegweiser.terms.source import Trust


@on_a_loop
async def test_the_door_forgets_ids_that_it_looked_at() -> None:
    async with running() as site:
        key, _ = caller(site)
        await post(site, key, "/v1/batch", {"batch": [seen("canary-ada", 1)]})
        assert are_plain_ids.cache_info().currsize
        await run(site, "forget", identifier="user_id:canary-ada")
        assert are_plain_ids.cache_info().currsize == 0


def test_the_archive_forgets_leaves_and_situations() -> None:
    asked: list[str] = []

    def leaf_of(event: Event, trust: Trust) -> str:
        asked.append(event.user_id)
        return f"user_id:{event.user_id}"

    def records() -> Iterator[bytes]:
        for number in range(3):
            context: JsonObject = {"page": {"path": "/canary-ada"}}
            event = Event(
                type="page", message_id=f"m-{number}", at=0, user_id="canary-ada", context=context
            )
            yield encode(
                Collected(
                    received_at=0,
                    source_id="site",
                    trust=Trust.SERVER,
                    kind="live",
                    events=(event,),
                )
            )

    log = MemoryEventLog()
    follower = ArchiveFollower(log, MemoryArchive(), lambda after: {}, leaf_of)
    situation_held.cache_clear()
    first, second, third = records()
    log.append([first, second])
    follower.catch_up(2)
    assert asked == ["canary-ada"]
    assert situation_held.cache_info().currsize == 1
    follower.replace([])
    assert situation_held.cache_info().currsize == 0
    log.append([third])
    follower.catch_up(3)
    assert asked == ["canary-ada"] * 2
