"""Mail addresses and topics: what somebody wants to hear of, at which of their addresses."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.decisioning.mail_server import MailServer, mail_server, read
from tests.decisioning.mail_world import CALLER, opened, states, until_over
from tests.scenarios.undo_world import run
from wegweiser.adapters.memory import MemoryClock, MemoryStore
from wegweiser.cli.main import app
from wegweiser.flow.subscriptions import (
    EVERY_TOPIC,
    MOST_TOPICS,
    Said,
    Subscriptions,
    status_of,
)
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wire import WireRequest
from wegweiser.web.api.unsubscribe import unsubscribe
from wegweiser.workspace.site import Site
from wegweiser.workspace.workspace import Workspace

WORK, HOME = "ada@work.example", "ada@home.example"
MORE = """
{kind: placement, key: security.push, channel: email, direction: push, allow_nothing: false}
---
{kind: placement, key: price.push, channel: email, direction: push, allow_nothing: false}
---
{kind: placement, key: receipt.push, channel: email, direction: push, allow_nothing: false}
---
{kind: message, key: welcome, rules: [{when: 'placement.key == "mail.push"'}]}
---
{kind: message, key: safe, topic: security, rules: [{when: 'placement.key == "security.push"'}],
 variants: [{key: en, channel: email, locale: en, content: {subject: Safe, text: Be safe}}]}
---
{kind: message, key: offer, topic: price, rules: [{when: 'placement.key == "price.push"'}],
 variants: [{key: en, channel: email, locale: en, content: {subject: Cheap, text: Be rich}}]}
---
{kind: message, key: receipt, topic: security, class: service,
 rules: [{when: 'placement.key == "receipt.push"'}],
 variants: [{key: en, channel: email, locale: en, content: {subject: Paid, text: You paid}}]}
"""


def ada(number: int, email: str) -> JsonObject:
    """Write an identify of Ada with one of her addresses."""
    return {
        "type": "identify",
        "messageId": f"ada-{number}",
        "userId": "ada",
        "traits": {"email": email},
        "context": {"consent": {"categoryPreferences": {"email": True}}},
    }


def with_ada(folder: Path, told: Callable[[Site, MailServer], Awaitable[None]]) -> None:
    """Let Ada have two addresses, the one at work told last, and go on."""

    async def whole() -> None:
        site = await opened(folder, port, 0)
        await site.applier.apply([("more.yaml", MORE)])
        await site.loader.take("crm", [ada(1, HOME)], kind="live")
        tick(site)
        await site.loader.take("crm", [ada(2, WORK)], kind="live")
        await told(site, server)
        await site.stop()

    with mail_server() as (server, port):
        asyncio.run(whole())


def tick(site: Site) -> None:
    assert isinstance(site.clock, MemoryClock)
    site.clock.advance(60_000)


async def asked(site: Site, placement: str, number: int) -> JsonObject:
    """Decide what to write to Ada; gives the answer."""
    tick(site)
    body: JsonObject = {
        "request_id": f"{placement}-{number}",
        "subject": {"person": "user_id:ada"},
        "placements": [{"key": placement}],
    }
    found = await site.deciding.chooser.decide(body, CALLER)
    await until_over(site)
    return found


def recipients(server: MailServer) -> list[str]:
    return [to for _, to in server.envelopes]


async def press(site: Site, mail: bytes, wish: str = "") -> str:
    """Follow the link of a mail as a mail program does, or press a button; gives the page."""
    link = str(read(mail)["List-Unsubscribe"]).strip("<>")
    path = "/u/" + link.rpartition("/")[2]
    body = f"do={wish}" if wish else "List-Unsubscribe=One-Click"
    tick(site)
    answer = await unsubscribe(site, WireRequest("POST", path, body=body.encode()))
    assert answer.status == 200
    return answer.body.decode()


async def looked(site: Site, mail: bytes) -> str:
    """Open the page of a mail's link."""
    link = str(read(mail)["List-Unsubscribe"]).strip("<>")
    return (
        await unsubscribe(site, WireRequest("GET", "/u/" + link.rpartition("/")[2]))
    ).body.decode()


def test_one_click_is_about_the_topic_and_the_address_of_that_mail(tmp_path: Path) -> None:
    async def told(site: Site, server: MailServer) -> None:
        await asked(site, "security.push", 1)
        assert recipients(server) == [WORK]
        assert "security" in await looked(site, server.mails[0])
        assert "„security“" in await press(site, server.mails[0])
        assert "Subscribe again" in await looked(site, server.mails[0])
        # No more of this topic, not at her other address either, which she was never asked about.
        nothing = await asked(site, "security.push", 2)
        assert nothing["status"] == "nothing"
        explained = site.explain(str(nothing["decision_id"]))
        assert "unsubscribed:security" in str(explained)
        again = await run(site, "decision_recompute", id=str(nothing["decision_id"]))
        assert again["holds"] is True
        await asked(site, "price.push", 1)
        await asked(site, "receipt.push", 1)
        assert recipients(server) == [WORK, WORK, WORK]
        assert site.views.consent("user_id:ada")["email"] == "granted"
        shown = await run(site, "subscription_show", address=WORK)
        assert [(one["topic"], one["status"]) for one in shown["topics"]] == [  # type: ignore
            ("price", "never_asked"),
            ("security", "unsubscribed"),
        ]
        # She asks for it at home, and there it goes.
        await run(site, "subscription_set", address=HOME, topic="security", status="subscribed")
        await asked(site, "security.push", 3)
        assert recipients(server)[-1] == HOME
        await press(site, server.mails[0], "again")
        await asked(site, "security.push", 4)
        assert recipients(server)[-1] == WORK

    with_ada(tmp_path, told)


def test_all_topics_of_an_address_and_one_of_them_again(tmp_path: Path) -> None:
    async def told(site: Site, server: MailServer) -> None:
        await asked(site, "security.push", 1)
        assert "no more mails go to this address" in await press(site, server.mails[0], "all")
        for placement in ("security.push", "price.push", "mail.push"):
            assert (await asked(site, placement, 2))["status"] == "nothing"
        await run(site, "subscription_set", address=WORK, topic="price", status="subscribed")
        await asked(site, "price.push", 3)
        assert recipients(server) == [WORK, WORK]
        # What was said by link, and what an operator noted, stands after a restart and a rebuild.
        before = await run(site, "subscription_show", address=WORK)
        await site.rebuild()
        assert await run(site, "subscription_show", address=WORK) == before

    with_ada(tmp_path, told)


def test_what_waits_is_not_sent_any_more(tmp_path: Path) -> None:
    async def told(site: Site, server: MailServer) -> None:
        tick(site)
        body: JsonObject = {
            "request_id": "waits",
            "subject": {"person": "user_id:ada"},
            "placements": [{"key": "security.push"}],
        }
        await site.deciding.chooser.decide(body, CALLER)
        await site.intake.checkpoint()
        await run(site, "subscription_set", address=WORK, topic="security", status="unsubscribed")
        await until_over(site)
        assert recipients(server) == []
        assert "delivered" not in states(site)
        assert states(site)

    with_ada(tmp_path, told)


def test_the_wish_outlives_an_erasure_and_names_nobody(tmp_path: Path) -> None:
    async def told(site: Site, server: MailServer) -> None:
        await asked(site, "security.push", 1)
        await run(site, "forget", identifier="user_id:ada", suppress=False)
        await press(site, server.mails[0])
        shown = await run(site, "subscription_show", address=WORK)
        assert {"topic": "security", "status": "unsubscribed"}.items() <= shown["topics"][
            -1
        ].items()  # type: ignore
        rows = [*site.engines.store.scan("subscriptions")]
        assert len(rows) == 1
        assert b"ada" not in b"".join(map(b"".join, rows)).lower()

    with_ada(tmp_path, told)


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "no address", "topic": "x", "status": "subscribed"},
        {"address": WORK, "topic": "", "status": "subscribed"},
        {"address": WORK, "topic": "x", "status": "never_asked"},
    ],
)
def test_what_cannot_be_noted_is_refused(tmp_path: Path, wrong: dict[str, str]) -> None:
    async def told(site: Site, server: MailServer) -> None:
        with pytest.raises(InputRefused):
            await run(site, "subscription_set", **wrong)

    with_ada(tmp_path, told)


ROW: JsonObject = {"address": WORK, "topic": "news", "status": "subscribed", "at": "2026-01-05"}


def test_a_file_is_noted_row_by_row_and_newer_words_stand(tmp_path: Path) -> None:
    async def told(site: Site, server: MailServer) -> None:
        await run(site, "subscription_set", address=HOME, topic="news", status="unsubscribed")
        every: JsonObject = {"address": WORK, "Topic ": "*", "STATUS": " Unsubscribed"}
        rows: list[Json] = [
            ROW,
            {**ROW, "address": HOME},
            {**every, "at": "2026-02-01T00:00:00+01:00"},
            {**ROW, "address": "nobody"},
            {**ROW, "topic": ""},
            {**ROW, "status": "never_asked"},
            {**ROW, "at": ""},
            {**ROW, "at": "2999-01-01"},
            {"_broken": "{", "_error": "this is no JSON"},
        ]
        tried = await run(site, "subscription_load", rows=rows, dry_run=True)
        assert len(site.subscriptions) == 1
        done = await run(site, "subscription_load", rows=rows, first_row=10)
        assert (done["rows"], done["changed"], done["standing"]) == (9, 2, 1)
        assert {**done, "refused": []} == {**tried, "refused": []}
        wrong = done["refused"]
        assert isinstance(wrong, list)
        assert [(one["row"], one["field"]) for one in wrong if isinstance(one, dict)] == [
            (13, "address"),
            (14, "topic"),
            (15, "status"),
            (16, "at"),
            (17, "at"),
            (18, None),
        ]
        # What she said by hand is newer than the file, whatever it says.
        assert not site.subscriptions.is_open(HOME, "news")
        assert not site.subscriptions.is_open(WORK, "anything")
        again = await run(site, "subscription_load", rows=rows)
        assert (again["changed"], again["standing"]) == (0, 3)
        found = await run(site, "access", identifier="user_id:ada")
        listed = found["subscriptions"]
        assert isinstance(listed, list)
        assert [(one["address"], one["topic"], one["source"]) for one in listed] == [  # type: ignore
            (HOME, "news", "operator"),
            (WORK, "*", "file"),
        ]
        with pytest.raises(InputRefused):
            await run(site, "subscription_load", rows=[])

    with_ada(tmp_path, told)


def test_the_command_lists_the_rows_that_it_cannot_use(tmp_path: Path) -> None:
    folder, file = tmp_path / "data", tmp_path / "old.csv"
    lines = ["address;topic;status;at;reason", f"{WORK};news;unsubscribed;2026-01-05;by phone"]
    file.write_text("\n".join([*lines, f"{WORK};news;perhaps;2026-01-05;"]), encoding="utf-8")
    with Workspace.open(folder):
        pass
    asked = ["subscriptions", "load", str(file), "--data", str(folder), "--json"]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 1
    found = msgspec.json.decode(told.stdout)
    assert (found["rows"], found["changed"], found["refused_rows"]) == (2, 1, 1)
    assert found["refused"][0]["row"] == 2
    shown = CliRunner().invoke(
        app, ["subscriptions", "show", WORK, "--data", str(folder), "--json"]
    )
    [topic] = msgspec.json.decode(shown.stdout)["topics"]
    assert (topic["status"], topic["reason"]) == ("unsubscribed", "by phone")
    file.write_text("\n".join(lines), encoding="utf-8")
    assert CliRunner().invoke(app, asked).exit_code == 0


TOLD = st.lists(
    st.tuples(
        st.sampled_from([EVERY_TOPIC, "news", "offers"]),
        st.sampled_from(["subscribed", "unsubscribed"]),
        st.integers(1, 4),
    ),
    max_size=8,
)


@given(TOLD, st.randoms(use_true_random=False), st.integers(0, 8))
def test_the_order_of_a_file_does_not_matter(
    told: list[tuple[str, str, int]], chance: Random, cut: int
) -> None:
    def kept(lines: list[tuple[str, str, int]], cut: int) -> Subscriptions:
        found = Subscriptions(MemoryStore(), lambda name: name.encode())
        mark = found.mark(WORK)
        said = [(mark, topic, Said(status, at)) for topic, status, at in lines]  # type: ignore[arg-type]
        for part in (said[:cut], said[cut:], said[:cut]):
            found.load(part)
        return found

    mixed = chance.sample(told, len(told))
    one, other = kept(told, cut), kept(mixed, 0)
    for topic in ("news", "offers"):
        newest = [(at, status == "unsubscribed") for on, status, at in told if on in (topic, "*")]
        wanted = ("subscribed", "unsubscribed")[max(newest)[1]] if newest else "never_asked"
        assert status_of(one.of(WORK), topic) == status_of(other.of(WORK), topic) == wanted


SAID = st.lists(
    st.tuples(
        st.sampled_from([EVERY_TOPIC, "news", "offers"]),
        st.sampled_from(["subscribed", "unsubscribed"]),
    ),
    max_size=12,
)


@given(SAID)
def test_what_was_said_last_holds(said: list[tuple[str, str]]) -> None:
    kept = Subscriptions(MemoryStore(), lambda name: name.encode())
    mark = kept.mark(WORK)
    expected: dict[str, str] = {}
    for at, (topic, status) in enumerate(said, 1):
        kept.say(mark, topic, Said(status, at))  # type: ignore[arg-type]
        if topic == EVERY_TOPIC:
            expected = {EVERY_TOPIC: status}
        expected[topic] = status
        for one in ("news", "offers"):
            holds = expected.get(one, expected.get(EVERY_TOPIC, "never_asked"))
            assert status_of(kept.of(" ADA@work.example"), one) == holds
    assert kept.address_for([HOME, WORK], "news") in (HOME, WORK)


@pytest.mark.parametrize("refused", [EVERY_TOPIC, "offers"])
def test_a_refusal_is_not_forgotten_for_all_that_is_wanted_later(refused: str) -> None:
    kept = Subscriptions(MemoryStore(), lambda name: name.encode())
    mark = kept.mark(WORK)
    kept.say(mark, refused, Said("unsubscribed", 0))
    for number in range(MOST_TOPICS + 5):
        kept.say(mark, f"topic-{number}", Said("subscribed", 1 + number))
    assert not kept.is_open(WORK, "offers")
    assert len(kept.of(WORK)) == MOST_TOPICS
    assert kept.is_open(WORK, f"topic-{MOST_TOPICS + 4}")


def test_refusals_alone_are_all_kept() -> None:
    kept = Subscriptions(MemoryStore(), lambda name: name.encode())
    mark = kept.mark(WORK)
    for number in range(MOST_TOPICS + 5):
        kept.say(mark, f"topic-{number}", Said("unsubscribed", number))
    assert not kept.is_open(WORK, "topic-0")
