"""What others keep of events that had once come out of the quarantine outlives an erasure."""

import asyncio

from wegweiser.adapters.memory import MemoryClock
from wegweiser.settings import Settings
from wegweiser.workspace import operations
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

SCHEMA = """
kind: event_schema
key: firm
call: group
mode: quarantine
traits: {type: object, properties: {size: {type: TYPE}}}
"""


async def declare(site: Site, kind: str) -> None:
    await site.applier.apply([("plan.yaml", SCHEMA.replace("TYPE", kind))])


def group(person: str, **traits: object) -> dict[str, object]:
    return {"type": "group", "userId": person, "groupId": "acme", "traits": traits}


def test_an_account_keeps_what_somebody_else_said_of_it() -> None:
    async def run() -> None:
        site = Site(in_memory(MemoryClock(1_800_000_000_000)), Settings())
        await site.start(background=False)
        await declare(site, "integer")
        await site.loader.take("crm", [group("ada", size="about forty")])
        assert site.unifier.tally.quarantined == 1
        await declare(site, "string")
        read = await operations.run(site, "quarantine_replay", {"all": True})
        assert isinstance(read, dict)
        assert read["stored"] == 1
        await site.loader.take("crm", [group("bob", plan="pro")])
        await operations.run(site, "forget", {"identifier": "user_id:bob", "confirm": True})
        account = await operations.run(site, "account", {"identifier": "group_id:acme"})
        assert isinstance(account, dict)
        assert account["traits"] == {"size": "about forty"}
        live = await operations.run(site, "hash", {})
        assert await operations.run(site, "rebuild", {}) == live
        await site.stop()

    asyncio.run(run())
