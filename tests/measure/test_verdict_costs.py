"""Verdicts and imported costs: what a contact costs where no message declares it."""

from decimal import Decimal

import pytest

from tests.measure.asking import ask, shown
from tests.measure.verdict_world import campaigns, imported
from wegweiser.measure.form import Row

MONEY = {"shares": "main=1,nothing=1", "goal": "sale", "margin": "20"}
TWO = {"guide": 0.15, "story": 0.15}


def rows(**options: str) -> dict[str, Row]:
    return {str(row["thing"]): row for row in shown(ask("verdicts", MONEY | options))}


def world(*costs: Row, declared: float = 0.0, third: int = 0) -> None:
    """Two messages by mail, 1,000 people were shown each; nothing is free in this channel."""
    campaigns(TWO, 3, 1_000, cost=declared, costs=costs, third=third)


def test_without_any_cost_there_is_no_advice_and_with_imported_ones_there_is() -> None:
    world()
    assert {row["advice"] for row in rows().values()} == {""}
    assert {row["cost_from"] for row in rows().values()} == {""}
    world(imported("50.00", message="guide"), imported("30000", message="story"))
    found = rows()
    assert (found["guide"]["advice"], found["story"]["advice"]) == ("keep", "drop")
    assert (found["guide"]["cost"], found["guide"]["cost_from"]) == (pytest.approx(50), "imported")
    said = [one.sentence for one in ask("verdicts", MONEY).results]
    assert all(one["en"].endswith("is known from imported costs.") for one in said)
    assert all("aus eingelesenen Kosten bekannt" in one["de"] for one in said)


def test_a_cost_is_spread_over_the_contacts_that_it_names_and_counts_once() -> None:
    costs = (imported("100", channel="email"), imported("30", message="guide"))
    world(*costs)
    found = rows()
    assert found["guide"]["cost"] == pytest.approx(50 + 30)
    assert found["story"]["cost"] == pytest.approx(50)
    for by in ("channel", "all"):
        (whole,) = rows(by=by).values()
        assert whole["cost"] == pytest.approx(130)
    # Where a message belongs to no campaign, the campaign bears its name; costs of others are not.
    world(imported("100", campaign="spring"), imported("7", channel="sms"))
    assert {row["cost"] for row in rows().values()} == {None}


def test_what_is_declared_or_stated_comes_before_what_is_imported() -> None:
    world(imported("1000", channel="email"), declared=0.01)
    found = rows()
    assert found["guide"]["cost"] == pytest.approx(10)
    assert found["guide"]["cost_from"] == "declared"
    stated = rows(costs="guide=2")
    assert (stated["guide"]["cost"], stated["guide"]["cost_from"]) == (
        pytest.approx(2_000),
        "stated",
    )


@pytest.mark.parametrize(
    "named",
    [
        {"kind": "goods"},
        {"kind": "fixed"},
        {"driver": "order"},
        {"per": "unit", "driver": "contact"},
        {"account_id": "acme"},
        {"order_id": "o1"},
        {"received_at": 4_000_000_000_000},
        {"currency": "USD"},
    ],
)
def test_costs_of_other_things_and_of_unknown_worth_are_none(named: dict[str, object]) -> None:
    world(imported("10", message="guide", **named))
    assert rows()["guide"]["cost"] is None


def test_costs_without_a_name_are_of_no_contact() -> None:
    world(imported("10"))
    assert rows()["guide"]["cost"] is None


def test_contacts_of_other_arms_bear_their_part_of_a_cost_and_are_none_of_the_judged_one() -> None:
    world(declared=0.01, third=500)
    three = {"shares": "main=2,nothing=2,random=1"}
    found = rows(**three)["guide"]
    assert (found["cost"], found["contacts"]) == (pytest.approx(10), 1_000)
    assert rows(**three, costs="2")["guide"]["cost"] == pytest.approx(2_000)
    world(imported("150", message="guide"), third=500)
    assert rows(**three)["guide"]["cost"] == pytest.approx(100)


def test_foreign_costs_stand_at_the_rate_of_their_day_and_one_without_a_rate_hides_all() -> None:
    rate = {
        "day": imported("1")["day"],
        "base": "EUR",
        "currency": "USD",
        "rate": Decimal("0.8"),
        "received_at": 0,
    }
    costs = (imported("100", message="guide", currency="USD"), imported("30", channel="email"))
    campaigns(TWO, 3, 1_000, cost=0.0, costs=costs, rates=[rate])
    assert rows()["guide"]["cost"] == pytest.approx(80 + 15)
    lacking = imported("1", message="guide", currency="CHF")
    campaigns(TWO, 3, 1_000, cost=0.0, costs=(*costs, lacking), rates=[rate])
    found = rows()
    assert found["guide"]["cost"] is None
    assert found["story"]["cost"] == pytest.approx(15)
