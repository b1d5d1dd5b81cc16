"""A summary leaves out the days on which tests broke, as the reporter asks for it."""

import pytest

from tests.measure.asking import AS_OF, DEFAULTS
from wegweiser.adapters.duckdb import DuckDBWarehouse
from wegweiser.adapters.memory import MemoryArchive, MemoryEventLog, MemoryStore
from wegweiser.flow.report import Reporter
from wegweiser.query.relation import DECISIONS
from wegweiser.terms.instant import DAY_MS

BEGAN = AS_OF - 80 * DAY_MS
OPTIONS = {"shares": "main=1,nothing=1", "from": "2025-11-01", "to": "2026-02-10"}


def archived(bad: range) -> MemoryArchive:
    """Give an archive of 28 days; on bad days two thirds of the control group are lost."""
    rows = []
    for day in range(28):
        for arm in ("main", "nothing"):
            for number in range(60 if day in bad and arm == "nothing" else 180):
                leaf = f"user_id:{day}-{arm}-{number}"
                told = {"leaf": leaf, "unit_id": leaf, "decision_id": leaf, "arm": arm}
                moment = (BEGAN + day * DAY_MS) * 1000
                rows.append(DEFAULTS["decisions"] | told | {"occurred_at": moment})
    archive = MemoryArchive()
    archive.append(DECISIONS.name, DECISIONS.rows(rows), 1)
    return archive


@pytest.mark.parametrize(("leave_out", "reason"), [("", "broken"), ("bad", "too_little")])
def test_the_days_on_which_tests_broke_are_left_out(leave_out: str, reason: str) -> None:
    reporter = Reporter(MemoryEventLog(), MemoryStore(), archived(range(10, 15)), DuckDBWarehouse())
    answer = reporter.measure("lift", {**OPTIONS, "leave_out": leave_out}, AS_OF, 0)
    assert answer.results[0].reason == reason
    told = "Left out are 5 days on which tests broke" in answer.sentence["en"]
    assert told == ("days_left_out" in answer.results[0].warnings) == (leave_out == "bad")
