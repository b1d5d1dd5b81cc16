"""Second ways to the same figures: regressions beside relations, statsmodels beside survival."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.asking import ask, offer, shown
from tests.measure.test_relations import GOAL, feature, people
from tests.measure.test_time_to_goal import told
from tests.measure.test_web_rates import START, mails
from wegweiser.measure.compare import Paired
from wegweiser.measure.form import real
from wegweiser.measure.revenue.second_opinion import second_opinion
from wegweiser.measure.revenue.strata import Stratum, Sums, standardised
from wegweiser.measure.revenue.survival import Counted, steps
from wegweiser.measure.web.click_estimate import beside_the_rest, per_exposure, ratio_variance
from wegweiser.terms.instant import HOUR_MS


def sides(having: tuple[int, int], lacking: tuple[int, int], name: str = "web") -> Stratum:
    return Stratum((name,), Sums(*having), Sums(*lacking))


def test_the_regression_agrees_where_one_odds_ratio_holds_in_all_strata() -> None:
    # Odds ratio 2 in both: 20/80 against 40/80 of misses, 100/100 against 200/100.
    strata = [sides((120, 40), (100, 20), "a"), sides((300, 200), (200, 100), "b")]
    own, other = standardised(strata).rate, second_opinion(strata)
    assert other is not None
    assert other.estimate == pytest.approx(own.estimate, abs=1e-6)
    assert (other.low, other.high) == pytest.approx((own.low, own.high), abs=0.003)


def test_the_regression_keeps_silent_with_too_little() -> None:
    assert second_opinion([sides((300, 10), (300, 9))]) is None
    assert second_opinion([sides((300, 40), (300, 0))]) is None
    assert second_opinion([sides((300, 0), (300, 0))]) is None
    # A stratum without any goal is no parameter and changes only the weights.
    one = second_opinion([sides((300, 60), (300, 30), "a")])
    two = second_opinion([sides((300, 60), (300, 30), "a"), sides((300, 0), (300, 0), "b")])
    assert one is not None
    assert two is not None
    assert two.estimate == pytest.approx(one.estimate / 2)


def test_relations_show_it_and_say_where_it_says_otherwise() -> None:
    offer({"events": people()})
    guide = feature(ask("revenue.relations", GOAL), "/guide")
    low, middle, high = (real(guide, f"regression_{end}") for end in ("low", "difference", "high"))
    assert low < 0 < high
    assert middle == pytest.approx(real(guide, "difference"), abs=0.02)
    assert "A regression says otherwise" not in str(guide["notes_en"])


counts = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12
)


@settings(max_examples=40)
@given(counts)
def test_rates_by_time_are_those_of_statsmodels(drawn: list[tuple[int, int, int]]) -> None:
    from statsmodels.duration.survfunc import SurvfuncRight

    told = {day: (goals, still) for day, goals, still in drawn}
    if not any(goals for goals, _ in told.values()):
        return
    listed = [Counted(day, *both) for day, both in told.items()]
    days = [day for day, both in told.items() for _ in range(sum(both))]
    status = [int(n < both[0]) for both in told.values() for n in range(sum(both))]
    oracle = SurvfuncRight(np.array(days, dtype=float), np.array(status))
    own = {one.days: one for one in steps(listed)}
    for day, surviving, error in zip(
        oracle.surv_times, oracle.surv_prob, oracle.surv_prob_se, strict=True
    ):
        one = own[int(day)]
        assert one.surviving == pytest.approx(surviving)
        if surviving > 0:
            assert one.surviving * one.greenwood**0.5 == pytest.approx(error)


def test_small_groups_of_leads_are_merged() -> None:
    events = [
        told(f"{channel}{n}", 50, "Lead Created", channel=channel)
        for channel, count in (("mail", 30), ("fair", 6), ("fax", 5))
        for n in range(count)
    ]
    offer({"events": events})
    asked = {"lead": "Lead Created", "goal": "Deal Won", "by": "channel"}
    rows = {row["channel"]: row["leads"] for row in shown(ask("revenue.time_to_goal", asked))}
    assert rows == {"mail": 30, "(other)": 11}


def clicked(chances: dict[str, float], people: int, seed: int) -> None:
    """Offer messages in one slot; everybody sees all of them, some people click more."""
    chance = random.Random(seed)
    world: dict[str, list[dict[str, object]]] = {
        name: [] for name in ("decisions", "exposures", "outcomes")
    }
    for person in range(people):
        keen = chance.choice([0.5, 1.5])
        for number, (message, share) in enumerate(chances.items()):
            one = {"decision_id": f"{message}-{person}", "occurred_at": START + number * HOUR_MS}
            world["decisions"].append(one | {"leaf": f"p{person}", "message": message})
            world["exposures"].append(one)
            if chance.random() < share * keen:
                world["outcomes"].append(one | {"kind": "click", "goal": ""})
    offer(world)


def test_click_rates_are_held_against_their_place_and_many_are_judged_together() -> None:
    shares = {f"m{number}": 0.1 for number in range(7)} | {"loud": 0.3}
    clicked(shares, 600, 3)
    answer = ask("web.click_rate")
    rows = {str(row["message"]): row for row in shown(answer)}
    assert rows["loud"]["stands"] is True
    assert real(rows["loud"], "difference") == pytest.approx(0.2, abs=0.05)
    many = next(one for one in answer.results if one.name == "web.click_rate.different")
    assert many.n["compared"] == 8
    assert many.sentence["en"].startswith(f"{many.n['standing']} of 8 click rates compared")
    named = next(one for one in answer.results if one.name.endswith("difference.loud (home/0)"))
    assert "is clicked more often than the rest of its place" in named.sentence["en"]
    assert not any(row["difference"] for row in shown(ask("web.click_rate", {"by": "channel"})))


def test_what_few_people_saw_is_merged_within_its_place() -> None:
    world = mails(40, each=1)
    rare = [("r1", 4), ("r2", 5)]
    for message, count in rare:
        for n in range(count):
            one = {"decision_id": f"{message}{n}", "occurred_at": START}
            world["decisions"].append(one | {"leaf": f"p{n}", "message": message})
            world["exposures"].append(one)
    offer(world)
    rows = {row["message"]: row for row in shown(ask("web.click_rate"))}
    assert set(rows) == {"hello", "(other)"}
    assert (rows["(other)"]["exposures"], rows["(other)"]["click_rate"]) == (9, None)


def test_the_spread_of_a_difference_is_that_over_people() -> None:
    """Σ over people of their pull on the difference, computed person by person."""
    rng = np.random.default_rng(8)
    x, others = 1 + rng.poisson(2, 300), 1 + rng.poisson(3, 300)
    keen = rng.beta(2, 18, 300)
    c, rest = rng.binomial(x, keen), rng.binomial(others, keen)
    all_c, all_x = c + rest, x + others
    row = {"people": 300, "clicks": c.sum(), "exposures": x.sum(), "clicks_squares": c @ c,
           "exposures_squares": x @ x, "products": x @ c, "place_yy": c @ all_c,
           "place_yx": c @ all_x, "place_xy": x @ all_c, "place_xx": x @ all_x}  # fmt: skip
    place = {"people": 300, "clicks": all_c.sum(), "exposures": all_x.sum(),
             "clicks_squares": all_c @ all_c, "exposures_squares": all_x @ all_x,
             "products": all_x @ all_c}  # fmt: skip
    own_row, place_row = ({k: float(v) for k, v in one.items()} for one in (row, place))
    found = beside_the_rest(own_row, place_row)
    assert found is not None
    pull = (c - c.sum() / x.sum() * x) / x.sum()
    pull = pull - (rest - rest.sum() / others.sum() * others) / others.sum()
    error = float(np.sqrt(300 / 299 * (pull @ pull)))
    half = (found.difference.high - found.difference.low) / 2
    assert half == pytest.approx(1.96 * error, rel=0.02)
    own = per_exposure(own_row)
    assert own is not None
    paired = Paired(300, float(c.sum()), float(x.sum()), float(c @ c), float(x @ x), float(x @ c))
    wald = 1.96 * ratio_variance(paired) ** 0.5
    assert (own.high - own.low) / 2 == pytest.approx(wald, rel=0.02)
