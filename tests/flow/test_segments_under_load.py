"""Segments while events keep coming: whoever asks gets an answer, and a recount blames nobody."""

import asyncio

from tests.flow.segmented import SEGMENTS, asked, identify, send
from tests.flow.sites import running
from wegweiser.flow.segment_standing import Move
from wegweiser.terms.json import Json
from wegweiser.workspace.site import Site

PEOPLE, MOST_SENDS = 40, 2_000


async def keep_sending(site: Site, over: asyncio.Task[Json]) -> None:
    """Let people change their plan until something is done."""
    for number in range(MOST_SENDS):
        if over.done():
            return
        plan = "solo" if number // PEOPLE % 2 == 0 else "team"
        await send(site, identify(1_000 + number, f"u-{number % PEOPLE}", plan=plan))
        site.views.forget_changed()
    raise AssertionError("it does not end while events come")


def test_the_list_and_a_recount_end_while_events_keep_coming() -> None:
    async def check() -> None:
        async with running(SEGMENTS) as site:
            await send(site, *(identify(n, f"u-{n}", plan="team") for n in range(PEOPLE)))
            await site.segments.settle()
            moves: list[Move] = []
            site.segments.listeners.append(moves.append)
            for operation in ("segment_list", "segment_recount"):
                asking = asyncio.ensure_future(asked(site, operation))
                await keep_sending(site, asking)  # type: ignore[arg-type]
                told = await asking
            assert told == {"differences": 0}
            await site.segments.settle()
            assert {move.reason for move in moves} == {"event"}
            assert len({move.at for move in moves}) == 1
            assert site.segments.lagging == 0

    asyncio.run(check())
