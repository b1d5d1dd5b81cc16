"""Clicks and goals by message: each person once, the window from the first exposure."""

from tests.measure.asking import AS_OF, ask, offer, result, shown
from wegweiser.terms.instant import DAY_MS

START = AS_OF - 60 * DAY_MS
Row = dict[str, object]


def seen_by(people: int, message: str) -> tuple[list[Row], list[Row]]:
    decisions: list[Row] = []
    exposures: list[Row] = []
    for number in range(people):
        name = f"{message}{number}"
        decisions.append(
            {"decision_id": name, "leaf": name, "message": message, "occurred_at": START}
        )
        exposures.append({"decision_id": name, "occurred_at": START})
    return decisions, exposures


def click(name: str) -> Row:
    return {"kind": "click", "decision_id": name, "goal": "", "occurred_at": START}


def test_rates_are_per_person() -> None:
    decisions, exposures = seen_by(40, "hello")
    again = [{**decision, "decision_id": f"{decision['leaf']}-2"} for decision in decisions]
    exposures += [
        {"decision_id": row["decision_id"], "occurred_at": START + DAY_MS} for row in again
    ]
    outcomes = [click("hello0"), click("hello0"), click("hello0-2"), click("hello1")]
    outcomes += [{"leaf": f"hello{number}", "occurred_at": START + DAY_MS} for number in range(10)]
    outcomes.append({"leaf": "hello39", "occurred_at": START - 1})
    offer({"decisions": decisions + again, "exposures": exposures, "outcomes": outcomes})
    answer = ask("message.goals", {"goal": "sale"})
    [row] = shown(answer)
    assert (row["people"], row["exposures"], row["clicks"]) == (40, 80, 3)
    assert row["click_rate"] == 2 / 40
    assert row["goal_rate"] == 10 / 40
    found = result(answer, "message.goals.goal_rate.hello")
    assert found.evidence == "observed"
    assert found.sentence["en"].startswith("Of those who saw hello, 25% reached the goal")


def test_few_people_and_open_windows_are_answers() -> None:
    decisions, exposures = seen_by(29, "few")
    offer({"decisions": decisions, "exposures": exposures})
    answer = ask("message.goals")
    assert (answer.status, [found.reason for found in answer.results]) == (
        "too_little_data",
        ["too_little", "too_little"],
    )
    early = ask("message.goals", as_of=START + DAY_MS)
    assert [found.reason for found in early.results] == ["too_little", "too_early"]


def test_an_exposure_without_placement_belongs_to_its_decision() -> None:
    decisions, exposures = seen_by(30, "hello")
    bare = [row | {"placement": "", "slot": 0} for row in exposures]
    offer({"decisions": decisions, "exposures": bare})
    assert shown(ask("message.goals"))[0]["people"] == 30


def test_a_click_that_arrived_later_does_not_exist() -> None:
    decisions, exposures = seen_by(30, "hello")
    late = click("hello0") | {"received_at": AS_OF + 1}
    offer({"decisions": decisions, "exposures": exposures, "outcomes": [late]})
    assert shown(ask("message.goals"))[0]["clicks"] == 0
    assert shown(ask("message.goals", as_of=AS_OF + 1))[0]["clicks"] == 1
