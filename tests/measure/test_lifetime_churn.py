"""Subscriptions: how long they last, when that is told, and a second way to reckon it."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from tests.measure.asking import AS_OF, ask, offer, result, shown
from wegweiser.measure.lifetime.hazard import Contracts, cases_of, hazard_of, months_left, staying
from wegweiser.measure.revenue.survival import reached_by, steps
from wegweiser.terms.instant import DAY_MS

MONTH_MS = 30.4375 * DAY_MS


def told(who: int, at: float, name: str, **properties: object) -> dict[str, object]:
    return {
        "leaf": f"user_id:{who}",
        "user_id": str(who),
        "type": "track",
        "name": name,
        "occurred_at": int(at),
        "properties": json.dumps({"currency": "EUR", **properties}),
    }


def subscriptions(
    count: int, chance: np.random.Generator, monthly: float
) -> list[dict[str, object]]:
    """Let people subscribe over two years, pay 20 a month, and end by chance each month."""
    events = []
    for who in range(count):
        began = AS_OF - chance.uniform(0.1, 24) * MONTH_MS
        lasts = chance.geometric(monthly)
        events.append(told(who, began, "Subscription Started", revenue=20, plan="basic"))
        for month in range(1, int(lasts)):
            if began + month * MONTH_MS < AS_OF:
                events.append(told(who, began + month * MONTH_MS, "Invoice Paid", revenue=20))
        if began + (lasts - 0.4) * MONTH_MS < AS_OF:
            events.append(told(who, began + (lasts - 0.4) * MONTH_MS, "Subscription Cancelled"))
    return events


def test_how_long_subscriptions_last_and_what_they_still_bring() -> None:
    offer({"events": subscriptions(900, np.random.default_rng(1), 0.1)})
    answer = ask("lifetime.churn", {"horizon_months": "6"})
    for months in (1, 3, 6, 12):
        found = result(answer, f"lifetime.churn.stays_{months}")
        assert found.low is not None
        assert found.high is not None
        assert found.low <= 0.9**months <= found.high
    left = result(answer, "lifetime.churn.months_to_come")
    value = result(answer, "lifetime.churn.value_to_come")
    active = 900 - left.n["goals"]
    truth = active * sum(0.9**ahead for ahead in range(1, 7))
    assert left.low is not None
    assert left.high is not None
    assert left.low <= truth <= left.high
    assert value.estimate == pytest.approx(20 * (left.estimate or 0), rel=0.05)
    assert left.evidence == "model"


def test_cohorts_are_told_as_far_as_enough_of_them_are_that_old() -> None:
    offer({"events": subscriptions(1_200, np.random.default_rng(2), 0.15)})
    rows = shown(ask("lifetime.churn", {"by": "cohort"}))
    by_cohort = {row["cohort"]: row for row in rows}
    assert len(by_cohort) > 12
    months = [row["months"] for row in rows if row["cohort"] == min(map(str, by_cohort))]
    assert months == list(range(1, len(months) + 1))
    young = by_cohort[sorted(map(str, by_cohort))[-1]]
    assert int(str(young["months"])) <= 3
    assert all(row["retained"] is not None for row in rows)


def test_what_is_missing_is_said() -> None:
    offer({})
    assert ask("lifetime.churn").results[0].reason == "no_source"
    offer({"events": subscriptions(60, np.random.default_rng(3), 0.2)})
    few = ask("lifetime.churn").results[0]
    assert few.reason == "too_little"
    assert "60 of 100" in few.sentence["en"]
    offer({"events": [told(who, AS_OF - DAY_MS, "Subscription Started") for who in range(300)]})
    assert ask("lifetime.churn").results[0].reason == "too_early"
    lone = [told(who, AS_OF - DAY_MS, "Subscription Cancelled") for who in range(5)]
    offer(
        {
            "events": subscriptions(400, np.random.default_rng(4), 0.2)
            + [event | {"leaf": f"user_id:x{number}"} for number, event in enumerate(lone)]
        }
    )
    assert "5_ended_without_a_start" in ask("lifetime.churn").results[0].warnings


def test_a_subscription_that_is_taken_up_again_has_not_ended() -> None:
    events = subscriptions(400, np.random.default_rng(5), 0.2)
    offer({"events": events})
    before = ask("lifetime.churn").results[0].n["goals"]
    offer({"events": [*events, *(told(who, AS_OF - 1, "Invoice Paid") for who in range(400))]})
    assert before > 0
    assert ask("lifetime.churn").results[0].n["goals"] == 0


contracts = st.lists(
    st.builds(
        Contracts,
        lasted=st.integers(0, 8),
        age=st.integers(0, 12),
        has_ended=st.booleans(),
        count=st.integers(1, 9),
    ),
    min_size=1,
    max_size=12,
)


@given(contracts)
def test_two_ways_of_the_same_share(held: list[Contracts]) -> None:
    cases = cases_of(held)
    hazard = hazard_of(held)
    safe = np.maximum(hazard.at_risk, 1)
    stays = staying(hazard.ended / safe, 0.0, len(hazard.ended))
    for months in range(1, len(hazard.ended) + 1):
        assert 1 - reached_by(cases, months).estimate == pytest.approx(stays[months], abs=1e-12)
    if len(steps(cases)) > 1:
        ended = [one.counted for one in held for _ in range(one.count)]
        other = SurvfuncRight(
            np.array([one.days for one in ended]), np.array([int(one.goals > 0) for one in ended])
        )
        own = steps(cases)
        known = dict(zip(other.surv_times.tolist(), other.surv_prob.tolist(), strict=True))
        assert {one.days: one.surviving for one in own} == pytest.approx(
            {one.days: known[one.days] for one in own}
        )


def test_what_is_left_of_a_steady_rate() -> None:
    stays = staying(np.full(4, 0.5), 0.5, 20)
    assert months_left(np.array([0.0, 3.0]), np.array([2.0, 5.0]), stays, 3) == pytest.approx(
        7 * 0.875
    )
