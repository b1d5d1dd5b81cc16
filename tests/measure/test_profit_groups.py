"""Groups by value and potential: exact sums, honest stability, and no advice without experiment."""

import json
from decimal import Decimal

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.asking import AS_OF, ask, offer, result, shown
from tests.measure.test_costs import cost
from wegweiser.measure.profit.groups_grid import (
    CELLS,
    STABLE,
    levels,
    merged,
    ordered,
    stay,
    thirds,
    upper_quartiles,
)
from wegweiser.measure.profit.groups_said import code_of, name_of
from wegweiser.query.period import Period
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.result import Answer
from wegweiser.web.charts.answer_figure import figure_of
from wegweiser.web.charts.draw import draw
from wegweiser.web.charts.figures import MatrixFigure

DAYS = 1_000
PERSONS = {"unit": "person", "segment": "town", "size": "staff"}
Told = dict[str, object]


def order(leaf: str, day: float, number: str, revenue: float) -> Told:
    stated = {"order_id": number, "revenue": round(revenue, 2), "currency": "EUR"}
    return {
        "leaf": leaf,
        "user_id": leaf,
        "occurred_at": AS_OF - DAYS * DAY_MS + int(day * DAY_MS),
        "type": "track",
        "name": "Order Completed",
        "trust": 2,
        "properties": json.dumps(stated),
    }


def shop(customers: int = 400, lifted: float = 1.0) -> dict[str, list[Told]]:
    """Make customers who buy at their own rate and for their own sums until they stop.

    Every second is held out; with contact, orders are worth `lifted` times as much.
    """
    chance = np.random.default_rng(5)
    events: list[Told] = []
    decisions: list[Told] = []
    for number in range(customers):
        leaf, arm = f"user_id:c{number:04}", "main" if number % 2 else "nothing"
        rate, stop = chance.gamma(1.0, 1 / 60), chance.exponential(1_200)
        worth = chance.lognormal(4.0, 0.4) * (lifted if number % 2 else 1.0)
        start = day = chance.uniform(0, DAYS - 150)
        while day < min(DAYS, start + stop):
            name = f"o{len(events)}"
            events.append(order(leaf, day, name, worth * chance.lognormal(0.0, 0.4)))
            day += 1 + chance.exponential(1 / rate)
        traits = json.dumps({"town": "Ulm" if number % 3 else "Bonn", "staff": number + 1})
        at = AS_OF - (DAYS - int(start)) * DAY_MS
        events.append({"leaf": leaf, "occurred_at": at, "type": "identify", "traits": traits})
        decided = {"leaf": leaf, "decision_id": f"d{number}", "arm": arm}
        decisions.append(decided | {"occurred_at": AS_OF - 300 * DAY_MS})
    goods = [
        cost("20", kind="goods", order_id=f"o{place}", day=int(str(one["occurred_at"])) // DAY_MS)
        for place, one in enumerate(events)
        if one["type"] == "track"
    ]
    service = [
        cost("500", kind="service", day=AS_OF // DAY_MS - 30 * month) for month in range(1, 12)
    ]
    return {"events": events, "decisions": decisions, "imported_costs": [*goods, *service]}


@pytest.fixture(scope="module")
def told() -> Answer:
    offer(shop())
    return ask("profit.groups", PERSONS)


def test_groups_hold_and_hold_all_customers(told: Answer) -> None:
    rows = shown(told)
    assert len(rows) > 2
    assert sum(int(str(row["customers"])) for row in rows) == 400
    assert all(float(str(row["stability"])) >= STABLE for row in rows)
    stability = result(told, "profit.groups.stability")
    assert stability.estimate is not None
    assert stability.estimate >= STABLE
    assert stability.evidence == "model"


def test_groups_and_what_is_aside_sum_to_the_ledger(told: Answer) -> None:
    year = ask("profit.accounts", {"unit": "person"})
    assert year.results[0].estimate is not None
    aside = result(told, "profit.groups.aside").estimate
    assert aside is not None
    values = sum(Decimal(str(row["value"])) for row in shown(told))
    lines = [Decimal(str(row["contribution"])) for row in last_year()]
    assert values + Decimal(str(aside)) == pytest.approx(sum(lines), abs=Decimal("0.05"))


def last_year() -> list[dict[str, object]]:
    offer(shop())
    period = Period(AS_OF - 365 * DAY_MS, AS_OF)
    return [dict(row) for row in shown(ask("profit.accounts", {"unit": "person"}, period))]


def test_high_value_is_above_low_value_and_expectation_follows(told: Answer) -> None:
    rows = {str(row["group"]): row for row in shown(told)}
    each = {
        name: float(str(row["value"])) / int(str(row["customers"])) for name, row in rows.items()
    }
    best, worst = shown(told)[0]["group"], shown(told)[-1]["group"]
    assert each[str(best)] > each[str(worst)]
    expected = sum(float(str(row["expected"])) for row in rows.values())
    assert expected > 0


def test_without_an_effect_the_gap_counts_nothing_and_nothing_is_advised(told: Answer) -> None:
    response = result(told, "profit.groups.response")
    assert response.evidence == "experiment"
    assert response.low is not None
    assert response.low < 0
    for row in shown(told):
        assert row["potential"] == pytest.approx(row["expected"], abs=0.02)
        assert row["advice_en"] == row["advice_de"] == ""


def test_a_measured_response_counts_of_the_gap_and_may_be_advised() -> None:
    offer(shop(500, lifted=3.0))
    answer = ask("profit.groups", PERSONS)
    response = result(answer, "profit.groups.response")
    assert response.low is not None
    assert response.low > 0
    rows = [row for row in shown(answer) if float(str(row["gap"])) > 0]
    assert all(float(str(row["potential"])) > float(str(row["expected"])) for row in rows)
    assert any(row["advice_en"] for row in rows)


@pytest.mark.parametrize("language", ["en", "de"])
def test_groups_are_drawn_as_a_matrix(told: Answer, language: str) -> None:
    figure = figure_of(told, language)
    assert isinstance(figure, MatrixFigure)
    assert sum((one.right - one.left) * (one.bottom - one.top) for one in figure.tiles) <= CELLS
    assert max(one.shade for one in figure.tiles) == 1.0
    assert figure.rows[0] == {"en": "high value", "de": "hoher Wert"}[language]
    drawing = draw(figure, "narrow", "one")
    assert "112" in drawing
    assert {one.label for one in figure.tiles}


def test_groups_that_are_no_rectangle_are_drawn_field_by_field(told: Answer) -> None:
    row = dict(zip(told.columns, told.rows[0], strict=True))
    corner = "high/high, high/middle, middle/high"
    changed = tuple((row | {"cells": corner})[name] for name in told.columns)
    figure = figure_of(msgspec.structs.replace(told, rows=(changed,)), "en")
    assert isinstance(figure, MatrixFigure)
    assert len(figure.tiles) == 3
    assert [one.first != "" for one in figure.tiles] == [True, False, False]


def test_stated_thresholds_part_the_customers(told: Answer) -> None:
    offer(shop())
    stated = {"value-low": "0", "value-high": "100000"}
    rows = shown(ask("profit.groups", PERSONS | stated))
    assert not any("high/" in str(row["cells"]) for row in rows)
    with pytest.raises(InputRefused, match="value-low"):
        ask("profit.groups", PERSONS | {"value-low": "5", "value-high": "2"})


def test_few_customers_and_none_are_answers() -> None:
    offer(shop(50))
    assert ask("profit.groups", PERSONS).results[0].reason == "too_little"
    offer({})
    found = ask("profit.groups", PERSONS).results[0]
    assert (found.name, found.reason) == ("profit.groups.stability", "no_source")


def test_names_describe_and_join() -> None:
    assert name_of([6, 7]) == {
        "en": "high value, low or middle potential",
        "de": "hoher Wert, niedriges oder mittleres Potenzial",
    }
    assert code_of([0, 4]) == "low/low+middle/middle"


flows = st.lists(st.integers(0, 40), min_size=81, max_size=81)


@given(flows)
@settings(max_examples=60)
def test_merging_ends_with_groups_that_hold(moves: list[int]) -> None:
    table = np.array(moves, dtype=np.float64).reshape(CELLS, CELLS)
    sizes = table.sum(axis=1)
    groups = merged(table, sizes)
    assert sorted(cell for group in groups for cell in group) == [
        cell for cell in range(CELLS) if sizes[cell] > 0
    ]
    if len(groups) > 1:
        assert all(stay(group, table) >= STABLE for group in groups)
        assert all(sizes[list(group)].sum() >= 10 for group in groups)


@given(st.lists(st.tuples(st.floats(-50, 50), st.integers(0, 2), st.integers(1, 9)), min_size=1))
@settings(max_examples=60)
def test_counted_rows_are_as_good_as_one_row_per_customer(
    rows: list[tuple[float, int, int]],
) -> None:
    margin, peer, count = (np.array(one) for one in zip(*rows, strict=True))
    each = [np.repeat(one, count) for one in (margin, peer)]
    ones = np.ones(len(each[0]))
    grouped = upper_quartiles(ordered(margin, peer), count.astype(np.float64))
    single = upper_quartiles(ordered(*each), ones)
    assert grouped == pytest.approx(single)
    assert thirds(margin, count.astype(np.float64)) == pytest.approx(thirds(each[0], ones))
    found = levels(margin, thirds(margin, count.astype(np.float64)))
    assert set(found.tolist()) <= {0, 1, 2}
