"""Credit says in each row what a test tells of the same contact, through the reporter itself."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pytest

from tests.measure.asking import AS_OF, DEFAULTS
from tests.measure.verdict_world import candidate, slot
from wegweiser.adapters.duckdb import DuckDBWarehouse
from wegweiser.adapters.memory import MemoryArchive, MemoryEventLog, MemoryStore
from wegweiser.flow.report import Reporter
from wegweiser.query.relation import ARCHIVED
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer

BEGAN = AS_OF - 60 * DAY_MS
PER_ARM = 900
Rows = dict[str, list[dict[str, object]]]


def told_rows(tables: Rows) -> MemoryArchive:
    """Put rows over the defaults into an archive; moments are in ms UTC."""
    archive = MemoryArchive()
    for relation in ARCHIVED:
        rows = []
        for number, row in enumerate(tables.get(relation.name, [])):
            ids: dict[str, object] = {"position": number, "idx": 0, "unit_id": row.get("leaf")}
            ids |= {"event_id": f"e{number}", "outcome_id": f"o{number}"}
            full = ids | DEFAULTS.get(relation.name, {}) | row
            if relation.name == "candidates":
                full["idx"] = row["idx"]
            for moment in ("occurred_at", "received_at"):
                if moment in full:
                    full[moment] = int(str(full[moment])) * 1000
            rows.append(full)
        archive.append(relation.name, relation.rows(rows), 1)
    return archive


def world(seed: int = 5, more: Rows | None = None) -> MemoryArchive:
    """Half are held out; the mail of the others doubles the goals of a base of 30 in 100."""
    rng = np.random.default_rng(seed)
    tables: Rows = {name: [] for name in ("decisions", "slots", "events", "outcomes", "exposures")}
    for arm, chance in (("main", 0.6), ("nothing", 0.3)):
        for number in range(PER_ARM):
            leaf = f"user_id:{arm}-{number}"
            at = {"leaf": leaf, "decision_id": leaf, "occurred_at": BEGAN, "arm": arm}
            held = arm == "nothing"
            tables["decisions"].append(
                at | {"ghost": held, "channel": "email", "message": "" if held else "guide"}
            )
            tables["slots"].append(slot(leaf, arm, 0, BEGAN))
            visit = {"leaf": leaf, "occurred_at": BEGAN + DAY_MS, "path": "/"}
            tables["events"].append(visit | {"channel": "organic_search"})
            if not held:
                tables["exposures"].append({"decision_id": leaf, "occurred_at": BEGAN + DAY_MS})
            if rng.random() < chance:
                goal = {"leaf": leaf, "occurred_at": BEGAN + 2 * DAY_MS}
                tables["outcomes"].append(goal)
    for name, rows in (more or {}).items():
        tables[name] += rows
    candidates = [candidate(0, "guide", 0.01), candidate(1, "story", 0.01)]
    return told_rows({**tables, "candidates": candidates})


def divided_otherwise() -> Rows:
    """Make people whose first message was another one, of whom too few were held out."""
    rows: Rows = {"decisions": [], "slots": [], "exposures": []}
    for arm, people in (("main", 260), ("nothing", 120)):
        for number in range(people):
            leaf = f"user_id:story-{arm}-{number}"
            held = arm == "nothing"
            at = {"leaf": leaf, "decision_id": leaf, "occurred_at": BEGAN, "arm": arm}
            shown = {"ghost": held, "channel": "email", "message": "" if held else "story"}
            rows["decisions"].append(at | shown)
            rows["slots"].append(slot(leaf, arm, 1, BEGAN))
            if not held:
                rows["exposures"].append({"decision_id": leaf, "occurred_at": BEGAN + DAY_MS})
    return rows


class Counting(DuckDBWarehouse):
    """Counts what it is asked."""

    asks = 0

    def ask(self, sql: str, parameters: Mapping[str, Json]) -> pa.Table:
        """Ask as always."""
        self.asks += 1
        return super().ask(sql, parameters)


def asked(
    archive: MemoryArchive, warehouse: DuckDBWarehouse | None = None, **options: str
) -> Answer:
    engine = warehouse or DuckDBWarehouse(threads=1)
    reporter = Reporter(MemoryEventLog(), MemoryStore(), archive, engine)
    period = {"from": "2025-11-01", "to": "2026-02-10", "shares": "main=1,nothing=1"}
    return reporter.measure("credit", period | options, AS_OF, 0)


def rows_of(answer: Answer) -> dict[str, dict[str, object]]:
    return {str(row["contact"]): dict(row) for row in answer.table()}


@pytest.mark.parametrize(("by", "contact"), [("channel", "email"), ("campaign", "message guide")])
def test_a_contact_that_was_tested_has_its_lift_in_its_row(by: str, contact: str) -> None:
    answer = asked(world(), by=by)
    row = rows_of(answer)[contact]
    lift, low, high = (float(str(row[name])) for name in ("lift", "lift_low", "lift_high"))
    # 30 in 100 more of 900 people reach the goal; the first contact gets all 540 of theirs.
    assert low <= 270 <= high
    assert 0 < low < lift < high
    assert row["lift_reason"] == ""
    assert float(str(row["first"])) > high
    said = next(one for one in answer.results if one.name == f"credit.markov.{contact}").sentence
    assert "A test tells what it adds: 2" in said["en"]
    assert "Was hinzukommt, sagt ein Test: insgesamt 2" in said["de"]
    assert "decisions" in answer.inputs


def test_a_contact_that_no_test_had_says_so() -> None:
    answer = asked(world())
    row = rows_of(answer)["organic_search"]
    assert (row["lift"], row["lift_reason"]) == (None, "no_experiment")
    said = next(one for one in answer.results if one.name.endswith(".organic_search")).sentence
    assert said["en"].endswith("No test tells what it adds.")
    assert said["de"].endswith("Was hinzukommt, sagt kein Test.")


def test_a_broken_split_and_one_with_open_windows_tell_no_lift() -> None:
    broken = rows_of(asked(world(), shares="main=9,nothing=1"))
    assert {(row["lift"], row["lift_reason"]) for row in broken.values()} == {(None, "broken")}
    early = rows_of(asked(world(), window_days="90"))
    assert early["email"]["lift_reason"] == "too_early"
    assert early["email"]["lift"] is None


def test_a_message_whose_people_are_divided_wrongly_says_nothing_of_others() -> None:
    rows = rows_of(asked(world(more=divided_otherwise()), by="campaign"))
    assert rows["message story"]["lift_reason"] == "broken"
    assert rows["message guide"]["lift_reason"] == ""
    assert rows["organic_search"]["lift_reason"] == "no_experiment"


def test_tests_are_asked_only_of_what_was_split_and_bad_days_only_once() -> None:
    engine = Counting(threads=1)
    asked(world(), engine, by="campaign", leave_out="bad")
    # Credit, the checks of all tests, and verdicts on messages and on campaigns.
    assert engine.asks == 4
    engine = Counting(threads=1)
    assert asked(told_rows({}), engine, by="campaign", leave_out="bad").rows == ()
    assert engine.asks == 1


def test_credit_itself_is_as_it_was() -> None:
    one, other = asked(world()), asked(world(), shares="main=9,nothing=1")
    figures = [[(f.name, f.estimate, f.low, f.high) for f in told.results] for told in (one, other)]
    assert figures[0] == figures[1]
