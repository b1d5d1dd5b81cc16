"""Stays in segments as questions read them: under the name of now, through merges and rebuilds."""

import asyncio
from datetime import UTC, datetime

from tests.flow.segmented import asked, identify, joined, send, sizes
from tests.flow.sites import running
from wegweiser.adapters.duckdb import DuckDBWarehouse
from wegweiser.flow.known_identity import KnownIdentity
from wegweiser.flow.segment_rows import segment_moves_table
from wegweiser.measure.views import with_views
from wegweiser.query.offered import SEGMENT_MOVES
from wegweiser.query.relation import MEMBERSHIPS
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.site import Site


def test_moves_laid_out_for_questions_bear_the_name_that_somebody_has_now():
    async def go() -> None:
        async with running() as site:
            always = "{kind: segment, key: seen, when: 'person.sessions >= 0'}"
            await site.applier.apply([("a.yaml", always)])
            view = {"type": "page", "messageId": "p-1", "anonymousId": "a-1", "name": "Start"}
            await send(site, view, identify(1, "u-1", plan="team"), joined(1, "u-2", "acme"))
            assert await sizes(site) == {"seen": 3}
            await send(site, view | {"messageId": "p-2", "userId": "u-1"})
            await site.intake.checkpoint()
            table, persons = moves_told(site)
            assert len(persons) == 2
            assert {row["unit_id"] for row in table} == persons
            told = sorted((row["known_as"] == row["unit_id"], row["entered"]) for row in table)
            # Whoever was joined to another left under the name that is borne no more.
            assert told == [(False, False), (False, True), (True, True), (True, True)]

    asyncio.run(go())


def moves_told(site: Site) -> tuple[list[JsonObject], set[str]]:
    """Give the moves as questions read them, and the persons of now."""
    leaves = KnownIdentity(site.engines.store).tables(site.clock.now_ms())["leaves"]
    table = segment_moves_table(site.engines.store, lambda: leaves["person_id"])
    return table.to_pylist(), set(leaves["person_id"].to_pylist())


def test_a_merge_ends_a_stay_under_the_old_name_and_the_person_stays_in_under_its_own():
    """Both were in at times: what one of them left alone does not let the other leave."""

    async def go() -> None:
        async with running() as site:
            plans = "{kind: segment, key: team, when: 'person.traits.plan == \"team\"'}"
            await site.applier.apply([("a.yaml", plans)])
            visitor = {"type": "identify", "anonymousId": "a-1"}
            await send(site, visitor | {"messageId": "a-1", "traits": {"plan": "team"}})
            assert await sizes(site) == {"team": 1}
            site.clock.advance(DAY_MS)
            await send(site, identify(1, "u-1", plan="team"))
            assert await sizes(site) == {"team": 2}
            site.clock.advance(DAY_MS)
            await send(site, visitor | {"messageId": "a-2", "traits": {"plan": "none"}})
            assert await sizes(site) == {"team": 1}
            site.clock.advance(DAY_MS)
            view = {"type": "page", "messageId": "p-1", "anonymousId": "a-1", "userId": "u-1"}
            await send(site, view, identify(2, "u-1", plan="team"))
            assert await sizes(site) == {"team": 1}
            site.clock.advance(DAY_MS)
            begins = [site.clock.now_ms() - day * DAY_MS + 1 for day in (4, 3, 2, 1, 0)]
            assert await inside_at(site, begins) == [True, True, True, True, True]
            await send(site, identify(3, "u-1", plan="none"))
            assert await sizes(site) == {"team": 0}
            site.clock.advance(DAY_MS)
            begins = [site.clock.now_ms() - day * DAY_MS + 1 for day in (5, 4, 3, 2, 1, 0)]
            wanted = [True, True, True, True, False, False]
            assert await inside_at(site, begins) == wanted
            await site.rebuild()
            assert await sizes(site) == {"team": 0}
            assert await inside_at(site, begins) == wanted
            await asked(site, "forget", identifier="user_id:u-1")
            await site.intake.checkpoint()
            assert moves_told(site)[0] == []

    asyncio.run(go())


async def inside_at(site: Site, moments: list[int]) -> list[bool]:
    """Tell whether anybody was in a segment at some moments (ms), as questions see it."""
    await site.intake.checkpoint()
    warehouse = DuckDBWarehouse()
    rows, _ = moves_told(site)
    warehouse.offer("segment_moves", SEGMENT_MOVES.rows(rows))
    warehouse.offer("memberships", MEMBERSHIPS.rows([]))
    as_of = format_instant(site.clock.now_ms())
    found = warehouse.ask(with_views("select * from segment_stays"), {"as_of": as_of})
    stays = [(row["entered_at"], row["left_at"]) for row in found.to_pylist()]
    assert len({row["unit_id"] for row in found.to_pylist()}) <= 1
    days = [datetime.fromtimestamp(moment / 1000, UTC) for moment in moments]
    return [any(a <= day and (b is None or day < b) for a, b in stays) for day in days]


def test_parts_that_are_taken_apart_again_have_stays_of_their_own():
    """Of the time in between it is not known who was meant: the one that was left counts."""

    async def go() -> None:
        async with running() as site:
            plans = "{kind: segment, key: team, when: 'person.traits.plan == \"team\"'}"
            await site.applier.apply([("a.yaml", plans)])
            visitor = {"type": "identify", "anonymousId": "a-1", "traits": {"plan": "team"}}
            await send(site, visitor | {"messageId": "a-1"}, identify(1, "u-1", plan="none"))
            assert await sizes(site) == {"team": 1}
            site.clock.advance(DAY_MS)
            view = {"type": "page", "messageId": "p-1", "anonymousId": "a-1", "userId": "u-1"}
            await send(site, view, identify(2, "u-1", plan="team"))
            assert await sizes(site) == {"team": 1}
            site.clock.advance(DAY_MS)
            await send(site, identify(3, "u-1", plan="none"))
            await asked(site, "identity_cut", a="anonymous_id:a-1", b="user_id:u-1", by="ada")
            assert await sizes(site) == {"team": 1}
            site.clock.advance(DAY_MS)
            await site.intake.checkpoint()
            rows, persons = moves_told(site)
            assert {row["unit_id"] for row in rows} <= persons
            inside: dict[str, bool] = {}
            for row in sorted(rows, key=lambda one: (one["moved_at"], one["place"])):
                inside[str(row["unit_id"])] = bool(row["entered"])
            visitor_id = site.views.find_person("anonymous_id:a-1")
            assert [name for name, is_in in inside.items() if is_in] == [visitor_id]

    asyncio.run(go())
