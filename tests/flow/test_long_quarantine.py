"""A long quarantine: read in pages and slices, given up in parts, replayed once."""

import asyncio

import pytest

from tests.flow.sites import caller, post, running
from tests.flow.test_quarantine import on_site, run, send, track
from wegweiser.flow import replay, unify
from wegweiser.flow.replay import Chosen
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.site import Site


def many(count: int) -> list[JsonObject]:
    return [track(number, event="") for number in range(count)]


def test_a_long_list_comes_in_pages() -> None:
    async def check(site: Site) -> None:
        key = caller(site)[0]
        for start in range(0, 700, 100):
            body = {"batch": [track(start + number, event="") for number in range(100)]}
            await post(site, key, "/v1/batch", body)
        await send(site, track(700, type="odd"))
        first = await run(site, "quarantine_list")
        assert first["codes"] == {"bad_event_name": 700, "bad_type": 1}
        ids: list[Json] = []
        page, pages = first, 1
        while True:
            rows = page["quarantined"]
            assert isinstance(rows, list)
            ids += [row["messageId"] for row in rows if isinstance(row, dict)]
            if page["next"] is None:
                break
            assert len(rows) == 100
            page = await run(site, "quarantine_list", after=page["next"])
            assert "codes" not in page
            pages += 1
        assert (pages, ids) == (8, [f"m-{number}" for number in range(701)])
        exact = await run(site, "quarantine_list", limit=1, code="bad_type")
        assert exact["next"] is None
        for limit in (0, 1_001):
            with pytest.raises(InputRefused):
                await run(site, "quarantine_list", limit=limit)

    on_site(check)


def test_others_run_while_a_long_list_is_walked() -> None:
    async def check(site: Site) -> None:
        key = caller(site)[0]
        for start in range(0, 600, 100):
            body = {"batch": [track(start + number, event="") for number in range(100)]}
            await post(site, key, "/v1/batch", body)
        await site.intake.settle()
        turns = 0

        async def count_turns() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        counting = asyncio.create_task(count_turns())
        await asyncio.sleep(0)
        at_row = [turns async for _ in site.quarantine.found(Chosen())]
        counting.cancel()
        assert len(at_row) == 600
        # How often is a matter of how long the others take; the first pause is always made.
        assert at_row[0] < at_row[-1]

    on_site(check)


def test_many_are_given_up_in_records_of_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "PLACES_PER_RECORD", 40)

    async def check(site: Site) -> None:
        await send(site, *many(300))
        other = site.callers.create("other")
        await post(site, other.secret_key, "/v1/batch", {"batch": many(5)})
        first = await site.intake.settle()
        assert (await run(site, "quarantine_discard", all=True))["discarded"] == 305
        assert await site.intake.settle() - first == 8 + 1
        assert (site.unifier.tally.quarantined, site.unifier.tally.dropped) == (0, 305)

    on_site(check)


def test_a_replay_reads_each_element_once_though_some_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = unify.fold_event

    def poisoned(cell, event, *more):  # type: ignore[no-untyped-def]
        if event.event == "Poison":
            raise ValueError(event.event)
        whole(cell, event, *more)

    async def check() -> None:
        monkeypatch.setattr(unify, "fold_event", poisoned)
        monkeypatch.setattr(replay, "RECORDS_AT_ONCE", 10)
        async with running("") as site:
            await send(site, *(track(number, event="Poison") for number in range(30)))

            async def commit_always() -> None:
                while True:
                    await site.intake.checkpoint()
                    await asyncio.sleep(0)

            committing = asyncio.create_task(commit_always())
            # What stays is set aside anew, behind all others.
            replaying = run(site, "quarantine_replay", all=True)
            again = await asyncio.wait_for(replaying, 60)
            committing.cancel()
            assert (again["tried"], again["still_quarantined"]) == (30, 30)

    asyncio.run(check())


def test_ids_of_which_one_is_gone_change_nothing() -> None:
    async def check(site: Site) -> None:
        await send(site, *many(2))
        with pytest.raises(NotFound):
            await run(site, "quarantine_discard", ids=["q-1-0", "q-1-7"])
        with pytest.raises(InputRefused):
            await run(site, "quarantine_discard", ids=["q-1-0"] * 1_001)
        assert site.unifier.tally.quarantined == 2

    on_site(check)
