"""Segments: applied, followed live, tried before they are saved, forgotten with whoever is in."""

import asyncio
import json

import pytest

from tests.flow.erasing import traces
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
from tests.flow.sites import CONFIGURATION, CONSENT, caller, running
from wegweiser.flow.segment_standing import Move
from wegweiser.terms.errors import DocumentRefused, InputRefused, NotFound, RuleRefused
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.wire import WireRequest
from wegweiser.web.api.spaces import read


def test_people_and_accounts_enter_and_leave_by_events_and_by_time():
    async def go() -> None:
        async with running(SEGMENTS) as site:
            await send(site, identify(1, "u-1", plan="team"), ordered(1, "u-2"), ordered(2, "u-2"))
            await send(site, joined(1, "u-1", "acme"), joined(2, "u-2", "acme"))
            assert await segments_of(site, "u-1") == ["busy-teams", "team"]
            assert await segments_of(site, "u-2") == ["buyers"]
            assert await sizes(site) == {
                "team": 1, "buyers": 1, "quiet": 0, "busy-teams": 1, "crowd": 1,
            }  # fmt: skip
            site.clock.advance(4 * DAY_MS)
            assert await segments_of(site, "u-1") == ["quiet", "team"]
            assert (await sizes(site))["quiet"] == 2
            await send(site, identify(2, "u-1", plan="solo"))
            site.clock.advance(30 * DAY_MS)
            assert await sizes(site) == {
                "team": 0, "buyers": 0, "quiet": 2, "busy-teams": 0, "crowd": 1,
            }  # fmt: skip
            assert await asked(site, "segment_recount") == {"differences": 0}

    asyncio.run(go())


def test_members_are_told_with_their_time_and_only_with_the_consent_asked_for():
    async def go() -> None:
        async with running(SEGMENTS) as site:
            willing = identify(1, "u-1", plan="team") | {"context": CONSENT}
            await send(site, willing, identify(2, "u-2", plan="team"))
            entered = format_instant(site.clock.now_ms())
            whole = await asked(site, "segment_members", key="team", limit=1)
            assert len(whole["members"]) == 1
            assert whole["members"][0]["entered_at"] == entered
            rest = await asked(site, "segment_members", key="team", after=whole["next"])
            assert (len(rest["members"]), rest["next"]) == (1, "")
            named = await asked(site, "segment_members", key="team", purpose="personalisation")
            [member] = named["members"]
            assert {"type": "user_id", "value": "u-1"} in member["identifiers"]
            with pytest.raises(NotFound):
                await asked(site, "segment_members", key="nobody")

    asyncio.run(go())


def test_a_preview_counts_everybody_and_saves_nothing():
    async def go() -> None:
        async with running(SEGMENTS) as site:
            people = [identify(n, f"u-{n}", email=f"u{n}@buyer.example") for n in range(30)]
            people[0]["context"] = CONSENT
            await send(site, *people, *(ordered(n, f"u-{n}") for n in range(25)))
            before = await sizes(site)
            found = await asked(
                site, "segment_preview", when='person.counters["Order Completed"] > 0'
            )
            assert (found["size"], found["of_all"], found["unknown"]) == (25, 30, 5)
            assert (found["exact"], found["low"], found["high"]) == (True, 25, 25)
            assert found["consent"]["personalisation"] == 1
            assert len(found["examples"]) == 10
            assert found["examples"][0]["masked"] == "email:u…@b…"
            both = await asked(site, "segment_preview", when='!in_segment("team") && person.known')
            assert both["size"] == 30
            with pytest.raises(RuleRefused, match="trais"):
                await asked(site, "segment_preview", when="person.trais.plan == 'x'")
            assert await sizes(site) == before

    asyncio.run(go())


def test_the_history_tells_size_and_movement_of_each_day():
    async def go() -> None:
        async with running(SEGMENTS) as site:
            await send(site, identify(1, "u-1", plan="team"), identify(2, "u-2", plan="team"))
            await sizes(site)
            site.clock.advance(2 * DAY_MS)
            await send(site, identify(3, "u-1", plan="solo"))
            await sizes(site)
            history = (await asked(site, "segment_show", key="team"))["history"]
            assert [(one["size"], one["left"]) for one in history] == [(2, 0), (2, 0), (1, 1)]

    asyncio.run(go())


def test_a_changed_rule_is_counted_anew_and_is_a_new_version():
    async def go() -> None:
        async with running(SEGMENTS) as site:
            await send(site, identify(1, "u-1", plan="team"), identify(2, "u-2", plan="solo"))
            assert (await sizes(site))["team"] == 1
            changed = '{kind: segment, key: team, when: \'person.traits.plan in ["team", "solo"]\'}'
            assert (await site.applier.apply([("a.yaml", changed)])).changed == 1
            assert (await site.applier.apply([("a.yaml", changed)])).unchanged == 1
            shown = await asked(site, "segment_show", key="team")
            assert (shown["size"], shown["version"], shown["counted"]) == (2, 2, True)

    asyncio.run(go())


def test_joining_two_people_moves_the_membership_untold_and_an_exit_says_merge():
    async def go() -> None:
        async with running() as site:
            alone = "{kind: segment, key: alone, when: '!has(person.traits.plan)'}\n---\n"
            always = "{kind: segment, key: seen, when: 'person.sessions >= 0'}"
            await site.applier.apply([("a.yaml", alone + always)])
            moves: list[Move] = []
            site.segments.listeners.append(moves.append)
            view = {"type": "page", "messageId": "p-1", "anonymousId": "a-1", "name": "Start"}
            await send(site, view, identify(1, "u-1", plan="team"))
            assert await sizes(site) == {"alone": 1, "seen": 2}
            entered_at = site.clock.now_ms()
            site.clock.advance(DAY_MS)
            moves.clear()
            await send(site, view | {"messageId": "p-2", "userId": "u-1"})
            assert await sizes(site) == {"alone": 0, "seen": 1}
            assert [(one.segment, one.entered, one.reason) for one in moves] == [
                ("alone", False, "merge")
            ]
            [member] = (await asked(site, "segment_members", key="seen"))["members"]
            assert member["entered_at"] == format_instant(entered_at)

    asyncio.run(go())


def test_a_decision_rule_reads_the_segments_of_the_person():
    async def go() -> None:
        ruled = CONFIGURATION.replace(
            "'person.traits.plan != \"enterprise\"', on_unknown: pass",
            "'\"team\" in person.segments'",
        )
        async with running(ruled + "---\n" + SEGMENTS.partition("---")[0]) as site:
            for user, plan in (("u-1", "team"), ("u-2", "solo")):
                view = {"type": "page", "messageId": user, "userId": user, "context": CONSENT}
                await send(site, identify(1, user, plan=plan) | {"messageId": f"i-{user}"}, view)
                asking = {
                    "subject": {"person": f"user_id:{user}"},
                    "placements": [{"key": "home.hero", "max": 1}],
                }
                answer = await asked(site, "decide", **asking)
                assert bool(answer["items"]) == (plan == "team")
            with pytest.raises(InputRefused, match="asks for team; change that first"):
                await asked(site, "segment_remove", key="team")

    asyncio.run(go())


def test_a_decision_rule_reads_the_segments_of_the_account():
    async def go() -> None:
        ruled = CONFIGURATION.replace(
            "'person.traits.plan != \"enterprise\"', on_unknown: pass",
            "'\"crowd\" in account.segments'",
        )
        async with running(ruled + "---\n" + SEGMENTS.rpartition("---")[2]) as site:
            asking = {"subject": {"person": "user_id:u-1"}, "placements": [{"key": "home.hero"}]}
            view = {"type": "page", "messageId": "p-1", "userId": "u-1", "context": CONSENT}
            await send(site, joined(1, "u-1", "acme"), view)
            assert not (await asked(site, "decide", **asking))["items"]
            await send(site, joined(2, "u-2", "acme"))
            assert (await asked(site, "decide", **asking))["items"]
            with pytest.raises(InputRefused, match="asks for crowd; change that first"):
                await asked(site, "segment_remove", key="crowd")

    asyncio.run(go())


def test_a_decision_by_segments_of_the_account_is_computed_again_after_the_account_left():
    async def go() -> None:
        ruled = CONFIGURATION.replace(
            "'person.traits.plan != \"enterprise\"', on_unknown: pass",
            "'\"crowd\" in account.segments'",
        )
        async with running(ruled + "---\n" + SEGMENTS.rpartition("---")[2]) as site:
            asking = {"subject": {"person": "user_id:u-1"}, "placements": [{"key": "home.hero"}]}
            view = {"type": "page", "messageId": "p-1", "userId": "u-1", "context": CONSENT}
            await send(site, joined(1, "u-1", "acme"), joined(2, "u-2", "acme"), view)
            made = await asked(site, "decide", **asking)
            assert made["items"]
            left = {"type": "track", "event": "Left Group", "userId": "u-2", "messageId": "l-1"}
            site.clock.advance(DAY_MS)
            await send(site, left | {"properties": {"groupId": "acme"}})
            await asked(site, "forget", identifier="user_id:u-2")
            assert (await sizes(site))["crowd"] == 0
            found = await asked(site, "decision_recompute", id=made["decision_id"])
            assert (found["replayable"], found["equal"]) == (True, True)

    asyncio.run(go())


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ('in_segment("teem")', "asks for segment teem, and there is none of persons"),
        ('"teem" in person.segments', "asks for segment teem, and there is none of persons"),
        ('!("team" in account.segments)', 'of persons: write "team" in person.segments'),
        ('in_segment("crowd")', 'of accounts: write "crowd" in account.segments'),
        ('"crowd" in account.segments || in_segment("team")', ""),
    ],
)
def test_a_rule_that_asks_for_no_segment_is_told_with_line_and_remedy(rule, told):
    async def go() -> None:
        factor = f"\n---\n{{kind: factor, key: more, when: '{rule}', factor: 1.5}}"
        async with running(CONFIGURATION) as site:
            applied = await site.applier.apply([("a.yaml", SEGMENTS + factor)])
            assert len(applied.warnings) == bool(told)
            assert all(told in one and "a.yaml, line 1" in one for one in applied.warnings)
            if not told:
                for key in ("team", "crowd"):
                    with pytest.raises(InputRefused, match=r"change that first|ask whether"):
                        await asked(site, "segment_remove", key=key)

    asyncio.run(go())


def test_the_profile_api_tells_the_segments_of_people_and_accounts():
    async def go() -> None:
        async with running(SEGMENTS) as site:
            key, _ = caller(site)
            await send(site, identify(1, "u-1", plan="team"))
            await send(site, joined(1, "u-1", "acme"), joined(2, "u-2", "acme"))

            async def told(place: str) -> list[str]:
                path = f"/v1/spaces/default/collections/{place}/segments"
                answer = await read(site, WireRequest("GET", path, headers={"x-write-key": key}))
                assert answer.status == 200, answer.body
                return [one["key"] for one in json.loads(answer.body)["segments"]]

            assert await told("users/profiles/user_id:u-1") == ["busy-teams", "team"]
            assert await told("accounts/profiles/group_id:acme") == ["crowd"]

    asyncio.run(go())


def test_nothing_of_an_erased_person_or_account_stays_in_a_segment():
    async def go() -> None:
        async with running(SEGMENTS) as site:
            await send(site, identify(1, "u-1", plan="team"), identify(2, "u-2", plan="team"))
            await send(site, joined(1, "u-1", "acme"), joined(2, "u-2", "acme"))
            assert (await sizes(site))["crowd"] == 1
            person_id = site.views.find_person("user_id:u-1")
            await asked(site, "forget", identifier="user_id:u-1")
            await asked(site, "forget", identifier="group_id:acme")
            assert traces(site, str(person_id), "acme") == []
            assert await sizes(site) == {
                "team": 1, "buyers": 0, "quiet": 0, "busy-teams": 1, "crowd": 0,
            }  # fmt: skip

    asyncio.run(go())


def test_without_a_segment_nothing_is_watched():
    async def go() -> None:
        async with running() as site:
            await send(site, identify(1, "u-1", plan="team"))
            await site.segments.run()
            assert not site.segments.is_watching
            assert site.segments.drain() == []

    asyncio.run(go())


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("{kind: segment, key: a}", "line 1: segment a: when is missing"),
        ("{kind: segment, key: a, when: 'person.known', size: 3}", "there is no field size"),
        ("{kind: segment, key: a, of: team, when: 'person.known'}", "of is person or account"),
        ("{kind: segment, key: a, when: 'person.knwon'}", 'Did you mean "known"'),
        ("{kind: segment, key: a, when: 'in_segment(\"b\")'}", "no segment b of persons"),
        ("{kind: segment, key: a, when: 'in_segment(\"a\")'}", "in a circle"),
        ('{kind: segment, key: a, when: \'seen("A", "soon")\'}', "a window is written"),
        (
            "{kind: segment, key: a, when: 'int(days_since(person.last_seen)) == 7'}",
            "cannot be told beforehand",
        ),
        ("{kind: segment, key: a, when: '\"b\" in person.segments'}", 'no field "segments"'),
        ("{kind: segment, key: a, when: 'p.stage.label == \"commit\"'}", "p.stage.evaluate > 0.4"),
        ('{kind: segment, key: a, when: \'sum("A", "price") > 1.0\'}', "revenue and value"),
        ("{kind: segment, key: a, when: 'consentd(\"b\")'}", 'Did you mean "consented"'),
        ("{kind: segment, key: a, when: 'default(p.engagement, \"x\") == 1.0'}", "of one type"),
        ("{kind: segment, key: a, when: 'p.accounts.exists(a, a.plan == 1)'}", 'no field "plan"'),
    ],
)
def test_a_segment_that_cannot_be_used_is_refused_with_line_and_remedy(document, reason):
    async def go() -> None:
        async with running() as site:
            with pytest.raises(DocumentRefused, match=r"a\.yaml, line") as refused:
                await site.applier.apply([("a.yaml", document)])
            assert reason in str(refused.value)
            assert not site.segments.is_watching

    asyncio.run(go())
