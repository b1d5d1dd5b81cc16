"""Repeat buying and its worth: when it is told, by which model, and what changes nothing."""

import json
from decimal import Decimal
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.measure.asking import AS_OF, ask, ask_rows, offer, result, shown
from wegweiser.measure.lifetime import by_account
from wegweiser.measure.lifetime.checks import is_seasonal, regularity, seasonal_index
from wegweiser.measure.lifetime.holdout import spearman
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.result import Answer

Rows = list[dict[str, object]]
QUICK = {"model": "bg_nbd"}


def order(
    who: int, day: float, revenue: float, number: int, account: str = ""
) -> dict[str, object]:
    stated = {"order_id": f"o-{number}", "revenue": round(revenue, 2), "currency": "EUR"}
    return {
        "leaf": f"user_id:{who}",
        "user_id": str(who),
        "group_id": account,
        "type": "track",
        "name": "Order Completed",
        "occurred_at": int(AS_OF - 400 * DAY_MS + day * DAY_MS),
        "properties": json.dumps(stated),
    }


@cache
def shop(
    customers: int = 500, stops: bool = True, times: float = 1.0
) -> tuple[dict[str, object], ...]:
    """Let customers begin within 200 of 400 days, buy at rates of their own, and perhaps stop."""
    chance = np.random.default_rng(8)
    events: Rows = []
    for who in range(customers):
        day, rate = chance.uniform(0, 200), chance.gamma(1.0) / 40
        ends, mean = chance.beta(0.9, 2.0) if stops else 0.0, 30 * 4 / chance.gamma(4.0)
        while day < 399:
            value = times * mean * chance.gamma(4.0) / 4
            events.append(order(who, day, value, len(events), f"g-{who % 7}"))
            if chance.random() < ends:
                break
            day += chance.exponential(1 / rate)
    return tuple(events)


def estimate(answer: Answer, name: str) -> float:
    found = result(answer, f"{answer.measure}.{name}").estimate
    assert found is not None
    return found


def test_repeat_buying_is_told_with_its_holdout() -> None:
    offer({"events": list(shop())})
    answer = ask("lifetime.buying")
    assert answer.status == "ok"
    for one in answer.results:
        if one.name.endswith((".orders", ".holdout")):
            assert "foretold" in one.sentence["en"]
            assert "zurückgehalten" in one.sentence["de"]
    assert {"bg_nbd", "mbg_nbd", "pareto_nbd", "nbd"} < set(answer.columns)
    assert 0 < estimate(answer, "alive") < 1
    assert answer == ask("lifetime.buying")


def test_nobody_who_stops_is_not_made_up() -> None:
    offer({"events": list(shop(stops=False))})
    answer = ask("lifetime.buying")
    assert result(answer, "lifetime.buying.alive").reason == "unidentified"
    coming = result(answer, "lifetime.buying.orders")
    assert "drop_out_cannot_be_told" in coming.warnings
    assert "cannot be told" in coming.sentence["en"]


def test_who_can_order_once_a_quarter() -> None:
    chance = np.random.default_rng(5)
    events: Rows = []
    for who in range(400):
        takes, stops = chance.beta(3, 2), chance.beta(1, 6)
        for quarter in range(12):
            if quarter and chance.random() < stops:
                break
            if not quarter or chance.random() < takes:
                events.append(order(who, 380 - 91.3 * 11 + 91.3 * quarter, 30, len(events)))
    offer({"events": events})
    answer = ask("lifetime.buying", {"occasion": "quarter"})
    assert "bg_bb" in answer.columns
    orders = estimate(answer, "orders")
    assert 0 < orders < 4 * 400
    assert abs(estimate(answer, "holdout")) < 0.2


def test_what_is_missing_is_said() -> None:
    offer({})
    for name in ("lifetime.buying", "lifetime.value"):
        assert ask(name).results[0].reason == "no_source"
    offer({"events": list(shop(150))})
    few = ask("lifetime.value").results[0]
    assert (few.reason, "150 of 200" in few.sentence["en"]) == ("too_little", True)
    once = [order(who, 300 + who % 50, 20, who) for who in range(300)]
    offer({"events": once})
    assert ask("lifetime.buying").results[0].reason == "too_little"
    offer({"events": list(shop())})
    assert ask("lifetime.value", {"currency": "USD"}).results[0].reason == "no_source"


def test_value_is_margin_where_goods_costs_are_known() -> None:
    events = list(shop())
    offer({"events": events})
    revenue = ask("lifetime.value", QUICK)
    assert "revenue, since goods costs are not known" in revenue.sentence["en"]
    sold = sum(
        json.loads(str(one["properties"]))["revenue"]
        for one in events
        if int(str(one["occurred_at"])) >= AS_OF - 365 * DAY_MS
    )
    goods = {"file": "f", "row_key": "1", "kind": "goods", "currency": "EUR", "received_at": 0}
    cost = goods | {"day": 20_400, "amount": Decimal(str(round(sold / 2, 2)))}
    offer({"events": events, "imported_costs": [cost]})
    margin = ask("lifetime.value", QUICK)
    assert margin.estimate == pytest.approx((revenue.estimate or 0) / 2, rel=1e-3)
    assert "50% of revenue after goods" in margin.sentence["en"]
    assert "value_is_revenue_not_margin" not in margin.main.warnings


def test_value_by_account_is_the_sum_of_its_buyers() -> None:
    offer({"events": list(shop())})
    whole = ask("lifetime.value", QUICK)
    parts = shown(ask("lifetime.value", {**QUICK, "by": "account"}))
    assert {row["account"] for row in parts} == {f"g-{number}" for number in range(7)}
    assert sum(float(str(row["clv"])) for row in parts) == pytest.approx(
        whole.estimate or 0, rel=1e-6
    )
    assert sum(int(str(row["customers"])) for row in parts) == whole.n
    for row in parts:
        low, clv, high = (float(str(row[name])) for name in ("low", "clv", "high"))
        # 70 buyers each: what they may bring is wide, but neither nothing nor anything.
        assert 0 < low < clv < high < 4 * clv


def test_beyond_so_many_buyers_accounts_have_no_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_account, "MOST_BUYERS", 150)
    offer({"events": list(shop())})
    parts = shown(ask("lifetime.value", {**QUICK, "by": "account"}))
    assert [row["low"] is not None for row in parts].count(True) == 2
    assert parts[0]["high"] is not None


def test_the_currency_is_only_a_scale() -> None:
    offer({"events": list(shop())})
    once = ask("lifetime.value", QUICK)
    offer({"events": list(shop(times=100.0))})
    more = ask("lifetime.value", QUICK)
    assert more.estimate == pytest.approx(100 * (once.estimate or 0), rel=2e-3)
    assert estimate(more, "q") == pytest.approx(estimate(once, "q"), rel=2e-2)


def test_later_orders_change_no_earlier_forecast() -> None:
    early = [one for one in shop() if int(str(one["occurred_at"])) < AS_OF - 60 * DAY_MS]
    offer({"events": early})
    before = ask("lifetime.buying", QUICK, as_of=AS_OF - 60 * DAY_MS)
    late = [
        one | {"received_at": AS_OF - 59 * DAY_MS}
        for one in shop()
        if int(str(one["occurred_at"])) >= AS_OF - 60 * DAY_MS
    ]
    offer({"events": early + late})
    assert ask("lifetime.buying", QUICK, as_of=AS_OF - 60 * DAY_MS) == before


def test_the_season_of_months() -> None:
    months = {
        f"{2020 + number // 12}-{number % 12 + 1:02}": 200 if number % 12 == 11 else 100
        for number in range(48)
    }
    index = seasonal_index(months, "2023-12")
    assert index is not None
    assert index[12] == pytest.approx(2 * index[5], rel=0.02)
    assert sum(index.values()) == pytest.approx(12)
    assert seasonal_index(months, "2021-06") is None
    assert is_seasonal({name: count for name, count in months.items() if name < "2021-06"})
    assert not is_seasonal(dict.fromkeys(months, 100))


def test_regular_buyers_have_a_large_k() -> None:
    chance = np.random.default_rng(2)
    for shape in (1.0, 3.0):
        gaps = chance.gamma(shape, 1.0, (4_000, 2))
        share = gaps[:, 0] / gaps.sum(axis=1)
        k = regularity((4_000, float(share.sum()), float((share**2).sum())))
        assert k == pytest.approx(shape, rel=0.1)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 4)), min_size=2))
def test_rank_correlation_of_groups_is_that_of_their_customers(
    held: list[tuple[int, int, int]],
) -> None:
    one, other, count = (np.array(column, dtype=float) for column in zip(*held, strict=True))
    times = count.astype(int)
    whole = spearman(np.repeat(one, times), np.repeat(other, times), np.ones(int(times.sum())))
    assert spearman(one, other, count) == pytest.approx(whole, abs=1e-9)
    assert -1 <= whole <= 1


def test_what_is_taken_back_later_was_an_order_before_the_holdout() -> None:
    """The forecast of the past must not know of refunds that came after it was made."""
    made = list(shop())
    early = [one for one in made if "o-1" in str(one["properties"])][:40]
    late = AS_OF - 2 * DAY_MS
    back: Rows = [
        {**one, "name": "Order Refunded", "occurred_at": late, "event_id": f"r-{place}"}
        for place, one in enumerate(early)
    ]
    names = ("part", "repeats", "last", "age", "customers")

    def before(rows: Rows) -> list[tuple[object, ...]]:
        offer({"events": rows})
        found = [row for row in ask_rows("lifetime.buying") if row["part"] == "before"]
        return sorted((tuple(row[name] for name in names) for row in found), key=str)

    assert before(made) == before([*made, *back])
    offer({"events": [*made, *back]})
    assert ask("lifetime.buying").n < 500
