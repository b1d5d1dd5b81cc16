"""Verdicts: what follows from lift and money, against messages whose effect is known."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.measure.asking import ask, offer, shown
from tests.measure.verdict_world import campaigns
from tests.truth.coverage.draws import rate_sums
from wegweiser.measure.statistic import Interval
from wegweiser.measure.verdict.judge import judge
from wegweiser.measure.verdict.measure import MEASURE
from wegweiser.measure.verdict.rules import Grounds, Why, advise
from wegweiser.measure.verdict.thing import Thing
from wegweiser.query.period import Period
from wegweiser.terms.errors import InputRefused
from wegweiser.web.text import Reader
from wegweiser.web.values import value_words

SPLIT = {"shares": "main=1,nothing=1", "goal": "sale"}
MONEY = {**SPLIT, "margin": "20"}


def advice(options: dict[str, str]) -> dict[str, str]:
    return {str(row["thing"]): str(row["advice"]) for row in shown(ask("verdicts", options))}


def test_what_helps_is_kept_what_harms_dropped_and_beside_it_what_does_nothing_changed() -> None:
    campaigns({"guide": 0.15, "raffle": 0.0, "nagging": -0.09}, 3, 1_000, clicks={"raffle": 0.9})
    answer = ask("verdicts", MONEY)
    assert advice(MONEY) == {
        "guide": "keep",
        "nagging": "drop",
        "raffle": "change",
    }
    told = {result.name.rpartition(".")[2]: result.sentence for result in answer.results}
    assert "a split and no cause" in told["raffle"]["en"]
    assert "100 % der Ziele" in told["raffle"]["de"]
    rows = {row["thing"]: row for row in shown(answer)}
    assert rows["guide"]["at_stake"] == rows["guide"]["profit"]
    assert [result.advice for result in answer.results] == ["drop", "change", "keep"]


def test_what_does_nothing_cannot_be_told_where_nothing_else_does_better() -> None:
    campaigns({"raffle": 0.0, "quiz": 0.0}, 3, 1_000, clicks={"raffle": 0.9})
    assert advice(MONEY) == {"raffle": "cannot_tell_yet", "quiz": "cannot_tell_yet"}


def test_what_does_less_than_the_others_is_to_be_changed() -> None:
    campaigns({"guide": 0.15, "story": 0.15, "raffle": 0.0}, 5, 1_000)
    assert advice(MONEY) == {"guide": "keep", "story": "keep", "raffle": "change"}


def test_the_best_alternative_counts_though_the_others_together_do_no_better() -> None:
    campaigns({"guide": 0.25, "story": 0.05, "raffle": -0.08, "quiz": -0.08}, 5, 1_000)
    answer = ask("verdicts", {**MONEY, "costs": "0"})
    rows = {row["thing"]: row for row in shown(answer)}
    story = rows["story"]
    assert (story["advice"], story["better"]) == ("change", "guide")
    # Beside all others together it stands well: their mean is lower.
    assert float(str(story["beyond_others"])) > -0.03
    said = next(one.sentence for one in answer.results if one.name.endswith(".story"))
    assert "change; guide does better" in said["en"]
    assert "ändern; guide wirkt besser" in said["de"]
    assert rows["guide"]["advice"] == "keep"
    assert (rows["raffle"]["advice"], rows["raffle"]["better"]) == ("drop", "")


def test_what_helps_only_by_what_follows_it_is_not_kept() -> None:
    campaigns({"raffle": 0.1, "quiz": 0.1}, 3, 1_000, followed=True)
    rows = shown(ask("verdicts", MONEY))
    assert {row["advice"] for row in rows} == {"cannot_tell_yet"}
    assert {row["why"] for row in rows} == {"not_its_own"}
    (whole,) = shown(ask("verdicts", {**MONEY, "by": "all"}))
    assert whole["advice"] == "keep"


def test_without_a_margin_there_is_a_comparison_and_no_advice() -> None:
    campaigns({"guide": 0.15}, 3, 1_000)
    (row,) = shown(ask("verdicts", SPLIT))
    assert (row["advice"], row["why"], row["verdict"]) == ("", "money_unknown", "helps")
    assert row["profit"] is None


def test_unknown_costs_give_a_price_below_which_it_is_cheap_enough() -> None:
    campaigns({"guide": 0.15}, 3, 1_000, cost=0.0)
    answer = ask("verdicts", MONEY)
    (row,) = shown(answer)
    assert row["advice"] == ""
    below = float(str(row["cheap_below"]))
    assert f"cheap enough below {int(below * 100) / 100:.2f}" in answer.results[0].sentence["en"]
    at, above = (
        shown(ask("verdicts", {**MONEY, "costs": f"{below * times}"}))[0]["advice"]
        for times in (0.99, 1.01)
    )
    assert (at, above) == ("keep", "cannot_tell_yet")


def test_a_cost_above_all_that_is_earned_means_drop_though_it_helps() -> None:
    campaigns({"guide": 0.15}, 3, 1_000)
    (row,) = shown(ask("verdicts", {**MONEY, "costs": "guide=40"}))
    assert (row["advice"], row["verdict"]) == ("drop", "helps")


def test_a_broken_split_hides_all_figures() -> None:
    campaigns({"guide": 0.15}, 3, 1_000)
    answer = ask("verdicts", {**MONEY, "shares": "main=0.9,nothing=0.1"})
    assert answer.rows == ()
    assert [result.reason for result in answer.results] == ["broken"]
    assert answer.results[0].estimate is None


def test_too_little_data_cannot_be_told_yet() -> None:
    campaigns({"guide": 0.15}, 3, 50)
    (row,) = shown(ask("verdicts", MONEY))
    assert (row["advice"], row["why"]) == ("cannot_tell_yet", "too_little")
    # The row says what is missing, as its sentence does.
    assert int(str(row["units_needed"])) >= 200
    assert row["units"] == 100
    offer({})
    assert [result.reason for result in ask("verdicts", MONEY).results] == ["no_source"]


@pytest.mark.parametrize("costs", ["x", "news=", "=3", "-1"])
def test_costs_that_cannot_be_read_are_refused(costs: str) -> None:
    with pytest.raises(InputRefused, match="costs"):
        ask("verdicts", {**MONEY, "costs": costs})


ends = st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)).map(
    lambda found: Interval(sorted(found)[1], min(found), max(found))
)
grounds = st.builds(
    Grounds,
    evidence=st.sampled_from(["experiment", "quasi", "model", "observed", "split"]),
    reason=st.sampled_from(["", "", "broken", "too_little", "too_early"]),
    profit=st.none() | ends,
    against_rest=st.none() | ends,
    against_best=st.none() | ends,
    own=st.booleans(),
    confirmed=st.booleans(),
    settings=st.lists(ends, max_size=3).map(tuple),
)


@given(grounds)
def test_laws_of_advice(found: Grounds) -> None:
    told = advise(found)
    every = [*filter(None, [found.profit]), *found.settings]
    if told.advice == "drop":
        assert found.profit is not None
        assert all(one.high < 0 for one in every)
    if told.advice == "keep":
        assert found.profit is not None
        assert all(one.low > 0 for one in every)
    if found.evidence in ("observed", "split") or found.reason:
        assert told.advice == "cannot_tell_yet"
    if found.evidence == "observed" and not found.reason:
        assert told.why == "worth_a_test"
    if told.advice in ("keep", "drop", "change"):
        assert found.confirmed
    if told.advice == "change":
        assert found.against_best is not None
        assert found.against_best.high < 0


@given(grounds, st.floats(0.001, 1000))
def test_the_unit_of_money_changes_no_advice(found: Grounds, times: float) -> None:
    def scaled(one: Interval) -> Interval:
        return Interval(one.estimate * times, one.low * times, one.high * times)

    # Numbers so small that they vanish when they are scaled say nothing about money.
    held = [*filter(None, [found.profit]), *found.settings]
    if any(0 < abs(end) < 1e-6 for one in held for end in (one.low, one.high)):
        return
    changed = Grounds(
        evidence=found.evidence,
        reason=found.reason,
        profit=scaled(found.profit) if found.profit else None,
        against_rest=found.against_rest,
        against_best=found.against_best,
        own=found.own,
        confirmed=found.confirmed,
        settings=tuple(scaled(one) for one in found.settings),
    )
    assert advise(changed) == advise(found)


@pytest.mark.parametrize("code", [*get_args(Why), "no_source", "too_early", "too_little"])
def test_every_reason_in_the_table_is_said_in_german(code: str) -> None:
    assert value_words(Reader("de", "UTC", 0), "why", code) != code


def counted(name: str, reached: int) -> Thing:
    """Sum up a thing with 3,000 people per arm, of whom 150 of those held out reach the goal."""
    arms = {"main": rate_sums(reached, 3_000), "nothing": rate_sums(150, 3_000)}
    return Thing(name, arms, 0, 3_000.0, 3.0, 0)


def test_what_pays_is_kept_where_that_another_does_better_is_not_confirmed() -> None:
    things = [counted("guide", 395), counted("story", 270)]
    asked = MEASURE.ask({"margin": "100"}, Period(0, 1), 1)
    few = {one.thing.name: one for one in judge(things, asked, {})}
    assert (few["story"].advised.advice, few["guide"].advised.advice) == ("change", "keep")
    # Among 20 the same difference may be chance, but not that it pays.
    many = judge([*things, *(counted(f"other {n}", 300) for n in range(18))], asked, {})
    story = next(one for one in many if one.thing.name == "story")
    assert (story.advised.advice, story.advised.why, story.best) == ("keep", "pays", None)
