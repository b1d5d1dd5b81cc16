"""Of somebody erased nothing is left in what was sent, put off, ordered, or left in files."""

import asyncio
from pathlib import Path

from tests.decisioning.mail_server import MailServer, mail_server
from tests.decisioning.mail_world import CALLER, opened, started, states, until_over
from tests.flow.test_bounces import load, report
from wegweiser.adapters.memory import MemoryClock
from wegweiser.flow.tables import CONTACT_ORDERS, DEFERRALS, DELIVERIES, RESERVATIONS
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.operations import run as run_operation
from wegweiser.workspace.site import Site

ADDRESS = "canary@buyer.example"
MORE = """
{kind: placement, key: partner, channel: file, direction: push, allow_nothing: false}
---
{kind: message, key: list, variants: [{key: en, channel: file, content: {
 text: '{{ person.traits.firstName }}'}}]}
---
{kind: endpoint, key: files, channel: file, via: file, target: partner, format: csv}
"""
RARELY = """
{kind: cap, key: pace, scope: account, channels: [email], limit: 1, window_hours: 24,
 on_exceed: defer}
"""


def events() -> list[JsonObject]:
    """Make the canary known, with an account and everything agreed to."""
    granted: JsonObject = {"consent": {"categoryPreferences": {"email": True, "sharing": True}}}
    named: JsonObject = {"userId": "canary-ada", "context": granted}
    traits: JsonObject = {"firstName": "Canary Lovelace", "email": ADDRESS}
    return [
        {"type": "identify", "messageId": "canary-1", "traits": traits, **named},
        {"type": "group", "messageId": "canary-2", "groupId": "canary-acme", **named},
    ]


async def ask(site: Site, request: str, placement: str = "mail.push") -> str:
    """Ask about the canary; gives the status and the decision's id."""
    body: JsonObject = {
        "request_id": f"canary-{request}",
        "subject": {"person": "user_id:canary-ada", "account": "group_id:canary-acme"},
        "placements": [{"key": placement}],
        "context": {"note": "canary context"},
    }
    told = await site.deciding.chooser.decide(body, CALLER)
    return f"{told['status']} {told['decision_id']}"


def holding(root: Path) -> list[str]:
    """Give every file below a folder that names the canary, in either case."""
    files = (path for path in root.rglob("*") if path.is_file())
    return sorted(str(path.name) for path in files if b"canary" in path.read_bytes().lower())


async def _live(site: Site, server: MailServer, plans: list[str]) -> None:
    """Write to the canary in every way there is."""
    clock = site.clock
    assert isinstance(clock, MemoryClock)
    await site.loader.take("crm", events(), kind="live")
    await site.applier.apply([("more.yaml", MORE)])
    assert (await ask(site, "taken")).startswith("decided")
    await until_over(site)
    plans[:] = ["busy_named"]
    assert (await ask(site, "refused")).startswith("decided")
    await until_over(site)
    assert states(site) == {"delivered": 1, "dead": 1}
    _, given_up = (await ask(site, "given-up")).split()
    await site.intake.checkpoint()
    await site.deciding.sender.send_due()
    await run_operation(
        site, "delivery_give_up", {"id": f"msg_{given_up}_0", "reason": "the canary phoned"}
    )
    assert (await ask(site, "pending")).startswith("decided")
    assert (await ask(site, "file", "partner")).startswith("decided")
    await run_operation(site, "audience_write", {})
    await site.applier.apply([("rarely.yaml", RARELY)])
    assert (await ask(site, "deferred")).startswith("deferred")
    order: JsonObject = {
        "account": "canary-acme",
        "level": "account",
        "by": "mia",
        "reason": "the canary asked for it",
        "until": "2026-11-25T10:00:00Z",
    }
    await run_operation(site, "contact_override", order)
    assert (await ask(site, "lifted")).startswith("decided")
    bars: JsonObject = {"identifier": "canary-acme", "by": "mia", "reason": "canary says no"}
    await run_operation(site, "contact_bar", bars)
    assert await load(site, report(server.mails[0])) == ["hard"]
    await site.intake.checkpoint()


def test_nothing_of_the_erased_is_left_in_deliveries_deferrals_orders_and_files(
    tmp_path: Path,
) -> None:
    folder, plans = tmp_path / "data", ["take"]

    async def run() -> None:
        site = await opened(folder, port, 1, bounces_to="back@example.com")
        await _live(site, server, plans)
        assert holding(folder)
        for name in ("user_id:canary-ada", "group_id:canary-acme"):
            await run_operation(site, "forget", {"identifier": name, "confirm": True})
        assert await _left(site) == {DEFERRALS: 0, RESERVATIONS: 0, CONTACT_ORDERS: 0}
        assert not any(b"canary" in value.lower() for value in _rows(site, DELIVERIES))
        # The address stays stopped, though nobody can read it there.
        shown = await run_operation(site, "address_show", {"address": ADDRESS})
        assert isinstance(shown, dict)
        assert shown["stopped"] is True
        clock = site.clock
        await site.stop()
        assert holding(folder) == []
        site = await started(folder, clock)
        await site.rebuild()
        await site.deciding.contacts.deferrals.run()
        await until_over(site)
        assert await _left(site) == {DEFERRALS: 0, RESERVATIONS: 0, CONTACT_ORDERS: 0}
        assert len(server.mails) == 1
        await site.stop()
        assert holding(folder) == []

    with mail_server(lambda recipient: plans[0]) as (server, port):
        asyncio.run(run())


async def _left(site: Site) -> dict[str, int]:
    await site.intake.checkpoint()
    return {name: len(_rows(site, name)) for name in (DEFERRALS, RESERVATIONS, CONTACT_ORDERS)}


def _rows(site: Site, table: str) -> list[bytes]:
    return [value for _, value in site.engines.store.scan(table)]
