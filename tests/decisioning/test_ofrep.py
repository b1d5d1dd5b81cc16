"""Placements as OpenFeature flags: every answer, and that asking alone shows nothing to anybody."""

import asyncio

import httpx
import pytest

from tests.decisioning.doors import HOST, Body, Door, opened
from tests.decisioning.ofrep_schema import (
    BULK,
    BULK_FAILURE,
    EVALUATION,
    FAILURE,
    NOT_FOUND,
    check,
)
from wegweiser.terms.errors import ComeAgain
from wegweiser.terms.instant import HOUR_MS

FLAGS = "/ofrep/v1/evaluate/flags"


def of(target: str, **more: object) -> Body:
    return {"context": {"targetingKey": target, **more}}


async def one(client: httpx.AsyncClient, key: str, body: Body) -> Body:
    answer = await client.post(f"{FLAGS}/{key}", json=body)
    assert answer.status_code == 200, answer.text
    found: Body = answer.json()
    check(EVALUATION, found)
    return found


async def bulk(client: httpx.AsyncClient, body: Body, held: str = "") -> httpx.Response:
    return await client.post(FLAGS, json=body, headers={"if-none-match": held} if held else {})


def flags(answer: httpx.Response) -> dict[str, Body]:
    assert answer.status_code == 200, answer.text
    check(BULK, answer.json())
    return {flag["key"]: flag for flag in answer.json()["flags"]}


def test_36_schema_exposure_and_nothing() -> None:
    """The schema takes every answer, a bulk fetch alone is no exposure, nothing has no value."""

    async def scenario() -> None:
        async with opened() as door:
            await door.meet("a-1")
            await every_answer(door)
            for _ in range(5):
                # Another context each time, so that each is decided anew.
                found = flags(await bulk(door.public, of("a-1", turn=_)))
                assert found["home.hero"]["variant"] == "whitepaper/short"
            assert await door.exported("outcomes") == []
            assert "value" not in found["social.post"]
            # Only what was told to be seen counts against the cap of one a week.
            seen = {"outcome_id": "o-1", "kind": "seen", "placement": "home.hero", "slot": 0}
            told = found["home.hero"]["metadata"]
            assert isinstance(told, dict)
            seen["decision_id"] = told["decision_id"]
            assert (await door.public.post("/v1/outcomes", json=[seen])).status_code == 207
            after = flags(await bulk(door.public, of("a-1", turn=9)))["home.hero"]
            assert (after["variant"], "value" in after) == ("nothing", False)

    asyncio.run(scenario())


async def every_answer(door: Door) -> None:
    """Hold each kind of answer of both doors against the schema."""
    for client in (door.public, door.secret):
        found = flags(await bulk(client, of("a-1")))
        assert list(found) == ["app.card", "home.hero", "social.post"]
        for key, flag in found.items():
            single = await one(client, key, of("a-1"))
            assert (single["variant"], single["reason"]) == (flag["variant"], flag["reason"])
    wrong: list[tuple[Body, int, str]] = [
        ({}, 400, "TARGETING_KEY_MISSING"),
        ({"context": {}}, 400, "TARGETING_KEY_MISSING"),
        ({"context": {"targetingKey": ""}}, 400, "TARGETING_KEY_MISSING"),
        ({"context": "x"}, 400, "INVALID_CONTEXT"),
        (of("x" * 300), 400, "INVALID_CONTEXT"),
        ({"context": {"targetingKey": "a", "blob": "y" * 70_000}}, 413, "GENERAL"),
    ]
    for body, status, code in wrong:
        for path, schema in ((f"{FLAGS}/home.hero", FAILURE), (FLAGS, BULK_FAILURE)):
            refused = await door.secret.post(path, json=body)
            check(schema, refused.json())
            assert (refused.status_code, refused.json()["errorCode"]) == (status, code), body
    for unknown in ("nowhere", "news", "a/b"):
        refused = await door.secret.post(f"{FLAGS}/{unknown}", json=of("u-1"))
        check(NOT_FOUND, refused.json())
        assert (refused.status_code, refused.json()["key"]) == (404, unknown)
    broken = await door.secret.post(f"{FLAGS}/home.hero", content=b"{")
    check(FAILURE, broken.json())
    assert broken.json()["errorCode"] == "PARSE_ERROR"
    stranger = await door.keyless.post(f"{FLAGS}/home.hero", json=of("a-1"))
    check(FAILURE, stranger.json())
    assert stranger.status_code == 401
    assert (await door.secret.get(f"{FLAGS}/home.hero")).status_code == 405


def test_an_answer_names_content_reason_and_flat_metadata() -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet("a-1", "u-1")
            found = await one(door.public, "home.hero", of("a-1"))
            assert found["value"] == {
                "show": True,
                "message": "whitepaper",
                "variant": "short",
                "content": {
                    "title": "SSO in einer Stunde",
                    "url": "https://www.example.com/sso?a=1",
                },
            }
            assert (found["reason"], found["variant"]) == ("TARGETING_MATCH", "whitepaper/short")
            metadata = found["metadata"]
            assert isinstance(metadata, dict)
            assert set(metadata) == {
                *("decision_id", "placement", "slot", "message", "variant", "bundle", "token"),
            }
            trusted = await one(door.secret, "home.hero", of("u-1"))
            assert set(metadata) | {"pi", "arm", "model"} == set(trusted["metadata"])  # type: ignore[call-overload]
            # Without consent nothing is said: a value only where the placement sets one.
            silent = await one(door.public, "home.hero", of("never-seen"))
            assert (silent["variant"], silent["reason"]) == ("nothing", "UNKNOWN")
            assert "value" not in silent
            assert (await one(door.public, "app.card", of("no-one")))["value"] == {"show": False}
            off = await one(door.public, "social.post", of("a-1"))
            assert (off["reason"], "value" in off) == ("DISABLED", False)

    asyncio.run(scenario())


def test_the_tag_holds_until_something_changes() -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet("a-1")
            first = await bulk(door.public, of("a-1"))
            etag = first.headers["etag"]
            assert etag.startswith('"')
            door.clock.advance(60_000)
            held = await bulk(door.public, of("a-1"), etag)
            assert (held.status_code, held.content, held.headers["etag"]) == (304, b"", etag)
            assert held.headers["access-control-allow-origin"] == "*"
            assert "ETag" in held.headers["access-control-expose-headers"]
            again = flags(await bulk(door.public, of("a-1")))
            assert again == flags(first)
            # After an hour there is a new address to listen at, and the decisions are the same.
            door.clock.advance(HOUR_MS)
            renewed = await bulk(door.public, of("a-1"), etag)
            assert flags(renewed) == flags(first)
            assert renewed.json()["eventStreams"] != first.json()["eventStreams"]
            etag = renewed.headers["etag"]
            # Another visitor, another context, a new event, a new bundle: another tag.
            others = [
                await bulk(door.public, of("a-2"), etag),
                await bulk(door.public, of("a-1", page="x"), etag),
                await bulk(door.secret, of("a-1"), etag),
            ]
            assert {answer.status_code for answer in others} == {200}
            await door.meet("a-1")
            changed = await bulk(door.public, of("a-1"), etag)
            assert changed.status_code == 200
            assert changed.headers["etag"] != etag
            cap = "{kind: cap, key: once-a-week, limit: 2, window_hours: 168}"
            await door.site.applier.apply([("cap.yaml", cap)])
            newest = await bulk(door.public, of("a-1"), changed.headers["etag"])
            assert newest.status_code == 200

    asyncio.run(scenario())


def test_a_request_id_makes_one_answer_for_each_flag() -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet("u-1")
            twice = [await one(door.secret, "home.hero", of("u-1", request_id="r")) for _ in "ab"]
            assert twice[0] == twice[1]
            other = await one(door.secret, "app.card", of("u-1", request_id="r"))
            assert other["key"] == "app.card"
            changed = of("u-1", request_id="r", page="/elsewhere")
            refused = await door.secret.post(f"{FLAGS}/home.hero", json=changed)
            assert (refused.status_code, refused.json()["errorCode"]) == (400, "INVALID_CONTEXT")
            assert len(await door.exported("decisions")) == 2

    asyncio.run(scenario())


def test_a_public_key_asks_for_its_own_device_only() -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet("u-1", "a-1")
            await one(door.public, "home.hero", of("a-1", userId="u-1"))
            await one(door.secret, "home.hero", of("a-1", userId="u-1", groupId="acme"))
            subjects = [row["subject"] for row in await door.exported("decisions")]
            assert subjects == [
                {"device": "anonymous_id:a-1"},
                {
                    "person": "user_id:u-1",
                    "device": "anonymous_id:a-1",
                    "account": "group_id:acme",
                },
            ]

    asyncio.run(scenario())


def test_overload_costs_one_evaluation_and_never_all_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with opened() as door:

            def busy() -> None:
                raise ComeAgain("the server is stopping", 2)

            monkeypatch.setattr(door.site.intake, "require_open", busy)
            for path, schema in ((f"{FLAGS}/home.hero", FAILURE), (FLAGS, BULK_FAILURE)):
                refused = await door.secret.post(path, json=of("u-1"))
                check(schema, refused.json())
                assert (refused.status_code, refused.json()["errorCode"]) == (503, "GENERAL")
                assert int(refused.headers["retry-after"]) >= 1

    asyncio.run(scenario())


def test_all_flags_come_with_a_stream_of_their_changes() -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet("a-1")
            answer = await bulk(door.public, of("a-1"))
            (stream,) = answer.json()["eventStreams"]
            assert stream["url"].startswith(f"{HOST}/ofrep/v1/events?token=wgs_")

    asyncio.run(scenario())
