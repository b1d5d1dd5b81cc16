"""The archive stays close behind the log, and merging its files changes no answer."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flow.sites import caller, post
from wegweiser.adapters.delta import DeltaArchive
from wegweiser.adapters.duckdb import DuckDBWarehouse
from wegweiser.flow.archive import offer_archive, offer_identity
from wegweiser.measure.registry import find
from wegweiser.measure.views import with_views
from wegweiser.query.period import Period
from wegweiser.query.relation import EVENTS
from wegweiser.settings import Settings
from wegweiser.terms.instant import DAY_MS, MINUTE_MS
from wegweiser.workspace.engines import embedded
from wegweiser.workspace.operations import run
from wegweiser.workspace.site import Site

START = 20_500 * DAY_MS
MEASURES: dict[str, dict[str, str]] = {
    "web.visits": {},
    "web.dwell": {},
    "web.retention": {},
    "web.funnel": {"steps": "path:/ > path:/prices"},
}
appends = st.lists(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 4_000), st.sampled_from(["/", "/prices"])),
        max_size=6,
    ),
    min_size=2,
    max_size=8,
)


def rows_of(position: int, events: list[tuple[str, int, str]]) -> Any:
    """Make rows of the archive of one append: leaf, minute and path of each event."""
    return EVENTS.rows(
        [
            {
                "event_id": f"web:{position}-{place}",
                "source_id": "web",
                "position": position,
                "idx": place,
                "occurred_at": (START + minute * MINUTE_MS) * 1000,
                "received_at": (START + minute * MINUTE_MS) * 1000,
                "received_day": 20_500 + minute // 1_440,
                "trust": 0,
                "leaf": f"anonymous_id:{leaf}",
                "type": "page",
                "path": path,
                "page_view_id": "",
                "bot": False,
            }
            for place, (leaf, minute, path) in enumerate(events)
        ]
    )


def answers(archive: DeltaArchive, folder: Path) -> list[object]:
    warehouse = DuckDBWarehouse([folder])
    offer_archive(archive, warehouse)
    offer_identity(warehouse, {})
    found: list[object] = []
    for name, options in MEASURES.items():
        measure = find(name)
        asked = measure.ask(options, Period(START, START + 4 * DAY_MS), START + 60 * DAY_MS)
        question = measure.question(asked)
        table = warehouse.ask(with_views(question.sql), question.parameters)
        found.append(measure.answer(table, question, asked))
    warehouse.close()
    return found


@settings(max_examples=6, deadline=None)
@given(appended=appends)
def test_merged_files_give_the_same_answers(
    appended: list[list[tuple[str, int, str]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("archive")
    archive = DeltaArchive(folder)
    for position, events in enumerate(appended, 1):
        archive.append("events", rows_of(position, events), position)
    before, files = answers(archive, folder), len(archive.files("events"))
    while archive.compact("events"):
        pass
    assert len(archive.files("events")) <= files
    assert answers(archive, folder) == before


def test_the_archive_follows_while_events_arrive(tmp_path: Path) -> None:
    asyncio.run(_follow(tmp_path))


async def _follow(tmp_path: Path) -> None:
    site = Site(embedded(tmp_path, Settings()), Settings(archive_seconds=0.05))
    await site.start()
    try:
        key, _ = caller(site)
        for number in range(20):
            answer = await post(site, key, "/v1/batch", {"batch": [_page(number)]})
            assert answer.status == 200
            assert site.archiving.behind_s(site.unifier.position) < 60
        deadline = asyncio.get_running_loop().time() + 60
        while site.archiving.pace.position < site.unifier.position:
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.05)
        told = await run(site, "archive_show", {})
        assert isinstance(told, dict)
        assert told["archive_behind_seconds"] == 0
        assert told["archive_position"] == told["log_position"] == site.unifier.position
        assert b"wegweiser_archive_behind_seconds 0.0" in site.metrics_text()
    finally:
        await site.stop()


def test_the_door_says_where_the_archive_is(tmp_path: Path) -> None:
    asyncio.run(_ask(tmp_path))


async def _ask(tmp_path: Path) -> None:
    site = Site(embedded(tmp_path, Settings()), Settings())
    await site.start(background=False)
    try:
        key, _ = caller(site)
        await post(site, key, "/v1/batch", {"batch": [_page(1)]})
        told = await run(site, "archive_compact", {})
        assert isinstance(told, dict)
        # Today's files are not merged yet: the day is not over.
        assert (told["files_merged"], told["archive_behind_seconds"]) == (0, 0)
        shown = await run(site, "archive_show", {})
        assert shown == {name: told[name] for name in told if name != "files_merged"}
    finally:
        await site.stop()


def _page(number: int) -> dict[str, object]:
    return {
        "type": "page",
        "messageId": f"m-{number}",
        "anonymousId": f"a-{number}",
        "properties": {"path": "/"},
    }
