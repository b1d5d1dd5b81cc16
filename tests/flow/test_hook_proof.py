"""Who may bring anything through a webhook, and how much: asked before its body is read."""

import gzip
import hashlib
import hmac

import msgspec
import pytest

from tests.flow.loops import on_a_loop
from tests.flow.sites import NOW, running
from tests.flow.test_hooks import CONFIGURATION, ORDERS, lead, path_of, signed
from wegweiser.adapters.memory import MemoryClock
from wegweiser.settings import Settings
from wegweiser.terms.errors import BodyRefused, ComeAgain, DocumentRefused, KeyRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wire import WireRequest
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.operations import run
from wegweiser.workspace.site import Site


@on_a_loop
async def test_who_sent_it_is_asked_before_anything_of_the_body_is_read() -> None:
    broken = {"x-signature": "00", "content-encoding": "gzip"}
    bomb = b"--b\r\nContent-Disposition: " + b"(" * 5_000 + b"\r\n\r\n1\r\n--b--"
    async with running(CONFIGURATION) as site:
        unsigned = WireRequest("POST", path_of(site, "shop"), headers=broken, body=b"no gzip")
        with pytest.raises(KeyRefused):
            await site.hooks.receive(unsigned)
        digest = hmac.new(b"hush", b"no gzip", hashlib.sha256).hexdigest()
        own = msgspec.structs.replace(unsigned, headers=broken | {"x-signature": digest})
        with pytest.raises(BodyRefused):
            await site.hooks.receive(own)
        kind = {"content-type": "multipart/form-data; boundary=b"}
        kept = await site.hooks.receive(lead(site, bomb, **kind))
        assert kept.tally.quarantined == 1


@on_a_loop
async def test_of_a_handshake_that_nobody_signed_only_a_little_json_is_read() -> None:
    text = """
    kind: hook
    key: asks
    verify: {by: hmac, header: X-Signature}
    secret: hush
    challenge: {when: '=body.type == "hello" || query.type == "hello"', answer: =body.word}
    """
    hello = {"type": "hello", "word": "4000000000000002"}
    async with running(text) as site:

        def asked(body: bytes, query: str = "", **headers: str) -> WireRequest:
            return WireRequest("POST", path_of(site, "asks"), query, headers, body)

        raw = msgspec.json.encode(hello)
        assert (await site.hooks.receive(asked(raw))).answer == hello["word"]
        large = msgspec.json.encode(hello | {"more": "x" * 20_000})
        form = {"content-type": "application/x-www-form-urlencoded"}
        for unread in (
            asked(large),
            asked(b"type=hello&word=w", **form),
            asked(gzip.compress(raw)),
            asked(large, "type=hello"),
        ):
            with pytest.raises(KeyRefused):
                await site.hooks.receive(unread)
        digest = hmac.new(b"hush", large, hashlib.sha256).hexdigest()
        verified = await site.hooks.receive(asked(large, **{"x-signature": digest}))
        assert verified.answer is not None


@on_a_loop
async def test_another_verification_needs_a_secret_that_it_can_use() -> None:
    other = """
    kind: hook
    key: shop
    mapping: shop-orders
    verify: {by: hmac, header: X-Signature, secret_encoding: hex}
    """
    async with running(CONFIGURATION) as site:
        with pytest.raises(DocumentRefused, match="state the new one"):
            await site.applier.apply([("other.yaml", other)])
        assert (await site.hooks.receive(signed(site, ORDERS))).tally.stored == 2
        await site.applier.apply([("other.yaml", other + "secret: 'abcdef'")])
        assert site.hooks.book.secrets("shop") == ("abcdef",)
        with pytest.raises(KeyRefused):
            await site.hooks.receive(signed(site, ORDERS))


@on_a_loop
async def test_a_secret_that_cannot_be_used_makes_nothing_ready_and_lets_nobody_in() -> None:
    document: JsonObject = {
        "kind": "hook",
        "key": "shop",
        "verify": {"by": "hmac", "header": "X-Signature", "secret_encoding": "hex"},
    }
    async with running(CONFIGURATION) as site:
        # As it may stand in a folder of an earlier release.
        site.hooks.book.put([document])
        with pytest.raises(KeyRefused) as refused:
            await site.hooks.receive(signed(site, ORDERS))
        assert refused.value.status == 401
        listed = await run(site, "hook_list", {})
        assert isinstance(listed, list)
        ready = {one["key"]: one["ready"] for one in listed if isinstance(one, dict)}
        assert ready == {"leads": True, "shop": False}


@on_a_loop
async def test_what_a_hook_may_bring_in_a_day_has_an_end() -> None:
    site = Site(in_memory(MemoryClock(NOW, 1)), Settings(hook_bytes_per_day=100_000))
    await site.start(background=False)
    await site.applier.apply([("test.yaml", CONFIGURATION)])
    try:
        for _ in range(200):
            with pytest.raises(KeyRefused):
                await site.hooks.receive(signed(site, "x" * 1_000, "guessed"))
        packed = gzip.compress(b'{"id": "u-1", "more": "' + b"a" * 150_000 + b'"}')
        assert len(packed) < 1_000
        assert (await site.hooks.receive(lead(site, packed))).tally.stored == 1
        head = site.intake.committed
        with pytest.raises(ComeAgain):
            await site.hooks.receive(lead(site, {"id": "u-2"}))
        assert site.intake.committed == head
        asked = WireRequest("GET", path_of(site, "leads"), "hub.mode=subscribe&hub.challenge=abc")
        assert (await site.hooks.receive(asked)).answer == "abc"
        assert (await site.hooks.receive(signed(site, ORDERS))).tally.stored == 2
        site.clock.advance(86_400_000)  # type: ignore[attr-defined]
        assert (await site.hooks.receive(lead(site, {"id": "u-2"}))).tally.stored == 1
    finally:
        await site.stop()
