"""What the profile API tells beyond Segment's: consent, timeline, sessions, and the past."""

import asyncio

from tests.web.profile_reader import NOW, ProfileReader, event, identify, reading, rows
from wegweiser.terms.instant import DAY_MS, HOUR_MS, format_instant
from wegweiser.terms.json import JsonObject

CONFIGURATION = "{kind: segment, key: team, when: 'person.traits.plan == \"team\"'}"
GRANTED: JsonObject = {"consent": {"categoryPreferences": {"measurement": True}}}


def test_consent_tells_the_status_and_every_statement():
    async def go() -> None:
        async with reading() as reader:
            await reader.send(event("u-1", 1, context=GRANTED))
            told = await reader.read("user_id:u-1", "consent")
            assert told["consent"]["measurement"] == "granted"
            one = next(row for row in rows(told, "statements") if row["purpose"] == "measurement")
            assert (one["status"], one["message_id"]) == ("granted", "u-1-1")
            assert one["identifier"] == "user_id:u-1"

    asyncio.run(go())


def test_sessions_and_interests():
    async def go() -> None:
        async with reading() as reader:
            for number, hours in enumerate((1, 5, 9)):
                page = {"type": "page", "name": "Prices", "timestamp": NOW - hours * HOUR_MS}
                await reader.send(event("u-1", number, **page, properties={"topic": "sso"}))
            first = await reader.read("user_id:u-1", "sessions", limit=2)
            rest = await reader.read(
                "user_id:u-1", "sessions", limit=2, next=first["cursor"]["next"]
            )
            starts = [row["start"] for row in (*rows(first), *rows(rest))]
            assert starts == [format_instant(NOW - hours * HOUR_MS) for hours in (1, 5, 9)]
            now = await reader.read("user_id:u-1", "interests")
            before = format_instant(NOW - 6 * HOUR_MS)
            then = await reader.read("user_id:u-1", "interests", as_of=before)
            assert 0 < then["interests"]["sso"] < now["interests"]["sso"]
            assert (then["as_of"], then["engagement"] > 0) == (before, True)

    asyncio.run(go())


def test_a_timeline_holds_all_kinds_in_one_order_page_by_page():
    async def go() -> None:
        async with reading(configuration=CONFIGURATION) as reader:
            await reader.send(event("u-1", 1, anonymousId="a-1", context=GRANTED))
            await reader.send(identify("u-1", 2, {"plan": "team", "email": "ada@buyer.example"}))
            await reader.send(event("u-1", 3, type="group", groupId="acme", traits={}))
            await reader.read("user_id:u-1", "segments")
            entries: list[JsonObject] = []
            following = ""
            while True:
                page = await reader.read("user_id:u-1", "timeline", limit=3, next=following)
                entries += rows(page)
                following = page["cursor"]["next"]
                if not following:
                    break
            moments = [str(one["at"]) for one in entries]
            assert moments == sorted(moments, reverse=True)
            names = [(one["kind"], one["id"]) for one in entries]
            assert len(set(names)) == len(names)
            kinds = {str(one["kind"]) for one in entries}
            assert kinds >= {"event", "trait", "consent", "segment", "membership"}
            whole = await reader.read("user_id:u-1", "timeline", limit=200)
            assert rows(whole) == entries
            only = rows(await reader.read("user_id:u-1", "timeline", kinds="trait"))
            assert {one["trait"] for one in only} == {"email", "plan"}

    asyncio.run(go())


def test_a_profile_of_the_past_is_what_a_reader_saw_then():
    async def go() -> None:
        async with reading() as reader:
            day = NOW // DAY_MS * DAY_MS
            plans = ("free", "team", "enterprise")
            for number, plan in enumerate(plans):
                at = day - DAY_MS + number * 8 * HOUR_MS
                await reader.send(identify("u-1", number, {"plan": plan}, timestamp=at))
                await reader.send(event("u-1", 10 + number, timestamp=at + 60_000))
            for number, plan in enumerate(plans):
                at = format_instant(day - DAY_MS + number * 8 * HOUR_MS + 60_000)
                then = await reader.read("user_id:u-1", "profile", as_of=at)
                assert then["traits"] == {"plan": plan}
                assert then["counters"] == {"Identified": number + 1, "Seen": number + 1}
                assert then["asOf"] == {"at": at, "precision": "millisecond", "identity": "now"}
            early = format_instant(day - 2 * DAY_MS)
            nothing = await reader.read("user_id:u-1", "profile", as_of=early)
            assert (nothing["traits"], nothing["counters"]) == ({}, {})
            now = await reader.read("user_id:u-1", "profile", include="traits,counters")
            assert now == {
                "traits": {"plan": "enterprise"},
                "counters": {"Identified": 3, "Seen": 3},
            }
            late = await reader.read("user_id:u-1", "profile", as_of=format_instant(day + DAY_MS))
            assert late["traits"] == now["traits"]

    asyncio.run(go())


def test_an_account_of_the_past():
    async def go() -> None:
        async with reading() as reader:
            day = NOW // DAY_MS * DAY_MS - DAY_MS
            for number, name in enumerate(("Acme", "Acme Group")):
                at = day + number * 8 * HOUR_MS
                joined = {"type": "group", "groupId": "acme", "traits": {"name": name}}
                await reader.send(event("u-1", number, **joined, timestamp=at))
                await reader.send(event("u-1", 10 + number, timestamp=at + 60_000))
            at = format_instant(day + 60_000)
            then = await reader.read("group_id:acme", "profile", "accounts", as_of=at)
            assert then["traits"] == {"name": "Acme"}
            assert then["counters"] == {"Group Joined": 1, "Seen": 1}
            now = await reader.read("group_id:acme", "profile", "accounts")
            assert now["traits"] == {"name": "Acme Group"}
            assert (await reader.ask("group_id:acme", "timeline", "accounts")).status_code == 404

    asyncio.run(go())


def test_a_moment_among_old_days_that_are_kept_as_one():
    async def go() -> None:
        async with reading() as reader:
            for number, (days, plan) in enumerate(((900, "free"), (700, "team"), (1, "solo"))):
                at = NOW - days * DAY_MS
                await reader.send(identify("u-1", number, {"plan": plan}, timestamp=at))
            await reader.site.intake.checkpoint()
            # Old days become one when a leaf is next read from the store.
            reader.site.unifier.shelf.discard(["user_id:u-1"])
            reader.site.views.forget_views()
            cells = reader.site.views.cells_of(await who(reader))
            assert min(held.day for held in cells) == 0
            for days, plan, times in ((800, "free", 1), (600, "team", 2), (0, "solo", 3)):
                at = format_instant(NOW - days * DAY_MS)
                then = await reader.read("user_id:u-1", "profile", as_of=at)
                assert (then["traits"], then["counters"]) == ({"plan": plan}, {"Identified": times})
                assert then["asOf"]["precision"] == "millisecond"
            every = await reader.read("user_id:u-1", "timeline", kinds="trait", start="2000-01-01")
            assert rows(every)[0]["value"] == "solo"

    asyncio.run(go())


async def who(reader: ProfileReader) -> str:
    """Give the id of the only person."""
    answer = await reader.ask("user_id:u-1", "traits")
    return answer.headers["wegweiser-person-id"]
