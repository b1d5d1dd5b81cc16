"""Profit against published figures: a campaign's account, and a wholesaler's concentration."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.measure.asking import ask, offer, result, shown
from tests.measure.test_ledger import NOON, order
from tests.truth.test_revenue_ledger import AS_OF, INVOICES, SHOP, conformed, needs_shop, pounds
from wegweiser.query.period import read_period
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.result import Answer

CAMPAIGN = SHOP.parents[1] / "ifood_marketing_campaign" / "marketing_campaign.csv"
needs_campaign = pytest.mark.skipif(
    not CAMPAIGN.exists(), reason="the data set is not on this machine"
)
PERSONS = {"unit": "person"}


def people(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


@needs_campaign
def test_a_campaigns_account_and_that_it_is_no_effect() -> None:
    sent = people(CAMPAIGN)
    unit = {"file": "prices", "row_key": "1", "day": NOON // DAY_MS - 9, "kind": "media",
            "driver": "contact", "channel": "email", "per": "unit",
            "amount": Decimal(sent[0]["Z_CostContact"]), "currency": "EUR",
            "received_at": 0}  # fmt: skip
    offer(
        {
            "events": [
                order(row["ID"], DAY_MS, f"o-{row['ID']}", int(row["Z_Revenue"]))
                for row in sent
                if row["Response"] == "1"
            ],
            "decisions": [
                {"leaf": row["ID"], "decision_id": row["ID"], "occurred_at": NOON} for row in sent
            ],
            "slots": [
                {"leaf": row["ID"], "decision_id": row["ID"], "occurred_at": NOON, "unit_id":
                 row["ID"], "unit_kind": "person", "decided_person_id": "", "group_id": "",
                 "received_at": 0, "arm": "main", "ghost": False, "status": "decided", "slot": 0,
                 "placement": "mail", "channel": "email", "message": "last"} for row in sent
            ],
            "leaves": [{"leaf": f"user_id:{row['ID']}", "person_id": row["ID"]} for row in sent],
            "imported_costs": [unit],
        }
    )  # fmt: skip
    answer = ask("profit.accounts", PERSONS)
    left = result(answer, "profit.accounts.contribution")
    assert left.estimate == -3_046
    assert left.n["units"] == 334
    assert "not an effect" in left.sentence["en"]
    by_message = shown(ask("profit.accounts", {**PERSONS, "by": "message"}))
    assert [(row["message"], row["revenue"], row["marketing"]) for row in by_message] == [
        ("last", 3_674, 6_720)
    ]
    # Nobody was left out, so that nothing can be told of an effect.
    for name in ("lift", "verdicts"):
        told = ask(name)
        assert told.estimate is None
        assert told.results[0].reason == "no_source"
    offer({})


@pytest.fixture(scope="module")
def shop() -> Iterator[None]:
    offer({"events": conformed(duckdb.sql(INVOICES, params=[str(SHOP)]).to_arrow_table())})
    yield
    offer({})


def figures(answer: Answer, digits: int = 4) -> dict[str, float]:
    return {
        one.name.removeprefix("profit.concentration."): round(float(one.estimate or 0), digits)
        for one in answer.results
    }


@needs_shop
@pytest.mark.usefixtures("shop")
def test_how_few_of_the_wholesalers_customers_bring_how_much() -> None:
    asked = {**pounds(""), "of": "sold"}
    del asked["by"]
    answer = ask("profit.concentration", asked, read_period("", "", AS_OF), AS_OF)
    assert answer.n == 4_338
    found = figures(answer)
    assert {name: found[f"top_{name}"] for name in (1, 5, 10, 20, 50)} == {
        1: 0.3178,
        5: 0.5031,
        10: 0.6133,
        20: 0.7459,
        50: 0.9217,
    }
    assert found["gini"] == 0.7151
    for one in answer.results:
        assert float(one.low or 0) <= float(one.estimate or 0) <= float(one.high or 0)


@needs_shop
@pytest.mark.usefixtures("shop")
def test_the_whale_curve_after_returns_and_who_pulls_it_down() -> None:
    period = read_period("", "", AS_OF)
    answer = ask("profit.concentration", {"currency": "GBP"}, period, AS_OF)
    found = figures(answer)
    assert answer.n == 4_372
    assert (found["peak"], found["top_1"], found["top_20"]) == (1.0016, 0.2971, 0.7382)
    losing = result(ask("profit.accounts", {"currency": "GBP"}, period, AS_OF),
                    "profit.accounts.losing")  # fmt: skip
    assert losing.estimate == -13_229.14
    # Exact sums leave 14 customers at zero; in floats some of them come out a hair beside it.
    assert found["break_even"] == round((4_372 - 41 - 14) / 4_372, 4)
