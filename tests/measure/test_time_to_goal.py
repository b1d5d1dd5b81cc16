"""From lead to goal: open cases, goals before their lead, and sources that begin late."""

import pytest

from tests.measure.asking import AS_OF, ask, offer, result, shown
from wegweiser.measure.revenue.survival import Counted, reached_by, steps
from wegweiser.terms.instant import DAY_MS

ASKED = {"lead": "Lead Created", "goal": "Deal Won", "by": "all"}
Told = dict[str, object]


def told(leaf: str, days_ago: int, name: str, **more: object) -> Told:
    at = AS_OF - days_ago * DAY_MS
    return {"leaf": leaf, "occurred_at": at, "type": "track", "name": name, **more}


def leads(count: int, days_ago: int, won_after: dict[int, int]) -> list[Told]:
    events = [told(f"l{days_ago}-{one}", days_ago, "Lead Created") for one in range(count)]
    place = 0
    for days, won in won_after.items():
        for _ in range(won):
            events.append(told(f"l{days_ago}-{place}", days_ago - days, "Deal Won"))
            place += 1
    return events


def test_rates_by_time_count_open_leads_as_long_as_they_were_seen() -> None:
    early = [told("first", 300, "Lead Created"), told("first", 300, "Deal Won")]
    offer({"events": early + leads(50, 200, {10: 10, 60: 5}) + leads(50, 20, {10: 5})})
    answer = ask("revenue.time_to_goal", ASKED)
    row = shown(answer)[0]
    assert (row["leads"], row["goals"], row["median_days"]) == (101, 21, 10)
    assert row["by_180"] is not None
    counts = [Counted(0, 1, 0), Counted(10, 15, 0), Counted(20, 0, 45), Counted(60, 5, 0)]
    counts.append(Counted(200, 0, 35))
    assert row["by_90"] == reached_by(counts, 90).estimate
    assert "still_open" in result(answer, "revenue.time_to_goal.rate").warnings


def test_leads_before_goals_were_recorded_are_left_out_of_rates_by_time() -> None:
    offer({"events": leads(40, 300, {}) + leads(40, 100, {0: 4})})
    answer = ask("revenue.time_to_goal", ASKED)
    assert shown(answer)[0]["rate"] == 0.05
    assert shown(answer)[0]["by_30"] == pytest.approx(0.1)
    assert "40_not_fully_recorded" in answer.results[0].warnings


def test_the_time_of_a_goal_before_its_lead_is_set_aside_and_named() -> None:
    offer({"events": [*leads(40, 100, {10: 4}), told("odd", 50, "Lead Created"),
                      told("odd", 60, "Deal Won")]})  # fmt: skip
    answer = ask("revenue.time_to_goal", ASKED)
    row = shown(answer)[0]
    assert (row["leads"], row["goals"], row["median_days"]) == (41, 5, 10)
    assert "1_goal_before_lead" in answer.results[0].warnings


def test_young_leads_give_no_rate_by_time() -> None:
    offer({"events": leads(40, 20, {0: 4})})
    assert result(ask("revenue.time_to_goal", ASKED), "revenue.time_to_goal.by_30").reason == (
        "too_early"
    )
    offer({})
    assert ask("revenue.time_to_goal", ASKED).results[0].reason == "no_source"


def test_without_open_cases_the_estimate_is_the_plain_share() -> None:
    counts = [Counted(3, 2, 0), Counted(7, 3, 0), Counted(100, 0, 15)]
    assert abs(reached_by(counts, 30).estimate - 5 / 20) < 1e-12
    assert [one.at_risk for one in steps(counts)] == [20, 18]


def test_a_published_table_of_remission_times() -> None:
    """Freireich and others 1963, the treated group: S(10) = .7529, S(23) = .4482."""
    reached = {6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1}
    still = {6: 1, 9: 1, 10: 1, 11: 1, 17: 1, 19: 1, 20: 1, 25: 1, 32: 2, 34: 1, 35: 1}
    counts = [Counted(day, reached.get(day, 0), still.get(day, 0)) for day in {*reached, *still}]
    found = {one.days: one.surviving for one in steps(counts)}
    assert abs(found[10] - 0.7529) < 5e-5
    assert abs(found[23] - 0.4482) < 5e-5
    ends = reached_by(counts, 10)
    assert (round(1 - ends.high, 3), round(1 - ends.low, 3)) == (0.503, 0.889)
