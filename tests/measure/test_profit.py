"""Profit: every cost lands somewhere by a stated rule, and every cut sums to the ledger."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.asking import ask, offer, result, shown
from tests.measure.test_costs import cost
from tests.measure.test_ledger import NOON, order, told
from wegweiser.measure.form import Row
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.result import Answer
from wegweiser.web.charts.answer_figure import figure_of
from wegweiser.web.charts.figures import BarsFigure

PERSONS = {"unit": "person"}
Told = dict[str, object]


def sales() -> list[Told]:
    return [order("a", 0, "o-1", 100), order("b", 0, "o-2", 50), order("b", DAY_MS, "o-3", 10)]


def books(answer: Answer) -> dict[str, Row]:
    return {str(row["customer"]): row for row in shown(answer)}


def asked_of(costs: list[Told], **more: object) -> dict[str, Row]:
    offer({"events": sales(), "imported_costs": costs, **more})  # type: ignore[dict-item]
    return books(ask("profit.accounts", PERSONS))


def test_a_cost_with_a_reference_is_whose_it_is() -> None:
    rows = asked_of(
        [
            cost("40", kind="goods", order_id="o-1"),
            cost("5", kind="service", person_id="b"),
            cost("3", kind="shipping", order_id="o-9"),
        ],
        leaves=[{"leaf": "user_id:b", "person_id": "b"}],
    )
    assert (rows["a"]["goods"], rows["a"]["contribution"]) == (40, 60)
    assert (rows["b"]["service"], rows["b"]["contribution"]) == (5, 55)
    assert (rows["(unallocated)"]["shipping"], rows["(unallocated)"]["contribution"]) == (3, -3)
    assert rows["a"]["rules"] == "goods: direct order 40.00"


def test_what_one_costs_is_counted_per_ticket_from_its_day_on() -> None:
    tickets = [told("a", at * DAY_MS, "Ticket Opened") for at in (0, 1, 2)]
    dearer = cost("7", kind="service", driver="Ticket Opened", per="unit", day=NOON // DAY_MS + 2)
    prices = [cost("4", kind="service", driver="Ticket Opened", per="unit"), dearer]
    offer({"events": [*sales(), *tickets], "imported_costs": prices})
    rows = books(ask("profit.accounts", PERSONS))
    assert rows["a"]["service"] == 4 + 4 + 7
    assert rows["a"]["rules"] == "service: each Ticket Opened 15.00"
    assert rows["b"]["service"] == 0


def test_the_price_of_a_channel_holds_whatever_prices_of_all_channels_say_later() -> None:
    visits = [
        {"leaf": leaf, "user_id": leaf, "occurred_at": NOON + at, "channel": channel, "path": "/"}
        for leaf, channel in (("a", "email"), ("b", "fair"))
        for at in (0, DAY_MS, 2 * DAY_MS)
    ]
    each = {"driver": "exposure", "per": "unit"}
    first = NOON // DAY_MS
    prices = [
        cost("1", row_key="wide", **each),
        cost("3", row_key="own", channel="email", **each),
        cost("2", row_key="wide later", day=first + 1, **each),
        cost("9", row_key="own later", channel="fair", day=first + 2, **each),
    ]
    offer({"events": [*sales(), *visits], "imported_costs": prices})
    rows = books(ask("profit.accounts", PERSONS))
    assert (rows["a"]["marketing"], rows["b"]["marketing"]) == (3 * 3, 1 + 2 + 9)


def test_what_is_left_is_drawn_and_not_what_came_in() -> None:
    offer({"events": sales(), "imported_costs": [cost("110", kind="goods", order_id="o-1")]})
    figure = figure_of(ask("profit.accounts", PERSONS), "en")
    assert isinstance(figure, BarsFigure)
    assert [(one.name, one.value) for one in figure.bars] == [("b", 60), ("a", -10)]


def test_what_nobody_could_be_given_is_the_same_by_every_cut() -> None:
    offer({"events": sales(), "imported_costs": [cost("30", kind="goods")]})
    for by in ("customer", "quarter", "segment", "message"):
        found = result(ask("profit.accounts", {**PERSONS, "by": by}), "profit.accounts.unallocated")
        assert (found.estimate, found.sentence["en"][:7]) == (30, "€30.00 ")


def test_a_sum_is_shared_by_its_driver_else_equally_and_goods_never() -> None:
    tickets = [told("a", at, "Ticket Opened") for at in (0, 1, 2)] + [told("b", 0, "Ticket Opened")]
    costs = [
        cost("8", kind="service", driver="Ticket Opened"),
        cost("10.01", kind="media", channel="fair"),
        cost("30", kind="goods"),
        cost("2", kind="fixed"),
    ]
    offer({"events": [*sales(), *tickets], "imported_costs": costs})
    rows = books(ask("profit.accounts", PERSONS))
    assert (rows["a"]["service"], rows["b"]["service"]) == (6, 2)
    assert (rows["a"]["marketing"], rows["b"]["marketing"]) == (5.005, 5.005)
    assert (rows["(unallocated)"]["goods"], rows["(unallocated)"]["fixed"]) == (30, 2)
    assert rows["b"]["rules"] == (
        "media: equal share 5.00; service: shared by Ticket Opened 2.00"  # rounded for reading
    )


def test_media_go_to_those_who_came_by_them() -> None:
    visits = [
        {"leaf": leaf, "user_id": leaf, "occurred_at": NOON, "campaign": "spring", "path": "/"}
        for leaf in ("a", "a", "b", "c")
    ]
    offer({"events": [*sales(), *visits], "imported_costs": [cost("8", campaign="spring")]})
    rows = books(ask("profit.accounts", PERSONS))
    assert {name: row["marketing"] for name, row in rows.items()} == {
        "a": 4,
        "b": 2,
        "(unassigned)": 2,
    }


def test_goods_that_nobody_stated_are_never_guessed() -> None:
    offer({"events": sales()})
    found = result(ask("profit.accounts", PERSONS), "profit.accounts.contribution")
    assert found.estimate == 160
    assert found.warnings == ("before_goods",)
    assert "contribution before goods" in found.sentence["en"]
    offer({"events": sales(), "imported_costs": [cost("60", kind="goods", order_id="o-2")]})
    known = result(ask("profit.accounts", PERSONS), "profit.accounts.contribution")
    assert known.warnings == ("goods_known_for_38_percent_of_revenue",)


def test_customers_who_lose_money_are_listed_and_counted() -> None:
    offer({"events": sales(), "imported_costs": [cost("75.5", kind="service", order_id="o-2")]})
    answer = ask("profit.accounts", PERSONS)
    found = result(answer, "profit.accounts.losing")
    assert found.estimate == -15.5
    assert found.sentence["en"] == "One customer cost more than came in: -€15.50."
    assert books(answer)["b"]["contribution"] == -15.5


def test_few_names_keep_the_whole() -> None:
    many = [order(f"p{number:02}", 0, f"o-{number}", 100 - number) for number in range(20)]
    offer({"events": many, "imported_costs": [cost("500", kind="service", order_id="o-7")]})
    rows = books(ask("profit.accounts", {**PERSONS, "most": "2"}))
    assert list(rows) == ["p00", "p01", "p07", "(other)"]
    assert rows["(other)"]["customers"] == 17
    assert sum(float(str(row["revenue"])) for row in rows.values()) == 1810


def test_quarters_tell_customers_from_what_each_leaves() -> None:
    earlier = [order("a", -100 * DAY_MS, "o-4", 90), order("b", -100 * DAY_MS, "o-5", 30)]
    more = [order("c", 0, "o-6", 20)]
    offer({"events": [*earlier, *sales(), *more]})
    before, now = shown(ask("profit.accounts", {**PERSONS, "by": "quarter"}))
    assert (before["per_customer"], now["per_customer"]) == (60, 60)
    assert (now["change"], now["from_customers"], now["from_per_customer"]) == (60, 60, 0)
    assert before["change"] is None


def test_foreign_costs_need_a_rate() -> None:
    offer({"events": sales(), "imported_costs": [cost("5", currency="USD", order_id="o-1")]})
    assert ask("profit.accounts", PERSONS).results[0].reason == "no_source"
    assert ask("profit.concentration", PERSONS).results[0].reason == "no_source"


costs = st.lists(
    st.tuples(
        st.integers(1, 99_999).map(lambda amount: str(Decimal(amount) / 100)),
        st.sampled_from(["media", "service", "goods", "discount", "shipping", "fee", "fixed"]),
        st.sampled_from(
            [
                {},
                {"order_id": "o-1"},
                {"order_id": "o-8"},
                {"person_id": "b"},
                {"account_id": "acme"},
                {"driver": "order"},
                {"driver": "Ticket Opened"},
                {"driver": "Page Closed"},
                {"channel": "fair"},
            ]
        ),
        st.integers(-40, 1),
    ),
    max_size=8,
)
CUTS = ("customer", "quarter", "segment", "message")
revenues = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 99_999), st.integers(-40, 2)), max_size=6
)


@settings(max_examples=5, deadline=None)
@given(
    costs,
    revenues,
    st.sampled_from(["account", "person"]),
    st.permutations(CUTS).map(lambda each: each[:2]),
)
def test_every_cut_sums_to_ledger_and_costs_to_the_cent(
    drawn: list[tuple[str, str, Told, int]],
    sold: list[tuple[str, int, int]],
    unit: str,
    cuts: list[str],
) -> None:
    orders = [
        order(who, day * DAY_MS, f"o-{place}", amount / 100)
        for place, (who, amount, day) in enumerate(sold)
    ]
    imported = [
        cost(amount, kind=kind, row_key=str(place), day=NOON // DAY_MS + day, **more)
        for place, (amount, kind, more, day) in enumerate(drawn)
    ]
    tickets = [told("a", 0, "Ticket Opened"), told("c", 0, "Ticket Opened")]
    offer({"events": [*orders, *tickets], "imported_costs": imported})
    revenue = sum((Decimal(amount) for _, amount, _ in sold), Decimal(0)) / 100
    spent = sum((Decimal(amount) for amount, *_ in drawn), Decimal(0))
    for by in cuts:
        answer = ask("profit.accounts", {"unit": unit, "by": by})
        rows = shown(answer)
        kinds = ("goods", "discounts", "shipping", "service", "marketing", "fixed")
        held = {name: total(rows, name) for name in (*kinds, "revenue")}
        assert held["revenue"] == revenue
        assert sum(held[name] for name in kinds) == spent
        assert total(rows, "contribution") == revenue - sum(held[name] for name in kinds)


def total(rows: list[Row], column: str) -> Decimal:
    return sum((Decimal(str(row[column])) for row in rows), Decimal(0))
