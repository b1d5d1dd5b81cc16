"""Every question and view reads as its golden file, and runs on DuckDB as it stands there.

After a wanted change: WEGWEISER_WRITE_GOLDEN=1 pytest tests/measure/test_golden_sql.py
"""

import os
from pathlib import Path

import pytest

from tests.measure.asking import AS_OF, PERIOD, offer, warehouse
from wegweiser.measure import views
from wegweiser.measure.registry import MEASURES, find
from wegweiser.measure.views import with_views
from wegweiser.query.period import Period
from wegweiser.terms.instant import DAY_MS

GOLDEN = Path(__file__).parents[1] / "golden" / "sql"
ASKED: dict[str, tuple[str, dict[str, str]]] = {
    **{name: (name, {}) for name in MEASURES},
    "web.visits.by_source": ("web.visits", {"by": "source"}),
    "web.visits.by_goal": ("web.visits", {"by": "country", "goal": "sale"}),
    "web.click_rate.by_link": ("web.click_rate", {"by": "link"}),
    "web.funnel.by_source": (
        "web.funnel",
        {"steps": "path:/prices > path:/blog/* > Demo Booked > goal:sale", "by": "source"},
    ),
    "web.retention.recent": ("web.retention", {"back": "Order Completed"}),
    "web.retention.by_goal": ("web.retention", {"per": "month", "back": "goal"}),
    "web.paths.before": ("web.paths", {"at": "/", "direction": "before", "depth": "3"}),
    "revenue.ledger.by_product": ("revenue.ledger", {"by": "product"}),
    "lift.value": ("lift", {"metric": "value", "goal": "sale"}),
    "lift.value.planned": ("lift", {"metric": "value", "planned_units": "1000"}),
    "lift.ratio.planned": ("lift.ratio", {"planned_units": "1000"}),
    "allocate.budget.by_model": ("allocate.budget", {"by": "channel", "model": "mix"}),
}
# All others are asked since ever.
PERIODS = {"web.retention.recent": Period(AS_OF - 90 * DAY_MS, AS_OF)}
VIEWS = (
    "events",
    "decisions",
    "exposures",
    "outcomes",
    "goals",
    "leaf_events",
    "shared_leaves",
    "memberships_by_start",
    "memberships_by_person",
    "slots",
    "drops",
    "rules",
    "choices",
    "ledger",
    "order_lines",
    "costs",
    "series",
)


def compare(name: str, text: str) -> None:
    file = GOLDEN / f"{name}.sql"
    if os.environ.get("WEGWEISER_WRITE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ASKED)
def test_a_question_reads_as_its_golden_file_and_runs(name: str) -> None:
    measure, options = ASKED[name]
    question = find(measure).question(find(measure).ask(options, PERIODS.get(name, PERIOD), AS_OF))
    compare(name, question.sql)
    offer({})
    answer = warehouse().ask(with_views(question.sql), question.parameters)
    assert answer.num_columns > 1


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_reads_as_its_golden_file(view: str) -> None:
    compare(f"view.{view}", getattr(views, view)().strip() + "\n")


def test_no_golden_file_is_left_over() -> None:
    wanted = {*ASKED, *(f"view.{view}" for view in VIEWS)}
    assert {file.stem for file in GOLDEN.glob("*.sql")} == wanted
