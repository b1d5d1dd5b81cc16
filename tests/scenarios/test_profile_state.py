"""What is known of somebody: bounded, whole after a merge, by event time, right when late."""

from collections import Counter

import pytest

from tests.flow.loops import on_a_loop
from tests.flow.sites import NOW, caller, post, running
from wegweiser.profile.bound import rank
from wegweiser.profile.cell import encode
from wegweiser.profile.fold import fold_event
from wegweiser.terms.event import Event
from wegweiser.terms.instant import DAY_MS, HOUR_MS, MINUTE_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Trust
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

TRAITS = """
{kind: computed_trait, key: spent, event: Order Completed, type: sum, property: revenue}
---
{kind: computed_trait, key: words, event: Search Performed, type: unique, property: query}
---
{kind: computed_trait, key: usual, event: Search Performed, type: most_frequent, property: query}
---
{kind: segment, key: buyers, when: 'seen("Order Completed", "30d")'}
"""
# Of all names of the flood the one that stays for certain.
USUAL = min((f"Event {number}" for number in range(3_000)), key=rank)
# Twice as many flooding events may not take much more room than once as many.
MOST_CELL_BYTES = 400_000


def written(number: int, at: int, **fields: Json) -> JsonObject:
    """Write an event as senders do, with a message id by its number."""
    return {"messageId": f"m-{number}", "timestamp": format_instant(at), "type": "track", **fields}


async def send(site: Site, *events: JsonObject, secret: bool = True) -> None:
    """Send events in one request."""
    key, _ = caller(site, secret)
    answer = await post(site, key, "/v1/batch", {"batch": [*events]})
    assert answer.status == 200, answer.body


async def told(site: Site, operation: str, subject: str) -> JsonObject:
    """Run an operation on somebody that answers with an object."""
    found = await operations.run(site, operation, {"identifier": subject})
    assert isinstance(found, dict)
    return found


def flooding(number: int) -> Event:
    """Make one of many events; the first 3,000 and then every hundredth name what no other does."""
    known = {"message_id": f"m-{number}", "at": NOW - DAY_MS + number * 10, "anonymous_id": "a-1"}
    if number >= 3_000 and number % 100:
        return Event(type="track", event=USUAL, context={"page": {"path": "/"}}, **known)
    kind = ("Search Performed", "Order Completed", "Feature Used", f"Event {number}")[
        number // 2 % 4
    ]
    return Event(
        type="track",
        event=kind,
        properties={
            "query": f"query {number}",
            "topic": f"topic {number}",
            "feature": f"feature {number}",
            "revenue": 1e12,
            "currency": "EUR",
            "products": [{"product_id": f"p-{number}", "name": "Lamp"}],
        },
        context={"page": {"path": f"/{number}"}},
        **known,
    )


@on_a_loop
async def test_22_a_hundred_thousand_events_on_one_device_take_bounded_room() -> None:
    async with running(TRAITS) as site:
        leaf, day = "anonymous_id:a-1", (NOW - DAY_MS) // DAY_MS
        table = site.knowing.computed.table(1)
        cell = site.unifier.shelf.cell(leaf, day, "", new=True)
        sizes: list[int] = []
        named: Counter[str] = Counter()
        for number in range(100_000):
            event = flooding(number)
            named[event.event] += 1
            fold_event(cell, event, Trust.PUBLIC, 20, leaf, event.at, "shop", table)
            if number + 1 in (50_000, 100_000):
                sizes.append(len(encode(cell)))
        assert sizes[1] < MOST_CELL_BYTES
        assert sizes[1] < sizes[0] * 1.02
        assert sum(sum(hours.values()) for hours in cell.counts.values()) == 100_000
        # And it can be stored, read and added to as any other.
        await site.intake.checkpoint()
        page = {"type": "page", "anonymousId": "a-1", "properties": {"path": "/"}}
        await send(site, written(1, NOW - DAY_MS) | page, secret=False)
        known = await told(site, "traits_show", "anonymous_id:a-1")
        assert known["computed"]["spent"]["value"] == named["Order Completed"] * 10**12
        assert known["computed"]["words"]["exact"] is False
        assert known["computed"]["words"]["value"] == pytest.approx(
            named["Search Performed"], rel=0.1
        )


@on_a_loop
async def test_26_a_merge_of_two_persons_loses_nothing_and_counts_each_visit_once() -> None:
    async with running(TRAITS) as site:
        hour = NOW - 5 * DAY_MS
        page = {"type": "page", "properties": {"path": "/sso", "topic": "sso"}}
        first = [
            written(1, hour, userId="u-1", type="identify",
                    traits={"city": "Köln", "plan": "team"}),
            written(2, hour + 5 * MINUTE_MS, userId="u-1", **page),
            written(3, hour + 9 * MINUTE_MS, userId="u-1", event="Order Completed",
                    properties={"revenue": 10.1, "currency": "EUR"}),
        ]  # fmt: skip
        second = [
            written(4, hour + HOUR_MS, anonymousId="a-2", type="identify", traits={"title": "CTO"}),
            written(5, hour + 10 * MINUTE_MS, anonymousId="a-2", **page),
            written(6, hour + DAY_MS, anonymousId="a-2", event="Search Performed",
                    properties={"query": "preis"}),
        ]  # fmt: skip
        await send(site, *first, *second)
        parts = [await told(site, "profile", name) for name in ("user_id:u-1", "anonymous_id:a-2")]
        assert parts[0]["personId"] != parts[1]["personId"]
        ids = {"userId": "u-1", "anonymousId": "a-2"}
        await send(site, written(7, hour + 2 * DAY_MS, type="identify", **ids))
        await send(site, *first, *second)
        whole = await told(site, "profile", "user_id:u-1")
        assert whole == await told(site, "profile", "anonymous_id:a-2")
        assert whole["traits"] == {"city": "Köln", "plan": "team", "title": "CTO"}
        assert whole["counters"] == {
            "Identified": 3, "Order Completed": 1, "Page Viewed": 2, "Search Performed": 1,
        }  # fmt: skip
        assert whole["segments"] == ["buyers"]
        assert whole["interests"]["sso"] == pytest.approx(2 * 2 ** (-2.5 / 30), rel=0.05)
        person_id = str(whole["personId"])
        # Two devices within half an hour are one visit: at 0:00, at 1:00, a day and two days on.
        assert site.views.person(person_id).sessions == 4
        history = [one.message_id for one in site.views.timeline(person_id)]
        assert history == ["m-7", "m-6", "m-4", "m-5", "m-3", "m-2", "m-1"]
        known = await told(site, "traits_show", "user_id:u-1")
        assert known["computed"]["spent"]["value"] == 10.1
        assert known["intents"]["pricing"]["evidence"] == ["Search Performed: preis"]


@on_a_loop
async def test_31_traits_go_by_event_time_and_stay_deleted_until_something_newer() -> None:
    async with running() as site:

        async def city_after(number: int, minute: int, value: Json) -> Json:
            at = NOW - HOUR_MS + minute * MINUTE_MS
            call = {"type": "identify", "userId": "u-1", "traits": {"city": value}}
            await send(site, written(number, at) | call)
            traits = (await told(site, "profile", "user_id:u-1"))["traits"]
            assert isinstance(traits, dict)
            return traits.get("city", "absent")

        assert await city_after(1, 20, "b") == "b"
        assert await city_after(2, 10, "a") == "b"
        assert await city_after(3, 15, None) == "b"
        assert await city_after(4, 30, None) == "absent"
        assert await city_after(5, 25, "late") == "absent"
        assert await city_after(6, 40, "") == ""


@on_a_loop
async def test_31_at_one_moment_the_priority_of_the_source_decides_and_both_spellings_are_one() -> (
    None
):
    async with running() as site:
        for number, (secret, traits) in enumerate(
            [
                (True, {"first_name": "Ada", "age": "old"}),
                (False, {"firstName": "Bob", "lastName": "Byron", "plan": "enterprise"}),
            ]
        ):
            call = {"type": "identify", "userId": "u-1", "anonymousId": "a-1", "traits": traits}
            await send(site, written(number, NOW - HOUR_MS) | call, secret=secret)
        traits = (await told(site, "profile", "user_id:u-1"))["traits"]
        # A wrong type is kept, only flagged; a browser's word on a protected trait is unverified.
        assert traits == {
            "firstName": "Ada", "lastName": "Byron", "name": "Ada Byron", "age": "old",
            "plan": "enterprise",
        }  # fmt: skip
        person_id = site.views.find_person("user_id:u-1")
        assert person_id is not None
        flags = {key: one.flags for key, one in site.views.standing_of(person_id).items()}
        assert {key: one for key, one in flags.items() if one} == {
            "age": ("trait_type",), "plan": ("unverified",),
        }  # fmt: skip
        sources = {one.writing.source for one in site.views.standing_of(person_id).values()}
        assert sources == {site.callers.named("shop").source_id}


@on_a_loop
async def test_34_an_event_twenty_days_late_corrects_its_day_and_starts_no_message() -> None:
    async with running(TRAITS) as site:
        late = NOW - 20 * DAY_MS
        page = {"type": "page", "userId": "u-1"}
        await send(site, written(1, NOW - MINUTE_MS) | page | {"properties": {"path": "/new"}})
        before = await told(site, "profile", "user_id:u-1")
        await send(
            site,
            written(2, late) | page | {"properties": {"path": "/old"}},
            written(3, late + MINUTE_MS, userId="u-1", event="Order Completed",
                    properties={"revenue": 5, "currency": "EUR"}),
        )  # fmt: skip
        after = await told(site, "profile", "user_id:u-1")
        assert (before["segments"], after["segments"]) == ([], ["buyers"])
        assert after["firstSeenAt"] == format_instant(late)
        assert after["lastSeenAt"] == before["lastSeenAt"]
        person_id = str(after["personId"])
        assert site.views.person(person_id).sessions == 2
        known = await told(site, "traits_show", "user_id:u-1")
        assert known["first_touch"]["path"] == "/old"
        days = {held.day for held in site.views.cells_of(person_id)}
        assert days == {late // DAY_MS, (NOW - MINUTE_MS) // DAY_MS}
        assert (await operations.run(site, "doctor", {}))["stored"] == 3
        assert [record async for record in operations.export(site, "decisions")] == []
