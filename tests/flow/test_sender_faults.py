"""What goes wrong beside a hand-over sends nothing twice, and holds up nobody else."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.decisioning.mail_server import mail_server
from tests.decisioning.mail_world import CONFIGURATION, NOW, decide, opened, states, until_over
from wegweiser.adapters.memory import MemoryClock
from wegweiser.adapters.sqlite_log import SqliteEventLog
from wegweiser.ports.channel import Channel, Parcel, Receipt
from wegweiser.terms.errors import ComeAgain
from wegweiser.terms.instant import format_instant
from wegweiser.terms.policy import Endpoint
from wegweiser.workspace.operations import run as run_operation
from wegweiser.workspace.site import Site

Append = Callable[[SqliteEventLog, Sequence[bytes]], int | None]
ENDS = format_instant(NOW + 30_000)


async def tick(site: Site) -> None:
    """Let the sender run once, with everything committed."""
    await site.intake.checkpoint()
    await site.deciding.sender.send_due()


def test_a_log_that_is_full_right_after_a_mail_sends_no_second_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = False

    def refusing(append: Append) -> Append:
        def refuse(log: SqliteEventLog, payloads: Sequence[bytes]) -> int | None:
            if full:
                raise ComeAgain("disk full")
            return append(log, payloads)

        return refuse

    for verb in ("append", "append_at_once"):
        monkeypatch.setattr(SqliteEventLog, verb, refusing(getattr(SqliteEventLog, verb)))

    async def run() -> None:
        nonlocal full
        site = await opened(tmp_path, port, 1)
        await decide(site, 0)
        await site.intake.checkpoint()
        full = True
        for _ in range(4):
            await site.deciding.sender.send_due()
            clock = site.clock
            assert isinstance(clock, MemoryClock)
            clock.advance(400_000)
        assert len(server.mails) == 1
        assert states(site) == {"attempting": 1}
        full = False
        await until_over(site)
        await tick(site)
        assert len(server.mails) == 1
        assert states(site) == {"delivered": 1}
        upto = await site.intake.settle()
        assert [row["kind"] for row in site.exporter.outcomes(upto)] == ["delivered"]
        await site.stop()

    with mail_server() as (server, port):
        asyncio.run(run())


class Breaking:
    """A channel that raises what no channel should, for one of the people."""

    def __init__(self, inner: Channel):
        self._inner = inner

    async def hand_over(self, parcel: Parcel) -> Receipt:
        """Break for the first of them."""
        if "u-0@" in str(parcel.data["subject"]):
            raise ZeroDivisionError
        return await self._inner.hand_over(parcel)


def test_one_that_breaks_its_channel_holds_up_nobody(tmp_path: Path) -> None:
    async def run() -> None:
        site = await opened(tmp_path, port, 4)
        sender = site.deciding.sender
        open_channel: Callable[[Endpoint], Channel] = sender._open_channel
        sender._open_channel = lambda endpoint: Breaking(open_channel(endpoint))
        for number in range(4):
            await decide(site, number)
        await until_over(site)
        assert states(site) == {"delivered": 3, "dead": 1}
        await site.stop()

    with mail_server() as (_, port):
        asyncio.run(run())


def test_a_placement_that_is_gone_ends_its_messages_and_no_others(tmp_path: Path) -> None:
    async def run() -> None:
        site = await opened(tmp_path, port, 2)
        await decide(site, 0)
        await decide(site, 1)
        gone = "{kind: placement, key: mail.push, deleted: true}"
        await site.applier.apply([("gone.yaml", gone)])
        for _ in range(3):
            await tick(site)
        assert states(site) == {"withdrawn": 2}
        assert server.mails == []
        await site.stop()

    with mail_server() as (server, port):
        asyncio.run(run())


@pytest.mark.parametrize("where", ["before", "after"])
def test_somebody_erased_on_the_way_gets_nothing_and_leaves_nothing(
    tmp_path: Path, where: str
) -> None:
    async def run() -> None:
        site = await opened(tmp_path, port, 1)
        decision_id = await decide(site, 0)
        await site.intake.checkpoint()
        sender = site.deciding.sender
        inner: Channel = sender._open_channel(site.unifier.policies.bundle.endpoints[0])
        sender._open_channel = lambda endpoint: Waiting(inner, site, where)
        await tick(site)
        while sender.is_busy(f"msg_{decision_id}_0"):
            await asyncio.sleep(0.01)
        assert len(server.mails) == (where == "after")
        assert sender.one(f"msg_{decision_id}_0") is None
        assert list(sender.pending) == []
        await site.stop()

    with mail_server() as (server, port):
        asyncio.run(run())


def test_what_has_ended_meanwhile_is_not_sent(tmp_path: Path) -> None:
    async def run() -> None:
        site = await opened(tmp_path, port, 1)
        ending = CONFIGURATION.replace("key: welcome,", f"key: welcome, ends_at: '{ENDS}',")
        await site.applier.apply([("ending.yaml", ending)])
        await decide(site, 0)
        await site.intake.checkpoint()
        clock = site.clock
        assert isinstance(clock, MemoryClock)
        clock.advance(60_000)
        await until_over(site)
        assert states(site) == {"withdrawn": 1}
        assert server.mails == []
        await site.stop()

    with mail_server() as (server, port):
        asyncio.run(run())


class Waiting:
    """A mail server's channel during which the person is erased, before or after the attempt."""

    def __init__(self, inner: Channel, site: Site, where: str):
        self._inner = inner
        self._site = site
        self._where = where

    async def hand_over(self, parcel: Parcel) -> Receipt:
        """Hand over as anybody would."""
        return await self._inner.hand_over(parcel)

    async def hand_over_once(self, parcel: Parcel, attempt: Callable[[], None]) -> Receipt:
        """Erase on the way."""
        if self._where == "before":
            await run_operation(self._site, "forget", {"identifier": "user_id:u-0"})
        told = await self._inner.hand_over_once(parcel, attempt)  # type: ignore[attr-defined]
        if self._where == "after":
            await run_operation(self._site, "forget", {"identifier": "user_id:u-0"})
        assert isinstance(told, Receipt)
        return told
