"""Costs beside revenue: the same cuts, exact sums, and no word of an effect."""

from decimal import Decimal

from tests.measure.asking import ask, offer, result, shown
from tests.measure.test_ledger import NOON, order, page
from wegweiser.terms.instant import DAY_MS, HOUR_MS

DAY = NOON // DAY_MS
Told = dict[str, object]


def cost(amount: str, **more: object) -> Told:
    base = {"file": "f", "row_key": amount, "day": DAY, "kind": "media", "currency": "EUR"}
    return {**base, "received_at": 0, "amount": Decimal(amount), **more}


def sales() -> list[Told]:
    return [
        page("a", 0, source="news", campaign="spring", channel="email"),
        order("a", HOUR_MS, "o-1", 90),
        order("b", 0, "o-2", 10.5),
    ]


def test_costs_stand_beside_the_revenue_of_their_channel() -> None:
    costs = [cost("20.25", channel="email"), cost("5", channel="social"), cost("4.75")]
    offer({"events": sales(), "imported_costs": costs})
    answer = ask("revenue.costs")
    rows = {row["channel"]: (row["cost"], row["revenue"], row["sales"]) for row in shown(answer)}
    assert rows == {"email": (20.25, 90, 1), "social": (5, 0, 0), "(unassigned)": (4.75, 10.5, 1)}
    assert result(answer, "revenue.costs.result").estimate == 70.5
    ratio = result(answer, "revenue.costs.revenue_per_cost")
    assert ratio.estimate == 100.5 / 30
    assert "not an effect" in ratio.sentence["en"]
    assert {row["channel"]: row["cost_per_sale"] for row in shown(answer)}["social"] is None


def test_costs_sum_to_the_same_total_by_every_cut() -> None:
    costs = [cost(f"{number}.01", campaign=f"c{number % 3}", channel="x") for number in range(9)]
    offer({"events": sales(), "imported_costs": costs})
    for cut in ("channel", "campaign", "month", "account"):
        rows = shown(ask("revenue.costs", {"by": cut}))
        assert round(sum(float(str(row["cost"])) for row in rows), 2) == 36.09
        assert round(sum(float(str(row["revenue"])) for row in rows), 2) == 100.5


def test_foreign_costs_need_a_rate() -> None:
    offer({"events": sales(), "imported_costs": [cost("10", currency="USD")]})
    assert ask("revenue.costs").results[0].reason == "no_source"
    rate = {"currency": "USD", "base": "EUR", "rate": Decimal("0.5"), "day": DAY}
    offer(
        {"events": sales(), "imported_costs": [cost("10", currency="USD")], "rates": [rate]},
    )
    assert result(ask("revenue.costs"), "revenue.costs.cost").estimate == 5


def test_no_costs_are_an_answer() -> None:
    offer({"events": sales()})
    answer = ask("revenue.costs")
    assert answer.results[0].reason == "no_source"
    assert "money load" in answer.results[0].sentence["en"]


def test_campaigns_that_only_case_and_marks_tell_apart_are_one_and_that_is_said() -> None:
    costs = [
        cost("6", campaign="Spring "),
        cost("2", campaign="spring"),
        cost("1", campaign="sprint"),
    ]
    offer({"events": sales(), "imported_costs": costs})
    answer = ask("revenue.costs", {"by": "campaign"})
    rows = {row["campaign"]: (row["cost"], row["revenue"]) for row in shown(answer)}
    assert rows == {"spring": (8, 90), "sprint": (1, 0), "(unassigned)": (0, 10.5)}
    assert "read_as:Spring =spring" in result(answer, "revenue.costs.cost").warnings
