"""What whoever read a public key off a page can, and cannot, have set aside."""

import asyncio
import base64
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from tests.flow.sites import post
from wegweiser.adapters.memory import MemoryClock, MemoryStore
from wegweiser.flow.callers import NewSource
from wegweiser.flow.quarantine import Counts, QuarantineBook, Quarantined
from wegweiser.flow.tables import META
from wegweiser.ports.operational_store import Change
from wegweiser.settings import Settings
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.event import Refused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Trust
from wegweiser.terms.wire import WireRequest
from wegweiser.workspace import operations
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

ROOM_BYTES = 4_000


def on_site(check: Callable[[Site, NewSource], Awaitable[None]]) -> None:
    async def whole() -> None:
        site = Site(in_memory(MemoryClock()), Settings(quarantine_bytes_per_source=ROOM_BYTES))
        await site.start(background=False)
        try:
            await check(site, site.callers.create("shop"))
            live = await operations.hash_profiles(site, {})
            counts = site.unifier.quarantine.counts
            assert await operations.rebuild(site, {}) == live
            assert site.unifier.quarantine.counts == counts
        finally:
            await site.stop()

    asyncio.run(whole())


def bad(number: int, **more: Json) -> JsonObject:
    element: JsonObject = {
        "type": "track",
        "messageId": f"m-{number}",
        "userId": "u-1",
        "event": "",
        "properties": {"text": "x" * 1_000},
    }
    return element | more


async def sent(site: Site, key: str, *elements: JsonObject) -> JsonObject:
    answer = await post(site, key, "/v1/batch", {"batch": elements})
    found: JsonObject = msgspec.json.decode(answer.body)
    return found


def test_the_public_cannot_take_the_room_of_what_servers_send() -> None:
    async def check(site: Site, made: NewSource) -> None:
        await sent(site, made.write_key, bad(1))
        told = await sent(site, made.write_key, bad(2))
        assert told["rejected"] == [{"index": 0, "messageId": "m-2", "code": "quarantine_full"}]
        for number in (3, 4):
            assert "rejected" not in await sent(site, made.secret_key, bad(number))
        assert (site.unifier.tally.quarantined, site.unifier.tally.dropped) == (3, 1)
        # What leaves makes room for its like.
        await operations.run(site, "quarantine_discard", {"ids": ["q-1-0"]})
        assert "rejected" not in await sent(site, made.write_key, bad(5))
        assert "rejected" in await sent(site, made.write_key, bad(6))

    on_site(check)


def test_counts_of_a_time_without_halves_are_completed() -> None:
    store = MemoryStore()
    book = QuarantineBook(store)
    for position, trust in enumerate((Trust.PUBLIC, Trust.SERVER)):
        refused = Refused(0, "bad_type", "", {"x": "y" * 100})
        book.add(position, Quarantined(0, "src_1", refused, trust))
    store.commit(book.drain())
    counts = msgspec.json.decode(store.get(META, [b"quarantine"])[0] or b"{}")
    del counts["public_bytes_of"]
    store.commit([Change(META, b"quarantine", msgspec.json.encode(counts))])
    assert QuarantineBook(store).counts == book.counts
    assert 0 < book.counts.public_bytes_of["src_1"] < book.bytes_of("src_1")
    assert Counts().public_bytes_of == {}


@pytest.mark.parametrize(
    "refused",
    [
        bad(1, event="Refunded", userId=None),
        bad(1, event=None),
        bad(1, type=["track"]),
        bad(1, type="identify", userId=True),
        {"type": "odd", "event": "Paid", "userId": "u-1", "messageId": "m-1"},
    ],
)
def test_what_a_key_may_not_send_is_not_set_aside_either(refused: JsonObject) -> None:
    async def check(site: Site, made: NewSource) -> None:
        rules = {"allowed_events": "page, Paid"}
        await operations.run(site, "key_set", {"key": made.write_key, "settings": rules})
        told = await sent(site, made.write_key, refused, bad(2, event="Paid", userId=None))
        assert told["rejected"] == [{"index": 0, "messageId": "m-1", "code": "event_not_allowed"}]
        assert [one["code"] for one in told["quarantined"]] == ["no_identity"]  # type: ignore[union-attr,index,call-overload]
        alone = refused | {"type": "track"}
        if alone.get("event") != "Paid":
            answer = await post(site, made.write_key, "/v1/track", alone)
            assert msgspec.json.decode(answer.body)["rejected"] == told["rejected"]
        with pytest.raises(InputRefused) as error:
            await post(site, made.write_key, "/v1/page", {"messageId": "m-9"})
        assert error.value.code == "no_identity"
        assert site.unifier.tally.quarantined == 2

    on_site(check)


def test_a_mended_event_of_the_public_is_stored_under_its_id() -> None:
    async def check(site: Site, made: NewSource) -> None:
        event = {"specversion": "1.0", "id": "7", "source": "/shop", "type": "paid"}
        user = base64.b64encode(f"{made.write_key}:".encode()).decode()
        headers = {"authorization": f"Basic {user}"}
        body = msgspec.json.encode(event)
        await site.cloudevents.receive(WireRequest("POST", "/cloudevents", "", headers, body))
        taken = {"type": "page", "messageId": "map-1", "userId": "u-1"}
        await sent(site, made.write_key, taken)
        mended = {"id": "q-1-0", "patch": {"anonymousId": "a-1"}}
        fixed = await operations.run(site, "quarantine_fix", mended)
        assert isinstance(fixed, dict)
        assert fixed["stored"] == 1
        with pytest.raises(InputRefused):
            await operations.run(site, "quarantine_fix", {"id": "q-2-0", "patch": {"name": "A"}})
        renamed = {"id": "q-2-0", "patch": {"messageId": "m-1"}}
        fixed = await operations.run(site, "quarantine_fix", renamed)
        assert isinstance(fixed, dict)
        assert fixed["stored"] == 1

    on_site(check)
