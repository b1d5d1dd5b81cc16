"""The portfolio views over a small invented archive: counts by hand, windows, and arms."""

import pytest

from tests.measure.asking import ask, offer, shown
from wegweiser.measure.form import Row
from wegweiser.terms.instant import HOUR_MS

SLOT: Row = {
    "received_at": 0,
    "occurred_at": 1_000,
    "slot": 0,
    "placement": "home",
    "arm": "main",
    "ghost": False,
    "status": "decided",
    "reason": "",
    "how": "best",
    "message": "paper",
    "best": "paper",
    "second": "demo",
    "best_utility": 1.0,
    "mean_utility": 0.75,
    "chosen_utility": 1.0,
    "expected": 0.1,
    "changes": "",
    "decided_person_id": "",
    "group_id": "",
    "deferrals": 0,
    "overrides": 0,
    "stage": "",
}
DROP: Row = {
    "received_at": 0,
    "occurred_at": 1_000,
    "arm": "main",
    "channel": "web",
    "step": "eligibility",
    "reason": "eligible",
    "rule": "person.known",
    "candidates": 3,
    "sole": 1,
}
COUNT = 40


def slots(**changed: list[object]) -> list[Row]:
    """Make 40 slots of 40 people; a list gives the values of the first ones."""
    rows = []
    for number in range(COUNT):
        row = {**SLOT, "decision_id": f"d-{number:02}", "leaf": f"u-{number:02}"}
        for name, values in changed.items():
            if number < len(values):
                row[name] = values[number]  # type: ignore[assignment]
        rows.append(row)
    return rows


def test_drop_off_counts_all_alone_unknown_and_what_never_fires() -> None:
    drops = [
        {**DROP, "decision_id": "d-00"},
        {**DROP, "decision_id": "d-01"},
        {**DROP, "decision_id": "d-01", "reason": "suitable:unknown", "rule": "person.x"},
        {**DROP, "decision_id": "d-02", "arm": "random"},
    ]
    rules = [
        {"bundle": bundle, "received_at": 0, "rule": rule, "label": label}
        for bundle, rule, label in (
            (1, "old", "eligible"),
            (2, "person.known", "eligible"),
            (2, "person.x", "suitable"),
            (2, "account.never", "eligible"),
        )
    ]
    offer({"slots": slots(), "drops": drops, "rules": rules})
    answer = ask("decisions.dropoff")
    found = {row["rule"]: row for row in shown(answer)}
    assert found["person.known"]["drops"] == 6
    assert found["person.known"]["sole_drops"] == 2
    assert found["person.x"]["always_unknown"] is True
    assert found["account.never"]["never_fires"] is True
    assert "old" not in found
    assert answer.results[0].estimate == pytest.approx(2 / 40)
    assert {row["drops"] for row in shown(ask("decisions.dropoff", {"arm": "all"}))} >= {9}


def test_people_with_nothing_or_only_weak_messages() -> None:
    offer({"slots": slots(message=["", ""], best_utility=[0.0, 0.0, 0.2])})
    [row] = shown(ask("decisions.nothing"))
    assert (row["people"], row["with_nothing"], row["with_weak_only"]) == (40, 2, 1)
    assert ask("decisions.nothing").results[0].estimate == pytest.approx(3 / 40)


def test_sensitivity_is_the_share_that_one_factor_decides() -> None:
    offer({"slots": slots(changes=["P", "PV", "", "L"])})
    found = {row["factor"]: row["changed"] for row in shown(ask("decisions.sensitivity"))}
    assert found == {"P": 2, "V": 1, "C": 0, "L": 1}


def test_contests_are_a_matrix_of_pairs() -> None:
    offer({"slots": slots(best=["demo"], second=["paper"])})
    rows = {(row["message"], row["rival"]): row for row in shown(ask("decisions.contests"))}
    assert rows["paper", "demo"]["chosen"] == 39
    assert rows["demo", "paper"]["rival_chosen"] == 1


def test_exploration_costs_what_the_best_would_have_earned_more() -> None:
    offer({"slots": slots(how=["floor", "sampled"])})
    [row] = shown(ask("decisions.exploration"))
    assert row["cost"] == pytest.approx(0.25 * COUNT)
    # What the floor drew was the best message all the same.
    assert row["explored"] == 1
    assert "0.2500 per slot" in ask("decisions.exploration").results[0].sentence["en"]


def test_calibration_holds_predictions_against_responses_to_what_was_seen() -> None:
    rows = slots()
    seen = [{"decision_id": row["decision_id"], "occurred_at": 1_000} for row in rows[:30]]
    clicks = [
        {"decision_id": f"d-{one:02}", "kind": "click", "goal": "", "occurred_at": 2_000}
        for one in (0, 1, 35)
    ]
    offer({"slots": rows, "exposures": seen, "outcomes": clicks, "decisions": []})
    assert shown(ask("decisions.calibration")) == []
    decided = [{"decision_id": row["decision_id"], "leaf": row["leaf"]} for row in rows]
    offer({"slots": rows, "exposures": seen, "outcomes": clicks, "decisions": decided})
    [row] = shown(ask("decisions.calibration"))
    assert (row["shown"], row["observed"]) == (30, 2)
    assert row["expected"] == pytest.approx(3.0)


def test_calibration_judges_each_message_by_its_own_responses_in_time() -> None:
    """Two messages in a decision; a late click, one on the neighbour, and goals with a click."""
    rows = [
        {**row, "placement": place, "message": message, "candidate": int(place == "side")}
        for row in slots(bundle=["b#3"] * COUNT)
        for place, message in (("home", "paper"), ("side", "offer"))
    ]
    places = [(str(row["decision_id"]), str(row["placement"])) for row in rows]
    seen = [{"decision_id": one, "placement": place, "occurred_at": 5_000} for one, place in places]
    decided = [
        {"decision_id": one, "placement": place, "leaf": f"u{one[1:]}"} for one, place in places
    ]
    click = {"kind": "click", "goal": "", "occurred_at": 6_000}
    goal = {"kind": "goal", "goal": "trial", "occurred_at": 7_000}
    outcomes = [
        {**click, "decision_id": "d-00", "placement": "home"},
        {**click, "decision_id": "d-01", "placement": "home", "occurred_at": 5_000 + 73 * HOUR_MS},
        {**click, "decision_id": "d-02", "placement": "side"},
        {**click, "decision_id": "d-03", "placement": "side"},
        {**goal, "leaf": "u-03"},
        {**goal, "leaf": "u-04"},
        {**goal, "leaf": "u-02", "occurred_at": 4_000},
    ]
    bundle = [
        {"bundle": 3, "idx": number, "message": message, "attributes": attributes}
        for number, (message, attributes) in enumerate(
            [("paper", "{}"), ("offer", '{"goal": "trial"}')]
        )
    ]
    tables = {"slots": rows, "exposures": seen, "decisions": decided, "candidates": bundle}
    offer({**tables, "outcomes": outcomes})
    found = {row["message"]: (row["shown"], row["observed"])
             for row in shown(ask("decisions.calibration"))}  # fmt: skip
    assert found == {"paper": (COUNT, 1), "offer": (COUNT, 1)}


def test_stage_flow_tells_moves_back_and_off_the_path() -> None:
    walk = ["explore", "evaluate", "explore", "stalled", "stalled"]
    rows = [
        {**SLOT, "decision_id": f"d-{day}", "leaf": "u", "stage": stage, "occurred_at": day * 10}
        for day, stage in enumerate(walk)
    ]
    offer({"slots": rows})
    found = {(row["source"], row["target"]): row["way"] for row in shown(ask("decisions.stages"))}
    assert found == {
        ("explore", "evaluate"): "forward",
        ("evaluate", "explore"): "back",
        ("explore", "stalled"): "off_path",
    }


def test_budget_is_told_by_account() -> None:
    rows = slots(
        status=["deferred", "expired"], message=["", ""], overrides=[0, 0, 1], deferrals=[0, 5, 1]
    )
    drops = [{**DROP, "decision_id": "d-00", "step": "contact", "reason": "cap:weekly"}]
    offer({"slots": [{**row, "group_id": "acme"} for row in rows], "drops": drops})
    [row] = shown(ask("decisions.budget"))
    assert (row["deferred"], row["expired"], row["overridden"]) == (1, 1, 1)
    assert (row["contacts"], row["limited"], row["sent_after_deferral"]) == (38, 1, 1)


def test_gaps_are_missing_consent_and_unknown_zones() -> None:
    drops = [
        {**DROP, "decision_id": "d-00", "step": "consent", "reason": "email"},
        {**DROP, "decision_id": "d-01", "step": "contact", "reason": "zone_unknown"},
        {**DROP, "decision_id": "d-02"},
    ]
    offer({"slots": slots(), "drops": drops})
    found = {row["missing"]: row["decisions"] for row in shown(ask("decisions.gaps"))}
    assert found == {"email": 1, "zone_unknown": 1, "": 38}
    assert ask("decisions.gaps").results[0].estimate == pytest.approx(2 / 40)


def test_counters_tell_how_decisions_end() -> None:
    offer({"slots": slots(status=["fallback", "fallback"], reason=["deadline", "deadline"])})
    found = {(row["status"], row["reason"]): row["decisions"] for row in
             shown(ask("decisions.counters"))}  # fmt: skip
    assert found == {("decided", ""): 38, ("fallback", "deadline"): 2}


@pytest.mark.parametrize("name", ["dropoff", "nothing", "contests", "exploration", "counters"])
def test_without_decisions_there_is_no_figure(name: str) -> None:
    offer({})
    [result] = ask(f"decisions.{name}").results
    assert result.reason == "no_source"
