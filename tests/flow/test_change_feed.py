"""The feed of profile changes: at least once, in order, resumable, with consent, let go clearly."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import msgspec

from tests.flow.sites import caller, post, running
from wegweiser.adapters.memory import MemoryChannel
from wegweiser.flow.feed_delivery import FeedDelivery
from wegweiser.flow.segment_feed import SegmentFeed
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile_change import FeedCursor, read_cursor
from wegweiser.terms.source import Scope
from wegweiser.web.api import profile_feed
from wegweiser.web.app import Application
from wegweiser.web.pages.app import pages_application
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

CONFIGURATION = """
{kind: segment, key: team, when: 'person.traits.plan == "team"'}
---
{kind: endpoint, key: crm, channel: webhook, via: webhook, target: https://hooks.crm.example/in,
 secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw,
 events: [profile.changed, identity.merged, identity.split]}
"""
SHARING: JsonObject = {"consent": {"categoryPreferences": {"sharing": True}}}
START = "0--1"


async def identify(site: Site, number: int, user: str, plan: Json, **more: Json) -> None:
    """Let a user have a plan, and commit what follows from it."""
    key, _ = caller(site)
    event: JsonObject = {"type": "identify", "messageId": f"{user}-{number}", "userId": user}
    event |= {"traits": {"plan": plan}, **more}
    assert (await post(site, key, "/v1/identify", event)).status == 200
    await operations.run(site, "segment_list", {})
    await site.intake.checkpoint()


async def changes(site: Site, after: str = START, **asked: Json) -> JsonObject:
    """Read the feed as the command line does."""
    found = await operations.run(site, "profile_changes", {"after": after, **asked})
    assert isinstance(found, dict)
    return found


def told(found: JsonObject) -> list[JsonObject]:
    """Give the changes of a page."""
    return msgspec.convert(found["changes"], list[JsonObject])


def test_a_change_tells_which_parts_and_the_feed_goes_on_after_it():
    async def go() -> None:
        async with running(CONFIGURATION) as site:
            await identify(site, 1, "u-1", "team", context=SHARING)
            first = await changes(site)
            kinds = [one["type"] for one in told(first)]
            assert kinds == ["profile.changed", "audience.entered"]
            change = told(first)[0]
            assert change["parts"] == ["consent", "events", "traits"]
            assert {"type": "user_id", "id": "u-1"} in change["identifiers"]
            assert (first["more"], first["gap"]) == (False, False)
            again = await changes(site, str(first["next"]))
            assert (told(again), again["next"]) == ([], first["next"])
            await identify(site, 2, "u-1", "solo", context=SHARING)
            later = await changes(site, str(first["next"]))
            assert [one["type"] for one in told(later)] == ["profile.changed", "audience.exited"]
            from_here = await changes(site, str(told(first)[0]["id"]))
            assert told(from_here)[0]["type"] == "audience.entered"
            assert read_cursor(str(first["next"])) is not None

    asyncio.run(go())


def test_without_consent_nothing_but_leaving_is_told_and_that_without_a_name():
    async def go() -> None:
        async with running(CONFIGURATION) as site:
            await identify(site, 1, "u-1", "team")
            await identify(site, 2, "u-1", "solo")
            found = told(await changes(site))
            assert [one["type"] for one in found] == ["audience.exited"]
            assert "identifiers" not in found[0]
            whole = told(await changes(site, purpose=["functional"]))
            assert "profile.changed" in [one["type"] for one in whole]
            refused = told(await changes(site, purpose=["email"], types=["profile.changed"]))
            assert refused == []

    asyncio.run(go())


def test_a_merge_and_an_erasure_are_told_and_nothing_of_the_erased_stays():
    async def go() -> None:
        async with running(CONFIGURATION) as site:
            key, _ = caller(site)
            for number in (1, 2):
                seen: JsonObject = {"messageId": f"m-{number}", "event": "Seen"}
                seen |= {"userId": "u-1"} if number == 1 else {"anonymousId": "a-1"}
                assert (await post(site, key, "/v1/track", seen)).status == 200
            await identify(site, 3, "u-1", "team", anonymousId="a-1", context=SHARING)
            found = told(await changes(site))
            merged = next(one for one in found if one["type"] == "identity.merged")
            assert merged["previous"]
            await operations.run(site, "forget", {"identifier": "user_id:u-1"})
            after = told(await changes(site))
            assert {one["type"] for one in after} == {"erasure.finished"}
            assert merged["person_id"] in [one["person_id"] for one in after]

    asyncio.run(go())


def test_an_endpoint_hears_of_changes_once_in_order_and_after_a_restart():
    async def go() -> None:
        async with running(CONFIGURATION) as site:
            channel = MemoryChannel()

            def opened() -> tuple[SegmentFeed, FeedDelivery]:
                store, unifier = site.engines.store, site.unifier
                line = SegmentFeed(unifier, site.views, store, site.clock, lambda one: channel)
                return line, FeedDelivery(unifier, store, site.profiles.changes, line)

            line, delivery = opened()
            await delivery.run()
            for number in (1, 2):
                await identify(site, number, "u-1", f"plan-{number}", context=SHARING)
                await identify(site, number, "u-2", f"plan-{number}")
                await delivery.run()
                await site.intake.checkpoint()
                await line.run()
            assert [one.type for one in channel.parcels] == ["profile.changed"] * 2
            positions = [one.data["position"] for one in channel.parcels]
            assert positions == sorted(positions)
            assert {"type": "user_id", "value": "u-1"} in channel.parcels[0].data["identifiers"]
            again, reopened = opened()
            await reopened.run()
            await site.intake.checkpoint()
            await again.run()
            assert len(channel.parcels) == 2

    asyncio.run(go())


@asynccontextmanager
async def streaming(site: Site, scopes: tuple[Scope, ...] = ("feed",)) -> AsyncIterator["Stream"]:
    """Open the stream over ASGI, as a server would; ends it at last."""
    caller(site)
    made = await operations.run(site, "key_create", {"source": "shop", "scopes": [*scopes]})
    assert isinstance(made, dict)
    stream = Stream(site, str(made["key"]))
    try:
        yield stream
    finally:
        await stream.leave()


class Stream:
    """One reader of the stream: what it was sent so far."""

    def __init__(self, site: Site, key: str):
        pages = pages_application(site, "http://127.0.0.1:8000")
        self._application = Application(site, pages, "token")
        self._key = key
        self._left = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.status = 0
        self.sent = b""
        self.ended = False

    def begin(self, query: str = "", last_event_id: str = "") -> None:
        """Begin to read."""
        headers = [(b"authorization", f"Bearer {self._key}".encode())]
        if last_event_id:
            headers.append((b"last-event-id", last_event_id.encode()))
        scope = {"type": "http", "method": "GET", "path": profile_feed.PATH, "headers": headers}
        whole = {**scope, "query_string": query.encode(), "client": ("127.0.0.1", 1)}
        self._task = asyncio.create_task(self._application(whole, self._receive, self._send))

    async def _receive(self) -> dict[str, object]:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, object]) -> None:  # type: ignore[override]
        if message["type"] == "http.response.start":
            self.status = int(str(message["status"]))
        else:
            self.sent += bytes(message["body"])  # type: ignore[call-overload]
            self.ended = not message.get("more_body")

    def events(self) -> list[tuple[str, JsonObject]]:
        """Give the events that came, with their data."""
        found: list[tuple[str, JsonObject]] = []
        for block in self.sent.decode().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
            if "data" in fields:
                found.append((fields["event"], msgspec.json.decode(fields["data"])))
        return found

    async def wait_for(self, wanted: str) -> None:
        """Wait until a text was sent, or the stream ended."""
        async with asyncio.timeout(60):
            while wanted not in self.sent.decode() and not self.ended:
                await asyncio.sleep(0.005)

    async def leave(self) -> None:
        """Close the connection and wait for the end of the stream."""
        self._left.set()
        if self._task is not None:
            async with asyncio.timeout(60):
                await self._task


def test_the_stream_tells_what_comes_and_goes_on_after_the_last_event_id():
    async def go() -> None:
        async with running(CONFIGURATION) as site:
            async with streaming(site) as stream:
                stream.begin()
                await stream.wait_for("retry")
                await identify(site, 1, "u-1", "team", context=SHARING)
                await stream.wait_for("audience.entered")
                assert (stream.status, stream.events()[0][0]) == (200, "profile.changed")
                assert site.profiles.readers.open == 1
            assert site.profiles.readers.open == 0
            last = stream.sent.decode().rsplit("id: ", 1)[1].split("\n")[0]
            await identify(site, 2, "u-1", "solo", context=SHARING)
            async with streaming(site) as stream:
                stream.begin(last_event_id=last)
                await stream.wait_for("audience.exited")
                kinds = [kind for kind, _ in stream.events()]
                assert kinds == ["profile.changed", "audience.exited"]
            async with streaming(site) as stream:
                stream.begin("after=0&types=audience.entered")
                await stream.wait_for("audience.entered")
                assert [kind for kind, _ in stream.events()] == ["audience.entered"]

    asyncio.run(go())


def test_a_stream_ends_with_a_clear_last_event_when_the_server_stops():
    async def go() -> None:
        async with running(CONFIGURATION) as site, streaming(site) as stream:
            stream.begin()
            await stream.wait_for("retry")
            site.profiles.readers.closing = True
            await stream.wait_for("feed.end")
            kind, data = stream.events()[-1]
            assert (kind, data["reason"], stream.ended) == ("feed.end", "stopping", True)
            assert read_cursor(str(data["resume_after"])) == site.profiles.changes.head

    asyncio.run(go())


def test_whoever_is_slow_is_let_go_with_a_clear_last_event(monkeypatch):
    monkeypatch.setattr(profile_feed, "SLOW_S", -1.0)

    async def go() -> None:
        async with running(CONFIGURATION) as site, streaming(site) as stream:
            stream.begin("after=0")
            await identify(site, 1, "u-1", "team", context=SHARING)
            await stream.wait_for("feed.end")
            kind, data = stream.events()[-1]
            assert (kind, data["reason"]) == ("feed.end", "slow")

    asyncio.run(go())


def test_old_entries_are_let_go_and_the_gap_is_told():
    async def go() -> None:
        async with running(CONFIGURATION) as site:
            await identify(site, 1, "u-1", "team", context=SHARING)
            site.clock.advance(31 * 86_400_000)
            await identify(site, 1, "u-2", "team", context=SHARING)
            await identify(site, 2, "u-2", "solo", context=SHARING)
            found = await changes(site)
            assert found["gap"] is True
            kept = [one["type"] for one in told(found) if one["type"] != "profile.changed"]
            assert kept == ["audience.entered", "audience.exited"]
            assert FeedCursor() < site.profiles.changes.journal.floor

    asyncio.run(go())


def test_the_feed_is_private_and_for_one_scope():
    async def go() -> None:
        async with running(CONFIGURATION) as site:
            key, _ = caller(site)
            public, _ = caller(site, secret=False)
            pages = pages_application(site, "http://127.0.0.1:8000")
            transport = httpx.ASGITransport(app=Application(site, pages, "token"))  # type: ignore[arg-type]
            address = "http://127.0.0.1:8000"
            async with httpx.AsyncClient(transport=transport, base_url=address) as client:
                for text, status in ((key, 403), (public, 401), ("wgw_sk_no", 401)):
                    headers = {"authorization": f"Bearer {text}"}
                    answer = await client.get(profile_feed.PATH, headers=headers)
                    assert answer.status_code == status

    asyncio.run(go())
