"""What stands beside a lift: money, belief, accounts, ratios, the gain by the time before."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.asking import AS_OF, ask, offer, result, shown
from wegweiser.measure.bayes import believed, believed_of_rates
from wegweiser.measure.form import Row
from wegweiser.measure.permuted import Accounts, difference_of, left_out, permuted
from wegweiser.terms.instant import DAY_MS

START = AS_OF - 60 * DAY_MS


def people(reached: dict[str, int], size: int = 1_000) -> None:
    """Offer two arms in which the first ones of each reach the goal."""
    decisions: list[Row] = []
    outcomes: list[Row] = []
    for arm, goals in reached.items():
        for number in range(size):
            leaf = f"{arm}{number}"
            decisions.append({"leaf": leaf, "decision_id": leaf, "arm": arm, "occurred_at": START})
            if number < goals:
                outcomes.append({"leaf": leaf, "occurred_at": START + DAY_MS})
    offer({"decisions": decisions, "outcomes": outcomes})


def accounts(count: int, size: int = 4, lift: float = 0.3) -> None:
    """Offer accounts drawn into two arms, whose people reach the goal more often in main."""
    rng = np.random.default_rng(3)
    decisions: list[Row] = []
    outcomes: list[Row] = []
    for arm in ("main", "nothing"):
        for number in range(count):
            for member in range(size):
                group, leaf = f"{arm}-{number}", f"{arm}-{number}-{member}"
                decisions.append(
                    {
                        "leaf": leaf,
                        "decision_id": leaf,
                        "arm": arm,
                        "occurred_at": START,
                        "group_id": group,
                    }
                )
                if rng.random() < (0.2 + lift if arm == "main" else 0.2):
                    outcomes.append({"leaf": leaf, "occurred_at": START + DAY_MS})
    offer({"decisions": decisions, "outcomes": outcomes})


def test_profit_is_what_is_earned_less_what_it_cost_the_treated() -> None:
    people({"main": 200, "nothing": 100})
    answer = ask("lift", {"margin": "50", "unit_cost": "2"})
    found, difference = result(answer, "lift.profit"), result(answer, "lift.difference")
    assert found.estimate == pytest.approx(0.1 * 50 * 1_000 - 2_000)
    assert difference.low is not None
    assert found.low == pytest.approx(difference.low * 50 * 1_000 - 2_000)
    assert found.advice == "keep"
    dear = result(ask("lift", {"margin": "50", "unit_cost": "9"}), "lift.profit")
    assert dear.advice == "drop"
    assert "beenden" in dear.sentence["de"]


def test_an_unknown_cost_gives_the_price_below_which_it_pays() -> None:
    people({"main": 200, "nothing": 100})
    answer = ask("lift", {"margin": "50"})
    found, difference = result(answer, "lift.margin"), result(answer, "lift.difference")
    assert found.advice == ""
    assert difference.low is not None
    below = int(difference.low * 50 * 100) / 100
    assert f"cheap enough below {below:.2f}" in found.sentence["en"]
    people({"main": 100, "nothing": 100})
    none = result(ask("lift", {"margin": "50"}), "lift.margin")
    assert "no cost is surely low enough" in none.sentence["en"]


def test_the_belief_needs_an_effect_worth_knowing_and_is_no_reason_to_stop() -> None:
    people({"main": 200, "nothing": 100})
    names = [one.name for one in ask("lift").results]
    assert "lift.believed" not in names
    found = result(ask("lift", {"worth_knowing": "0.05"}), "lift.believed")
    assert found.kind == "bayesian"
    assert "no_reason_to_stop_early" in found.warnings
    assert "better with a chance of 100.0%" in found.sentence["en"]


def test_beliefs_agree_with_draws() -> None:
    rng = np.random.default_rng(2)
    view = believed(0.02, 0.0004, 0.03)
    weight = 0.0009 / (0.0009 + 0.0004)
    drawn = rng.normal(weight * 0.02, np.sqrt(weight * 0.0004), 400_000)
    assert view.chance_better == pytest.approx(np.mean(drawn > 0), abs=0.003)
    assert view.chance_small == pytest.approx(np.mean(np.abs(drawn) < 0.03), abs=0.003)
    assert view.expected_loss == pytest.approx(np.mean(np.maximum(-drawn, 0)), rel=0.02)
    few = believed_of_rates((20, 10), (400, 400), 0.5)
    assert few.effect.estimate == pytest.approx(0.025, abs=0.001)
    with pytest.raises(ValueError, match="above zero"):
        believed(0.1, 0.0, 0.1)


def test_a_past_that_explains_nothing_is_no_gain() -> None:
    rng = np.random.default_rng(5)
    decisions: list[Row] = []
    outcomes: list[Row] = []
    for arm in ("main", "nothing"):
        for number in range(600):
            leaf = f"{arm}{number}"
            decisions.append({"leaf": leaf, "decision_id": leaf, "arm": arm, "occurred_at": START})
            for day, chance in ((-2, 0.2), (2, 0.3 if arm == "main" else 0.2)):
                if rng.random() < chance:
                    outcomes.append({"leaf": leaf, "occurred_at": START + day * DAY_MS})
    offer({"decisions": decisions, "outcomes": outcomes})
    found = result(ask("lift", {"goal": "sale"}), "lift.difference_unadjusted")
    assert "past_explains_little" in found.warnings
    assert "almost nothing" in found.sentence["en"]


def test_six_to_nineteen_accounts_are_judged_by_drawing_them_otherwise() -> None:
    accounts(10)
    answer = ask("lift.accounts", {"goal": "sale"})
    found = answer.results[0]
    assert found.method == "permutation of accounts"
    assert found.low is not None
    assert found.low > 0
    accounts(30)
    daily = ask("lift.accounts", {"goal": "sale"}).results[0]
    assert (daily.method, daily.kind) == ("confidence sequence over accounts", "always_valid")
    first, last = ask("lift.accounts", {"goal": "sale", "planned_units": "10"}).results
    assert (first.method, first.kind) == (daily.method, "always_valid")
    assert (last.name, last.method) == ("lift.accounts.difference_at_end", "t over accounts")
    assert last.warnings == ("read_once_at_planned_end", *first.warnings)
    assert first.estimate == last.estimate == daily.estimate
    assert (first.low or 0) < (last.low or 0) < (last.high or 0) < (first.high or 0)
    accounts(5)
    assert ask("lift.accounts", {"goal": "sale"}).results[0].reason == "too_little"


def test_few_accounts_are_judged_at_the_planned_end_where_one_was_planned() -> None:
    accounts(10)
    early = ask("lift.accounts", {"goal": "sale", "planned_units": "100000"})
    (told,) = early.results
    assert (told.name, told.reason, told.low) == ("lift.accounts.difference", "too_early", None)
    assert shown(early)[0]["low"] is None
    (last,) = ask("lift.accounts", {"goal": "sale", "planned_units": "10"}).results
    assert (last.method, last.kind) == ("permutation of accounts", "frequentist")
    assert last == ask("lift.accounts", {"goal": "sale", "planned_units": "10"}).results[0]


def test_one_account_that_carries_the_difference_is_told() -> None:
    found = Accounts((9.0, 1.0, 1.0, 1.0), (10.0, 10.0, 10.0, 10.0), (True, True, False, False))
    assert difference_of(found) == pytest.approx(0.4)
    assert left_out(found) == (pytest.approx(0.0), pytest.approx(0.8))


def test_permuted_intervals_cover_the_truth() -> None:
    rng = np.random.default_rng(6)
    covered = 0
    for _ in range(30):
        base = rng.normal(1.0, 0.5, 16)
        treated = rng.permutation(16) < 8
        found, _ = permuted(
            Accounts(
                tuple(float(y) for y in (base + 0.5 * treated) * 5),
                (5.0,) * 16,
                tuple(bool(one) for one in treated),
            ),
            rng,
        )
        covered += found.low <= 0.5 <= found.high
    # Of 30 intervals at 95 % fewer than 25 cover with a chance below 1 in 300.
    assert covered >= 25


def test_a_ratio_is_compared_over_clusters() -> None:
    rng = np.random.default_rng(1)
    decisions: list[Row] = []
    outcomes: list[Row] = []
    events: list[Row] = []
    for arm, worth in (("main", 30.0), ("nothing", 20.0)):
        for number in range(300):
            leaf = f"{arm}{number}"
            decisions.append({"leaf": leaf, "decision_id": leaf, "arm": arm, "occurred_at": START})
            views = int(rng.integers(1, 6))
            for view in range(views):
                events.append({"leaf": leaf, "occurred_at": START + DAY_MS + view})
            value = float(views * worth * rng.exponential())
            outcomes.append({"leaf": leaf, "occurred_at": START + DAY_MS, "value": value})
    offer({"decisions": decisions, "outcomes": outcomes, "events": events})
    answer = ask("lift.ratio", {"goal": "sale"})
    found = result(answer, "lift.ratio.difference")
    assert found.low is not None
    assert found.high is not None
    assert found.low < 10 < found.high
    rows = {row["arm"]: row for row in shown(answer)}
    spent = sum(float(str(row["value"])) for row in outcomes if str(row["leaf"])[:4] == "main")
    seen = sum(str(row["leaf"])[:4] == "main" for row in events)
    assert rows["main"]["ratio"] == pytest.approx(spent / seen)
    assert ask("lift.ratio", {"shares": "main=0.9,nothing=0.1"}).results[0].reason == "broken"
    assert ask("lift.ratio", {"arm": "other"}).results[0].reason == "no_source"


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5)), min_size=4, max_size=10))
def test_a_permutation_does_not_depend_on_the_order(pairs: list[tuple[int, int]]) -> None:
    treated = [index % 2 == 0 for index in range(len(pairs))]
    one, other = (
        Accounts(
            tuple(float(pairs[i][0]) for i in order),
            tuple(float(pairs[i][1]) for i in order),
            tuple(treated[i] for i in order),
        )
        for order in (range(len(pairs)), range(len(pairs) - 1, -1, -1))
    )
    rng = np.random.default_rng(1)
    (first, chance), (second, again) = permuted(one, rng), permuted(other, rng)
    assert chance == pytest.approx(again)
    assert (first.low, first.high) == pytest.approx((second.low, second.high), abs=1e-6)


def test_guardrails_tell_harm_by_its_side_and_what_is_ruled_out() -> None:
    people({"main": 200, "nothing": 100})
    options = {"goals": "sale", "shares": "main=1,nothing=1"}
    (found,) = ask("lift.guardrails", options).results
    assert (found.verdict, found.name) == ("harms", "lift.guardrails.sale")
    assert "es leidet" in found.sentence["de"]
    (gain,) = ask("lift.guardrails", {**options, "goals": "+sale"}).results
    assert gain.verdict == "helps"
    people({"main": 100, "nothing": 100})
    (open_one,) = ask("lift.guardrails", options).results
    (safe,) = ask("lift.guardrails", {**options, "most_harm": "0.2"}).results
    assert (open_one.verdict, safe.verdict) == ("cannot_tell", "too_small")


def test_guardrails_without_goals_or_data_say_so() -> None:
    people({"main": 200, "nothing": 100})
    assert [one.reason for one in ask("lift.guardrails").results] == ["no_source"]
    two = ask("lift.guardrails", {"goals": "sale,complained"})
    assert {one.name.rpartition(".")[2]: one.reason for one in two.results} == {
        "complained": "too_little",
        "sale": "",
    }
