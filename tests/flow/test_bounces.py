"""Mails that come back: outcomes, stopped addresses, and a withdrawal for a complaint."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from tests.decisioning.mail_server import MailServer, mail_server, read
from tests.decisioning.mail_world import CALLER, decide, opened, person, states, until_over
from tests.deliver.test_bounce import ARF, DSN
from wegweiser.adapters.memory import MemoryClock, MemoryStore
from wegweiser.flow.endpoint_states import EndpointStates
from wegweiser.ports.channel import Receipt
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import JsonObject
from wegweiser.terms.policy import Endpoint
from wegweiser.workspace.operations import run as run_operation
from wegweiser.workspace.site import Site


def with_mails(
    folder: Path,
    people: int,
    told: Callable[[Site, MailServer], Awaitable[None]],
    **endpoint: object,
) -> None:
    """Write to some people, then go on with what each test is about."""

    async def run() -> None:
        site = await opened(folder, port, people, **endpoint)
        for number in range(people):
            await decide(site, number)
        await until_over(site)
        await told(site, server)
        await site.stop()

    with mail_server() as (server, port):
        asyncio.run(run())


def report(mail: bytes, status: str = "5.1.1") -> bytes:
    """Write the report that another server sends about a mail of ours."""
    found = read(mail)
    name = str(found["Message-ID"]).strip("<>").partition("@")[0]
    text = DSN.format(
        action="failed", status=status, sent="text/rfc822-headers", parcel=name, inner=name
    )
    return text.replace("ada@people.example", str(found["To"])).encode()


async def load(site: Site, *mails: bytes) -> list[str]:
    """Read mails that came back; gives what became of each."""
    encoded = [base64.b64encode(mail).decode() for mail in mails]
    taken = await run_operation(site, "bounce_load", {"mails": [*encoded]})
    assert isinstance(taken, list)
    return [str(one["result"]) for one in taken if isinstance(one, dict)]


async def outcomes(site: Site) -> list[str]:
    """Give the kinds of outcomes but of deliveries."""
    upto = await site.intake.settle()
    kinds = [str(row["kind"]) for row in site.exporter.outcomes(upto)]
    return [kind for kind in kinds if kind != "delivered"]


def test_a_hard_bounce_stops_the_address_and_counts_once(tmp_path: Path) -> None:
    async def told(site: Site, server: MailServer) -> None:
        back = report(server.mails[0])
        assert await load(site, back, back, b"Subject: other") == ["hard", "hard", "no_report"]
        assert await outcomes(site) == ["bounced"]
        address = str(read(server.mails[0])["To"])
        shown = await run_operation(site, "address_show", {"address": address})
        assert isinstance(shown, dict)
        assert (shown["stopped"], shown["reason"]) == (True, "bounced")
        await _again(site)
        assert states(site) == {"delivered": 1, "withdrawn": 1}
        assert await run_operation(site, "address_lift", {"address": address})
        await _again(site, "r-third")
        assert states(site) == {"delivered": 2, "withdrawn": 1}

    with_mails(tmp_path, 1, told, bounces_to="back@example.com")


def test_a_soft_bounce_stops_nothing(tmp_path: Path) -> None:
    async def told(site: Site, server: MailServer) -> None:
        assert server.envelopes[0][0].startswith("back+msg_dec_")
        assert await load(site, report(server.mails[0], "4.2.2")) == ["soft"]
        assert await outcomes(site) == ["bounced"]
        await _again(site)
        assert states(site) == {"delivered": 2}

    with_mails(tmp_path, 1, told, bounces_to="back@example.com")


def test_a_complaint_takes_the_consent_back(tmp_path: Path) -> None:
    async def told(site: Site, server: MailServer) -> None:
        name = str(read(server.mails[0])["Message-ID"]).strip("<>").partition("@")[0]
        to = str(read(server.mails[0])["To"])
        raw = ARF.format(kind="abuse", parcel=name).replace("ada@people.example", to).encode()
        assert await load(site, raw) == ["complaint"]
        assert await outcomes(site) == ["complained"]
        assert site.views.consent("user_id:u-0")["email"] == "denied"

    with_mails(tmp_path, 1, told)


def test_a_forged_report_harms_nobody(tmp_path: Path) -> None:
    async def told(site: Site, server: MailServer) -> None:
        real = report(server.mails[0])
        elsewhere = real.replace(b"u-0@people.example", b"u-1@people.example")
        unknown = real.replace(b"msg_dec_", b"msg_dec_0")
        assert await load(site, elsewhere, unknown) == ["another_address", "not_ours"]
        assert await outcomes(site) == []

    with_mails(tmp_path, 1, told)


def test_what_the_mail_server_refuses_for_good_is_a_bounce(tmp_path: Path) -> None:
    async def run() -> None:
        site = await opened(tmp_path, port, 1)
        await decide(site, 0)
        await until_over(site)
        assert states(site) == {"refused": 1}
        assert await outcomes(site) == ["bounced"]
        await site.stop()

    with mail_server(lambda recipient: "refuse_rcpt") as (_, port):
        asyncio.run(run())


def test_of_what_never_left_nothing_comes_back(tmp_path: Path) -> None:
    async def told(site: Site, server: MailServer) -> None:
        waiting = await decide(site, 1)
        await site.intake.checkpoint()
        site.clock.now -= 1  # type: ignore[attr-defined]
        await site.deciding.sender.begin()
        name = str(read(server.mails[0])["Message-ID"]).strip("<>").partition("@")[0]
        guessed = report(server.mails[0]).replace(name.encode(), f"msg_{waiting}_0".encode())
        guessed = guessed.replace(b"u-0@people.example", b"u-1@people.example")
        assert await load(site, guessed) == ["not_sent"]
        assert await outcomes(site) == []

    async def run() -> None:
        site = await opened(tmp_path, port, 2)
        await decide(site, 0)
        await until_over(site)
        await told(site, server)
        await site.stop()

    with mail_server() as (server, port):
        asyncio.run(run())


def test_a_link_that_is_followed_often_is_written_down_once(tmp_path: Path) -> None:
    async def told(site: Site, server: MailServer) -> None:
        desk = site.deciding.sending.unsubscribe
        link = str(read(server.mails[0])["List-Unsubscribe"]).strip("<>")
        way_out = desk.read(link.rpartition("/")[2])
        assert way_out is not None
        assert await desk.follow(way_out)
        await site.intake.settle()
        reached = site.unifier.position
        for _ in range(3):
            assert await desk.follow(way_out)
        await site.intake.settle()
        assert site.unifier.position == reached
        # Whoever agrees again may go again by the old link.
        site.clock.advance(1_000)  # type: ignore[attr-defined]
        await site.loader.take("crm", [person(0) | {"messageId": "again"}], kind="live")
        await site.intake.settle()
        assert site.views.consent("user_id:u-0")["email"] == "granted"
        assert await desk.follow(way_out)
        await site.intake.settle()
        assert site.views.consent("user_id:u-0")["email"] == "denied"
        unknown = msgspec.structs.replace(way_out, decision_id="dec_none")
        assert not await desk.follow(unknown)

    with_mails(tmp_path, 1, told)


async def _again(site: Site, request: str = "r-again") -> None:
    """Decide once more to write to the first person."""
    body: JsonObject = {
        "request_id": request,
        "subject": {"person": "user_id:u-0"},
        "placements": [{"key": "mail.push"}],
    }
    clock = site.clock
    assert isinstance(clock, MemoryClock)
    clock.advance(60_000)
    await site.deciding.chooser.decide(body, CALLER)
    await until_over(site)


@pytest.mark.parametrize("mails", [["not base64!"], ["YQ=="] * 501])
def test_what_is_no_list_of_mails_is_refused(tmp_path: Path, mails: list[str]) -> None:
    async def run() -> None:
        site = await opened(tmp_path, 9, 1)
        with pytest.raises(InputRefused):
            await run_operation(site, "bounce_load", {"mails": [*mails]})
        await site.stop()

    asyncio.run(run())


def test_an_endpoint_of_which_too_much_comes_back_sends_nothing_more(tmp_path: Path) -> None:
    """One in five bounces: after some dozens of mails that is sure, and somebody has to look."""

    async def told(site: Site, server: MailServer) -> None:
        sender = site.deciding.sender
        gone = len(server.mails)
        assert states(site) == {"delivered": 60}
        for number, mail in enumerate(list(server.mails)[::5]):
            assert await load(site, report(mail), report(mail)) == ["hard", "hard"]
            [listed] = await run_operation(site, "endpoint_list", {})  # type: ignore[misc]
            assert isinstance(listed, dict)
            # Of 60 mails 11 are too many for certain, 10 might be chance; each counts once.
            assert (listed["switched_off_at"] is not None) == (number >= 10), number
        assert listed["detail"] == "11 of the last 60 mails bounced for good"
        for number in (60, 61):
            await site.loader.take("crm", [person(number)], kind="live")
            await decide(site, number)
        await until_over(site)
        assert len(server.mails) == gone
        assert states(site) == {"delivered": 60, "disabled": 2}
        # It outlives a restart; whoever has looked switches it on, and it is counted anew.
        again = EndpointStates(site.engines.store)
        [endpoint] = site.unifier.policies.bundle.endpoints
        assert again.off(endpoint) is not None
        assert await run_operation(site, "endpoint_enable", {"key": "mail"})
        for one in [one for one in sender.deliveries() if one.state == "disabled"]:
            await run_operation(site, "delivery_retry", {"id": one.parcel.parcel_id})
        await until_over(site)
        assert states(site) == {"delivered": 62}

    with_mails(tmp_path, 60, told)


@pytest.mark.parametrize(
    ("mails", "complaints", "stopped"), [(49, 20, False), (100, 2, False), (100, 3, True)]
)
def test_complaints_stop_an_endpoint_when_it_is_no_chance(
    mails: int, complaints: int, stopped: bool
) -> None:
    store = MemoryStore()
    states_of = EndpointStates(store)
    mail = Endpoint("mail", "email", "smtp", "smtp://mail.example.com")
    for number in range(mails):
        states_of.heard(mail, Receipt(f"msg_{number}", "delivered", 250, ""), DAY_MS)
    for _ in range(complaints):
        states_of.came_back(mail, True, 2 * DAY_MS)
    assert (states_of.off(mail) is not None) == stopped
    # A week later these mails say nothing any more.
    other = EndpointStates(store)
    other.switch_on("mail")
    for number in range(mails):
        other.heard(mail, Receipt(f"msg_{number}", "delivered", 250, ""), 9 * DAY_MS)
    assert other.off(mail) is None
