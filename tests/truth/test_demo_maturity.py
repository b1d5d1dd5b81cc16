"""Where the demo company stands, told in both languages from what it sent."""

import asyncio

import pytest

from wegweiser.demo.bundle import documents
from wegweiser.demo.world import World
from wegweiser.terms.result import Answer
from wegweiser.workspace.demonstration import play_in_memory


async def told() -> Answer:
    site = await play_in_memory(World(1, days=30, accounts=30), documents(), lambda share: None)
    try:
        return await site.measure("maturity.report", {})
    finally:
        await site.stop()


@pytest.mark.sweep
def test_the_demo_company_explains_where_it_stands() -> None:
    answer = asyncio.run(told())
    rows = {row["line"]: row for row in answer.table()}
    assert rows["searches"]["status"] == rows["joined"]["status"] == "in_place"
    assert rows["consent"]["status"] == "missing"
    assert rows["allocation"]["status"] == "not_yet_visible"
    assert "stage 1" in answer.sentence["en"] or "stage 1" in answer.results[0].sentence["en"]
    for one in answer.results:
        print(one.sentence["en"])
        print(one.sentence["de"])
    steps = [one for one in answer.results if ".next_" in one.name]
    assert len(steps) == 3
    assert all("docs/" in one.sentence["de"] for one in steps)
