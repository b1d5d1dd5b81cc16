"""What is told of a source from memory is what its newest elements, read anew, say."""

import asyncio
from contextlib import suppress
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flow.erasing import run
from tests.flow.sites import NOW, caller, post, running, seen
from wegweiser.adapters.memory import MemoryClock
from wegweiser.flow import arrivals
from wegweiser.flow.arrivals import Arrivals, Sought
from wegweiser.flow.source_pulse import Pulse
from wegweiser.log.record import decode
from wegweiser.terms.errors import NotFound
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.record import Collected
from wegweiser.workspace.site import Site

USERS = ("ada", "bo", "cy")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["seen", "seen", "visitor", "again", "bad", "erased", "look"]),
        st.sampled_from(USERS),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=12,
)


def event_of(kind: str, user: str, number: int) -> JsonObject:
    """Make an event of a user or of a device alone; a bad one has no identifier."""
    at = {"timestamp": format_instant(NOW - 1_000 * number), "sentAt": format_instant(NOW)}
    event = seen(user, number) | at
    if kind == "visitor":
        return event | {"userId": None, "anonymousId": f"device-of-{user}", "messageId": f"{user}v"}
    if kind == "bad":
        return event | {"userId": None, "messageId": f"{user}-bad-{number}"}
    return event


async def as_elements_say(site: Site, source_id: str) -> dict[str, object]:
    """Count the newest elements one by one, each read from the log, and what was kept out of it."""
    records = [decode(payload) for _, payload in site.engines.log.read(0)]
    kept_out = sum(one.suppressed for one in records if isinstance(one, Collected))
    found = await site.arrivals.newest(Sought(source_id=source_id, limit=1_000))
    delays = [max(0, one.received_at - one.at) for one in found if one.fate == "stored"]
    people = {one.person_id for one in found if one.person_id}
    return {
        "elements": len(found) + kept_out,
        "delay_ms": round(median(delays)) if delays else None,
        "persons": len(people),
        "known": sum(map(site.unifier.directory.known, people)),
    }


async def told(looking: Arrivals, source_id: str) -> dict[str, object]:
    """Give the same of a source's pulse."""
    pulse = (await looking.pulses(NOW))[source_id]
    return {key: getattr(pulse, key) for key in ("elements", "delay_ms", "persons", "known")}


@settings(deadline=None)
@given(steps=STEPS)
def test_a_pulse_from_memory_is_that_of_the_elements(steps: list[tuple[str, str, int]]) -> None:
    async def go() -> None:
        async with running() as site:
            key, one = caller(site)
            assert isinstance(site.clock, MemoryClock)
            batch = [event_of("seen", "ada", 9)]
            for kind, user, number in [("again", "ada", 0), *steps]:
                if kind == "erased":
                    with suppress(NotFound):
                        await run(site, "forget", identifier=f"user_id:{user}")
                elif kind != "look":
                    batch = batch if kind == "again" else [event_of(kind, user, number)] * 2
                    assert (await post(site, key, "/v1/batch", {"batch": batch})).status == 200
                else:
                    await site.intake.checkpoint()
                    await told(site.arrivals, one.source_id)
            await site.intake.checkpoint()
            expected = await as_elements_say(site, one.source_id)
            assert await told(site.arrivals, one.source_id) == expected

    asyncio.run(go())


def test_only_the_newest_people_of_a_source_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "PERSONS_LOOKED_AT", 3)

    async def go() -> Pulse:
        async with running() as site:
            key, one = caller(site)
            for user in ("known-before", "ada", "bo"):
                await post(site, key, "/v1/batch", {"batch": [event_of("seen", user, 1)]})
            visitors = [event_of("visitor", user, 1) for user in ("ed", "fay")]
            await post(site, key, "/v1/batch", {"batch": visitors})
            return (await site.arrivals.pulses(NOW))[one.source_id]

    pulse = asyncio.run(go())
    assert (pulse.elements, pulse.persons, pulse.known) == (5, 3, 1)
