"""Who is who over HTTP: only secret keys with the right change it, and it can be undone."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import msgspec

from tests.flow.sites import post
from wegweiser.adapters.memory import MemoryClock
from wegweiser.settings import Settings
from wegweiser.terms.instant import HOUR_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.app import Application
from wegweiser.web.pages.app import pages_application
from wegweiser.workspace import operations
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

ADDRESS = "http://127.0.0.1:8000"
NOW = 1_795_000_000_000
SPACE = "/v1/spaces/default"
PROFILES = f"{SPACE}/collections/users/profiles"
JOINED = ("user_id:u-1", "email:ada@a.example")


class Doors:
    """A client with keys of every kind, and the site behind it."""

    def __init__(self, site: Site, client: httpx.AsyncClient, keys: dict[str, str]):
        self.site = site
        self._client = client
        self.keys = keys

    async def ask(
        self, method: str, path: str, body: object = None, key: str = "identity"
    ) -> httpx.Response:
        """Send one request with a key."""
        basic = b64encode(f"{self.keys[key]}:".encode()).decode()
        headers = {"authorization": f"Basic {basic}"}
        content = None if body is None else msgspec.json.encode(body)
        return await self._client.request(method, path, headers=headers, content=content)

    async def told(self, method: str, path: str, body: object = None) -> JsonObject:
        """Send one request that must be answered 200."""
        answer = await self.ask(method, path, body)
        assert answer.status_code == 200, answer.text
        found: JsonObject = answer.json()
        return found

    async def send(self, *events: JsonObject, key: str = "secret") -> None:
        """Send events."""
        answer = await post(self.site, self.keys[key], "/v1/batch", {"batch": [*events]})
        assert answer.status == 200, answer.body


@asynccontextmanager
async def doors() -> AsyncIterator[Doors]:
    """Open a site in which a user was joined to an address by a server."""
    site = Site(in_memory(MemoryClock(NOW, 1)), Settings())
    await site.start(background=False)
    made = site.callers.create("shop")
    scopes: list[Json] = ["profile:read", "identity"]
    arguments: JsonObject = {"source": "shop", "public": False, "scopes": scopes, "settings": {}}
    key = await operations.run(site, "key_create", arguments)
    assert isinstance(key, dict)
    keys = {"identity": str(key["key"]), "secret": made.secret_key, "public": made.write_key}
    pages = pages_application(site, ADDRESS)
    transport = httpx.ASGITransport(app=Application(site, pages, "token"))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        opened = Doors(site, client, keys)
        await opened.send(
            identify(1, userId="u-1", traits={"plan": "team"}),
            identify(2, traits={"email": "ada@a.example", "city": "Kiel"}, anonymousId="a-9"),
            identify(3, userId="u-1", traits={"email": "ada@a.example"}),
        )
        yield opened
    await site.stop()


def identify(number: int, **fields: Json) -> JsonObject:
    at = format_instant(NOW - 24 * HOUR_MS + number * 1_000)
    return {"type": "identify", "messageId": f"m-{number}", "timestamp": at, **fields}


def through(check: Callable[[Doors], Awaitable[None]]) -> None:
    async def run() -> None:
        async with doors() as opened:
            await check(opened)

    asyncio.run(run())


def pair() -> JsonObject:
    return {"a": JOINED[0], "b": JOINED[1], "reason": "A shared mailbox"}


def test_a_preview_changes_nothing_and_the_cut_can_be_undone() -> None:
    async def check(opened: Doors) -> None:
        views = opened.site.views
        seen = await opened.told("POST", f"{SPACE}/identity/cut?preview=true", pair())
        assert (seen["operation_id"], seen["preview"]) == (None, True)
        assert (seen["before"]["persons"], seen["after"]["persons"]) == (1, 2)
        assert views.find_person(JOINED[0]) == views.find_person(JOINED[1])
        done = await opened.told("POST", f"{SPACE}/identity/cut", pair())
        assert {**seen["after"]} == {**done["after"]}
        assert views.find_person(JOINED[0]) != views.find_person(JOINED[1])
        undo = f"{SPACE}/identity/operations/{done['operation_id']}/undo"
        back = await opened.told("POST", undo, {})
        assert back["after"] == done["before"]
        assert views.find_person(JOINED[0]) == views.find_person(JOINED[1])
        again = await opened.ask("POST", undo, {})
        assert (again.status_code, "already" in again.text) == (409, True)
        listed = await opened.told("GET", f"{SPACE}/identity/operations")
        rows = listed["operations"]
        assert [row["kind"] for row in rows] == ["undo", "cut"]
        assert rows[1]["undone_by"] == rows[0]["operation_id"]
        assert rows[1]["reason"] == "A shared mailbox"
        assert str(rows[1]["by"]).startswith("key_")

    through(check)


def test_what_was_said_and_what_came_of_it_stands_on_the_timeline() -> None:
    async def check(opened: Doors) -> None:
        await opened.told("POST", f"{SPACE}/identity/cut", pair())
        told = await opened.told("GET", f"{PROFILES}/user_id:u-1/timeline?kinds=identity")
        kinds = [row["event"] for row in told["data"]]
        assert "Operator Statement" in kinds
        assert "Identity Split" in kinds
        said = next(row for row in told["data"] if row["event"] == "Operator Statement")
        assert (said["statement"], said["reason"]) == ("cut", "A shared mailbox")

    through(check)


def test_evidence_says_why_and_why_not() -> None:
    async def check(opened: Doors) -> None:
        why = f"{PROFILES}/user_id:u-1/evidence?a={JOINED[0]}&b={JOINED[1]}"
        told = await opened.told("GET", why)
        assert told["one_person"] is True
        (row,) = told["path"]
        assert (row["event_id"], row["source"], row["trust"]) == ("m-3", "shop", "server")
        assert row["event_time"] == format_instant(NOW - 24 * HOUR_MS + 3_000)
        assert row["stored_time"] == format_instant(NOW)
        await opened.told("POST", f"{SPACE}/identity/separate", pair())
        apart = await opened.told("GET", why)
        assert apart["one_person"] is False
        assert {one["reason"] for one in apart["refused"]} == {"separated"}
        assert apart["refused"][0]["rule"]
        assert apart["nearest_change"]["link_would_join"] is False
        await opened.send(identify(7, userId="u-7"))
        unheard = await opened.told(
            "GET", f"{PROFILES}/user_id:u-1/evidence?a=user_id:u-1&b=user_id:u-7"
        )
        assert unheard["nearest_change"]["reason"] == "no_evidence"

    through(check)


def test_identity_of_a_profile_and_what_stands_apart_from_it() -> None:
    async def check(opened: Doors) -> None:
        told = await opened.told("GET", f"{PROFILES}/user_id:u-1/identity")
        names = {f"{one['type']}:{one['id']}": one for one in told["identifiers"]}
        assert names["user_id:u-1"]["class"] == "unique"
        assert names["email:ada@a.example"]["status"] == "member"
        assert len(told["redirects"]) >= 1
        wanted = {"delete_external_ids": [{"id": "ADA@a.example", "type": "email"}]}
        path = f"{PROFILES}/user_id:u-1/external_ids/delete"
        done = await opened.told("POST", path, wanted)
        views = opened.site.views
        assert views.find_person(JOINED[0]) != views.find_person(JOINED[1])
        assert (await opened.ask("POST", path, wanted)).status_code == 404
        await opened.site.rebuild()
        assert opened.site.views.find_person(JOINED[0]) != opened.site.views.find_person(JOINED[1])
        await opened.told("POST", f"{SPACE}/identity/operations/{done['operation_id']}/undo", {})
        assert opened.site.views.find_person(JOINED[0]) == opened.site.views.find_person(JOINED[1])

    through(check)


def test_who_may() -> None:
    async def check(opened: Doors) -> None:
        for method, path in (
            ("POST", f"{SPACE}/identity/cut"),
            ("POST", f"{SPACE}/identity/rules"),
            ("GET", f"{SPACE}/identity/queue"),
            ("GET", f"{SPACE}/identity/types"),
            ("GET", f"{SPACE}/messages/m-1"),
            ("GET", f"{PROFILES}/user_id:u-1/identity"),
            ("POST", f"{PROFILES}/user_id:u-1/external_ids/delete"),
        ):
            public = await opened.ask(method, path, pair(), key="public")
            assert public.status_code == 401, path
            if "identity/" in path or path.endswith("delete"):
                assert (await opened.ask(method, path, pair(), key="secret")).status_code == 403
        assert opened.site.identity.desk.said() == []

    through(check)


def test_what_cannot_be_said_is_refused_with_a_reason() -> None:
    async def check(opened: Doors) -> None:
        await opened.send(identify(5, userId="u-2"))
        for kind, body, status in (
            ("link", {"a": "user_id:u-1", "b": "user_id:u-2"}, 409),
            ("link", {"a": "user_id:u-1", "b": "user_id:nobody"}, 404),
            ("link", {"a": "user_id:u-1", "b": "user_id:u-1"}, 422),
            ("link", {"a": "user_id:u-1", "b": "nonsense"}, 422),
            ("cut", {"a": "user_id:u-1", "b": "user_id:u-2"}, 409),
            ("separate", {}, 422),
            ("restore", {"identifier": "user_id:u-1"}, 422),
            ("restore", {"identifier": "user_id:u-1", "position": 10**9}, 422),
            ("release", {"identifier": "user_id:u-1"}, 409),
            ("separate?preview=1", {"a": JOINED[0], "b": JOINED[1]}, 400),
            ("separate?preview=", {"a": "user_id:u-1", "b": "nonsense"}, 422),
            ("operations/op_none/undo", {}, 404),
            ("nothing", {}, 404),
        ):
            answer = await opened.ask("POST", f"{SPACE}/identity/{kind}", body)
            assert answer.status_code == status, (kind, body, answer.text)
        assert opened.site.identity.desk.said() == []
        assert (await opened.ask("GET", f"{SPACE}/identity/cut")).status_code in (404, 405)
        for query in (f"limit={'9' * 5000}", "&".join(f"x{one}=1" for one in range(30)), "limit="):
            for name in ("queue", "operations"):
                answer = await opened.ask("GET", f"{SPACE}/identity/{name}?{query}")
                assert answer.status_code in (400, 422), (name, query[:40], answer.text)

    through(check)


def test_restore_takes_a_component_back_to_a_moment() -> None:
    async def check(opened: Doors) -> None:
        clock = opened.site.clock
        clock.advance(HOUR_MS)  # type: ignore[attr-defined]
        await opened.send(identify(6, userId="u-1", anonymousId="a-6"))
        views = opened.site.views
        assert views.find_person("anonymous_id:a-6") == views.find_person(JOINED[0])
        back = {"identifier": JOINED[0], "at": format_instant(NOW + 60_000)}
        await opened.told("POST", f"{SPACE}/identity/restore", back)
        assert views.find_person("anonymous_id:a-6") != views.find_person(JOINED[0])
        assert views.find_person(JOINED[1]) == views.find_person(JOINED[0])

    through(check)


def test_the_queue_lists_what_was_refused() -> None:
    async def check(opened: Doors) -> None:
        await opened.send(identify(5, userId="u-2", traits={"email": "ada@a.example"}))
        told = await opened.told("GET", f"{SPACE}/identity/queue?kind=refused&limit=10")
        (row,) = told["refused"]
        assert {row["a"], row["b"]} == {"email:ada@a.example", "user_id:u-2"}
        assert (row["reason"], bool(row["nearest_change"])) == ("unique_conflict", True)
        assert (await opened.ask("GET", f"{SPACE}/identity/queue?limit=0")).status_code == 422

    through(check)


def test_types_that_senders_made_up_are_listed_for_review() -> None:
    async def check(opened: Doors) -> None:
        card = {"id": "7", "type": "loyalty_card", "collection": "users", "encoding": "none"}
        await opened.send(identify(7, userId="u-1", context={"externalIds": [card]}))
        told = await opened.told("GET", f"{SPACE}/identity/types")
        (row,) = told["types"]
        assert (row["type"], row["state"], row["values_per_person"]) == (
            "loyalty_card",
            "unclassified",
            1.0,
        )
        assert (told["further"], told["refused_from"]) == (0, 10)
        path, strong = f"{SPACE}/identity/types", {"type": "loyalty_card", "class": "strong"}
        assert (await opened.ask("POST", path, strong)).status_code == 409
        seen = await opened.told("POST", f"{path}?preview=true", strong)
        assert (await opened.told("POST", path, strong))["version"] == seen["version"]
        (row,) = (await opened.told("GET", path))["types"]
        assert (row["state"], row["class"]) == ("classified", "strong")
        for wrong in ({"type": "email", "class": "weak"}, {"type": "visit", "class": "shared"}):
            assert (await opened.ask("POST", path, wrong)).status_code == 422

    through(check)


def test_every_message_has_a_story() -> None:
    async def check(opened: Doors) -> None:
        bad: JsonObject = {"type": "track", "event": "", "userId": "u-1", "messageId": "m-bad"}
        await opened.send(identify(3, userId="u-1"), bad)
        fates = {}
        for name in ("m-1", "m-3", "m-bad"):
            fates[name] = await opened.told("GET", f"{SPACE}/messages/{name}")
        assert [fates[name]["fate"] for name in fates] == ["stored", "stored", "quarantined"]
        assert [row["fate"] for row in fates["m-3"]["trail"]] == ["stored", "duplicate"]
        stored = fates["m-3"]["trail"][0]
        assert stored["leaf"] == "user_id:u-1"
        (given,) = stored["evidence"]
        assert {given["a"], given["b"]} == set(JOINED)
        assert given["one_person"] is True
        assert fates["m-bad"]["trail"][0]["quarantine_id"]
        assert (await opened.ask("GET", f"{SPACE}/messages/m-none")).status_code == 404

    through(check)


def test_a_message_tells_which_segments_it_moved_somebody_into() -> None:
    async def check(opened: Doors) -> None:
        rule = "{kind: segment, key: team, when: 'person.traits.plan == \"team\"'}"
        await opened.site.applier.apply([("segment.yaml", rule)])
        await opened.site.segments.settle()
        await opened.send(identify(20, userId="u-3", traits={"plan": "team"}))
        await opened.site.segments.settle()
        await opened.send(identify(21, userId="u-3", traits={"plan": "solo"}))
        moves = [
            (await opened.told("GET", f"{SPACE}/messages/m-{number}"))["trail"][0]["segments"]
            for number in (20, 21)
        ]
        assert [[(one["segment"], one["entered"]) for one in found] for found in moves] == [
            [("team", True)],
            [("team", False)],
        ]

    through(check)


def test_a_message_without_consent_is_known_as_dropped_and_may_come_again() -> None:
    async def check(opened: Doors) -> None:
        basis = "{kind: legal_basis, key: statistics, events: ['*'], purpose: measurement,"
        await opened.site.applier.apply([("basis.yaml", basis + " when_unset: drop}")])
        page: JsonObject = {"type": "page", "anonymousId": "a-5", "messageId": "m-5"}
        granted: JsonObject = {"consent": {"categoryPreferences": {"measurement": True}}}
        await opened.send(page)
        assert (await opened.told("GET", f"{SPACE}/messages/m-5"))["fate"] == "dropped"
        await opened.send({**page, "context": granted})
        story = await opened.told("GET", f"{SPACE}/messages/m-5")
        assert [row["fate"] for row in story["trail"]] == ["dropped", "stored"]
        assert story["fate"] == "stored"

    through(check)


def test_a_message_of_an_erased_person_says_so() -> None:
    async def check(opened: Doors) -> None:
        async with opened.site.erasing() as eraser:
            await eraser.forget("user_id:u-1")
        gone = await opened.told("GET", f"{SPACE}/messages/m-1")
        assert gone["fate"] == "erased"
        await opened.send(identify(8, userId="u-1"))
        again = await opened.ask("GET", f"{SPACE}/messages/m-8")
        assert again.status_code == 200, again.text
        assert again.json()["fate"] == "suppressed"

    through(check)


def test_rules_are_tried_before_they_count() -> None:
    async def check(opened: Doors) -> None:
        wanted = {"rules": {"strong_most": 4}}
        refused = await opened.ask("POST", f"{SPACE}/identity/rules", wanted)
        assert (refused.status_code, "not tried" in refused.text) == (409, True)
        tried = await opened.told("POST", f"{SPACE}/identity/rules/dry-run", wanted)
        published = await opened.told("POST", f"{SPACE}/identity/rules", wanted)
        assert published["version"] == tried["version"]
        shown = await opened.told("GET", f"{SPACE}/identity/rules")
        assert shown["rules"] == {"strong_most": 4}
        assert shown["published"][0]["version"] == tried["version"]
        for bad in ({"strong_most": 0}, {"unheard": 1}, {"blocked_patterns": {"*": ["("]}}):
            answer = await opened.ask("POST", f"{SPACE}/identity/rules/dry-run", {"rules": bad})
            assert answer.status_code in (400, 422), answer.text

    through(check)
