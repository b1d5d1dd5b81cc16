"""What an erasure must not do: reach others, tell of itself, or be widened by what anybody says."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from tests.flow.erasing import run
from tests.flow.sites import CONSENT, caller, running, seen
from wegweiser.collect.decode import decode
from wegweiser.collect.wire import route_of
from wegweiser.flow.erasure_receipt import Receipt
from wegweiser.flow.replay import Chosen
from wegweiser.flow.suppression import MOST_NAMES_PUBLIC
from wegweiser.log.record import decode as record_of
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.record import Arrived, Collected
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

HOUR_MS = DAY_MS // 24
HOOK = """
kind: mapping
key: paid
source: bank
event: {type: track, event: Paid, userId: "=body.customer_number"}
---
{kind: hook, key: bank, mapping: paid, verify: none}
---
{kind: hook, key: plain, mapping: paid, verify: none}
"""


class Table(msgspec.Struct):
    """The rows of an answer."""

    columns: list[str]
    rows: list[list[Json]]


def on_site(scenario: Callable[[Site], Awaitable[None]], configuration: str = "") -> None:
    async def whole() -> None:
        async with running() as site:
            if configuration:
                await site.applier.apply([("more.yaml", configuration)])
            await scenario(site)

    asyncio.run(whole())


async def send(site: Site, secret: bool, *elements: JsonObject) -> WireResponse:
    """Post a batch with a secret or with a public key."""
    key, _ = caller(site, secret)
    body = msgspec.json.encode({"batch": elements})
    return await site.receiver.receive(
        WireRequest("POST", "/v1/batch", headers={"x-write-key": key}, body=body)
    )


def claims(device: str, user: str) -> JsonObject:
    return {"type": "identify", "messageId": device, "anonymousId": device, "userId": user}


async def set_aside(site: Site) -> list[Json]:
    return [kept.refused.element async for _, kept in site.quarantine.found(Chosen())]


def arrived(site: Site) -> list[Json]:
    records = (record_of(payload) for _, payload in site.engines.log.read(0))
    return [record.body for record in records if isinstance(record, Arrived)]


def counted(done: JsonObject) -> tuple[int, int]:
    """Give how many quarantined elements and webhooks an erasure took."""
    receipt = msgspec.convert(done["receipt"], Receipt)
    return receipt.counts["quarantined"], receipt.counts["webhooks"]


async def deliver(site: Site, hook: str, body: JsonObject) -> None:
    path = next(kept.path for kept in site.hooks.book.all() if kept.key == hook)
    headers = {"content-type": "application/json"}
    await site.hooks.receive(
        WireRequest("POST", path, headers=headers, body=msgspec.json.encode(body))
    )


@pytest.mark.parametrize("word", ["track", "application/json", "4711", "Order Paid", "order-1"])
def test_a_word_given_as_an_id_takes_nothing_of_others(word: str) -> None:
    broken: JsonObject = {
        "type": "unheard of",
        "event": "Order Paid",
        "properties": {"type": "track", "total": 4711, "amount": "4711", "order_id": "order-1"},
    }

    async def scenario(site: Site) -> None:
        nobody = broken | {"messageId": "b-1"}
        await send(site, True, nobody)
        await deliver(site, "bank", {"amount": 4711, "type": "track", "customer_number": "c-9"})
        await send(site, False, claims("device-1", word))
        before = await set_aside(site)
        assert len(before) == 1
        done = await run(site, "forget", identifier=f"user_id:{word}", confirm=True)
        assert counted(done) == (0, 0)
        assert await set_aside(site) == before
        assert arrived(site)[0] is not None
        await send(site, True, nobody | {"messageId": "b-2"})
        await deliver(site, "bank", {"amount": 4711, "type": "track", "customer_number": "c-9"})
        assert len(await set_aside(site)) == 2
        assert len([body for body in arrived(site) if body is not None]) == 2

    on_site(scenario, HOOK)


@pytest.mark.parametrize(
    "naming",
    [
        {"userId": "4711"},
        {"properties": {"customer_id": 4711}},
        {"context": {"externalIds": [{"type": "user_id", "id": "4711"}]}},
        {"properties": {"note": "see <Ada@Buyer.example>."}},
        {"properties": {"link": "https://a.example/?mail=ada%40buyer.example"}},
        {"properties": {"call": "+49 30 1234567"}},
        {"properties": {"raw": '{"userId": "4711", broken'}},
    ],
)
def test_what_says_that_it_names_somebody_goes_and_stays_out(naming: JsonObject) -> None:
    unread: JsonObject = {"type": "unheard of", "messageId": "b-1", **naming}

    async def scenario(site: Site) -> None:
        traits = {"email": "ada@buyer.example", "phone": "+49301234567"}
        known = {"type": "identify", "messageId": "k-1", "userId": "4711", "traits": traits}
        await send(site, True, known, unread)
        assert len(await set_aside(site)) == 1
        done = await run(site, "forget", identifier="user_id:4711")
        assert counted(done) == (1, 0)
        await send(site, True, unread | {"messageId": "b-2"})
        assert await set_aside(site) == [None]

    on_site(scenario)


def test_of_a_webhook_counts_what_its_mapping_reads() -> None:
    async def scenario(site: Site) -> None:
        await deliver(site, "bank", {"customer_number": "c-7", "id": "c-8"})
        await deliver(site, "bank", {"customer_number": "c-8", "id": "c-7"})
        await run(site, "forget", identifier="user_id:c-7")
        assert arrived(site) == [None, {"customer_number": "c-8", "id": "c-7"}]
        again = await run(site, "hook_replay", key="bank")
        assert (again["received"], again["duplicate"]) == (1, 1)
        await deliver(site, "bank", {"customer_number": "c-7"})
        assert arrived(site)[-1] is None

    on_site(scenario, HOOK)


def test_nothing_is_made_of_what_was_erased_by_reading_it_once_more() -> None:
    lacking = """
kind: mapping
key: paid
source: bank
event: {type: track, event: "=body.what", userId: "=body.customer_number"}
"""

    async def scenario(site: Site) -> None:
        await site.applier.apply([("lacking.yaml", lacking)])
        await deliver(site, "bank", {"customer_number": "c-7"})
        await run(site, "forget", identifier="user_id:c-7")
        # What was read of nothing but the mapping itself would be somebody's event all the same.
        fixed = lacking.replace('"=body.what"', "Paid").replace('"=body.customer_number"', "c-9")
        await site.applier.apply([("fixed.yaml", fixed)])
        done = await run(site, "quarantine_replay", all=True)
        assert (done["tried"], done["stored"], done["still_quarantined"]) == (1, 0, 1)

    on_site(scenario, HOOK)


def test_the_same_event_twice_is_answered_alike_for_the_erased_and_for_strangers() -> None:
    def twice(user: str) -> list[JsonObject]:
        ours: JsonObject = {"anonymousId": f"probe-{user}", "userId": user, "context": CONSENT}
        return [
            {"type": "track", "event": "Looked", "messageId": "p-1", **ours},
            {"type": "track", "event": "Looked", "messageId": "p-1", **ours},
            {"type": "track", "event": "Looked", "messageId": 77, **ours},
            {"type": "unheard of", "messageId": "p-2", **ours},
        ]

    async def answers(forget: bool) -> list[JsonObject]:
        found: list[JsonObject] = []
        async with running() as site:
            await send(site, True, seen("somebody", 1))
            if forget:
                await run(site, "forget", identifier="user_id:somebody")
            for _ in range(2):
                answer = await send(site, False, *twice("somebody"))
                told = msgspec.json.decode(answer.body)
                told.pop("position", None)
                found.append({"status": answer.status, "told": told})
            tally = (await run(site, "doctor"))["healthy"]
            assert tally is True
        return found

    strangers, erased = asyncio.run(answers(False)), asyncio.run(answers(True))
    assert strangers == erased
    assert strangers[0] != strangers[1]


def test_claims_of_visitors_do_not_widen_an_erasure_unasked() -> None:
    async def scenario(site: Site) -> None:
        traits = {"email": "victim@buyer.example"}
        victim: JsonObject = {"type": "identify", "messageId": "v-1", "userId": "victim"}
        await send(site, True, victim | {"anonymousId": "victims-phone", "traits": traits})
        await send(site, False, claims("atk-dev", "victim"))
        told = await run(site, "forget", identifier="anonymous_id:atk-dev", dry_run=True)
        assert told["would_go"]["only_claimed"] == [  # type: ignore[index,call-overload]
            "anonymous_id:victims-phone",
            "email:victim@buyer.example",
            "user_id:victim",
        ]
        with pytest.raises(InputRefused, match="user_id:victim") as refused:
            await run(site, "forget", identifier="anonymous_id:atk-dev")
        assert refused.value.code == "needs_confirmation"
        assert site.suppressions.all() == []
        assert site.views.find_person("user_id:victim") is not None
        done = await run(site, "forget", identifier="anonymous_id:atk-dev", confirm=True)
        assert (done["persons"], done["identifiers"]) == (1, 4)

    on_site(scenario)


@pytest.mark.parametrize("name", ["user_id:victim", "anonymous_id:victims-phone"])
def test_asked_by_what_a_trusted_sender_named_it_goes_on(name: str) -> None:
    async def scenario(site: Site) -> None:
        known: JsonObject = {"type": "identify", "messageId": "v-1", "userId": "victim"}
        await send(site, True, known | {"anonymousId": "victims-phone"})
        await send(site, False, claims("atk-dev", "victim"))
        assert (await run(site, "forget", identifier=name))["identifiers"] == 3

    on_site(scenario)


def test_claims_alone_are_one_person_and_need_no_question() -> None:
    async def scenario(site: Site) -> None:
        await send(site, False, claims("her-phone", "visitor"))
        done = await run(site, "forget", identifier="anonymous_id:her-phone")
        assert done["identifiers"] == 2

    on_site(scenario)


def test_a_claimed_membership_is_no_reason_to_erase_somebody_with_an_account() -> None:
    async def scenario(site: Site) -> None:
        joined: JsonObject = {"type": "group", "messageId": "g-1", "groupId": "acme"}
        await send(site, True, seen("victim", 1), joined | {"userId": "member"})
        claim = joined | {"messageId": "g-2", "userId": "victim", "anonymousId": "atk-dev"}
        await send(site, False, claim)
        asked: JsonObject = {"identifier": "group_id:acme", "with_persons": True}
        told = await run(site, "forget", **asked, dry_run=True)
        if "user_id:victim" in told["would_go"]["names"]:  # type: ignore[index,call-overload,operator]
            with pytest.raises(InputRefused, match="user_id:victim"):
                await run(site, "forget", **asked)
        assert told["would_go"]["only_claimed"] == ["user_id:victim"]  # type: ignore[index,call-overload]

    on_site(scenario)


def refused_by(site: Site, body: JsonObject) -> Collected:
    """Read a public body as the collect route does."""
    _, who = caller(site, False)
    decoded = decode(msgspec.json.encode(body), batch=True)
    return site.reader.read(decoded, route_of("POST", "/v1/batch"), who).record


def test_of_a_body_that_names_too_many_nothing_unsearched_is_kept() -> None:
    async def scenario(site: Site) -> None:
        traits = {"email": "a@b.example"}
        known = {"type": "identify", "messageId": "k", "userId": "u", "traits": traits}
        await send(site, True, known)
        await run(site, "forget", identifier="user_id:u")
        crowd = [f"m{number}@b.example" for number in range(MOST_NAMES_PUBLIC + 1)]
        plain = {"type": "unheard of", "note": "nobody"}
        record = refused_by(site, {"batch": [plain, {"type": "unheard of", "to": crowd}, plain]})
        kept = site.suppressions.sifted(record)
        assert isinstance(kept, Collected)
        assert [one.element for one in kept.refused] == [plain, None, plain]
        assert kept.suppressed == 0

    on_site(scenario)


def test_a_body_is_compared_with_the_list_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(site: Site) -> None:
        await send(site, True, seen("u", 1))
        await run(site, "forget", identifier="user_id:u")
        asked: list[object] = []
        unread = site.suppressions.unread
        assert unread is not None
        real = unread.names_in_refused
        monkeypatch.setattr(
            unread, "names_in_refused", lambda *given: asked.append(given) or real(*given)
        )
        broken: JsonObject = {"type": "unheard of", "userId": "u-2"}
        tally = await run(site, "load", source="crm", elements=[broken], unmapped=[])
        assert (tally["quarantined"], len(asked)) == (1, 1)

    on_site(scenario)


def test_figures_of_goals_and_of_lift_stay_when_somebody_goes() -> None:
    async def scenario(site: Site) -> None:
        await send(site, True, seen("ada", 1), seen("bob", 1))
        for user in ("ada", "bob"):
            await see_and_book(site, user)
        site.clock.advance(2 * DAY_MS)  # type: ignore[attr-defined]
        before = [await measured(site, name) for name in ("message.goals", "lift")]
        figures = {**before[0], **before[1]}
        assert [figures["people_with_goal"], figures["reached"]] == [2, 2]
        await run(site, "forget", identifier="user_id:ada")
        assert [await measured(site, name) for name in ("message.goals", "lift")] == before

    on_site(scenario)


async def see_and_book(site: Site, user: str) -> None:
    """Decide for somebody who sees the message and reaches its goal an hour later."""
    placements: Json = [{"key": "home.hero", "max": 1}]
    decided = await run(
        site, "decide", subject={"person": f"user_id:{user}"}, placements=placements
    )
    there: JsonObject = {"decision_id": decided["decision_id"], "placement": "home.hero", "slot": 0}
    shown: JsonObject = {"outcome_id": f"{user}-seen", "kind": "seen", **there}
    await site.deciding.desk.report([shown], caller(site)[1])
    later = format_instant(site.clock.now_ms() + HOUR_MS)
    await send(site, True, seen(user, 2, type="track", event="Demo Booked", timestamp=later))


async def measured(site: Site, name: str) -> JsonObject:
    """Give the first row behind a measure."""
    await site.analyst.catch_up(await site.intake.settle())
    options: JsonObject = {"goal": "demo-booked", "window-days": "1"}
    found = await operations.run(site, "measure", {"name": name, "options": options})
    assert isinstance(found, dict)
    table = msgspec.convert(found["answer"], Table)
    return dict(zip(table.columns, table.rows[0], strict=True))
