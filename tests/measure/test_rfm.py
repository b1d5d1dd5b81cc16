"""Nine groups of customers: who is in which, how they moved, and what changes nothing."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.measure.asking import AS_OF, ask, offer, result, shown
from wegweiser.measure.form import Row
from wegweiser.measure.rfm.grouping import GROUPS, fifths, groups_of
from wegweiser.terms.instant import DAY_MS


def order(
    who: str, days_ago: float, revenue: float, number: int, **more: object
) -> dict[str, object]:
    stated = {"order_id": f"o-{number}", "revenue": revenue, "currency": "EUR"}
    return {
        "leaf": f"user_id:{who}",
        "user_id": who,
        "type": "track",
        "name": "Order Completed",
        "occurred_at": int(AS_OF - days_ago * DAY_MS),
        "properties": json.dumps(stated),
        **more,
    }


def shop(customers: int = 300) -> list[dict[str, object]]:
    """Let customers order 1 to 12 times over a year, the last time on their own day."""
    chance = np.random.default_rng(3)
    events = []
    for who in range(customers):
        for _ in range(int(chance.integers(1, 13))):
            days, revenue = float(chance.uniform(1, 360)), round(float(chance.gamma(2, 30)), 2)
            events.append(order(str(who), days, revenue, len(events)))
    return events


def rows(**options: str) -> dict[object, Row]:
    return {row["group"]: row for row in shown(ask("rfm.groups", options))}


def test_everybody_is_in_one_group_and_values_sum_to_the_ledger() -> None:
    events = shop()
    offer({"events": events})
    found = rows()
    assert list(found) == list(GROUPS)
    assert sum(int(str(row["customers"])) for row in found.values()) == 300
    spent = sum(json.loads(str(event["properties"]))["revenue"] for event in events)
    assert sum(float(str(row["value"])) for row in found.values()) == pytest.approx(spent)
    best, lost = found["champions"], found["lost"]
    assert float(str(best["median_recency_days"])) < float(str(lost["median_recency_days"]))
    assert float(str(best["value_per_customer"])) > float(str(lost["value_per_customer"]))


def test_who_moved_is_counted_both_ways() -> None:
    offer({"events": shop()})
    found = rows()
    for row in found.values():
        now, before = int(str(row["customers"])), int(str(row["month_before"]))
        assert now - before == int(str(row["came"])) - int(str(row["went"]))
    assert any(row["came"] for row in found.values())


def test_what_came_back_is_no_order_and_unknown_browsers_are_nobody() -> None:
    events = shop()
    offer({"events": events})
    before = ask("rfm.groups")
    undone = order("undone", 10, 99, 9_001)
    back = order("undone", 9, 99, 9_001) | {"name": "Order Refunded", "event_id": "back"}
    loose = order("", 10, 50, 9_002) | {"leaf": "anonymous_id:b-1", "user_id": ""}
    offer({"events": [*events, undone, back, loose]})
    after = ask("rfm.groups")
    assert (after.rows, after.n) == (before.rows, before.n)


def test_days_or_orders_and_the_time_of_value() -> None:
    twice = [order(str(who), 100, 10, who) for who in range(250)]
    twice += [order(str(who), 100, 10, 1_000 + who) for who in range(250)]
    offer({"events": twice})

    def medians(**options: str) -> list[float | None]:
        answer = ask("rfm.groups", options)
        return [
            result(answer, f"rfm.groups.median.{name}").estimate
            for name in ("recency", "frequency", "value")
        ]

    assert medians() == [100, 1, 20]
    assert medians(frequency="orders", value_days="30") == [100, 2, 0]


def test_a_change_is_told_with_its_sign() -> None:
    offer({"events": [order(str(who), 100 if who else 5, 10, who) for who in range(250)]})
    told = {one.name: one.sentence for one in ask("rfm.groups").results}
    grown = [one for one in told.values() if "change in 30 days: +" in one["en"]]
    assert len(grown) == 1
    assert "Veränderung in 30 Tagen: +1." in grown[0]["de"]


def test_too_few_and_none() -> None:
    offer({})
    assert ask("rfm.groups").results[0].reason == "no_source"
    offer({"events": [order(str(who), 5, 10, who) for who in range(199)]})
    assert ask("rfm.groups").results[0].reason == "too_little"
    offer({"events": [order(str(who), 5, 10, who) for who in range(200)]})
    assert ask("rfm.groups").status == "ok"
    assert ask("rfm.groups", {"currency": "USD"}).results[0].reason == "no_source"


figures = st.lists(
    st.tuples(st.integers(1, 400), st.integers(1, 9), st.integers(1, 5)), min_size=1, max_size=30
)


@given(figures, st.integers(2, 50))
def test_laws_of_fifths(held: list[tuple[int, int, int]], times: int) -> None:
    values, _, count = (np.array(column, dtype=float) for column in zip(*held, strict=True))
    score = fifths(values, count)
    assert ((score >= 1) & (score <= 5)).all()
    order_of = np.argsort(values)
    assert (np.diff(score[order_of]) >= 0).all()
    for value in values:
        assert len(set(score[values == value].tolist())) == 1
    assert (fifths(values * times, count) == score).all()
    assert (fifths(values, count * times) == score).all()


@given(figures, st.randoms(use_true_random=False))
def test_order_of_rows_changes_no_group(held: list[tuple[int, int, int]], chance: object) -> None:
    days, orders, count = (np.array(column, dtype=float) for column in zip(*held, strict=True))
    place = np.argsort(-days, kind="stable")
    once = groups_of(days, orders, count)
    assert (groups_of(days[place], orders[place], count[place]) == once[place]).all()
