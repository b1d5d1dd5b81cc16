"""Arms against main, sharper by the time before, honest about accounts, and the size of a test."""

import math

import numpy as np
import pytest

from tests.measure.asking import AS_OF, ask, offer, result, shown
from tests.measure.test_lift import START, Row, experiment, sale, unit
from wegweiser.measure.adjusted import adjusted
from wegweiser.measure.compare import rate_arm
from wegweiser.measure.experiment import check_split
from wegweiser.measure.lift_arms import QUESTIONS
from wegweiser.measure.lift_sums import Clusters, Sums
from wegweiser.query.period import Period
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS


def test_every_arm_is_held_against_main_with_its_own_question() -> None:
    sizes = {"main": (2_000, 400), "nothing": (500, 40), "rules_only": (500, 99)}
    decisions: list[Row] = []
    outcomes: list[Row] = []
    for arm, (size, sales) in sizes.items():
        decisions += [unit(number, arm) for number in range(size)]
        outcomes += [sale(f"{arm}{number}") for number in range(sales)]
    offer({"decisions": decisions, "outcomes": outcomes})
    answer = ask("lift.arms", {"goal": "sale", "shares": "main=4,nothing=1,rules_only=1"})
    nothing = result(answer, "lift.arms.nothing")
    assert nothing.estimate == pytest.approx(0.12)
    assert (nothing.verdict, nothing.warnings, nothing.n["compared"]) == ("helps", (), 2)
    assert nothing.sentence["en"].startswith(
        "Do messages help at all? Yes; the difference is 12.0 of 100 ("
    )
    learning = result(answer, "lift.arms.rules_only")
    assert learning.verdict == "cannot_tell"
    assert learning.sentence["de"].startswith("Lohnt sich das Lernen? Noch nicht zu sagen")
    rows = {row["arm"]: row for row in shown(answer)}
    assert set(rows) == {"nothing", "rules_only"}
    assert rows["nothing"]["confirmed"] is True
    assert rows["rules_only"]["confirmed"] is False
    visible = rows["rules_only"]["smallest_visible"]
    assert isinstance(visible, float)
    assert 0.2 < visible < 0.4
    broken = ask("lift.arms", {"goal": "sale", "shares": "main=1,nothing=1,rules_only=1"})
    assert {found.reason for found in broken.results} == {"broken"}
    assert {found.smallest_visible for found in broken.results} == {None}
    assert {(row["reached"], row["smallest_visible"]) for row in shown(broken)} == {(None, None)}


def test_a_verdict_that_does_not_stand_among_several_says_so() -> None:
    sizes = {"main": (2_000, 400), "nothing": (2_000, 300), "random": (2_000, 400)}
    sizes |= {"no_levers": (2_000, 398), "one_best": (2_000, 402)}
    decisions = [unit(number, arm) for arm, (size, _) in sizes.items() for number in range(size)]
    outcomes = [sale(f"{arm}{number}") for arm, (_, n) in sizes.items() for number in range(n)]
    offer({"decisions": decisions, "outcomes": outcomes})
    sharp = result(ask("lift.arms", {"goal": "sale"}), "lift.arms.nothing")
    assert (sharp.verdict, sharp.warnings) == ("helps", ())
    outcomes += [sale(f"nothing{number}") for number in range(300, 320)]
    offer({"decisions": decisions, "outcomes": outcomes})
    answer = ask("lift.arms", {"goal": "sale"})
    alone = result(answer, "lift.arms.nothing")
    assert (alone.verdict, alone.warnings) == ("helps", ("not_confirmed_among_several",))
    assert "Yes by itself, but not confirmed among 4 comparisons" in alone.sentence["en"]
    assert "aber unter 4 Vergleichen nicht bestätigt" in alone.sentence["de"]
    by_value = ask("lift.arms", {"goal": "sale", "metric": "value"})
    assert {row["smallest_visible"] for row in shown(by_value)} == {None}


def test_the_time_before_is_that_before_the_test_and_not_before_the_report() -> None:
    """Half the people of main came in the month before the report already, and bought then."""
    decisions, outcomes = experiment(600, 600, 120, 60)
    earlier = [
        row | {"occurred_at": START - 20 * DAY_MS, "decision_id": f"{row['decision_id']}-before"}
        for row in decisions
    ]
    before = [sale(f"main{number}", -10, value=1.0) for number in range(300)]
    offer({"decisions": decisions + earlier, "outcomes": outcomes + before})
    late = Period(START, AS_OF)
    told = ask("lift", {"goal": "sale"}, late)
    assert result(told, "lift.difference").estimate == pytest.approx(0.1)
    assert [found.name for found in told.results].count("lift.difference_unadjusted") == 0


def test_people_of_few_accounts_are_too_few_and_like_minded_ones_are_not_broken() -> None:
    decisions, outcomes = clustered(np.random.default_rng(3), 30, 0.0)
    decisions = [row | {"leaf": f"{row['leaf']}-{n}", "decision_id": f"{row['leaf']}-{n}"}
                 for row in decisions for n in range(3)]  # fmt: skip
    bought = [row | {"leaf": f"{row['leaf']}-{n}"} for row in outcomes for n in range(3)]
    offer({"decisions": decisions, "outcomes": bought})
    assert [found.reason for found in ask("lift", {"goal": "sale"}).results] == ["too_little"]
    # Accounts that bought together before the test differ by chance; that is no broken split.
    wide, few = clustered(np.random.default_rng(3), 120, 0.0)
    before = [
        sale(row["leaf"], -5, group_id=row["group_id"])
        for row in wide
        if int(str(row["group_id"])[1:]) % 2 and int(str(row["group_id"])[1:]) < 20
    ]
    offer({"decisions": wide, "outcomes": few + before})
    assert ask("lift", {"goal": "sale"}).results[0].reason != "broken"


def test_all_arms_of_the_engine_have_a_question() -> None:
    from wegweiser.decide.holdout import ARMS

    assert set(ARMS) - {"main", "challenger"} == set(QUESTIONS)


def test_arms_of_two_epochs_are_never_mixed() -> None:
    decisions, outcomes = experiment(300, 280, 60, 20)
    # The year before the same people were drawn the other way round.
    flipped = {"main": "nothing", "nothing": "main"}
    before = [
        row | {"arm": flipped[str(row["arm"])], "occurred_at": START - 30 * DAY_MS}
        for row in decisions
    ]
    offer({"decisions": decisions + before, "outcomes": outcomes})
    mixed = {row["arm"]: row for row in shown(ask("lift", {"goal": "sale"}))}
    assert mixed["(two arms)"]["triggered"] == 580
    day = np.datetime64((START - DAY_MS) // DAY_MS, "D")
    told = ask("lift", {"goal": "sale", "epoch_start": str(day)})
    assert result(told, "lift.difference").estimate == pytest.approx(60 / 300 - 20 / 280)


def test_the_time_before_makes_the_difference_sharper_and_leaves_it_true() -> None:
    rng = np.random.default_rng(4)
    decisions, outcomes = experiment(600, 600, 0, 0)
    for row in decisions:
        habit = rng.gamma(2.0, 20.0)
        extra = 10.0 if row["arm"] == "main" else 0.0
        outcomes.append(sale(row["leaf"], -5, value=float(habit)))
        outcomes.append(sale(row["leaf"], 5, value=float(habit + extra + rng.normal(0, 5))))
    offer({"decisions": decisions, "outcomes": outcomes})
    answer = ask("lift", {"goal": "sale", "metric": "value"})
    sharp = result(answer, "lift.difference")
    raw = result(answer, "lift.difference_unadjusted")
    assert sharp.low is not None
    assert sharp.high is not None
    assert raw.low is not None
    assert raw.high is not None
    assert sharp.high - sharp.low < 0.4 * (raw.high - raw.low)
    assert sharp.low < 10 < sharp.high
    assert sharp.verdict == "helps"
    assert "adjusted for the 28 days before" in sharp.method
    plain, outcomes = experiment(600, 600, 120, 60)
    offer({"decisions": plain, "outcomes": outcomes})
    names = [found.name for found in ask("lift", {"goal": "sale"}).results]
    assert "lift.difference_unadjusted" not in names


def clustered(
    rng: np.random.Generator, accounts: int, effect: float
) -> tuple[list[Row], list[Row]]:
    """People drawn one by one, whose accounts buy together or not at all."""
    decisions: list[Row] = []
    outcomes: list[Row] = []
    for account in range(accounts):
        arm = "main" if account % 2 else "nothing"
        rate = rng.beta(0.4, 1.6) + (effect if arm == "main" else 0.0)
        for number in range(6):
            leaf = f"a{account}-{number}"
            decisions.append(unit(0, arm, leaf=leaf, decision_id=leaf, group_id=f"g{account}"))
            if rng.random() < rate:
                outcomes.append(sale(leaf, group_id=f"g{account}"))
    return decisions, outcomes


def sums(reached: np.ndarray) -> Sums:
    """Sums of an arm of accounts (rows) with equally many people (columns) who buy (1) or not."""
    accounts, people = reached.shape
    by_account = reached.sum(axis=1).astype(float)
    total = int(by_account.sum())
    after, before = rate_arm(total, reached.size), rate_arm(0, reached.size)
    squares, products = float((by_account**2).sum()), float((people * by_account).sum())
    held = Clusters(accounts, float(people**2 * accounts), products, 0.0, squares, 0.0, 0.0)
    return Sums(reached.size, 0, START, reached.size, total, after, before, 0, 0.0, held)


def test_people_of_one_account_are_no_independent_people() -> None:
    """Without any effect the interval that ignores accounts is wrong far too often."""
    rng = np.random.default_rng(9)
    wrong = wrong_alone = 0
    for _ in range(400):
        rates = rng.beta(0.4, 1.6, size=(2, 60, 1))
        main, nothing = (sums((rng.random((60, 6)) < rate).astype(int)) for rate in rates)
        found = adjusted(main, nothing)
        wrong += abs(found.difference) > 1.96 * found.variance**0.5
        alone = main.after.mean_variance + nothing.after.mean_variance
        wrong_alone += abs(found.difference) > 1.96 * alone**0.5
    assert 0.02 < wrong / 400 < 0.09
    assert wrong_alone / 400 > 0.15


def test_the_method_says_that_accounts_are_the_clusters() -> None:
    decisions, outcomes = clustered(np.random.default_rng(1), 80, 0.3)
    offer({"decisions": decisions, "outcomes": outcomes})
    bought = {str(row["leaf"]) for row in outcomes}
    arms = [
        np.array([[f"a{one}-{n}" in bought for n in range(6)] for one in range(first, 80, 2)])
        for first in (1, 0)
    ]
    expected = adjusted(*(sums(arm.astype(int)) for arm in arms)).variance
    reached = {"goal": "sale", "planned_units": "480"}
    at_end = result(ask("lift", reached), "lift.difference_at_end")
    assert at_end.high is not None
    assert at_end.estimate is not None
    # Student's t over 80 accounts is a little wider than the normal.
    half = (at_end.high - at_end.estimate) / math.sqrt(expected)
    assert 1.9908 <= half <= 1.9935
    found = result(ask("lift", {"goal": "sale"}), "lift.difference")
    assert "clusters: accounts" in found.method
    lone = [row | {"group_id": ""} for row in decisions]
    alone = [row | {"group_id": ""} for row in outcomes]
    offer({"decisions": lone, "outcomes": alone})
    independent = result(ask("lift", {"goal": "sale"}), "lift.difference")
    assert "clusters" not in independent.method
    assert independent.smallest_visible is not None
    assert found.smallest_visible is not None
    assert found.smallest_visible > 1.2 * independent.smallest_visible


def test_the_wait_is_told_with_the_verdict() -> None:
    decisions, outcomes = experiment(400, 400, 52, 48)
    offer({"decisions": decisions, "outcomes": outcomes})
    found = result(ask("lift", {"goal": "sale", "worth_knowing": "0.02"}), "lift.difference")
    assert found.verdict == "cannot_tell"
    # Nobody new was triggered in the last 28 days, so that waiting alone brings nothing.
    assert found.weeks_needed is None
    told = "not reachable within two years. The smallest lift that so many"
    assert f"too little data; {told}" in found.sentence["en"]
    planned = {"goal": "sale", "worth_knowing": "0.02", "planned_units": "800"}
    reached = result(ask("lift", planned), "lift.difference")
    assert f"no clear difference yet; {told}" in reached.sentence["en"]
    more = [
        unit(number, arm, leaf=f"new-{arm}{number}", occurred_at=AS_OF - 10 * DAY_MS)
        for arm in ("main", "nothing")
        for number in range(4_000)
    ]
    offer({"decisions": decisions + more, "outcomes": outcomes})
    quicker = result(ask("lift", {"goal": "sale", "worth_knowing": "0.02"}), "lift.difference")
    assert quicker.estimate == found.estimate
    assert quicker.weeks_needed is not None
    assert quicker.weeks_needed < 20


def test_sample_size_measure() -> None:
    decisions, _ = experiment(3_000, 0, 0, 0)
    late = [row | {"occurred_at": AS_OF - 7 * DAY_MS} for row in decisions]
    offer({"decisions": late})
    answer = ask("experiment.sample_size", {"base": "0.02", "lift": "0.1", "share": "0.05"})
    found = answer.results[0]
    assert found.estimate == pytest.approx(813_631, abs=1)
    assert found.n["held_out"] == 40_682
    assert found.weeks_needed is None
    assert "813,631 units are needed, 40,682 of them held out" in found.sentence["en"]
    assert "not reachable within two years" in found.sentence["en"]
    quick = ask("experiment.sample_size", {"base": "0.2", "lift": "0.3", "share": "0.5"}).results[0]
    assert quick.weeks_needed == 0
    assert quick.smallest_visible is not None
    grouped = ask(
        "experiment.sample_size",
        {"base": "0.02", "lift": "0.1", "share": "0.05", "per-cluster": "8", "icc": "0.05"},
    ).results[0]
    assert grouped.estimate == pytest.approx(813_631 * 1.35, rel=1e-5)
    uneven = {"per-cluster": "8", "icc": "0.05", "cluster-variation": "1"}
    told = ask("experiment.sample_size", {"base": "0.02", "share": "0.05", **uneven}).results[0]
    assert told.estimate == pytest.approx(813_631 * 1.75, rel=1e-5)
    for wrong in ({"base": "1.5"}, {"share": "0"}, {"lift": "0"}, {"power": "1"}, {"icc": "-1"}):
        with pytest.raises(InputRefused):
            ask("experiment.sample_size", wrong | {"per_cluster": "3"})


def test_small_arms_do_not_alarm_more_often_than_they_may() -> None:
    """Five arms of 1 % of 120 units: about one unit each, where χ² alone alarms too often."""
    rng = np.random.default_rng(6)
    names = ("main", "nothing", "random", "no_levers", "rules_only", "eligible_only")
    shares = dict(zip(names, (0.94, 0.02, 0.01, 0.01, 0.01, 0.01), strict=True))
    draws = rng.multinomial(120, list(shares.values()), size=4_000)
    alarms = sum(
        check_split(dict(zip(names, map(int, draw), strict=True)), shares).broken for draw in draws
    )
    # Above eleven of 4,000 at 1 in 1,000 each has a chance of 1 in 1,000.
    assert alarms <= 11
    assert check_split({"main": 3_900, "nothing": 70, "random": 30}, shares).broken
