"""The ledger says of a contact what became of its hand-over, also where nobody can know."""

import asyncio
from pathlib import Path

from tests.decisioning.mail_server import mail_server
from tests.decisioning.mail_world import decide, opened, until_over
from tests.flow.test_audience_files import written
from wegweiser.adapters.memory import MemoryClock
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.operations import run as run_operation
from wegweiser.workspace.site import Site

PLANS = ("take", "drop_after_dot", "refuse_rcpt")


async def entry_of(site: Site, number: int) -> JsonObject:
    told = await run_operation(site, "contact_ledger", {"identifier": f"user_id:u-{number}"})
    assert isinstance(told, dict)
    [entry] = told["entries"]  # type: ignore[misc]
    assert isinstance(entry, dict)
    return entry


def test_a_mail_that_may_have_arrived_is_unknown_and_counts(tmp_path: Path) -> None:
    async def run() -> None:
        site = await opened(tmp_path, port, len(PLANS))
        for number in range(len(PLANS)):
            await decide(site, number)
            assert (await entry_of(site, number))["state"] == "reserved"
        await until_over(site)
        assert isinstance(site.clock, MemoryClock)
        for _ in range(2):
            found = [await entry_of(site, number) for number in range(len(PLANS))]
            assert [one["state"] for one in found] == ["delivered", "unknown", "bounced"]
            assert [bool(one["counts_from"]) for one in found] == [True, True, False]
            assert found[1]["states"] == {}
            # The end of the lease changes nothing of it.
            site.clock.advance(3_600_000)
            await site.deciding.contacts.leases.run()
        await site.stop()

    with mail_server(lambda address: PLANS[int(address[2])]) as (_, port):
        asyncio.run(run())


def test_what_lies_in_a_file_is_sent_until_the_file_is_acknowledged(tmp_path: Path) -> None:
    async def run() -> None:
        site, file = await written(tmp_path, "csv")
        assert (await entry_of(site, 0))["state"] == "sent"
        await run_operation(site, "audience_acknowledge", {"id": file["id"]})
        assert (await entry_of(site, 0))["state"] == "delivered"
        await site.stop()

    asyncio.run(run())
