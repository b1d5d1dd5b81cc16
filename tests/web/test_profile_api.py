"""The profile API: shapes, pages, codes, headers and limits."""

import asyncio
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
from wegweiser.settings import Settings
from wegweiser.terms.instant import DAY_MS, format_instant

Check = Callable[[ProfileReader], Awaitable[None]]


def run(check: Check, settings: Settings | None = None, configuration: str = "") -> None:
    async def go() -> None:
        async with reading(settings, configuration) as reader:
            await check(reader)

    asyncio.run(go())


def test_traits_come_in_pages_and_with_who_wrote_them_when():
    async def check(reader: ProfileReader) -> None:
        traits = {f"t{number:02d}": number for number in range(25)}
        await reader.send(identify("u-1", 1, traits))
        names: list[str] = []
        following, pages = "", 0
        while pages == 0 or following:
            page = await reader.read("user_id:u-1", "traits", limit=10, next=following)
            names += page["traits"]
            cursor = page["cursor"]
            assert cursor["limit"] == 10
            assert cursor["has_more"] == bool(cursor["next"])
            following, pages = cursor["next"], pages + 1
        assert (names, pages) == (sorted(traits), 3)
        told = await reader.read("user_id:u-1", "traits", include="t03,gone", verbose="true")
        shown = told["traits"]["t03"]
        assert list(told["traits"]) == ["t03"]
        assert (shown["value"], shown["event_id"], shown["trust"]) == (3, "u-1-1", "server")
        assert shown["updated_at"] == format_instant(NOW - 60_000 + 1)
        assert shown["source_id"] == reader.site.callers.named("shop").source_id

    run(check)


def test_segments_are_traits_of_their_class():
    segment = "{kind: segment, key: team, when: 'person.traits.plan == \"team\"'}"

    async def check(reader: ProfileReader) -> None:
        await reader.send(identify("u-1", 1, {"plan": "team"}))
        told = await reader.read("user_id:u-1", "traits", **{"class": "audience"})
        assert told["traits"] == {"team": True}
        await reader.send(identify("u-1", 2, {"plan": "solo"}))
        told = await reader.read("user_id:u-1", "traits", **{"class": "audience"})
        assert told["traits"] == {"team": False}
        wrong = await reader.ask("user_id:u-1", "traits", **{"class": "nothing"})
        assert wrong.status_code == 400
        assert wrong.json()["error"]["code"] == "validation_error"

    run(check, configuration=segment)


def test_external_ids_name_the_first_event_of_each():
    async def check(reader: ProfileReader) -> None:
        await reader.send(event("u-1", 1))
        await reader.send(identify("u-1", 2, {"email": "Ada@buyer.example"}))
        found = rows(await reader.read("user_id:u-1", "external_ids"))
        assert [(one["type"], one["id"], one["first_message_id"]) for one in found] == [
            ("email", "ada@buyer.example", "u-1-2"),
            ("user_id", "u-1", "u-1-1"),
        ]
        assert {one["encoding"] for one in found} == {"none"}
        only = rows(await reader.read("user_id:u-1", "external_ids", include="email"))
        assert [one["type"] for one in only] == ["email"]

    run(check)


def test_events_are_read_in_both_orders_a_page_at_a_time():
    async def check(reader: ProfileReader) -> None:
        for number in range(1, 8):
            await reader.send(event("u-1", number, "Even" if number % 2 == 0 else "Odd"))
            await reader.send(event("u-2", number))
        await reader.site.intake.checkpoint()
        await reader.send(event("u-1", 8, "Even", anonymousId="a-1"))
        for sort in ("desc", "asc"):
            numbers: list[str] = []
            following = ""
            while True:
                page = await reader.read(
                    "user_id:u-1", "events", limit=3, sort=sort, next=following
                )
                numbers += [str(one["message_id"]) for one in rows(page)]
                following = page["cursor"]["next"]
                if not following:
                    break
            told = [f"u-1-{number}" for number in range(1, 9)]
            assert numbers == (told[::-1] if sort == "desc" else told)
        even = rows(await reader.read("user_id:u-1", "events", include="Even", exclude="Odd"))
        assert [one["message_id"] for one in even] == [f"u-1-{number}" for number in (8, 6, 4, 2)]
        newest = even[0]
        assert newest["external_ids"][0] == {
            "collection": "users",
            "type": "user_id",
            "id": "u-1",
            "encoding": "none",
        }
        assert newest["timestamp"] == format_instant(NOW - 60_000 + 8)
        assert newest["related"]["users"].startswith("per_")

    run(check)


def test_events_of_a_span_and_of_an_account():
    async def check(reader: ProfileReader) -> None:
        await reader.send(event("u-1", 1, timestamp=NOW - 20 * DAY_MS))
        joined = event("u-1", 2, type="group", groupId="acme", traits={"name": "Acme"})
        await reader.send(joined)
        await reader.send(event("u-1", 3, context={"groupId": "other"}), event("u-1", 4))
        mine = rows(await reader.read("user_id:u-1", "events"))
        assert [one["message_id"] for one in mine] == ["u-1-4", "u-1-3", "u-1-2"]
        start = format_instant(NOW - 30 * DAY_MS)
        end = format_instant(NOW - 10 * DAY_MS)
        old = rows(await reader.read("user_id:u-1", "events", start=start, end=end))
        assert [one["message_id"] for one in old] == ["u-1-1"]
        theirs = rows(await reader.read("group_id:acme", "events", "accounts"))
        assert [one["message_id"] for one in theirs] == ["u-1-4", "u-1-2"]
        assert (await reader.ask("user_id:u-1", "events", start=end, end=start)).status_code == 400

    run(check)


def test_metadata_names_the_first_and_the_last_event():
    async def check(reader: ProfileReader) -> None:
        for number in (2, 1, 3):
            await reader.send(event("u-1", number))
        told = (await reader.read("user_id:u-1", "metadata"))["metadata"]
        assert (told["first_message_id"], told["last_message_id"]) == ("u-1-1", "u-1-3")
        assert told["first_source_id"] == told["last_source_id"]
        assert told["expires_at"] is None

    run(check)


def test_links_tell_role_and_status_from_both_sides():
    async def check(reader: ProfileReader) -> None:
        for number, (group, role) in enumerate((("acme", "buyer"), ("other", "user"))):
            context = {"membership": {"role": role}}
            joined = event("u-1", number, type="group", groupId=group, context=context, traits={})
            await reader.send(joined)
        found = rows(await reader.read("user_id:u-1", "links"))
        assert [
            (one["to_collection"], one["external_ids"][0]["id"], one["role"], one["status"])
            for one in found
        ] == [
            ("accounts", "acme", "buyer", "confirmed"),
            ("accounts", "other", "user", "confirmed"),
        ]
        assert all(one["confidence"] == 0.9 for one in found)
        [back] = rows(await reader.read("group_id:acme", "links", "accounts"))
        assert {one["id"] for one in back["external_ids"]} == {"u-1"}
        paged = await reader.read("user_id:u-1", "links", limit=1)
        assert paged["cursor"]["has_more"] is True
        last = await reader.read("user_id:u-1", "links", limit=1, next=paged["cursor"]["next"])
        assert rows(last) == found[1:]

    run(check)


def test_a_read_tells_whose_and_where_and_any_spelling_finds_it():
    async def check(reader: ProfileReader) -> None:
        sent = await reader.send(identify("u-1", 1, {"email": "ada@buyer.example"}))
        answer = await reader.ask("email:ADA@Buyer.example", "traits")
        assert answer.headers["wegweiser-position"] == sent.headers["wegweiser-position"]
        person_id = answer.headers["wegweiser-person-id"]
        assert answer.headers["request-id"]
        assert "access-control-allow-origin" not in answer.headers
        again = await reader.ask(f"person_id:{person_id}", "traits")
        assert again.json() == answer.json() | {"cursor": again.json()["cursor"]}
        body = {"type": "email", "id": "ada@buyer.example"}
        path = f"{PROFILES}/users/profiles:lookup"
        found = await reader.client.post(path, json=body, headers=reader.headers)
        assert found.json() == {"person_id": person_id}
        body["id"] = "nobody@buyer.example"
        missing = await reader.client.post(path, json=body, headers=reader.headers)
        assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")
        assert (await reader.client.post(path, json=[], headers=reader.headers)).status_code == 400
        assert (await reader.client.get(path, headers=reader.headers)).status_code == 405

    run(check)


def test_the_secret_key_is_the_user_name_with_or_without_a_colon():
    async def check(reader: ProfileReader) -> None:
        await reader.send(event("u-1", 1))
        path = f"{PROFILES}/users/profiles/user_id:u-1/traits"
        for colon in (":", ""):
            headers = basic(reader.secret_key, colon)
            assert (await reader.client.get(path, headers=headers)).status_code == 200

    run(check)


def test_too_many_reads_are_told_when_to_come_again():
    async def check(reader: ProfileReader) -> None:
        await reader.send(event("u-1", 1))
        statuses = [(await reader.ask("user_id:u-1", "traits")).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        refused = await reader.ask("user_id:u-1", "traits")
        assert refused.json()["error"]["code"] == "rate_limit_error"
        assert int(refused.headers["retry-after"]) >= 1
        reader.site.clock.advance(1_000)
        assert (await reader.ask("user_id:u-1", "traits")).status_code == 200

    run(check, Settings(profile_reads_per_second=2))


def test_a_position_that_never_comes_is_unavailable_and_no_number_is_refused():
    async def check(reader: ProfileReader) -> None:
        await reader.send(event("u-1", 1))
        path = f"{PROFILES}/users/profiles/user_id:u-1/traits"
        for after, status, code in (
            ("999999", 503, "unavailable"),
            ("soon", 400, "validation_error"),
        ):
            headers = reader.headers | {"wegweiser-after": after}
            answer = await reader.client.get(path, headers=headers)
            assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)

    run(check)


WRONG: list[tuple[str, dict[str, str]]] = [
    ("traits", {"limit": "201"}),
    ("traits", {"limit": "x"}),
    ("traits", {"next": "***"}),
    ("traits", {"next": "WzFd"}),
    ("traits", {"verbose": "perhaps"}),
    ("events", {"limit": "101"}),
    ("events", {"sort": "up"}),
    ("events", {"start": "yesterday"}),
    ("events", {"next": "WzFd"}),
    ("links", {"limit": "21"}),
    ("timeline", {"kinds": "event,nothing"}),
    ("timeline", {"next": "WzFd"}),
    ("sessions", {"next": "WyJ4Il0"}),
    ("profile", {"include": "nothing"}),
    ("profile", {"as_of": "never"}),
]


def test_a_wrong_parameter_is_refused_by_name():
    async def check(reader: ProfileReader) -> None:
        await reader.send(event("u-1", 1))
        for part, query in WRONG:
            answer = await reader.ask("user_id:u-1", part, **query)
            assert answer.status_code == 400, (part, query)
            assert answer.json()["error"]["code"] == "validation_error"
            assert next(iter(query)) in answer.json()["message"]

    run(check)


def test_no_log_line_tells_an_identifier(caplog):
    async def check(reader: ProfileReader) -> None:
        caplog.set_level(0)
        for name in ("email:secret@buyer.example", "user_id:secret\x00", "user_id:secret"):
            for part in ("traits", "events", "nothing"):
                assert (await reader.ask(name, part)).status_code in (400, 404)
        ours = [one for one in caplog.records if one.name.startswith("wegweiser")]
        assert "secret" not in "".join(one.getMessage() for one in ours)

    run(check)
