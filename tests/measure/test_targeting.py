"""Whom to treat: the area against a slow second way, what is claimed, and the measure itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.asking import AS_OF, ask, offer, result, shown
from tests.measure.test_lift import START, Row
from wegweiser.measure.targeting.curve import (
    Cells,
    area,
    best_from,
    bootstrapped,
    gains_of,
    resampled,
    value,
)
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS

OPTIONS = {"goal": "sale", "by": "device", "shares": "main=1,nothing=1"}
Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


def cells(score: Floats, treated: Floats, y: Floats, of: Floats | None = None) -> Cells:
    levels, level = np.unique(score, return_inverse=True)
    own = np.arange(len(y)) if of is None else np.unique(of, return_inverse=True)[1]
    return Cells(
        levels=levels,
        level=level,
        treated=treated.astype(bool),
        units=np.ones(len(y)),
        totals=y.astype(float),
        cluster=own,
        alone=np.full(len(y), of is None),
    )


def drawn_world(rng: np.random.Generator, units: int, knows: float) -> Cells:
    """Draw units of which the effect is `knows` times their score, and half are treated."""
    score = rng.integers(0, 5, units) / 4.0
    treated = rng.random(units) < 0.5
    y = 1.0 + treated * knows * score + rng.normal(0, 1, units)
    return cells(score, treated, y)


def test_the_area_is_that_under_the_curve_drawn_slowly() -> None:
    rng = np.random.default_rng(3)
    world = drawn_world(rng, 400, 1.0)
    once = gains_of(world)
    share, gain = [0.0], [0.0]
    for place in range(len(world.levels) - 1, -1, -1):
        share.append(share[-1] + once.units[0, place] / 400)
        gain.append(gain[-1] + once.gains[0, place] / 400)
    under = float(np.trapezoid(np.array(gain), np.array(share)))
    assert float(area(once)[0]) == pytest.approx(under - gain[-1] / 2)
    # The gains of all together are the difference of the means.
    treated = world.totals[world.treated].mean() - world.totals[~world.treated].mean()
    assert gain[-1] == pytest.approx(treated)


def test_the_area_holds_its_truth_and_knows_nothing_of_a_random_order() -> None:
    rng = np.random.default_rng(4)
    covered = claimed = 0
    for _ in range(50):
        # The effect is the score, and scores are 0 to 1 by quarters: Cov(score, F) is .1.
        world = drawn_world(rng, 300, 1.0)
        found = bootstrapped(float(area(gains_of(world))[0]), area(resampled(world, rng, 150)))
        covered += found.low <= 0.1 <= found.high
        world = drawn_world(rng, 300, 0.0)
        none = bootstrapped(float(area(gains_of(world))[0]), area(resampled(world, rng, 150)))
        claimed += none.low > 0
    # With a chance of 95 and 2.5 in 100 each, fewer or more come in less than 1 of 1,000 runs.
    assert covered >= 41
    assert claimed <= 6


def test_people_of_one_account_are_drawn_together() -> None:
    rng = np.random.default_rng(5)
    account = np.repeat(np.arange(60), 10)
    alike = rng.normal(0, 1, 60)[account]
    score = np.repeat(rng.integers(0, 2, 60), 10).astype(float)
    treated = np.repeat(rng.random(60) < 0.5, 10)
    world = cells(score, treated, alike + rng.normal(0, 0.5, 600), account)
    apart = cells(score, treated, world.totals)
    spreads = [area(resampled(one, np.random.default_rng(1), 400)).std() for one in (world, apart)]
    assert spreads[0] > 2 * spreads[1]


scores = st.lists(
    st.tuples(st.integers(0, 3), st.booleans(), st.integers(-5, 5)), min_size=4, max_size=30
).filter(lambda rows: len({treated for _, treated, _ in rows}) == 2)


@given(scores, st.floats(0.1, 50))
def test_order_and_scale_change_nothing_but_units(
    rows: list[tuple[int, bool, int]], scale: float
) -> None:
    score, treated, y = (np.array(column, float) for column in zip(*rows, strict=True))
    one = float(area(gains_of(cells(score, treated, y)))[0])
    back = float(area(gains_of(cells(score[::-1], treated[::-1], y[::-1] * scale)))[0])
    assert back == pytest.approx(one * scale, abs=1e-9 * scale)


@settings(max_examples=30)
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=8))
def test_the_best_threshold_is_the_best_of_all(gains: list[float]) -> None:
    levels = [float(place) for place in range(len(gains))]
    least = best_from(levels, np.array(gains))
    chosen = sum(gain for level, gain in zip(levels, gains, strict=True) if level >= least)
    assert chosen == pytest.approx(max(sum(gains[place:]) for place in range(len(gains) + 1)))


def archive(effects: dict[str, tuple[float, float]], each: int = 700) -> None:
    """Offer an archive: people per device and arm; the first share of them buys, by arm."""
    tables: dict[str, list[Row]] = {"decisions": [], "outcomes": [], "events": [], "slots": []}
    for device, shares in effects.items():
        for arm, share in zip(("main", "nothing"), shares, strict=True):
            for number in range(each):
                leaf = f"{device}-{arm}-{number}"
                told = {"leaf": leaf, "decision_id": leaf, "occurred_at": START}
                tables["decisions"].append({**told, "arm": arm})
                tables["events"].append({"leaf": leaf, "occurred_at": START, "device": device})
                tables["slots"].append(
                    {**told, "arm": arm, "unit_id": leaf, "unit_kind": "person", "idx": 0,
                     "decided_person_id": "", "group_id": "", "received_at": 0, "slot": 0,
                     "placement": "home", "expected": shares[0] - shares[1]}
                )  # fmt: skip
                if number < share * each:
                    tables["outcomes"].append({"leaf": leaf, "occurred_at": START + DAY_MS})
    offer(tables)


UNLIKE = {"phone": (0.4, 0.1), "desk": (0.1, 0.15), "tablet": (0.12, 0.12)}
ALIKE = {"phone": (0.2, 0.1), "desk": (0.2, 0.1), "tablet": (0.2, 0.1)}


@pytest.mark.parametrize("by", ["device", "expected"])
def test_an_order_that_tells_who_responds_is_worth_choosing_by(by: str) -> None:
    archive(UNLIKE)
    answer = ask("lift.targeting", OPTIONS | {"by": by})
    found, policy = (result(answer, f"lift.targeting.{name}") for name in ("area", "policy"))
    assert found.low is not None
    assert found.low > 0
    assert found.warnings == policy.warnings == ("read_once_at_planned_end",)
    assert "worth choosing" in policy.sentence["en"]
    assert "die Wahl lohnt sich" in policy.sentence["de"]
    rows = shown(answer)
    assert rows[0]["treated"] is True
    assert rows[-1]["share_treated"] == pytest.approx(1.0)
    assert rows[-1]["gain"] == pytest.approx(rows[-1]["gain_by_chance"])
    again = ask("lift.targeting", OPTIONS | {"by": by})
    assert again == answer


def test_where_all_respond_alike_nothing_is_claimed() -> None:
    archive(ALIKE)
    answer = ask("lift.targeting", OPTIONS)
    assert all("no_claim" in one.warnings for one in answer.results)
    policy = result(answer, "lift.targeting.policy").sentence
    assert "no reason to choose" in policy["en"]
    # What is not claimed to be better is not said to beat anything, by less than nothing at that.
    assert "beats" not in policy["en"]
    assert "besser" not in policy["de"]
    alike = ask("lift.targeting", OPTIONS | {"by": "expected"}).results[0]
    assert alike.reason == "unidentified"


def test_what_treating_costs_decides_who_is_treated() -> None:
    archive(UNLIKE)
    money = {"margin": "100", "unit_cost": "50"}
    rows = shown(ask("lift.targeting", OPTIONS | money))
    assert [row["treated"] for row in rows] == [False, False, False]
    cheap = shown(ask("lift.targeting", OPTIONS | money | {"unit_cost": "5"}))
    assert [row["treated"] for row in cheap] == [True, False, False]
    once = gains_of(drawn_world(np.random.default_rng(1), 50, 1.0))
    none = np.zeros(once.units.shape[1], dtype=bool)
    assert value(once, none, 1.0, 9.0).tolist() == [0.0]


def test_gates_are_those_of_lift_for_each_half() -> None:
    offer({})
    assert ask("lift.targeting").results[0].reason == "no_source"
    archive(UNLIKE)
    assert ask("lift.targeting", OPTIONS | {"shares": "main=9,nothing=1"}).results[0].reason == (
        "broken"
    )
    assert ask("lift.targeting", OPTIONS, as_of=START + DAY_MS).results[0].reason == "too_early"
    archive({"phone": (0.5, 0.1)}, each=150)
    assert ask("lift.targeting", OPTIONS).results[0].reason == "too_little"
    with pytest.raises(InputRefused):
        ask("lift.targeting", {"by": "mood"}, as_of=AS_OF)
