"""Measures of customer value against published figures: the CDNOW sample, and a wholesaler."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from tests.measure.asking import ask, offer, result, shown
from tests.truth.test_revenue_ledger import INVOICES, SHOP, conformed, needs_shop
from wegweiser.query.period import read_period
from wegweiser.terms.instant import HOUR_MS, parse_instant
from wegweiser.terms.result import Answer

AS_OF = parse_instant("1999-01-01") or 0
SHOP_END = parse_instant("2012-01-01") or 0


@pytest.fixture(scope="module")
def bought(shared_data: Callable[[str], Path]) -> list[dict[str, object]]:
    """Read every purchase of the sample as an order at noon."""
    lines = (shared_data("cdnow_sample") / "CDNOW_sample.txt").read_text(encoding="utf-8")
    events: list[dict[str, object]] = []
    for number, line in enumerate(lines.splitlines()):
        _, customer, day, _, amount = line.split()
        noon = (parse_instant(f"{day[:4]}-{day[4:6]}-{day[6:]}") or 0) + 12 * HOUR_MS
        events.append(
            {
                "leaf": f"user_id:{customer}",
                "user_id": customer,
                "type": "track",
                "name": "Order Completed",
                "occurred_at": noon,
                "properties": json.dumps(
                    {"order_id": str(number), "revenue": float(amount), "currency": "USD"}
                ),
            }
        )
    return events


# For each test: two data sets cannot be offered at once.
@pytest.fixture
def purchases(bought: list[dict[str, object]]) -> Iterator[None]:
    """Offer the purchases of the sample."""
    offer({"events": bought})
    yield
    offer({})


def asked(name: str, until: str, **options: str) -> Answer:
    return ask(name, {"currency": "USD", **options}, read_period("", until, AS_OF), AS_OF)


def estimates(answer: Answer, *names: str) -> list[float | None]:
    return [result(answer, f"{answer.measure}.{name}").estimate for name in names]


@pytest.mark.usefixtures("purchases")
def test_what_cdnow_customers_buy_again() -> None:
    answer = asked("lifetime.buying", "1997-10-01", model="bg_nbd")
    assert answer.n == 2_357
    found = estimates(answer, "r", "alpha", "a", "b")
    assert found == pytest.approx([0.243, 4.414, 0.793, 2.426], rel=0.01)
    likely, fresh, k = estimates(answer, "log_likelihood", "of_new", "regularity")
    assert likely == pytest.approx(-9_582.4256, abs=0.5)
    assert fresh == pytest.approx(1.444004, rel=1e-3)
    assert k == pytest.approx(1.056, abs=5e-4)
    other = asked("lifetime.buying", "1997-10-01", model="pareto_nbd")
    found = estimates(other, "r", "alpha", "s", "beta")
    assert found == pytest.approx([0.553, 10.578, 0.606, 11.669], rel=0.01)
    assert estimates(other, "of_new") == pytest.approx([1.473434], rel=1e-3)


@pytest.mark.usefixtures("purchases")
def test_what_was_foretold_of_39_weeks_and_came() -> None:
    answer = asked("lifetime.buying", "1998-07-01", holdout_weeks="39")
    error = result(answer, "lifetime.buying.holdout")
    assert error.estimate == pytest.approx(-0.12, abs=0.005)
    assert "1,653 orders were foretold and 1,882 came" in error.sentence["en"]
    assert "holdout_error_above_10_percent" in error.warnings
    rows = shown(answer)
    assert [row["customers"] for row in rows] == [1_411, 439, 214, 100, 62, 38, 29, 64]
    assert [row["came"] for row in rows] == pytest.approx(
        [0.2367, 0.6970, 1.3925, 1.5600, 2.5323, 2.9474, 3.8621, 6.3594], abs=1e-4
    )
    assert [row["bg_nbd"] for row in rows] == pytest.approx(
        [0.2251, 0.5231, 1.0441, 1.5203, 2.1638, 2.6538, 3.5040, 6.1570], abs=1e-3
    )
    assert [row["pareto_nbd"] for row in rows] == pytest.approx(
        [0.138, 0.600, 1.196, 1.714, 2.399, 2.907, 3.819, 6.403], abs=2e-3
    )


@pytest.mark.usefixtures("purchases")
def test_what_an_order_of_a_cdnow_customer_is_worth() -> None:
    answer = asked("lifetime.value", "1997-10-01", model="bg_nbd")
    found = estimates(answer, "p", "q", "v", "log_likelihood_of_values")
    assert found[:3] == pytest.approx([6.25, 3.74, 15.44], rel=0.01)
    assert found[3] == pytest.approx(-4_055.92, abs=0.5)
    total = result(answer, "lifetime.value.total")
    assert total.low is not None
    assert total.estimate is not None
    assert "value_is_revenue_not_margin" in total.warnings
    assert "too few" in total.sentence["en"] or "too many" in total.sentence["en"]
    rows = shown(answer)
    assert sum(float(str(row["clv"])) for row in rows) == pytest.approx(total.estimate, abs=0.1)
    assert sum(int(str(row["customers"])) for row in rows) == 2_357


@pytest.fixture
def sold() -> Iterator[None]:
    """Offer the wholesaler's invoices of known customers, without what came back."""
    lines = INVOICES.replace("from read_csv(?", "from (select * from read_csv(?").replace(
        "'BIGINT'}))",
        "'BIGINT'}) where CustomerID is not null and Quantity > 0 and UnitPrice > 0))",
    )
    offer({"events": conformed(duckdb.sql(lines, params=[str(SHOP)]).to_arrow_table())})
    yield
    offer({})


@needs_shop
@pytest.mark.usefixtures("sold")
def test_the_wholesalers_recency_frequency_and_value() -> None:
    options = {"currency": "GBP", "frequency": "orders", "value_days": "400"}
    period = read_period("", "2011-12-10", SHOP_END)
    answer = ask("rfm.groups", options, period, SHOP_END)
    assert answer.n == 4_338
    medians = [f"median.{name}" for name in ("recency", "frequency", "value")]
    assert estimates(answer, *medians) == pytest.approx([51, 2, 674.48], abs=0.006)
    rows = shown(answer)
    assert sum(float(str(row["value"])) for row in rows) == pytest.approx(8_911_407.90, abs=0.01)
    assert sum(int(str(row["customers"])) for row in rows) == 4_338
