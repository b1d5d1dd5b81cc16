"""Budget advice: the best spend within limits, and no advice where the data say too little."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.asking import ask, offer, shown
from tests.measure.verdict_world import campaigns
from wegweiser.measure.allocate.advice import plan
from wegweiser.measure.allocate.optimum import best_spend, greedy, profit_of
from wegweiser.measure.allocate.response import Response, limits_of

OPTIONS = {"shares": "main=1,nothing=1", "goal": "sale", "margin": "20", "by": "message"}


def line(
    channel: str, returns: float, doubt: float = 0.0, now: float = 100.0, identified: bool = True
) -> Response:
    """Make a channel whose money returns so much per unit, with so much doubt."""
    slopes = np.random.default_rng(len(channel)).normal(returns, doubt, 200)
    grid = [0.0, 1.25 * now]
    return Response(channel, now, grid, np.outer(slopes, grid), (0.0, now), identified)


def test_money_moves_to_where_it_returns_more_within_the_limit() -> None:
    found = plan([line("good", 3.0), line("poor", 1.2)], 200.0, np.random.default_rng(1))
    assert {one.channel: one.planned for one in found.moves} == {"good": 120.0, "poor": 80.0}
    assert found.advised
    assert found.gain.estimate == pytest.approx(20 * (3.0 - 1.2))
    assert found.chance == 1.0


def test_money_that_returns_less_than_itself_is_kept() -> None:
    found = plan([line("good", 3.0), line("lost", 0.4)], 300.0, np.random.default_rng(1))
    assert {one.channel: one.planned for one in found.moves} == {"good": 120.0, "lost": 80.0}


def test_too_much_doubt_gives_an_experiment_and_no_advice() -> None:
    found = plan(
        [line("search", 1.5, 2.0), line("mail", 1.4, 2.0)], 200.0, np.random.default_rng(1)
    )
    assert found.chance < 0.8
    assert not found.advised
    assert found.experiment in ("search", "mail")


def test_a_channel_that_the_data_do_not_identify_is_no_advice_but_the_experiment() -> None:
    responses = [line("good", 3.0), line("blind", 1.1, identified=False)]
    found = plan(responses, 200.0, np.random.default_rng(1))
    assert not found.advised
    assert found.experiment == "blind"


def test_curves_that_are_not_concave_are_searched() -> None:
    grid = np.linspace(0, 125, 26)
    bend = np.where(grid < 100, 0.2 * grid, 20 + 6 * (grid - 100))
    steep = Response("late", 100.0, grid, bend[None, :], (0.0, 100.0))
    flat = line("flat", 1.05)
    responses = [steep, flat]
    limits = [limits_of(one) for one in responses]
    curves = [one.mean() for one in responses]
    found = best_spend(responses, curves, limits, 200.0, np.random.default_rng(1))
    assert profit_of(responses, curves, found) >= profit_of(
        responses, curves, np.array([100.0, 100.0])
    )
    assert found[0] == pytest.approx(120.0, abs=0.5)


def test_a_curve_needs_rising_spends_and_a_value_for_each() -> None:
    with pytest.raises(ValueError, match="rise"):
        Response("x", 1.0, [0.0, 0.0], np.zeros((1, 2)))
    with pytest.raises(ValueError, match="value for each"):
        Response("x", 1.0, [0.0, 1.0], np.zeros((1, 3)))


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0, 5), st.floats(0.2, 1.0)), min_size=2, max_size=4),
    st.floats(0.5, 1.5),
)
def test_greedy_is_as_good_as_trying_everything(
    shapes: list[tuple[float, float]], share: float
) -> None:
    grid = np.linspace(0, 125, 6)
    responses = [
        Response(str(k), 100.0, grid, (height * 20 * grid**bend)[None, :], (0.0, 100.0))
        for k, (height, bend) in enumerate(shapes)
    ]
    limits = [limits_of(one) for one in responses]
    curves = [one.mean() for one in responses]
    total = max(share * 100.0 * len(shapes), sum(limit.low for limit in limits))
    found = greedy(responses, curves, limits, total)
    best = profit_of(responses, curves, found)
    assert found.sum() <= total + 1e-6
    rng = np.random.default_rng(3)
    for _ in range(200):
        tried = rng.uniform([limit.low for limit in limits], [limit.high for limit in limits])
        if tried.sum() <= total:
            assert profit_of(responses, curves, tried) <= best + 1e-6


def test_the_measure_moves_money_by_experiment() -> None:
    campaigns({"guide": 0.2, "raffle": 0.0}, 3, 800, cost=0.5)
    answer = ask("allocate.budget", OPTIONS)
    rows = {row["thing"]: row for row in shown(answer)}
    assert (rows["guide"]["now"], rows["guide"]["planned"]) == (400.0, 480.0)
    assert rows["raffle"]["planned"] == 320.0
    assert answer.results[0].estimate is not None
    assert "guide 400 → 480" in answer.results[0].sentence["de"]
    assert ask("allocate.budget", OPTIONS) == answer


def test_the_measure_refuses_without_money_and_without_knowledge() -> None:
    campaigns({"guide": 0.03, "raffle": 0.03}, 6, 200, cost=0.5)
    answer = ask("allocate.budget", OPTIONS)
    assert [one.reason for one in answer.results] == ["unidentified"]
    assert "drawn by lot" in answer.results[0].sentence["en"]
    assert all(row["planned"] is None for row in shown(answer))
    bare = ask("allocate.budget", {**OPTIONS, "margin": "0"})
    assert [one.reason for one in bare.results] == ["no_source"]
    offer({})
    assert [one.reason for one in ask("allocate.budget", OPTIONS).results] == ["no_source"]
