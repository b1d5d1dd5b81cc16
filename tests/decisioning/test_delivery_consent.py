"""After a withdrawal nothing is decided and nothing is delivered, seen from outside."""

import asyncio
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.decisioning.mail_server import MailServer, mail_server, read
from tests.faults.delivery_world import SECRET, World, hook_receiver

DEADLINE_S = 60.0
WITHIN_S = 5.0


def until(what: Callable[[], bool]) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + DEADLINE_S
    while not what():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def decided(world: World, number: int, request: str) -> str:
    """Ask whether to write to somebody; gives the status."""
    body = {
        "request_id": request,
        "subject": {"person": f"user_id:u-{number}"},
        "placements": [{"key": "mail.push"}],
    }
    told = world.call("/v1/decide", body)
    assert told.status_code == 200, told.text
    return str(told.json()["status"])


def withdraw(world: World, number: int) -> float:
    """Take consent to mails back; gives when that was acknowledged."""
    said = {"consentManagement": {"provider": "form", "deniedConsentIds": ["email"]}}
    body = {"userId": f"u-{number}", "context": said, "messageId": f"withdraw-{number}"}
    assert world.call("/v1/identify", body).status_code == 200
    return time.monotonic()


def way_out(mails: MailServer, address: str) -> str:
    """Find the path of the link in the newest mail to an address."""
    found = [read(mail) for mail in mails.mails]
    link = next(str(mail["List-Unsubscribe"]) for mail in found if str(mail["To"]) == address)
    said = re.fullmatch(r"<https://post\.example\.com(/u/[\w-]+)>", link)
    assert said is not None, link
    return said[1]


def test_a_withdrawal_stops_decisions_and_deliveries_within_five_seconds(tmp_path: Path) -> None:
    environment = {**os.environ, "WEGWEISER_SECRET_CRM": SECRET}
    with mail_server() as (mails, port), hook_receiver() as (_, url):
        world = World(tmp_path / "data", 6, environment)
        world.prepare(port, url, per_second=0.5)
        world.start()
        assert world.server is not None
        try:
            world.load()
            _in_the_queue(world, mails)
            _by_one_click(world, mails)
        finally:
            world.server.end(signal.SIGTERM)
        asyncio.run(_only_what_was_withdrawn(world))


def _in_the_queue(world: World, mails: MailServer) -> None:
    """Withdraw while mails wait for their turn: one in two seconds goes out."""
    assert {decided(world, number, f"q-{number}") for number in range(1, 6)} == {"decided"}
    until(lambda: len(mails.mails) > 0)
    acknowledged = {number: withdraw(world, number) for number in range(1, 6)}
    assert {decided(world, number, f"again-{number}") for number in range(1, 6)} == {"nothing"}
    until(lambda: _counted(world, "deliveries_waiting") == 0)
    for mail, came_at in zip(mails.mails, mails.came_at, strict=True):
        number = int(str(read(mail)["To"]).partition("@")[0].removeprefix("u-"))
        assert came_at <= acknowledged[number] + WITHIN_S
    # So slowly, some of five had to wait longer than their consent lasted.
    withdrawn = _counted(world, 'deliveries_ended_total{state="withdrawn"}')
    assert withdrawn == 5 - len(mails.mails) > 0


def _counted(world: World, name: str) -> int:
    """Read one count as monitoring does."""
    assert world.server is not None
    text = httpx.get(world.server.address + "/metrics", trust_env=False).text
    found = re.search(rf"^wegweiser_{re.escape(name)} ([0-9.]+)$", text, re.MULTILINE)
    return int(float(found[1])) if found else 0


def _by_one_click(world: World, mails: MailServer) -> None:
    assert decided(world, 0, "c-0") == "decided"
    until(lambda: any(to == "u-0@people.example" for _, to in mails.envelopes))
    path = way_out(mails, "u-0@people.example")
    assert world.server is not None
    with httpx.Client(base_url=world.server.address, trust_env=False) as client:
        page = client.get(path)
        assert page.status_code == 200
        assert "Abmelden" in page.text
        assert "Unsubscribe" in page.text
        assert "set-cookie" not in page.headers
        # Looking changes nothing; whoever scans mails for links unsubscribes nobody.
        assert decided(world, 0, "c-1") == "decided"
        forged = path[:-6] + ("aaaaaa" if path[-6:] != "aaaaaa" else "bbbbbb")
        assert client.post(forged).status_code == 404
        assert client.delete(path).status_code == 405
        form = {"List-Unsubscribe": "One-Click"}
        assert client.post(path, data=form).status_code == 200
        assert decided(world, 0, "c-2") == "nothing"
        # Once more is no harm, and other purposes stay as they were.
        assert client.post(path, data=form).status_code == 200


async def _only_what_was_withdrawn(world: World) -> None:
    async with world.opened() as site:
        consent = site.views.consent("user_id:u-0")
        assert (consent["email"], consent["sharing"]) == ("denied", "granted")
