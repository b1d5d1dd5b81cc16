"""Reservation: whatever comes at once, kills and lapses, no cap is ever exceeded."""

import asyncio
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.decisioning.contact_world import (
    DAY,
    HOUR,
    LETTER,
    PLAIN,
    ask,
    clock_of,
    know,
    reasons,
    site_with,
    tell,
)
from tests.faults.delivery_world import Served
from tests.flow.loops import on_a_loop
from tests.flow.sites import caller
from wegweiser.flow.lanes import LANES, Lanes, lane_of
from wegweiser.flow.leases import GRACE_MS
from wegweiser.settings import Settings
from wegweiser.workspace.engines import embedded
from wegweiser.workspace.site import Site

ONE_PER_ACCOUNT = """
{kind: cap, key: one, scope: account, limit: 1, window_hours: 168, direction: push}
---
"""
MANY = 200


@on_a_loop
async def test_08_200_parallel_decisions_on_one_account_pass_a_cap_of_1_once() -> None:
    async with site_with(LETTER + ONE_PER_ACCOUNT) as site:
        for number in range(20):
            who = await know(site, f"u-{number}", ["acme"])
        asked = (ask(site, who, f"u-{number % 20}") for number in range(MANY))
        answers = await asyncio.gather(*asked)
        assert [one["status"] for one in answers].count("decided") == 1
        assert {one["status"] for one in answers} == {"decided", "deferred"}
        late = next(one for one in answers if one["status"] == "deferred")
        assert reasons(site, late)["cap:one"] == clock_of(site).now + 7 * DAY


@on_a_loop
async def test_08_one_person_in_two_accounts_counts_for_both() -> None:
    async with site_with(LETTER + ONE_PER_ACCOUNT) as site:
        await know(site, "both", ["acme", "example"])
        await know(site, "ada", ["acme"])
        who = await know(site, "eve", ["example"])
        users = ["both", "ada", "eve"]
        answers = await asyncio.gather(*(ask(site, who, users[n % 3]) for n in range(MANY)))
        sent = [
            users[number % 3] for number, one in enumerate(answers) if one["status"] == "decided"
        ]
        # Either the one in both, or one in each.
        assert sorted(sent) in (["both"], ["ada", "eve"])


@on_a_loop
async def test_08_a_lapsed_lease_frees_the_room_and_only_once() -> None:
    async with site_with(LETTER + ONE_PER_ACCOUNT) as site:
        who = await know(site, "ada", ["acme"])
        first = await ask(site, who, "ada")
        assert first["status"] == "decided"
        await site.deciding.contacts.leases.run()
        assert (await ask(site, who, "ada"))["status"] == "deferred"
        clock_of(site).advance(15 * 60_000 + GRACE_MS)
        # Nobody took it over: no delivery was begun before the lease was over.
        await site.deciding.contacts.leases.run()
        answers = await asyncio.gather(*(ask(site, who, "ada") for _ in range(MANY)))
        assert [one["status"] for one in answers].count("decided") == 1


@on_a_loop
async def test_08_what_was_delivered_counts_after_its_lease() -> None:
    async with site_with(LETTER + ONE_PER_ACCOUNT) as site:
        who = await know(site, "ada", ["acme"])
        first = await ask(site, who, "ada")
        await tell(site, who, first, "delivered")
        clock_of(site).advance(HOUR)
        await site.deciding.contacts.leases.run()
        assert (await ask(site, who, "ada"))["status"] == "deferred"


@on_a_loop
async def test_what_bounced_gives_its_room_back() -> None:
    async with site_with(LETTER + ONE_PER_ACCOUNT) as site:
        who = await know(site, "ada", ["acme"])
        first = await ask(site, who, "ada")
        await tell(site, who, first, "bounced")
        assert (await ask(site, who, "ada"))["status"] == "decided"


@on_a_loop
async def test_a_restart_forgets_no_reservation() -> None:
    async with site_with(LETTER + ONE_PER_ACCOUNT) as site:
        who = await know(site, "ada", ["acme"])
        assert (await ask(site, who, "ada"))["status"] == "decided"
        await site.rebuild()
        assert (await ask(site, who, "ada"))["status"] == "deferred"


@on_a_loop
async def test_a_pull_that_counts_when_served_reserves_too() -> None:
    served = "{kind: cap, key: one, limit: 1, window_hours: 24, channels: [web], count_at: served}"
    async with site_with(LETTER + served) as site:
        who = await know(site, "ada")
        asked = (ask(site, who, "ada", "home.hero") for _ in range(20))
        answers = await asyncio.gather(*asked)
        assert [one["status"] for one in answers].count("decided") == 1
        clock_of(site).advance(DAY)
        assert (await ask(site, who, "ada", "home.hero"))["status"] == "decided"


@on_a_loop
async def test_a_pull_counts_when_it_was_seen() -> None:
    usual = "{kind: cap, key: one, limit: 1, window_hours: 24, channels: [web]}"
    async with site_with(LETTER + usual) as site:
        who = await know(site, "ada")
        first = await ask(site, who, "ada", "home.hero")
        second = await ask(site, who, "ada", "home.hero")
        assert [one["status"] for one in (first, second)] == ["decided", "decided"]
        await tell(site, who, first, "seen")
        assert (await ask(site, who, "ada", "home.hero"))["status"] == "nothing"


@on_a_loop
async def test_whoever_needs_several_lanes_never_waits_for_ever() -> None:
    lanes, order = Lanes(), list[str]()

    async def run(name: str, wanted: list[str]) -> None:
        async with lanes.held(lambda: wanted):
            order.append(name)
            await asyncio.sleep(0)

    turns = [run(f"r{n}", ["group_id:a", "group_id:b"][:: 1 if n % 2 else -1]) for n in range(50)]
    await asyncio.wait_for(asyncio.gather(*turns), 60)
    assert sorted(order) == sorted(f"r{n}" for n in range(50))
    assert len({lane_of(f"group_id:{n}") for n in range(2_000)}) == LANES


@pytest.mark.parametrize("scope", ["person", "account", "tenant"])
@on_a_loop
async def test_08_every_scope_holds_under_load(scope: str) -> None:
    cap = f"{{kind: cap, key: one, scope: {scope}, limit: 3, window_hours: 24}}"
    async with site_with(LETTER + cap) as site:
        who = await know(site, "ada", ["acme"])
        answers = await asyncio.gather(*(ask(site, who, "ada") for _ in range(50)))
        assert [one["status"] for one in answers].count("decided") == 3


def _burst(server: Served, key: str, run: int) -> list[str]:
    """Ask 40 times at once about the people of one account; gives the answers that came."""

    def one(number: int) -> str:
        body = {
            "request_id": f"run-{run}-{number}",
            "subject": {"person": f"user_id:u-{number % 4}"},
            "placements": [{"key": "mail.push"}],
        }
        try:
            answer = httpx.post(
                server.address + "/v1/decide",
                json=body,
                headers={"x-api-key": key},
                timeout=60,
                trust_env=False,
            )
        except httpx.HTTPError:
            return "unheard"
        return str(answer.json().get("status")) if answer.status_code == 200 else "refused"

    with ThreadPoolExecutor(20) as pool:
        return list(pool.map(one, range(40)))


def _with_kills(tmp_path: Path, kills: int) -> None:
    folder, offset = tmp_path / "data", tmp_path / "offset"
    offset.write_text("0")

    async def prepare() -> str:
        folder.mkdir()
        site = Site(embedded(folder, Settings()), Settings())
        await site.start(background=False)
        try:
            # Without a way out it would be withdrawn, and the room given to the next.
            out = "{kind: endpoint, key: out, channel: email, via: file, target: mails}\n---\n"
            await site.applier.apply([("c.yaml", PLAIN + LETTER + ONE_PER_ACCOUNT + out)])
            for number in range(4):
                await know(site, f"u-{number}", ["acme"])
            return caller(site)[0]
        finally:
            await site.stop()

    async def sent() -> int:
        site = Site(embedded(folder, Settings()), Settings())
        await site.start(background=False)
        try:
            return sum(bool(one.items) for one in site.unifier.decisions.since(""))
        finally:
            await site.stop()

    key = asyncio.run(prepare())
    heard: list[str] = []
    for run in range(kills):
        server = Served(folder, offset, {**os.environ})
        killer = threading.Timer(0.02 * (run + 1), server.process.kill)
        killer.start()
        heard += _burst(server, key, run)
        killer.join()
        server.end(signal.SIGKILL)
    server = Served(folder, offset, {**os.environ})
    heard += _burst(server, key, kills)
    server.end(signal.SIGTERM)
    assert heard.count("decided") <= 1
    assert asyncio.run(sent()) == 1


@pytest.mark.slow
def test_08_no_kill_of_the_process_lets_a_second_contact_through(tmp_path: Path) -> None:
    _with_kills(tmp_path, kills=1)


@pytest.mark.sweep
def test_08_nor_do_many_kills(tmp_path: Path) -> None:
    _with_kills(tmp_path, kills=20)
