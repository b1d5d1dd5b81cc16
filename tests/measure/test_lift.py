"""Lift: the gates in their order, verdicts, units that are accounts, and who counts as one."""

import numpy as np
import pytest

from tests.measure.asking import AS_OF, ask, offer, result, shown
from wegweiser.measure.lift_estimate import verdict_on
from wegweiser.measure.statistic import Interval
from wegweiser.terms.instant import DAY_MS

START = AS_OF - 60 * DAY_MS
Row = dict[str, object]


def unit(number: int, arm: str, **more: object) -> Row:
    name = f"{arm}{number}"
    return {"leaf": name, "decision_id": name, "arm": arm, "occurred_at": START, **more}


def sale(leaf: object, after_days: float = 1, **more: object) -> Row:
    return {"leaf": leaf, "occurred_at": int(START + after_days * DAY_MS), **more}


def experiment(
    main: int, nothing: int, main_sales: int, nothing_sales: int, **more: object
) -> tuple[list[Row], list[Row]]:
    arms = {"main": (main, main_sales), "nothing": (nothing, nothing_sales)}
    decisions = [
        unit(number, arm, ghost=arm == "nothing", **more)
        for arm, (size, _) in arms.items()
        for number in range(size)
    ]
    outcomes = [
        sale(f"{arm}{number}") for arm, (_, sales) in arms.items() for number in range(sales)
    ]
    return decisions, outcomes


def reasons(options: dict[str, str] | None = None, as_of: int = AS_OF) -> list[str]:
    return [found.reason for found in ask("lift", options, as_of=as_of).results]


def test_gates_in_their_order() -> None:
    offer({})
    assert reasons() == ["no_source"]
    decisions, outcomes = experiment(300, 0, 30, 0)
    offer({"decisions": decisions, "outcomes": outcomes})
    assert reasons() == ["no_source"]
    decisions, outcomes = experiment(300, 280, 30, 10)
    offer({"decisions": decisions, "outcomes": outcomes})
    assert reasons({"shares": "main=0.9,nothing=0.1"}) == ["broken"]
    assert reasons({"shares": "main=0.5,nothing=0.5"}, as_of=START + DAY_MS) == ["too_early"]
    assert reasons({"shares": "main=0.5,nothing=0.5"})[0] == ""
    decisions, outcomes = experiment(300, 280, 10, 2)
    offer({"decisions": decisions, "outcomes": outcomes})
    assert reasons() == ["too_little"]


def test_too_early_names_the_day_and_too_little_the_number_and_the_day() -> None:
    decisions, outcomes = experiment(300, 280, 10, 5)
    offer({"decisions": decisions, "outcomes": outcomes})
    early = ask("lift", as_of=START + DAY_MS).results[0].sentence
    assert early["en"].endswith("end on 17 Jan 2026.")
    assert early["de"].endswith("enden am 17. Januar 2026.")
    little = ask("lift").results[0].sentence["en"]
    assert little.startswith("Too little data: 580 of about 967 people needed; at today's pace")


def test_figures_and_verdict() -> None:
    decisions, outcomes = experiment(1000, 1000, 200, 100)
    offer({"decisions": decisions, "outcomes": outcomes})
    options = {"goal": "sale", "shares": "main=1,nothing=1", "planned_units": "2000"}
    answer = ask("lift", options)
    found = result(answer, "lift.difference")
    assert found.estimate == pytest.approx(0.1)
    assert (found.verdict, found.evidence, found.kind) == ("helps", "experiment", "always_valid")
    at_end = result(answer, "lift.difference_at_end")
    assert found.low is not None
    assert at_end.low is not None
    assert found.low < at_end.low
    assert result(answer, "lift.relative").estimate == pytest.approx(1.0)
    assert result(answer, "lift.incremental").estimate == pytest.approx(100)
    assert "zwischen" in found.sentence["de"]
    harmed = ask("lift", {"goal": "sale", "arm": "nothing", "control": "main"}).results[0]
    assert harmed.verdict == "harms"
    assert "10 fewer of 100 people" in harmed.sentence["en"].replace("10.0", "10")
    assert "split_not_checked" in harmed.warnings


@pytest.mark.parametrize(
    ("low", "high", "worth", "verdict"),
    [
        (0.01, 0.03, 0.0, "helps"),
        (-0.03, -0.01, 0.05, "harms"),
        (-0.01, 0.02, 0.05, "too_small"),
        (-0.01, 0.02, 0.02, "cannot_tell"),
        (-0.01, 0.02, 0.0, "cannot_tell"),
    ],
)
def test_verdicts(low: float, high: float, worth: float, verdict: str) -> None:
    assert verdict_on(Interval((low + high) / 2, low, high), worth) == verdict


def test_fallbacks_are_no_trigger_and_two_arms_stand_apart() -> None:
    decisions, outcomes = experiment(200, 200, 40, 20)
    decisions += [unit(number, "main", leaf=f"f{number}", fallback=True) for number in range(50)]
    decisions += [unit(0, "nothing", leaf="main0"), unit(1, "nothing", leaf="main1")]
    offer({"decisions": decisions, "outcomes": outcomes})
    answer = ask("lift", {"goal": "sale"})
    rows = {row["arm"]: row for row in shown(answer)}
    assert rows["main"]["units"] == 198
    assert rows["(two arms)"]["triggered"] == 2
    assert answer.results[0].n == {"units": 398, "accounts": 0, "goals": 58, "two_arms": 2}


def test_only_goals_inside_the_window_after_the_first_trigger_count() -> None:
    decisions, _ = experiment(200, 200, 0, 0)
    outcomes = [sale("main1", 31), sale("main2", 29.9), sale("main3", 0), sale("main4", -29)]
    outcomes += [sale("nothing1", 2), sale("nothing1", 3)]
    offer({"decisions": decisions, "outcomes": outcomes})
    rows = {row["arm"]: row for row in shown(ask("lift", {"goal": "sale"}))}
    assert rows["main"]["reached"] == 2
    assert (rows["nothing"]["reached"], rows["nothing"]["sum"]) == (1, 1.0)


def test_arms_that_differed_before_are_broken() -> None:
    decisions, outcomes = experiment(400, 400, 40, 20)
    outcomes += [sale(f"main{number}", -1) for number in range(40)]
    offer({"decisions": decisions, "outcomes": outcomes})
    answer = ask("lift", {"goal": "sale"})
    assert answer.results[0].reason == "broken"
    assert answer.rows == ()


def test_accounts_are_the_units_where_accounts_were_drawn() -> None:
    decisions: list[Row] = []
    outcomes: list[Row] = []
    for arm, sales in (("main", 20), ("nothing", 8)):
        for number in range(25):
            for member in range(1 + number % 4):
                group = f"{arm}-{number}"
                leaf = f"{group}-{member}"
                decisions.append(
                    unit(0, arm, leaf=leaf, decision_id=leaf, unit_kind="account", unit_id=group,
                         group_id=group)
                )  # fmt: skip
                if number < sales:
                    outcomes.append(sale(leaf, group_id=group))
    offer({"decisions": decisions, "outcomes": outcomes})
    answer = ask("lift", {"goal": "sale"})
    rows = {row["arm"]: row for row in shown(answer)}
    assert (rows["main"]["units"], rows["main"]["reached"]) == (25, 20)
    assert answer.results[0].unit == "reached per account"
    assert answer.results[0].n["accounts"] == 50


def test_goals_of_members_count_for_the_account_they_belonged_to() -> None:
    decisions = [
        unit(number, arm, unit_kind="account", unit_id=f"{arm}-{number}",
             group_id=f"{arm}-{number}")
        for arm in ("main", "nothing") for number in range(30)
    ]  # fmt: skip
    leaves = [{"leaf": row["leaf"], "person_id": f"p-{row['leaf']}"} for row in decisions]
    memberships = [
        {"person_id": f"p-{row['leaf']}", "account_id": row["group_id"], "valid_from": 0,
         "valid_to": START + 5 * DAY_MS}
        for row in decisions
    ]  # fmt: skip
    outcomes = [sale(f"main{number}") for number in range(12)]
    outcomes += [sale(f"nothing{number}", 9) for number in range(12)]
    tables = {"leaves": leaves, "memberships": memberships}
    offer({"decisions": decisions, "outcomes": outcomes, **tables})
    rows = {row["arm"]: row for row in shown(ask("lift", {"goal": "sale"}))}
    assert (rows["main"]["reached"], rows["nothing"]["reached"]) == (12, 0)


def test_values_are_compared_as_means() -> None:
    rng = np.random.default_rng(1)
    decisions, _ = experiment(400, 400, 0, 0)
    outcomes = [
        sale(f"{arm}{number}", value=float(value))
        for arm, scale in (("main", 30), ("nothing", 20))
        for number, value in enumerate(rng.exponential(scale, 400))
    ]
    offer({"decisions": decisions, "outcomes": outcomes})
    answer = ask("lift", {"goal": "sale", "metric": "value", "planned_units": "800"})
    at_end = result(answer, "lift.difference_at_end")
    assert at_end.method == "Welch"
    assert at_end.low is not None
    assert at_end.high is not None
    assert at_end.low < 10 < at_end.high
    assert "sale comes to" in at_end.sentence["en"]


def test_the_lift_covers_a_known_truth() -> None:
    rng = np.random.default_rng(11)
    covered = 0
    for _ in range(40):
        reached = int(rng.binomial(600, 0.20)), int(rng.binomial(400, 0.12))
        decisions, outcomes = experiment(600, 400, *reached)
        offer({"decisions": decisions, "outcomes": outcomes})
        asked = {"goal": "sale", "planned_units": "1000"}
        at_end = result(ask("lift", asked), "lift.difference_at_end")
        assert at_end.low is not None
        assert at_end.high is not None
        covered += at_end.low <= 0.08 <= at_end.high
    # The chance that a sound interval covers fewer than 33 of 40 is below 1 in 1,000.
    assert covered >= 33


def test_an_arm_without_anybody_says_how_many_it_takes() -> None:
    decisions, outcomes = experiment(40, 0, 4, 0)
    offer({"decisions": decisions, "outcomes": outcomes})
    (found,) = ask("lift").results
    assert found.reason == "no_source"
    assert "nobody is in the control group yet; it takes 100 people" in found.sentence["en"]
    assert "mindestens 100 Personen je Gruppe" in found.sentence["de"]


def test_a_goal_is_called_by_its_title_in_sentences() -> None:
    decisions, outcomes = experiment(400, 400, 200, 100)
    offer({"decisions": decisions, "outcomes": [{**one, "goal": "sale"} for one in outcomes]})
    plain = ask("lift", {"goal": "sale"}).results[0].sentence
    said = ask("lift", {"goal": "sale"}, titles={"sale": "A thing was sold"}).results[0].sentence
    assert "reach sale" in plain["en"]
    assert "reach “A thing was sold”" in said["en"]
    assert "„A thing was sold“" in said["de"]
