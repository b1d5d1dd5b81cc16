"""Webhooks: kept as they came, mapped, set aside, mapped again; nothing twice."""

import asyncio
import base64
import hashlib
import hmac

import msgspec
import pytest

from tests.flow.loops import on_a_loop
from tests.flow.sites import NOW, running
from wegweiser.collect.mapping import OF_HOOKS, compile_mapping
from wegweiser.flow import turns
from wegweiser.flow.hooks import RECORDS_PER_SLICE, mapped_in_turns
from wegweiser.log.record import decode
from wegweiser.terms.errors import DocumentRefused, KeyRefused, NotFound
from wegweiser.terms.json import JsonObject
from wegweiser.terms.record import Arrived, Tally
from wegweiser.terms.wire import WireRequest
from wegweiser.workspace.operations import _export_rows, run
from wegweiser.workspace.site import Site

CONFIGURATION = """
kind: mapping
key: shop-orders
source: shop
when: =body.topic == "order.paid"
each: =body.orders
event: {type: track, event: Order Completed, messageId: '="shop-" + string(item.id)',
        timestamp: =item.paid_at, userId: =string(item.customer_id),
        properties: {order_id: =string(item.id), revenue: '=number(item.total, "en")',
                     currency: =item.currency}}
---
{kind: hook, key: shop, mapping: shop-orders, verify: {by: hmac, header: X-Signature}, secret: hush}
---
kind: mapping
key: leads
source: leads
event: {type: identify, userId: =body.id, traits: {plan: =query.plan, form: '=headers["x-form"]'}}
---
kind: hook
key: leads
mapping: leads
challenge: {when: '=query["hub.mode"] == "subscribe"', answer: '=query["hub.challenge"]'}
"""
ORDERS: JsonObject = {
    "topic": "order.paid",
    "orders": [
        {"id": 1, "customer_id": 7, "total": "1,290.50", "currency": "EUR",
         "paid_at": "2026-10-06T07:12:00Z"},
        {"id": 2, "customer_id": 8, "total": "89.00", "currency": "EUR",
         "paid_at": "2026-10-06T07:13:00Z"},
    ],
}  # fmt: skip

OF_ROWS = "{kind: mapping, source: s, event: {type: page, userId: =row.id}"


def path_of(site: Site, key: str) -> str:
    return next(kept.path for kept in site.hooks.book.all() if kept.key == key)


def signed(site: Site, body: object, secret: str = "hush") -> WireRequest:
    raw = msgspec.json.encode(body)
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return WireRequest("POST", path_of(site, "shop"), headers={"x-signature": digest}, body=raw)


def lead(site: Site, body: object, query: str = "", **headers: str) -> WireRequest:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return WireRequest("POST", path_of(site, "leads"), query, headers, raw)


async def events(site: Site) -> list[JsonObject]:
    upto = await site.intake.settle()
    return [row for row in _export_rows(site, "events", upto) if isinstance(row, dict)]


async def set_aside(site: Site) -> list[JsonObject]:
    await site.intake.settle()
    return list(site.exporter.quarantine())


@on_a_loop
async def test_one_delivery_becomes_several_events_once() -> None:
    async with running(CONFIGURATION) as site:
        first = await site.hooks.receive(signed(site, ORDERS))
        again = await site.hooks.receive(signed(site, ORDERS))
        stored = await events(site)
    assert (first.tally.stored, again.tally.stored, again.tally.duplicate) == (2, 0, 2)
    assert [row["messageId"] for row in stored] == ["shop-1", "shop-2"]
    assert stored[0]["properties"] == {"order_id": "1", "revenue": 1290.5, "currency": "EUR"}
    assert stored[0]["timestamp"] == "2026-10-06T07:12:00.000Z"


@on_a_loop
async def test_a_wrong_signature_stores_nothing_and_an_unknown_address_is_unknown() -> None:
    async with running(CONFIGURATION) as site:
        head = site.intake.committed
        with pytest.raises(KeyRefused) as refused:
            await site.hooks.receive(signed(site, ORDERS, "guessed"))
        assert (refused.value.status, refused.value.code) == (401, "bad_signature")
        with pytest.raises(NotFound):
            await site.hooks.receive(WireRequest("POST", "/v1/inbound/shop"))
        assert site.intake.committed == head
        assert await events(site) == []


@on_a_loop
async def test_what_cannot_be_mapped_waits_until_the_mapping_was_mended() -> None:
    broken = {"topic": "order.paid", "orders": [{"id": 3, "buyer": 9, "total": "5"}]}
    async with running(CONFIGURATION) as site:
        for _ in range(2):
            delivered = await site.hooks.receive(signed(site, broken))
        assert (delivered.tally.duplicate, delivered.tally.quarantined) == (1, 0)
        (kept,) = await set_aside(site)
        assert (kept["code"], kept["element"]) == ("unmapped", broken)
        assert site.unifier.tally.unaccounted == 0
        mended = CONFIGURATION.replace("=string(item.customer_id)", "=string(item.buyer)")
        await site.applier.apply([("mended.yaml", mended)])
        found = [row.refused for _, row in site.unifier.quarantine.rows()]
        (element,) = site.hooks.remap(found[0], NOW)
        assert element["userId"] == "9"
        replayed = await run(site, "hook_replay", {"key": "shop"})
        assert isinstance(replayed, dict)
        assert (replayed["stored"], replayed["duplicate"]) == (1, 1)
        assert [row["messageId"] for row in await events(site)] == ["shop-3"]


@on_a_loop
async def test_a_replay_gives_the_time_of_arrival_and_stores_nothing_twice() -> None:
    async with running(CONFIGURATION) as site:
        delivered = await site.hooks.receive(
            lead(site, {"id": "u-1"}, "plan=team", **{"x-form": "a"})
        )
        assert delivered.tally.stored == 1
        site.clock.advance(86_400_000)  # type: ignore[attr-defined]
        tally = await site.hooks.replay("leads")
        assert (tally.stored, tally.duplicate) == (0, 1)
        (row,) = await events(site)
        assert row["traits"] == {"plan": "team", "form": "a"}


@on_a_loop
async def test_a_delivery_that_was_erased_is_not_mapped_again() -> None:
    async with running(CONFIGURATION) as site:
        await site.intake.append(Arrived(received_at=NOW, hook="leads"))
        assert await site.hooks.replay("leads") == Tally()
        assert await set_aside(site) == []


@on_a_loop
async def test_secrets_are_kept_apart_and_bodies_are_masked_before_they_are_kept() -> None:
    async with running(CONFIGURATION) as site:
        await site.hooks.receive(signed(site, ORDERS | {"api_key": "k-123456"}))
        await site.intake.settle()
        records = [decode(payload) for _, payload in site.engines.log.read(0)]
        (arrived,) = [one for one in records if isinstance(one, Arrived)]
        listed = await run(site, "hook_list", {})
        log = b"".join(payload for _, payload in site.engines.log.read(0))
        digest = hmac.new(b"hush", b"", hashlib.sha256).hexdigest()
    assert isinstance(arrived.body, dict)
    assert arrived.body["api_key"] == "***"
    assert "x-signature" not in arrived.headers
    assert b"hush" not in log
    assert b"k-123456" not in log
    assert "hush" not in str(listed)
    assert digest not in str(listed)


@on_a_loop
async def test_a_handshake_is_answered_and_not_kept() -> None:
    async with running(CONFIGURATION) as site:
        asked = WireRequest("GET", path_of(site, "leads"), "hub.mode=subscribe&hub.challenge=abc")
        assert (await site.hooks.receive(asked)).answer == "abc"
        records = [decode(payload) for _, payload in site.engines.log.read(0)]
        assert not [one for one in records if isinstance(one, Arrived)]


@pytest.mark.parametrize("raw", [b"<note/>", b"", b"\xff\xfe", b'"text"', b"[1]", b"[" * 900])
@on_a_loop
async def test_a_body_of_any_shape_is_kept(raw: bytes) -> None:
    async with running(CONFIGURATION) as site:
        delivered = await site.hooks.receive(lead(site, raw))
        assert delivered.position is not None
        assert delivered.tally.quarantined == 1
        assert site.unifier.tally.unaccounted == 0


@on_a_loop
async def test_a_second_apply_changes_nothing_and_keeps_the_address() -> None:
    async with running(CONFIGURATION) as site:
        before = path_of(site, "shop")
        applied = await site.applier.apply([("again.yaml", CONFIGURATION)])
        assert (applied.created, applied.changed, applied.unchanged) == (0, 0, 4)
        await site.rebuild()
        assert path_of(site, "shop") == before
        assert site.hooks.book.secrets("shop") == ("hush",)


@on_a_loop
async def test_a_new_secret_counts_beside_the_one_before_until_only_it_shall() -> None:
    async with running(CONFIGURATION) as site:
        await run(site, "hook_secret", {"key": "shop", "secret": "fresh"})
        for secret in ("hush", "fresh"):
            assert (await site.hooks.receive(signed(site, ORDERS, secret))).tally.received == 2
        await run(site, "hook_secret", {"key": "shop", "secret": "fresh", "only": True})
        with pytest.raises(KeyRefused):
            await site.hooks.receive(signed(site, ORDERS, "hush"))


@on_a_loop
async def test_a_removed_hook_is_unknown() -> None:
    async with running(CONFIGURATION) as site:
        request = signed(site, ORDERS)
        await run(site, "hook_remove", {"key": "shop"})
        with pytest.raises(NotFound):
            await site.hooks.receive(request)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{kind: hook, key: a, mapping: nowhere}", "line 1: hook a names the mapping nowhere"),
        ("{kind: hook, key: a, verify: hmac}", "verify is none"),
        ("{kind: hook, key: a, verify: {by: hmac}}", "verify needs header"),
        ("{kind: hook, key: a, verfy: none}", "no field verfy"),
        ("{kind: hook, key: a, challenge: {when: yes, answer: =query.a}}", "challenge.when"),
        ("{kind: hook, key: a, verify: standard_webhooks, secret: '%%'}", "secret"),
        ("{kind: hook, mapping: x}", "a hook needs key"),
        (f"{OF_ROWS}, key: m}}\n---\n{{kind: hook, key: a, mapping: m}}", "row"),
        (f"{OF_ROWS}, key: shop-orders}}", "row"),
    ],
)  # fmt: skip
@on_a_loop
async def test_a_wrong_document_is_refused_whole(text: str, told: str) -> None:
    async with running(CONFIGURATION) as site:
        before = site.hooks.book.all()
        with pytest.raises(DocumentRefused, match=told):
            await site.applier.apply([("wrong.yaml", text)])
        assert site.hooks.book.all() == before


@on_a_loop
async def test_a_made_secret_is_usable_at_once() -> None:
    text = "{kind: hook, key: std, mapping: leads, verify: standard_webhooks}"
    async with running(CONFIGURATION) as site:
        await site.applier.apply([("std.yaml", text)])
        made = await run(site, "hook_secret", {"key": "std"})
        assert isinstance(made, dict)
        secret = str(made["secret"])
        raw = b'{"id": "u-9"}'
        stamp = str(NOW // 1000)
        digest = hmac.digest(base64.b64decode(secret[6:]), f"m-1.{stamp}.".encode() + raw, "sha256")
        headers = {
            "webhook-id": "m-1",
            "webhook-timestamp": stamp,
            "webhook-signature": "v1," + base64.b64encode(digest).decode(),
        }
        request = WireRequest("POST", path_of(site, "std"), headers=headers, body=raw)
        assert (await site.hooks.receive(request)).tally.stored == 1


class Others:
    """Somebody else on the loop, who counts how often it was their turn."""

    turns = 0

    async def run(self) -> None:
        while True:
            self.turns += 1
            await asyncio.sleep(0)


@pytest.fixture
def unowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every pause be a turn: how long others took on a busy machine is never owed."""
    monkeypatch.setattr(turns, "LONGEST_S", 0.0)


@pytest.mark.usefixtures("unowed")
@on_a_loop
async def test_others_have_their_turn_while_a_long_delivery_is_mapped() -> None:
    event: JsonObject = {"type": "page", "userId": "=item"}
    fields: JsonObject = {"key": "m", "source": "s", "each": "=body", "event": event}
    mapping = compile_mapping(fields, OF_HOOKS)
    others = Others()
    ticking = asyncio.create_task(others.run())
    found = await mapped_in_turns(mapping, {"body": ["u"] * RECORDS_PER_SLICE * 20})
    ticking.cancel()
    assert len({one["messageId"] for one in found}) == RECORDS_PER_SLICE * 20
    assert others.turns >= 10


@pytest.mark.usefixtures("unowed")
@on_a_loop
async def test_others_have_their_turn_while_a_replay_looks_for_deliveries() -> None:
    async with running(CONFIGURATION) as site:
        for _ in range(20 * RECORDS_PER_SLICE):
            await site.intake.append(Arrived(received_at=NOW, hook="leads"))
        await site.intake.settle()
        others = Others()
        ticking = asyncio.create_task(others.run())
        assert await site.hooks.replay("shop") == Tally()
        ticking.cancel()
        assert others.turns >= 10
