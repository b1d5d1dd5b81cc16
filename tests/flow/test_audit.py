"""The audit: every change leaves a row, no row names anybody, and a removal shows."""

import asyncio

import msgspec

from tests.flow.erasing import run
from tests.flow.sites import caller, running, seen
from tests.scenarios.undo_world import send
from wegweiser.flow.audit import Audit
from wegweiser.flow.tables import AUDIT, SETTINGS, number_key
from wegweiser.ports.operational_store import Change
from wegweiser.terms.audit import AuditRow
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site


async def acted(site: Site) -> str:
    """Do what leaves rows; gives the text of a key."""
    await send(site, seen("ada-7", 1))
    made = await run(site, "key_create", source="shop", scopes=["erase"])
    await run(site, "key_revoke", key=str(made["key"]))
    holder = site.callers.of_key(caller(site)[0])
    await operations.run(site, "forget", {"identifier": "user_id:ada-7"}, holder)
    async for _ in operations.export(site, "events"):
        pass
    return str(made["key"])


def test_everything_done_leaves_a_row_that_names_nobody() -> None:
    async def check() -> None:
        async with running() as site:
            key = await acted(site)
            told = await run(site, "audit")
            rows = told["rows"]
            assert isinstance(rows, list)
            done = [row["what"] for row in rows if isinstance(row, dict)][::-1]
            assert done == ["key.create", "key.revoke", "person.erase", "data.export"]
            assert (told["intact"], told["rows_in_all"]) == (True, 4)
            written = msgspec.json.encode(told).decode()
            assert "ada-7" not in written
            assert key not in written
            assert "user_id:" in written

    asyncio.run(check())


def test_rows_are_found_by_who_what_and_about_whom() -> None:
    async def check() -> None:
        async with running() as site:
            await acted(site)
            about = await run(site, "audit", about="user_id:ada-7")
            assert [row["what"] for row in about["rows"]] == ["person.erase"]  # type: ignore[union-attr,index,call-overload]
            await run(site, "suppression_add", identifier="email:Ada@Buyer.example")
            shouted = await run(site, "audit", about="email:ada@BUYER.example")
            assert [row["what"] for row in shouted["rows"]] == ["suppression.add"]  # type: ignore[union-attr,index,call-overload]
            keys = await run(site, "audit", what="key.", who="operator")
            assert [row["what"] for row in keys["rows"]] == ["key.revoke", "key.create"]  # type: ignore[union-attr,index,call-overload]
            [by_key] = site.audit.found(what="person.erase")
            assert by_key.who.startswith("key_")
            later = site.clock.now_ms() + 1
            assert site.audit.found(since=later) == []

    asyncio.run(check())


def test_a_row_that_is_changed_or_taken_away_shows() -> None:
    async def check() -> None:
        async with running() as site:
            await acted(site)
            rows = list(site.audit.rows())
            store = site.engines.store
            for number in (1, 2, 4):
                store.commit([Change(AUDIT, number_key(number), None)])
                assert site.audit.first_fault() == number
                store.commit([_row(rows[number - 1])])
            changed = msgspec.structs.replace(rows[2], who="somebody else")
            store.commit([_row(changed)])
            assert site.audit.first_fault() == 3
            store.commit([_row(rows[2])])
            assert site.audit.first_fault() is None

    asyncio.run(check())


def test_an_end_that_was_cut_off_with_its_head_shows_by_a_head_noted_before() -> None:
    async def check() -> None:
        async with running() as site:
            await acted(site)
            noted = str((await run(site, "audit"))["head"])
            await run(site, "suppression_add", identifier="email:ada@buyer.example")
            assert (await run(site, "audit", head=noted))["head_stands"] is True
            store, rows = site.engines.store, list(site.audit.rows())
            store.commit([Change(AUDIT, number_key(row.number), None) for row in rows[2:]])
            whole = msgspec.json.encode((rows[1].number, rows[1].chain))
            store.commit([Change(SETTINGS, b"audit_head", whole)])
            cut = Audit(store, site.clock, site.suppressions.mask)
            assert cut.first_fault() is None
            assert not cut.holds(noted)
            assert (await run(site, "audit", head=noted))["head_stands"] is False

    asyncio.run(check())


def _row(row: AuditRow) -> Change:
    return Change(AUDIT, number_key(row.number), msgspec.json.encode(row))


def test_rows_that_were_whole_are_verified_once_and_again_on_demand() -> None:
    async def check() -> None:
        async with running() as site:
            for number in range(9):
                site.audit.note("key.create", f"key-{number}")
            audit, store, rows = site.audit, site.engines.store, list(site.audit.rows())
            assert audit.verified_at == 0
            assert audit.first_fault(anew=False) is None
            at = audit.verified_at
            assert at > 0
            store.commit([_row(msgspec.structs.replace(rows[6], who="somebody else"))])
            # What was looked at is not looked at again.
            audit.note("key.revoke")
            assert audit.first_fault(anew=False) is None
            assert audit.first_fault() == 7
            assert audit.verified_at == at
            store.commit([_row(rows[6])])
            # What is new is looked at.
            newest = audit.note("key.revoke")
            store.commit([_row(msgspec.structs.replace(newest, who="somebody else"))])
            assert audit.first_fault(anew=False) == newest.number
            store.commit([_row(newest)])
            assert audit.first_fault(anew=False) is None

    asyncio.run(check())
