"""What segment rules look up, why somebody moved, and what a preview tells of many."""

import asyncio

import pytest

from tests.flow.segmented import (
    SEGMENTS,
    asked,
    identify,
    joined,
    ordered,
    segments_of,
    send,
    sizes,
)
from tests.flow.sites import CONSENT, running
from wegweiser.flow import segment_sample
from wegweiser.flow.segment_history import audience_event
from wegweiser.flow.segment_standing import Move
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS, HOUR_MS, format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.site import Site


async def members(site: Site, when: str, of: str = "person") -> int:
    """Give how many a rule takes in."""
    size = (await asked(site, "segment_preview", when=when, of=of))["size"]
    assert isinstance(size, int)
    return size


def test_rules_look_back_at_sums_consent_and_defaults_and_say_p_for_the_profile():
    async def go() -> None:
        async with running() as site:
            bought = ordered(1, "u-1") | {"properties": {"revenue": 70.5, "currency": "EUR"}}
            again = ordered(2, "u-1") | {"properties": {"revenue": 40, "currency": "EUR"}}
            abroad = ordered(3, "u-2") | {"properties": {"revenue": 200, "currency": "EUR"}}
            franc = ordered(4, "u-2") | {"properties": {"revenue": 9, "currency": "CHF"}}
            await send(site, bought, again, abroad, franc)
            await send(site, identify(1, "u-1", plan="team") | {"context": CONSENT})
            in_euro = 'sum("Order Completed", "revenue", "90d", "EUR")'
            assert await members(site, 'sum("Order Completed", "revenue", "90d") == 110.5') == 1
            assert await members(site, f"{in_euro} > 100.0") == 2
            assert await members(site, 'consented("personalisation")') == 1
            assert await members(site, 'default(p.traits.plan, "none") == "none"') == 1
            assert await members(site, "default(days_since(p.last_seen), 99.0) < 1.0") == 2
            label = 'p.stage.label == "customer" && p.stage.customer > 0.5'
            assert await members(site, label) == 2
            # What is unknown is counted, and is nobody's membership.
            found = await asked(site, "segment_preview", when='p.traits.plan != "x"')
            assert (found["size"], found["unknown"]) == (1, 1)

    asyncio.run(go())


def test_a_rule_about_a_persons_accounts_follows_the_account():
    async def go() -> None:
        rule = 'p.accounts.exists(a, a.traits.plan == "gold" && a.status == "confirmed")'
        async with running(f"{{kind: segment, key: gold, when: '{rule}'}}") as site:
            await send(site, joined(1, "u-1", "acme"), joined(2, "u-2", "acme"))
            assert (await sizes(site))["gold"] == 0
            # Only one of them says so, and it counts for both.
            await send(site, joined(3, "u-1", "acme") | {"traits": {"plan": "gold"}})
            assert (await sizes(site))["gold"] == 2
            await send(site, joined(4, "u-2", "acme") | {"traits": {"plan": "tin"}})
            assert (await sizes(site))["gold"] == 0

    asyncio.run(go())


def test_a_change_of_consent_is_its_own_reason():
    async def go() -> None:
        async with running("{kind: segment, key: may, when: 'consented(\"sharing\")'}") as site:
            moves: list[Move] = []
            site.segments.listeners.append(moves.append)
            for number, granted in enumerate((True, False, True)):
                choice: JsonObject = {"consent": {"categoryPreferences": {"sharing": granted}}}
                await send(site, identify(number, "u-1") | {"context": choice})
                await sizes(site)
                site.clock.advance(DAY_MS)
            told = [(one.entered, one.reason) for one in moves]
            assert told == [(True, "event"), (False, "consent"), (True, "consent")]

    asyncio.run(go())


def test_a_removed_segment_lets_everybody_leave_and_is_forgotten():
    async def go() -> None:
        async with running(SEGMENTS) as site:
            await send(site, identify(1, "u-1", plan="team"), identify(2, "u-2", plan="team"))
            await sizes(site)
            with pytest.raises(InputRefused, match="busy-teams ask"):
                await asked(site, "segment_remove", key="team")
            moves: list[Move] = []
            site.segments.listeners.append(moves.append)
            await asked(site, "segment_remove", key="busy-teams")
            assert await asked(site, "segment_remove", key="team") == {"removed": "team", "left": 2}
            left = [(one.segment, one.entered, one.reason) for one in moves]
            assert left == [("busy-teams", False, "publish")] * 2 + [("team", False, "publish")] * 2
            assert "team" not in await sizes(site)
            assert await segments_of(site, "u-1") == []
            assert await asked(site, "segment_recount") == {"differences": 0}
            await site.applier.apply([("again.yaml", SEGMENTS.partition("---")[0])])
            assert (await sizes(site))["team"] == 2

    asyncio.run(go())


def test_moves_are_kept_as_events_and_never_counted():
    async def go() -> None:
        async with running(SEGMENTS) as site:
            await send(site, identify(1, "u-1", plan="team"))
            await sizes(site)
            site.clock.advance(DAY_MS)
            await send(site, identify(2, "u-1", plan="solo"))
            await sizes(site)
            subject = f"person_id:{site.views.find_person('user_id:u-1')}"
            events = [audience_event(one) for one in site.segments.history_of(subject)]
            told = [(one["event"], one["properties"]["audience_key"]) for one in events]
            assert told == [
                ("Audience Exited", "team"),
                ("Audience Exited", "busy-teams"),
                ("Audience Entered", "team"),
                ("Audience Entered", "busy-teams"),
            ]
            assert len({one["messageId"] for one in events}) == 4
            profile = await asked(site, "profile", identifier="user_id:u-1")
            assert set(profile["counters"]) == {"Identified"}
            await site.rebuild()
            assert [audience_event(one) for one in site.segments.history_of(subject)] == events
            await asked(site, "forget", identifier="user_id:u-1")
            assert site.segments.history_of(subject) == []

    asyncio.run(go())


def test_copies_outside_are_told_under_which_name_a_joined_member_is_kept():
    async def go() -> None:
        async with running("{kind: segment, key: seen, when: 'p.sessions >= 0'}") as site:
            view = {"type": "page", "messageId": "p-1", "anonymousId": "a-1", "name": "Start"}
            await send(site, view, identify(1, "u-1"))
            assert (await sizes(site))["seen"] == 2
            visitor = f"person_id:{site.views.find_person('anonymous_id:a-1')}"
            user = f"person_id:{site.views.find_person('user_id:u-1')}"
            copies: list[Move] = []
            site.segments.copies[:] = [copies.append]
            await send(site, view | {"messageId": "p-2", "userId": "u-1"})
            assert (await sizes(site))["seen"] == 1
            assert [(one.subject, one.entered, one.outside) for one in copies] == [
                (user, False, True)
            ]
            assert visitor == f"person_id:{site.views.find_person('user_id:u-1')}"
            history = [one.subject for one in site.segments.history_of(visitor)]
            assert sorted(history) == sorted([visitor, user])

    asyncio.run(go())


def test_a_preview_of_many_is_a_sample_with_an_interval(monkeypatch):
    async def go() -> None:
        async with running() as site:
            people = [identify(n, f"u-{n}", plan="team" if n % 2 else "solo") for n in range(400)]
            for first in range(0, 400, 100):
                await send(site, *people[first : first + 100])
            monkeypatch.setattr(segment_sample, "EXACT_UP_TO", 100)
            monkeypatch.setattr(segment_sample, "SAMPLE", 60)
            rule = 'person.traits.plan == "team"'
            found = await asked(site, "segment_preview", when=rule)
            assert (found["exact"], found["looked_at"]) == (False, 60)
            assert found["low"] <= 200 <= found["high"]
            assert abs(found["of_all"] - 400) <= 4
            assert await asked(site, "segment_preview", when=rule) == found
            whole = await asked(site, "segment_preview", when=rule, whole=True)
            assert (whole["exact"], whole["size"], whole["of_all"]) == (True, 200, 400)

    asyncio.run(go())


def test_a_preview_tells_who_would_have_come_and_gone_yesterday():
    async def go() -> None:
        async with running() as site:
            day = site.clock.now_ms() // DAY_MS * DAY_MS
            site.clock.advance(day + 2 * DAY_MS + HOUR_MS - site.clock.now_ms())
            moments = {"u-1": -5 * DAY_MS + 3 * HOUR_MS, "u-2": DAY_MS + HOUR_MS, "u-3": HOUR_MS}
            await send(
                site,
                *(
                    ordered(n, user) | {"timestamp": format_instant(day + at)}
                    for n, (user, at) in enumerate(moments.items())
                ),
            )
            found = await asked(site, "segment_preview", when='seen("Order Completed", "6d")')
            # u-2 came yesterday; the six days of u-1 ended yesterday; u-3 is in all along.
            assert (found["entering_per_day"], found["leaving_per_day"]) == (1, 1)

    asyncio.run(go())


def test_rules_without_answer_are_counted_for_the_watch():
    async def go() -> None:
        async with running(SEGMENTS) as site:
            await send(site, identify(1, "u-1"))
            await sizes(site)
            told = site.metrics_text().decode()
            assert 'wegweiser_segment_unknown_total{segment="team"}' in told
            assert "wegweiser_segment_differences_total 0.0" in told
            assert "wegweiser_segment_subjects_waiting 0.0" in told

    asyncio.run(go())
