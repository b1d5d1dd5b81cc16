"""Tokens: what a browser, a picture or a link may tell of one decision without a key."""

import asyncio

import httpx
import pytest

from tests.decisioning.doors import HOST, Body, Door, opened
from wegweiser.terms.instant import DAY_MS, HOUR_MS
from wegweiser.terms.json import JsonObject
from wegweiser.workspace import operations

VISITOR: Body = {"device": "anonymous_id:a-1"}


async def track(door: Door, client: httpx.AsyncClient | None = None, **more: object) -> Body:
    """Have something decided; give how its one item is told."""
    await door.meet("a-1")
    found = await door.decide(client or door.public, VISITOR, **more)
    (item,) = found["items"]  # type: ignore[misc]
    told: Body = item["track"] | {"decision_id": found["decision_id"]}
    return told


async def report(door: Door, token: object, *outcomes: Body) -> httpx.Response:
    return await door.keyless.post("/v1/outcomes", json={"token": token, "outcomes": [*outcomes]})


async def kinds(door: Door) -> list[object]:
    return [row["kind"] for row in await door.exported("outcomes")]


def test_a_token_tells_of_its_own_decision_only() -> None:
    async def scenario() -> None:
        async with opened() as door:
            token = (first := await track(door))["token"]
            other = await track(door)
            told = await report(
                door,
                token,
                {"outcome_id": "o-1", "kind": "seen"},
                {"outcome_id": "o-1", "kind": "seen"},
                {"outcome_id": "o-2", "kind": "click", "decision_id": first["decision_id"]},
                {"outcome_id": "o-3", "kind": "click", "decision_id": other["decision_id"]},
                {"outcome_id": "o-4", "kind": "bounced"},
                {"outcome_id": "o-5", "kind": "goal", "goal": "demo-booked"},
                {"outcome_id": "o-6", "kind": "seen", "subject": {"person": "user_id:u-1"}},
            )
            assert told.status_code == 207
            assert told.headers["access-control-allow-origin"] == "*"
            assert [one["status"] for one in told.json()] == [
                *("stored", "known", "stored", "refused", "refused", "refused", "refused")
            ]
            rows = await door.exported("outcomes")
            assert [(row["placement"], row["slot"]) for row in rows] == [("home.hero", 0)] * 2
            # As a bearer token it needs no body of ours.
            bearer = {"authorization": f"Bearer {token}"}
            listed = [{"outcome_id": "o-7", "kind": "declined"}]
            plain = await door.keyless.post("/v1/outcomes", json=listed, headers=bearer)
            assert plain.json() == [{"outcome_id": "o-7", "status": "stored"}]
            asking = await door.keyless.post("/v1/decide", json={}, headers=bearer)
            assert asking.status_code in (400, 401)

    asyncio.run(scenario())


def test_a_forged_or_old_token_is_worth_nothing() -> None:
    async def scenario() -> None:
        async with opened() as door:
            token = str((await track(door))["token"])
            said, _, mac = token.rpartition(".")
            stranger = said.replace(".0.", ".1.") + "." + mac
            longer = said[:-1] + "f." + mac
            for forged in (stranger, longer, said + ".", token[:-1], "wgt_x", "wgt_" + "é" * 9):
                refused = await report(door, forged, {"outcome_id": "o-1", "kind": "seen"})
                assert refused.status_code == 401, forged
                assert refused.json()["status"] == 401
                assert (
                    await door.keyless.get("/v1/click", params={"token": forged})
                ).status_code == 401
                # A picture stays a picture.
                picture = await door.keyless.get("/v1/impression", params={"token": forged})
                assert (picture.status_code, picture.headers["content-type"]) == (200, "image/gif")
            door.clock.advance(400 * DAY_MS)
            late = await report(door, token, {"outcome_id": "o-1", "kind": "seen"})
            assert late.status_code == 401
            # The way on stays open, it only counts no more.
            assert (await door.keyless.get("/v1/click", params={"token": token})).status_code == 302
            assert await kinds(door) == []

    asyncio.run(scenario())


def test_the_picture_and_the_link_count_once_and_lead_only_where_the_content_says() -> None:
    async def scenario() -> None:
        async with opened() as door:
            found = await track(door)
            assert str(found["click_url"]).startswith(f"{HOST}/v1/click?token=wgt_")
            for _ in range(3):
                picture = await door.keyless.get(str(found["impression_url"]))
                assert picture.content.startswith(b"GIF89a")
                assert picture.headers["cache-control"] == "no-store"
                gone_on = await door.keyless.get(f"{found['click_url']}&url=https://evil.example")
                assert gone_on.status_code == 302
                assert gone_on.headers["location"] == "https://www.example.com/sso?a=1"
            # Who only looks where it leads has not clicked.
            await door.meet("a-1")
            assert (await door.keyless.head(str(found["click_url"]))).status_code == 302
            assert sorted(map(str, await kinds(door))) == ["click", "seen"]

    asyncio.run(scenario())


def test_a_script_in_the_content_is_no_target() -> None:
    async def scenario() -> None:
        async with opened() as door:
            card = await track(door, door.secret, placements=["app.card"])
            assert card["click_url"] is None
            nowhere = await door.keyless.get("/v1/click", params={"token": str(card["token"])})
            assert nowhere.status_code == 404

    asyncio.run(scenario())


def test_the_same_request_gets_the_same_tokens_and_a_simulation_none() -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet("a-1")
            asked = {"request_id": "r-1", "subject": VISITOR, "placements": ["home.hero"]}
            first = await door.public.post("/v1/decide", json={**asked, "stream": True})
            door.clock.advance(HOUR_MS)
            again = await door.public.post("/v1/decide", json={**asked, "stream": True})
            assert first.content == again.content
            assert "stream_url" in first.json()
            # A browser without a key sees nothing that a public key may not see.
            assert not {"pi", "how", "arm", "model"} & set(first.json()["items"][0])
            simulated = await door.decide(door.secret, VISITOR, mode="simulate")
            (item,) = simulated["items"]  # type: ignore[misc]
            assert "track" not in item

    asyncio.run(scenario())


def test_the_tokens_of_an_erased_visitor_die() -> None:
    async def scenario() -> None:
        async with opened() as door:
            found = await track(door)
            named: JsonObject = {"identifier": "anonymous_id:a-1"}
            erased = await operations.run(door.site, "forget", named)
            assert isinstance(erased, dict)
            assert erased["status"] == "FINISHED"
            refused = await report(door, found["token"], {"outcome_id": "o-1", "kind": "seen"})
            assert refused.status_code == 401
            assert (await door.keyless.get(str(found["click_url"]))).status_code == 401
            assert await kinds(door) == []

    asyncio.run(scenario())


def test_one_token_cannot_fill_the_disk() -> None:
    async def scenario() -> None:
        async with opened() as door:
            token = (await track(door))["token"]
            many: list[Body] = [{"outcome_id": f"o-{n}", "kind": "dwell"} for n in range(150)]
            assert (await report(door, token, *many)).status_code == 207
            assert (await report(door, token, *many)).status_code == 429

    asyncio.run(scenario())


@pytest.mark.parametrize("kind", ["delivered", "bounced", "done", "goal"])
def test_what_channels_say_needs_a_secret_key(kind: str) -> None:
    async def scenario() -> None:
        async with opened() as door:
            found = await track(door)
            told = {"outcome_id": "o-1", "decision_id": found["decision_id"], "kind": kind}
            refused = (await door.public.post("/v1/outcomes", json=[told])).json()
            taken = (await door.secret.post("/v1/outcomes", json=[told])).json()
            assert (refused[0]["status"], taken[0]["status"]) == ("refused", "stored")

    asyncio.run(scenario())


def test_an_outcome_of_no_decision_waits_a_day_and_is_an_orphan_then() -> None:
    async def scenario() -> None:
        async with opened() as door:
            told = [{"outcome_id": "o-1", "decision_id": "dec_nowhere", "kind": "click"}]
            statuses = []
            for _ in range(3):
                answer = await door.secret.post("/v1/outcomes", json=told)
                statuses.append(answer.json()[0]["status"])
                door.clock.advance(12 * HOUR_MS)
            assert statuses == ["waiting", "known", "orphan"]

    asyncio.run(scenario())


def test_only_a_simulation_is_asked_about_another_moment() -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet("a-1")
            ends = (
                "{kind: message, key: whitepaper, value: 40, ends_at: '2026-12-01T00:00:00Z',"
                " variants: [{key: dated, channel: web, content: {title: A}}]}"
            )
            await door.site.applier.apply([("ends.yaml", ends)])
            later = {"as_of": "2027-01-01T00:00:00Z"}
            told = await door.decide(door.secret, VISITOR, mode="simulate", **later)
            assert told["items"] == []
            assert (await door.decide(door.secret, VISITOR, mode="simulate"))["items"] != []
            body = {"subject": VISITOR, "placements": ["home.hero"], **later}
            refused = await door.secret.post("/v1/decide", json=body)
            assert (refused.status_code, refused.json()["error"]["field"]) == (400, "as_of")

    asyncio.run(scenario())
