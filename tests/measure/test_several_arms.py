"""Several arms at once: Dunnett against scipy, Holm by its steps, the measure over an archive."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.measure.asking import ask, offer, result, shown
from tests.measure.test_lift import Row, sale, unit
from wegweiser.measure.several_arms import (
    chance_within,
    dunnett_bound,
    holm,
    shared_loads,
    together_chance,
)

SHARES = {"shares": "nothing=1,calm=1,loud=1"}


def archive(sizes: dict[str, tuple[int, int]]) -> None:
    """Offer an archive: per arm its people and how many of them bought."""
    decisions: list[Row] = []
    outcomes: list[Row] = []
    for arm, (size, sales) in sizes.items():
        decisions += [unit(number, arm, ghost=arm == "nothing") for number in range(size)]
        outcomes += [sale(f"{arm}{number}") for number in range(sales)]
    offer({"decisions": decisions, "outcomes": outcomes})


@pytest.mark.parametrize("sizes", [(30, 30, 30, 30), (20, 60, 40)], ids=["equal", "unequal"])
def test_with_one_variance_it_is_dunnett_as_scipy_has_it(sizes: tuple[int, ...]) -> None:
    rng = np.random.default_rng(2)
    control, *arms = (rng.normal(0.4 * place, 1.0, size) for place, size in enumerate(sizes))
    oracle = stats.dunnett(*arms, control=control, rng=np.random.default_rng(1))
    freedom = sum(sizes) - len(sizes)
    pooled = sum(float(((one - one.mean()) ** 2).sum()) for one in (control, *arms)) / freedom
    held = pooled / len(control)
    loads = shared_loads([pooled / len(one) for one in arms], held)
    scores = [(one.mean() - control.mean()) / (pooled / len(one) + held) ** 0.5 for one in arms]
    chances = [together_chance(score, loads, freedom) for score in scores]
    # scipy draws; three of its standard errors are about .001.
    assert chances == pytest.approx(oracle.pvalue.tolist(), abs=1e-3)
    bound = dunnett_bound(loads, freedom)
    half = bound * (pooled / len(arms[0]) + held) ** 0.5
    ends = oracle.confidence_interval()
    assert half == pytest.approx((ends.high[0] - ends.low[0]) / 2, rel=5e-3)


def test_the_chance_within_is_that_of_the_multivariate_t() -> None:
    loads = (0.9, 0.5, 0.2)
    matrix = np.outer(loads, loads)
    np.fill_diagonal(matrix, 1.0)
    within = stats.multivariate_t(shape=matrix, df=12, seed=3).cdf(
        [2.0] * 3, lower_limit=[-2.0] * 3, maxpts=400_000
    )
    assert chance_within(2.0, loads, 12) == pytest.approx(within, abs=5e-4)
    assert dunnett_bound([0.0], 7.0) == pytest.approx(stats.t.ppf(0.975, 7), abs=1e-5)


@given(st.dictionaries(st.text("abc", min_size=1, max_size=2), st.floats(0, 1), min_size=1))
def test_holm_never_makes_a_chance_smaller_and_keeps_their_order(chances: dict[str, float]) -> None:
    told = holm(chances)
    assert all(chances[name] <= told[name] <= 1 for name in chances)
    ranked = sorted(chances, key=lambda name: (chances[name], name))
    assert [told[name] for name in ranked] == sorted(told.values())


def test_every_arm_is_held_against_the_control_and_all_hold_together() -> None:
    archive({"nothing": (1_000, 100), "calm": (1_000, 104), "loud": (1_000, 190)})
    end_at = {"planned_units": "3000"}
    answer = ask("lift.several", {"goal": "sale", **SHARES, **end_at})
    loud, end = (result(answer, f"lift.several.{name}") for name in ("loud", "loud_at_end"))
    assert (loud.estimate, loud.verdict, loud.warnings) == (pytest.approx(0.09), "helps", ())
    assert end.n["compared"] == 2
    assert "all 2 comparisons hold together 19 times out of 20" in end.sentence["en"]
    assert "alle 2 Vergleiche gelten zusammen in 19 von 20 Fällen" in end.sentence["de"]
    # Wider than one comparison alone, narrower than one that may be read daily.
    told = ask("lift", {"goal": "sale", "arm": "loud", **end_at})
    alone = result(told, "lift.difference_at_end")
    widths = [float(str(one.high)) - float(str(one.low)) for one in (alone, end, loud)]
    assert widths == sorted(widths)
    rows = {row["arm"]: row for row in shown(answer)}
    assert rows["loud"]["confirmed"] is True
    assert float(str(rows["calm"]["chance"])) > 0.9
    assert rows["calm"]["verdict"] == "cannot_tell"


def test_pairs_come_on_request_and_stand_by_holm() -> None:
    archive({"nothing": (1_000, 100), "calm": (1_000, 104), "loud": (1_000, 190)})
    names = {one.name for one in ask("lift.several", {"goal": "sale"}).results}
    assert not any(".pair." in name for name in names)
    reached = {"goal": "sale", "pairs": "yes", "planned_units": "3000"}
    answer = ask("lift.several", reached)
    said = {
        pair: result(answer, f"lift.several.pair.{pair}").sentence["en"]
        for pair in ("calm-loud", "calm-nothing", "loud-nothing")
    }
    assert [told.rsplit(": ", 1)[1] for told in said.values()] == [
        "differs.", "cannot tell.", "differs.",
    ]  # fmt: skip
    assert "one of 3 pairs" in said["calm-loud"]


def test_a_split_that_is_not_as_planned_hides_every_figure() -> None:
    archive({"nothing": (1_000, 100), "calm": (1_300, 104), "loud": (1_000, 190)})
    answer = ask("lift.several", {"goal": "sale", **SHARES})
    assert {one.reason for one in answer.results} == {"broken"}
    assert {(row["reached"], row["difference"]) for row in shown(answer)} == {(None, None)}
    offer({})
    assert ask("lift.several").results[0].reason == "no_source"


def test_an_arm_that_differed_before_hides_the_whole_test() -> None:
    decisions: list[Row] = []
    outcomes: list[Row] = []
    for arm, (size, sales) in {"nothing": (400, 60), "calm": (400, 80), "loud": (400, 90)}.items():
        decisions += [unit(number, arm, ghost=arm == "nothing") for number in range(size)]
        outcomes += [sale(f"{arm}{number}") for number in range(sales)]
    outcomes += [sale(f"loud{number}", after_days=-5) for number in range(200)]
    offer({"decisions": decisions, "outcomes": outcomes})
    answer = ask("lift.several", {"goal": "sale", "pairs": "yes"})
    assert [one.reason for one in answer.results] == ["broken", "broken"]
    calm = result(answer, "lift.several.calm")
    assert "loud is broken" in calm.sentence["en"]
    assert "loud gestört ist" in calm.sentence["de"]
    assert {(row["reached"], row["difference"]) for row in shown(answer)} == {(None, None)}
