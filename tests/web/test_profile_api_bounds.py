"""The profile API at its edges: many events of one moment, hostile cursors, large lists."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable

from tests.web.profile_reader import (
    NOW,
    PROFILES,
    ProfileReader,
    basic,
    event,
    identify,
    reading,
    rows,
)
from wegweiser.terms.json import Json, JsonObject

Check = Callable[[ProfileReader], Awaitable[None]]
MOMENT = NOW - 60_000


def run(check: Check) -> None:
    async def go() -> None:
        async with reading() as reader:
            await check(reader)

    asyncio.run(go())


async def paged(reader: ProfileReader, name: str, part: str, **query: str | int) -> list[Json]:
    """Read all pages of a list."""
    found: list[Json] = []
    following = ""
    while True:
        page = await reader.read(name, part, next=following, **query)
        found += rows(page)
        following = page["cursor"]["next"]
        if not following:
            return found


def test_a_batch_of_one_moment_is_read_page_by_page_without_a_gap():
    async def check(reader: ProfileReader) -> None:
        # What sorts first by its name came last: neither order may lose any.
        batch = [event("u-1", 900 - n, timestamp=MOMENT) for n in range(130)]
        await reader.send(*batch, identify("u-1", 5_000, {"plan": "team"}, timestamp=MOMENT))
        await reader.send(event("u-1", 6_000, timestamp=MOMENT))
        for limit in (7, 50):
            lines = await paged(reader, "user_id:u-1", "timeline", kinds="event,trait", limit=limit)
            names = [one["id"] for one in lines if isinstance(one, dict)]
            assert (len(names), len(set(names))) == (133, 133)
            events = await paged(reader, "user_id:u-1", "events", limit=limit)
            assert len({one["message_id"] for one in events if isinstance(one, dict)}) == 132

    run(check)


def test_what_comes_while_pages_are_read_neither_hides_nor_repeats_any():
    async def check(reader: ProfileReader) -> None:
        await reader.send(*(event("u-1", n, timestamp=MOMENT) for n in range(30)))
        first = await reader.read("user_id:u-1", "timeline", kinds="event", limit=10)
        await reader.send(event("u-1", 77, timestamp=MOMENT), event("u-1", 78))
        seen = [str(one["event"]) + str(one["id"]) for one in rows(first)]
        following = first["cursor"]["next"]
        while following:
            page = await reader.read("user_id:u-1", "timeline", kinds="event", next=following)
            seen += [str(one["event"]) + str(one["id"]) for one in rows(page)]
            following = page["cursor"]["next"]
        assert (len(seen), len(set(seen))) == (30, 30)

    run(check)


def test_a_hostile_parameter_is_refused_and_never_our_fault():
    deep = urlsafe_b64encode(b"[" * 1_490).decode()
    unknown = urlsafe_b64encode(b'[5,"event","no spot"]').decode()

    async def check(reader: ProfileReader) -> None:
        await reader.send(event("u-1", 1))
        asked: tuple[tuple[str, dict[str, str]], ...] = (
            ("traits", {"limit": "00000000110000000"}),
            ("traits", {"next": deep}),
            ("timeline", {"next": unknown}),
            ("events", {"next": unknown}),
        )
        for part, query in asked:
            answer = await reader.ask("user_id:u-1", part, **query)
            assert answer.status_code == 400, (part, answer.text)
            assert answer.json()["error"]["code"] == "validation_error"

    run(check)


def test_members_and_suggestions_of_an_account_come_in_pages():
    async def check(reader: ProfileReader) -> None:
        site: JsonObject = {"website": "https://acme.example"}
        joined: JsonObject = {"type": "group", "groupId": "acme", "traits": site}
        await reader.send(*(event(f"u-{n}", n, **joined) for n in range(7)))
        await reader.send(
            *(identify(f"s-{n}", n, {"email": f"s{n}@acme.example"}) for n in range(5))
        )
        for part, count in (("members", 7), ("suggestions", 5)):
            found: list[str] = []
            following = ""
            while True:
                page = await reader.read("group_id:acme", part, "accounts", limit=3, next=following)
                assert len(rows(page, part)) <= 3
                found += [str(one["person_id"]) for one in rows(page, part)]
                following = page["cursor"]["next"]
                if not following:
                    break
            assert (len(found), len(set(found))) == (count, count)
        wrong = await reader.ask("group_id:acme", "rollup", "accounts", confidence="nan")
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "validation_error")

    run(check)


def test_nobody_leaves_in_a_role_that_they_never_had():
    async def check(reader: ProfileReader) -> None:
        membership: JsonObject = {"membership": {"role": "buyer"}}
        joined: JsonObject = {"type": "group", "groupId": "acme", "context": membership}
        await reader.send(event("u-1", 1, **joined))
        path = f"{PROFILES}/accounts/profiles/group_id%3Aacme/members/user_id%3Au-1"
        for role, status in (("user", 404), ("buyer", 200)):
            answer = await reader.client.delete(
                path, params={"role": role}, headers=basic(reader.secret_key)
            )
            assert answer.status_code == status
        left = await reader.read("group_id:acme", "members", "accounts")
        assert rows(left, "members") == []

    run(check)


def test_an_export_with_too_many_options_is_refused():
    async def check(reader: ProfileReader) -> None:
        answer = await reader.client.get(
            "/v1/admin/export/profiles",
            params={f"o{n}": "1" for n in range(30)},
            headers={"authorization": "Bearer token"},
        )
        assert answer.status_code == 422

    run(check)
