"""Kills, jumping clocks and many workers: caps hold at the receiver, no mail comes twice."""

import asyncio
import json
import os
import random
import signal
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from tests.faults.delivery_world import (
    CAPS,
    SECRET,
    HookReceiver,
    MailServer,
    World,
    copies_per_person,
    hook_receiver,
    mail_server,
)

# What was handed over already when two became one may still arrive.
UNDER_WAY_S = 2.0


def _with_kills(folder: Path, workers: int, kills: int, people: int) -> None:
    chance = random.Random(workers)
    environment = {**os.environ, "WEGWEISER_SECRET_CRM": SECRET}
    with mail_server() as (mails, port), hook_receiver() as (hooks, url):
        world = World(folder / "data", people, environment)
        world.prepare(port, url)
        world.start()
        world.load()
        with world.working(workers):
            for kill in range(kills):
                _some_came(mails, hooks)
                for one in range(3 * kill, min(3 * kill + 3, people // 2)):
                    world.merge(2 * one, 2 * one + 1)
                time.sleep(chance.uniform(0, 0.5))
                world.kill_and_jump(chance)
            _some_came(mails, hooks)
            _enough_came(world, mails, hooks)
        assert world.server is not None
        world.server.end(signal.SIGTERM)
        _nothing_came_twice(mails, hooks)
        _caps_hold(mails, hooks)
        _caps_hold_after_merges(world, mails)
        asyncio.run(_logged_if_and_only_if_served(world))
        asyncio.run(_every_job_has_a_receipt_or_a_reason(world, hooks))


def _some_came(mails: MailServer, hooks: HookReceiver) -> None:
    """Wait until work is under way again; clocks that went back hold up some of it."""
    before, deadline = (len(mails.mails), len(hooks.got)), time.monotonic() + 4
    while time.monotonic() < deadline:
        if len(mails.mails) > before[0] + 2 and len(hooks.got) > before[1] + 1:
            return
        time.sleep(0.02)


def _enough_came(world: World, mails: MailServer, hooks: HookReceiver) -> None:
    """Wait until there is enough to judge by, however slow the machine is."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        told = {headers["webhook-id"] for headers, _ in [*hooks.got]}
        if len(mails.mails) > 3 and len(told) > 2 and len(world.served) > 20:
            return
        time.sleep(0.02)


def _nothing_came_twice(mails: MailServer, hooks: HookReceiver) -> None:
    assert len(mails.mails) > 3
    assert max(mails.copies.values()) == 1
    bodies: dict[str, set[bytes]] = {}
    for headers, body in hooks.got:
        # Signed while the clock had jumped: verified as of the moment that it was signed for.
        signed = Webhook(SECRET).sign(headers["webhook-id"], _moment(headers), body.decode())
        assert signed in headers["webhook-signature"].split()
        bodies.setdefault(headers["webhook-id"], set()).add(body)
    assert len(bodies) > 2
    # A webhook may come again, under its id and with the same body.
    assert {len(found) for found in bodies.values()} == {1}


def _caps_hold(mails: MailServer, hooks: HookReceiver) -> None:
    assert max(copies_per_person(mails).values()) <= CAPS["email"]
    told = {headers["webhook-id"]: json.loads(body)["data"] for headers, body in hooks.got}
    per_person = Counter(data["subject"]["person"] for data in told.values())
    assert max(per_person.values()) <= CAPS["webhook"]


def _caps_hold_after_merges(world: World, mails: MailServer) -> None:
    """Whoever turns out to be one person gets no more than the cap, or than both had already."""
    assert len(world.merged) >= 3
    for pair, acknowledged in world.merged.items():
        addresses = {f"u-{number}@people.example" for number in pair}
        came = [
            at
            for at, (_, to) in zip(mails.came_at, mails.envelopes, strict=True)
            if to in addresses
        ]
        before = sum(at <= acknowledged + UNDER_WAY_S for at in came)
        assert len(came) <= max(CAPS["email"], before), (pair, len(came), before)


async def _logged_if_and_only_if_served(world: World) -> None:
    async with world.opened() as site:
        logged = {one.request_id: one.decision_id for one in site.unifier.decisions.since("")}
    assert len(world.served) > 20
    for request, decision_id in world.served.items():
        assert logged[request] == decision_id
    # What was logged and not served are calls whose answer nobody heard, and second thoughts.
    unheard = {name for name in logged if name not in world.served and "/" not in name}
    assert unheard <= world.unknown


async def _every_job_has_a_receipt_or_a_reason(world: World, hooks: HookReceiver) -> None:
    got = {headers["webhook-id"] for headers, _ in hooks.got}
    async with world.opened() as site:
        jobs = [one for one in site.deciding.sender.deliveries() if one.endpoint == "crm"]
    assert len(jobs) > 2
    for one in jobs:
        if one.state == "delivered":
            assert one.parcel.parcel_id in got
        elif one.over:
            assert one.detail, one


def _moment(headers: dict[str, str]) -> datetime:
    return datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)


@pytest.mark.slow
def test_kills_and_clock_jumps_with_many_workers(tmp_path: Path) -> None:
    _with_kills(tmp_path, workers=8, kills=2, people=20)


@pytest.mark.sweep
def test_kills_and_clock_jumps_with_64_workers_for_long(tmp_path: Path) -> None:
    _with_kills(tmp_path, workers=64, kills=40, people=200)
