"""The ledger: what counts as money, when it is taken back, what it is joined to."""

import json
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.asking import AS_OF, PERIOD, ask, offer, result, shown
from wegweiser.measure.form import Row
from wegweiser.query.period import Period
from wegweiser.terms.instant import DAY_MS, HOUR_MS
from wegweiser.terms.result import Answer

NOON = AS_OF - 60 * DAY_MS + 12 * HOUR_MS
Told = dict[str, object]


def told(leaf: str, after_ms: int, name: str, **properties: object) -> Told:
    return {
        "leaf": leaf,
        "user_id": leaf,
        "occurred_at": NOON + after_ms,
        "type": "track",
        "name": name,
        "trust": 2,
        "properties": json.dumps(properties),
    }


def order(leaf: str, after_ms: int, order_id: str, revenue: float, **more: object) -> Told:
    stated = {"order_id": order_id, "revenue": revenue, "currency": "EUR", **more}
    return told(leaf, after_ms, "Order Completed", **stated)


def page(leaf: str, after_ms: int, **more: object) -> Told:
    return {"leaf": leaf, "user_id": leaf, "occurred_at": NOON + after_ms, "path": "/", **more}


def revenue(answer: Answer) -> float | None:
    return result(answer, "revenue.ledger.revenue").estimate


def by(cut: str, **options: str) -> dict[object, Row]:
    return {row[cut]: row for row in shown(ask("revenue.ledger", {"by": cut, **options}))}


def test_what_an_order_is_worth() -> None:
    goods = [{"product_id": "a", "price": 2.5, "quantity": 2}, {"price": 1}]
    offer(
        {
            "events": [
                told("a", 0, "Order Completed", revenue=1, total=100),
                told("a", 0, "Order Completed", subtotal=2, total=100),
                told("a", 0, "Order Completed", total=10, tax=1, shipping=2.5),
                told("a", 0, "Order Completed", value=4),
                told("a", 0, "Order Completed", products=goods, discount=0.75),
                told("a", 0, "Order Completed", revenue="19.99"),
                told("a", 0, "Subscription Renewed", revenue=100),
                told("a", 0, "Deal Won", amount=1000, currency="EUR"),
                told("a", 0, "Page Liked", revenue=5000),
            ]
        }
    )
    answer = ask("revenue.ledger")
    assert revenue(answer) == 1 + 2 + 6.5 + 4 + 5.25 + 100 + 1000
    warnings = result(answer, "revenue.ledger.revenue").warnings
    assert warnings == ("1_entries_without_amount", "6_entries_without_currency")


def test_an_order_that_is_told_twice_counts_once() -> None:
    offer(
        {
            "events": [
                order("browser", 0, "o-1", 7) | {"trust": 1},
                order("server", HOUR_MS, "o-1", 9),
                told("server", 0, "Deal Won", order_id="o-1", amount=9, currency="EUR"),
            ]
        }
    )
    assert revenue(ask("revenue.ledger")) == 9


def test_refunds_count_on_their_day_or_with_their_order() -> None:
    offer(
        {
            "events": [
                order("a", 0, "o-1", 100),
                order("b", 0, "o-2", 50),
                told("a", 40 * DAY_MS, "Order Refunded", order_id="o-1", total=30),
                told("a", 41 * DAY_MS, "Order Cancelled", order_id="o-1", total=100),
                told("b", 41 * DAY_MS, "Order Refunded", order_id="o-2"),
                told("c", 41 * DAY_MS, "Order Refunded", order_id="lost", total=5, currency="EUR"),
                told("c", 41 * DAY_MS, "Order Refunded", order_id="lost too"),
            ]
        }
    )
    on_day = {row["month"]: row["revenue"] for row in shown(ask("revenue.ledger"))}
    with_order = by("month", refunds_on="order")
    assert list(on_day.values()) == [150, -155]
    assert [row["revenue"] for row in with_order.values()] == [-5, 0]
    assert set(with_order) - set(on_day) == {"(unknown)"}
    assert revenue(ask("revenue.ledger")) == -5
    warnings = result(ask("revenue.ledger"), "revenue.ledger.revenue").warnings
    assert warnings == ("1_entries_without_amount",)


def test_orders_go_to_the_last_visit_that_was_not_direct() -> None:
    offer(
        {
            "events": [
                page("a", 0, source="news", medium="email", path="/letter"),
                page("a", 2 * DAY_MS),
                order("a", 3 * DAY_MS, "o-1", 10),
                page("b", 0),
                order("b", HOUR_MS, "o-2", 20),
                page("c", 0, source="old"),
                order("c", 31 * DAY_MS, "o-3", 30),
                order("d", 0, "o-4", 40),
                told("a", 35 * DAY_MS, "Order Refunded", order_id="o-1", total=4),
            ]
        }
    )
    assert {cut: row["revenue"] for cut, row in by("source").items()} == {
        "(unassigned)": 70,
        "(direct)": 20,
        "news": 6,
    }
    assert by("entry_page")["/letter"]["revenue"] == 6
    assert by("source", rule="last")["(direct)"]["revenue"] == 26
    assert result(ask("revenue.ledger"), "revenue.ledger.joined.visit").estimate == 0.3


def test_the_own_visit_is_where_the_order_was_placed() -> None:
    placed = order("a", HOUR_MS // 4, "o-1", 10) | {"trust": 1}
    offer({"events": [page("a", 0, source="news"), placed]})
    assert by("source", rule="own_visit")["news"]["revenue"] == 10


def test_a_day_without_any_sale_stands_there_with_nothing() -> None:
    offer({"events": [order("a", 0, "1", 5), order("a", 3 * DAY_MS, "2", 7)]})
    rows = shown(ask("revenue.ledger", {"by": "day"}))
    assert [row["revenue"] for row in rows] == [5, 0, 0, 7]
    week = Period(NOON - 2 * DAY_MS, NOON + 5 * DAY_MS)
    rows = shown(ask("revenue.ledger", {"by": "day"}, week))
    assert [row["revenue"] for row in rows] == [0, 0, 5, 0, 0, 7, 0, 0]
    assert sum(row["sales"] for row in rows) == 2  # type: ignore[misc]


def test_what_can_hardly_be_joined_is_not_split() -> None:
    offer(
        {
            "events": [
                page("a", 0, source="news"),
                order("a", HOUR_MS, "o-1", 19),
                order("b", 0, "o-2", 81),
            ]
        }
    )
    answer = ask("revenue.ledger", {"by": "source"})
    assert [(row["source"], row["revenue"]) for row in shown(answer)] == [("(all)", 100)]
    assert "ledger_only" in result(answer, "revenue.ledger.joined.visit").warnings


def test_foreign_money_needs_the_rate_of_its_day() -> None:
    dollars = {
        "events": [
            order("a", 0, "o-1", 10),
            told("b", 0, "Order Completed", revenue=10.01, currency="usd"),
        ]
    }
    day = (NOON // DAY_MS) - 3
    offer(dollars)
    answer = ask("revenue.ledger")
    assert answer.status == "too_little_data"
    assert answer.results[0].reason == "no_source"
    assert "USD to EUR" in answer.results[0].sentence["en"]
    rate = {"currency": "USD", "base": "EUR", "rate": Decimal("0.9"), "day": day}
    offer({**dollars, "rates": [rate]})
    assert revenue(ask("revenue.ledger")) == 19.01
    assert shown(ask("revenue.ledger"))[0]["revenue"] == 19.009
    offer({**dollars, "rates": [rate | {"day": day - 2}]})
    assert ask("revenue.ledger").status == "too_little_data"


def test_products_sum_to_the_order() -> None:
    goods = [{"sku": "lamp", "price": 40, "quantity": 2}, {"name": "bulb", "price": 5}]
    offer(
        {
            "events": [
                order("a", 0, "o-1", 80, products=goods),
                order("b", 0, "o-2", 7),
                told("a", DAY_MS, "Order Refunded", order_id="o-1", total=40, products=goods[:1]),
            ]
        }
    )
    rows = by("product")
    assert {cut: row["revenue"] for cut, row in rows.items()} == {
        "lamp": 0,
        "bulb": 5,
        "(rest of order)": 42,
    }


def test_the_country_is_the_orders_own_else_the_persons() -> None:
    home = {**page("b", 0), "type": "identify", "traits": '{"address": {"country": "AT"}}'}
    offer(
        {
            "events": [
                order("a", 0, "o-1", 1) | {"country": "DE"},
                order("b", 0, "o-2", 2),
                order("c", 0, "o-3", 4),
                home,
            ]
        }
    )
    assert {cut: row["revenue"] for cut, row in by("country").items()} == {
        "(unknown)": 4,
        "AT": 2,
        "DE": 1,
    }


def test_what_arrived_later_does_not_exist() -> None:
    late = order("a", 0, "o-2", 5) | {"received_at": AS_OF + 1}
    offer({"events": [order("a", 0, "o-1", 3), late]})
    assert revenue(ask("revenue.ledger")) == 3


def test_nothing_is_an_answer() -> None:
    offer({"events": [told("a", 0, "Deal Won", seller_id="s")]})
    answer = ask("revenue.ledger")
    assert answer.results[0].reason == "no_source"
    assert "1 came without an amount" in answer.results[0].sentence["en"]


AMOUNTS = st.integers(1, 10**9).map(lambda parts: parts / 10_000)
ORDERS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(0, 59), AMOUNTS, st.booleans()),
    min_size=1,
    max_size=12,
)


def events_of(drawn: list[tuple[str, int, float, bool]], scale: int = 1) -> list[Told]:
    events: list[Told] = [page("a", 0, source="news"), page("b", DAY_MS, source="ads")]
    for number, (leaf, day, amount, goes_back) in enumerate(drawn):
        whole = round(amount * 10_000)
        sold, returned = whole * scale / 10_000, whole // 2 * scale / 10_000
        events.append(order(leaf, day * DAY_MS // 2, f"o-{number}", sold))
        if goes_back:
            events.append(
                told(leaf, (day + 1) * DAY_MS // 2, "Order Refunded", order_id=f"o-{number}",
                     total=returned)
            )  # fmt: skip
    return events


@settings(max_examples=5, deadline=None)
@given(ORDERS, st.randoms(use_true_random=False), st.sampled_from(["UTC", "Asia/Tokyo"]))
def test_every_cut_sums_to_the_ledger_whatever_the_order_of_rows(
    drawn: list[tuple[str, int, float, bool]], chance: Random, zone: str
) -> None:
    events = events_of(drawn)
    offer({"events": [{**row, "event_id": f"e{place}"} for place, row in enumerate(events)]})
    before = revenue(ask("revenue.ledger"))
    mixed = [{**row, "event_id": f"e{place}"} for place, row in enumerate(events)]
    chance.shuffle(mixed)
    offer({"events": mixed})
    period = Period(PERIOD.start, PERIOD.end, zone)
    for cut in ("month", "source", "product"):
        answer = ask("revenue.ledger", {"by": cut}, period)
        rows = shown(answer)
        parts = sum(round(float(str(row["revenue"])) * 10_000) for row in rows)
        assert round(parts / 10_000, 2) == revenue(answer) == before


@settings(max_examples=5, deadline=None)
@given(ORDERS)
def test_a_hundred_times_the_money_is_a_hundred_times_the_ledger(
    drawn: list[tuple[str, int, float, bool]],
) -> None:
    def rows(scale: int) -> list[tuple[object, int]]:
        offer({"events": events_of(drawn, scale)})
        return [
            (row["source"], round(float(str(row["revenue"])) * 10_000))
            for row in shown(ask("revenue.ledger", {"by": "source"}))
        ]

    assert sorted(rows(100)) == sorted((cut, 100 * amount) for cut, amount in rows(1))
