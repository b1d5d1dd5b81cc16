"""The sums of an explanation: they come out in every arm, and hold what the arm counted."""

import pytest

from tests.decide.world import ask, message, person, policy
from wegweiser.decide.explain import explain
from wegweiser.decide.holdout import ARMS, Arm
from wegweiser.decide.standing import Standing
from wegweiser.terms.decision import Ask
from wegweiser.terms.model import Snapshot
from wegweiser.terms.policy import Arms

PRICE = 0.3
# What asks somebody unknown, or nobody at all, knows no price of somebody's attention.
FREE: tuple[Arm, ...] = ("rules_only", "one_best")


@pytest.mark.parametrize("arm", [one for one in ARMS if one not in ("nothing", "challenger")])
def test_the_sums_come_out_with_a_price_of_attention(arm: Arm) -> None:
    shares = Arms(**{"nothing": 0.0, "random": 0.0, **({} if arm == "main" else {arm: 1.0})})
    rules = policy(
        message("a", channel="email", value=50.0, lever=1.5),
        message("b", channel="email", value=40.0),
        arms=shares,
    )
    facts = person(standing=Standing(prices={"email": PRICE}))
    decision = ask(rules, facts, placements=(Ask("newsletter"),))
    assert decision.arm == arm
    explained = explain(rules, decision, facts, Snapshot())
    (sums,) = explained["chosen"]  # type: ignore[misc]
    for one in (sums, sums["runner_up"], *sums["ranked"]):  # type: ignore[index, call-overload]
        worth = one["value"] * one["factor"] * one["lever"] * one["increment"]
        engaged = one["p_response"] - one["baseline"] * one["p_engage"]
        assert one["baseline"] == pytest.approx(0.0, abs=1e-12)
        assert one["price"] == (0.0 if arm in FREE else PRICE)
        assert one["utility"] == pytest.approx(worth * engaged - one["cost"] - one["price"])
    lever = explained["flips"][0]["lever"]  # type: ignore[index, call-overload]
    if lever is not None:
        second, best = (rank["utility"] + sums["price"] for rank in sums["ranked"][1::-1])  # type: ignore[index, call-overload]
        assert lever["needed"] == pytest.approx(lever["lever"] * best / second)
