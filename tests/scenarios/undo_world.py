"""A site whose people are joined and taken apart: sending, saying, and whole profiles as bytes."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec

from tests.flow.sites import caller, post
from wegweiser.adapters.memory import MemoryClock
from wegweiser.settings import Settings
from wegweiser.terms.instant import DAY_MS, HOUR_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.engines import Engines, in_memory
from wegweiser.workspace.site import Site

NOW = 1_795_000_000_000
SEGMENTS = """
{kind: segment, key: readers, when: 'count("Page Viewed", "30d") >= 3'}
---
{kind: segment, key: team, when: 'person.traits.plan == "team"'}
"""
GRANTED: JsonObject = {"consent": {"categoryPreferences": {"measurement": True}}}
NO_MAIL: JsonObject = {"consent": {"categoryPreferences": {"measurement": True, "email": False}}}


def new_engines() -> Engines:
    """Make engines in memory under a clock that stands still."""
    return in_memory(MemoryClock(NOW, 1))


@asynccontextmanager
async def told(engines: Engines | None = None, segments: str = SEGMENTS) -> AsyncIterator[Site]:
    """Run a site, with two segments declared."""
    site = Site(engines or new_engines(), Settings())
    await site.start(background=False)
    if segments:
        await site.applier.apply([("segments.yaml", segments)])
    try:
        yield site
    finally:
        await site.stop()


async def send(site: Site, *events: JsonObject, secret: bool = True) -> int:
    """Send events in one request; gives the log position that they reached."""
    key, _ = caller(site, secret)
    answer = await post(site, key, "/v1/batch", {"batch": [*events]})
    assert answer.status == 200, answer.body
    return site.unifier.position


def event(number: int, hours: float = 0.0, **fields: Json) -> JsonObject:
    """Write an event that happened some hours after the first of them."""
    at = NOW - 3 * DAY_MS + int(hours * HOUR_MS)
    return {
        "type": "page",
        "name": "Start",
        "messageId": f"m-{number}",
        "timestamp": format_instant(at),
        **fields,
    }


async def run(site: Site, name: str, **arguments: Json) -> JsonObject:
    """Run an operation that gives an object."""
    found = await operations.run(site, name, arguments)
    assert isinstance(found, dict)
    return found


async def say(site: Site, kind: str, **arguments: Json) -> str:
    """Say something about who is who; gives the id under which it can be taken back."""
    found = await run(site, f"identity_{kind}", **arguments)
    return str(found["operation_id"])


async def whole(site: Site, name: str) -> bytes:
    """Give everything that is known of a person, its id and segments too."""
    await site.segments.settle()
    person_id = site.views.find_person(name)
    assert person_id is not None, f"nobody has {name}"
    profile = msgspec.to_builtins(site.views.person(person_id))
    timeline = [msgspec.to_builtins(one) for one in site.views.timeline(person_id)]
    return msgspec.json.encode({"profile": profile, "timeline": timeline}, order="sorted")


async def everybody(site: Site) -> list[bytes]:
    """Give all persons and accounts with their ids."""
    await site.segments.settle()
    views, directory = site.views, site.unifier.directory
    found = [views.person(person_id) for person_id in sorted(directory.persons())]
    accounts = [views.account(group_id) for group_id in sorted(directory.accounts())]
    encode: Callable[[object], bytes] = lambda one: msgspec.json.encode(one, order="sorted")  # noqa: E731
    return [encode(one) for one in (*found, *accounts)]


def person_id(site: Site, name: str) -> str:
    """Give the id of whoever has an identifier."""
    found = site.views.find_person(name)
    assert found is not None, f"nobody has {name}"
    return found
