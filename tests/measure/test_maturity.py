"""Where an organisation stands: from its own data, stage by stage, in words of both languages."""

import asyncio
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.measure.asking import AS_OF, ask, ask_rows, offer, shown
from tests.measure.maturity_world import NOW, Situation, situation
from tests.measure.test_costs import cost
from wegweiser.measure.form import Row, real
from wegweiser.measure.maturity.evidence import Evidence
from wegweiser.measure.maturity.line import STAGES
from wegweiser.measure.maturity.sentence import line_told, standing_told, step_told
from wegweiser.measure.maturity.standing import LINES, Standing, standing
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.charts.answer_figure import figure_of
from wegweiser.web.charts.figures import BarsFigure

MONEY = {"margin": "40", "costs": "0.1", "goal": "sale", "window_days": "14"}
FIRST_DAY = 20_611


def told(measure: str, estimate: float | None, verdict: str = "") -> Row:
    row: Row = {"part": "told", "subject": measure, "n": 0.0, "whole": 0.0, "estimate": estimate}
    return row | {"reason": "" if estimate is not None else "too_little", "verdict": verdict}


def part(name: str, n: float, whole: float = 0.0, subject: str = "") -> Row:
    row: Row = {"part": name, "subject": subject, "n": n, "whole": whole}
    return row | {"estimate": None, "reason": "", "verdict": ""}


def test_money_is_told_in_one_currency_or_not_at_all() -> None:
    day = AS_OF // DAY_MS - 10
    spent = [
        cost("90", campaign="spring", day=day),
        cost("10", row_key="abroad", currency="USD", day=day),
    ]
    offer({"imported_costs": spent})
    assert _of_money("spend") == [(90, 0)]
    rate = {"day": day, "currency": "USD", "base": "EUR", "rate": Decimal("0.5")}
    offer({"imported_costs": spent, "rates": [rate]})
    assert _of_money("spend") == [(90, 95)]
    assert _of_money("customer_costs") == [(0, 95)]


def _of_money(name: str) -> list[tuple[float, float]]:
    rows = [row for row in ask_rows("maturity.report") if row["part"] == name]
    return [(real(row, "n"), real(row, "whole")) for row in rows]


VIEWS_ONLY = [
    part("host", 90, 90, "www.example.com"),
    *(part(name, 0, 90) for name in ("dwell", "region", "consent")),
    part("agent", 90, 90),
    part("region", 90, 0),
    *(part("day", 1, 0, f"2026-06-{day:02}") for day in range(7, 31)),
]
WEB = [
    *VIEWS_ONLY,
    part("dwell", 80),
    part("consent", 90),
    *(part("arrived", 5, 0, name) for name in ("Search Performed", "File Downloaded")),
]
LOOSE = [part("sales", 60), told("revenue.ledger.joined.person", 0.1)]
JOINED = [
    *WEB,
    part("sales", 60),
    part("returns", 1),
    part("ledger", 1_000),
    part("finance", 1_001),
    told("revenue.ledger.joined.person", 0.9),
]
EXPERIMENTS = [
    *JOINED,
    told("revenue.leaks.passed", 3),
    part("read", 1, 0, "revenue.relations 2026-06"),
    told("experiment.split_check", 0.4),
    part("spend", 90, 100),
    told("verdicts.message.spring", 0.3, "helps"),
]
SEGMENTS = [
    *EXPERIMENTS,
    part("judged_spend", 60, 100),
    part("practice", 1, 1, "graded"),
    part("customer_costs", 90, 100),
    told("lifetime.buying.holdout", -0.12),
    told("profit.groups.stability", 0.8),
]
WATCHING = [
    *SEGMENTS,
    part("practice", 1, 1, "plan"),
    part("practice", 1, 1, "plan_measured"),
    part("practice", 3, 3, "alarms_promised"),
    part("practice", 1, 1, "alarm_false"),
    part("practice", 10, 8, "alarm"),
    part("practice", 2, 2, "trend"),
]
SITUATIONS = [
    (VIEWS_ONLY, 1, {"dwell", "searches", "consent"}),
    ([*VIEWS_ONLY, *LOOSE], 1, {"dwell", "joined", "finance"}),
    (JOINED, 2, {"leaks", "relations", "experiments"}),
    (EXPERIMENTS, 3, {"judged_spend", "graded"}),
    (SEGMENTS, 4, {"allocation", "plan_measured"}),
    (WATCHING, 5, {"effect", "lead_time"}),
]


def judged(rows: Iterable[Row]) -> Standing:
    return standing(Evidence([*rows], FIRST_DAY + 24 - 2))


def missing(found: Standing) -> set[str]:
    lines = [one for stage in found.stages for one in stage.lines]
    return {one.line.key for one in lines if one.state in ("missing", "not_yet_visible")}


@pytest.mark.parametrize(("rows", "stage", "named"), SITUATIONS)
def test_six_situations_stand_where_they_should(
    rows: list[Row], stage: int, named: set[str]
) -> None:
    found = judged(rows)
    assert found.reached == stage
    assert named <= missing(found)
    lowest = next(one.number for one in found.stages if one.state != "in_place")
    assert {one.line.stage for one in found.steps} >= {lowest}
    for language in ("en", "de"):
        assert str(stage) in standing_told(found)[language]
        assert all(one.line.page in step_told(1, one)[language] for one in found.steps)


def test_nothing_at_all_is_not_yet_visible_and_never_bad() -> None:
    offer({})
    answer = ask("maturity.report")
    assert answer.results[0].reason == "too_little"
    assert "not yet visible" in answer.sentence["en"]
    assert {row["status"] for row in shown(answer)} <= {"not_yet_visible", "not_needed"}
    assert "bad" not in str(answer.rows)


def test_a_stage_needs_those_below_it() -> None:
    upper = [row for row in WATCHING if row not in WEB]
    assert judged(upper).reached == 0


@given(rows=st.lists(st.sampled_from(WATCHING)), more=st.lists(st.sampled_from(WATCHING)))
def test_the_order_of_evidence_changes_nothing(rows: list[Row], more: list[Row]) -> None:
    both = [*rows, *more]
    assert judged(both).reached == judged(reversed(both)).reached
    assert missing(judged(both)) == missing(judged(reversed(both)))


def test_every_line_is_told_whole_in_both_languages() -> None:
    assert {line.stage for line in LINES} == set(STAGES)
    assert len({line.key for line in LINES}) == len(LINES)
    root = Path(__file__).parents[2]
    assert [line.page for line in LINES if not (root / line.page).exists()] == []
    page = (root / "docs" / "measures" / "maturity.md").read_text(encoding="utf-8")
    assert [
        line.key for line in LINES if f"| {line.stage} | {line.label['en']} |" not in page
    ] == []
    for rows in ([], WATCHING):
        for stage in judged(rows).stages:
            for one in stage.lines:
                text = line_told(one)
                assert text["en"] != text["de"]
                assert text["en"].endswith(".")


async def grown(made: int) -> tuple[JsonObject, Json]:
    """Let an organisation grow into a situation by events and operations, and ask it."""
    async with situation() as one:
        if made >= 4:
            await one.past(buys=made >= 5)
            await one.experiment()
            await one.read_monthly("revenue.relations")
        if made >= 5:
            one.until(NOW - 15 * DAY_MS)
            await one.ask("verdict_keep", options={**MONEY})
        if made >= 6:
            await one.plan()
        one.until(NOW)
        await finished(one, made)
        told = await one.ask("maturity_keep")
        assert isinstance(told, dict)
        return told, await one.ask("maturity_list")


def lines(told: JsonObject) -> dict[str, str]:
    """Give the state of each line of evidence of an answer document."""
    kept = told["kept"]
    assert isinstance(kept, dict)
    return msgspec.convert(kept["lines"], dict[str, str])


async def finished(one: Situation, made: int) -> None:
    await one.web(whole=made >= 3)
    if made >= 2:
        await one.orders(joined=made >= 3)
    if made >= 3:
        await one.finance()
    if made >= 4:
        await one.costs()
        await one.site.measure("revenue.relations", {})
    if made >= 5:
        await one.ask("verdict_keep", options={**MONEY})
    if made >= 6:
        await one.watch()
        for name in ("allocate.effort", "watch.effect"):
            await one.site.measure(name, {})
        await one.ask("topic_decide", kind="query", term="boots", decision="follow")


@pytest.mark.parametrize(("made", "stage"), [(1, 1), (2, 1), (3, 2)])
def test_organisations_made_by_events_stand_where_they_should(made: int, stage: int) -> None:
    told, kept = asyncio.run(grown(made))
    assert kept == [told["kept"]]
    assert msgspec.json.decode(msgspec.json.encode(told["kept"]))["stage"] == stage
    status = lines(told)
    assert (status["joined"] == "in_place") == (made >= 3)
    assert status["tag"] == "in_place"
    assert f"Sie stehen auf Stufe {stage} von 5" in str(told["answer"])


@pytest.mark.sweep
@pytest.mark.parametrize(("made", "stage"), [(4, 3), (5, 4), (6, 5)])
def test_organisations_that_measure_made_by_events_stand_where_they_should(
    made: int, stage: int
) -> None:
    told, _ = asyncio.run(grown(made))
    status = lines(told)
    assert f"You stand at stage {stage} of 5" in str(told["answer"])
    assert status["experiments"] == status["split"] == status["leaks"] == "in_place"
    for line in LINES:
        if line.stage < stage:
            assert status[line.key] in ("in_place", "not_needed"), line.key
    in_place = {key for key, state in status.items() if state == "in_place"}
    assert ({"customer_costs", "lifetime", "groups"} <= in_place) == (made >= 5)
    assert ({"allocation", "plan_measured", "alarms", "effect"} <= in_place) == (made >= 6)
    assert ("graded" in in_place) == (made >= 5)


def test_five_stages_are_drawn_as_a_strip() -> None:
    offer({})
    figure = figure_of(ask("maturity.report"), "de")
    assert isinstance(figure, BarsFigure)
    assert [bar.name for bar in figure.bars] == [
        "1 Webdaten",
        "2 Umsatz verbunden",
        "3 Gemessener Erfolg",
        "4 Markt beherrscht",
        "5 Beobachten",
    ]
