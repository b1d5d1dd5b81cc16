"""Credit against published figures: 10,000 aggregated paths over twelve channels."""

import csv
from collections.abc import Callable
from pathlib import Path as File

import numpy as np
import pytest

from wegweiser.measure.credit.markov import by_removal, chain_of, removal_effects
from wegweiser.measure.credit.path import Path, Paths, gather
from wegweiser.measure.credit.rules import RULES, by_rule
from wegweiser.measure.credit.shapley import by_sets

# channel: first, last, linear, position, Markov of order 1, removal effect, Shapley
PUBLISHED = {
    "alpha": (6308, 8447, 7574.719, 7444.824, 5344.95, 0.55840, 7627.944),
    "iota": (4606, 3355, 3857.096, 3944.948, 3884.61, 0.40584, 3505.044),
    "eta": (3164, 4167, 3539.951, 3618.796, 3340.85, 0.34903, 3613.656),
    "beta": (2831, 989, 2083.500, 1969.766, 2527.35, 0.26404, 1982.739),
    "theta": (1606, 653, 1022.801, 1092.744, 1971.91, 0.20601, 1190.963),
    "lambda": (902, 1207, 1035.258, 1046.904, 1282.85, 0.13402, 987.782),
    "epsilon": (99, 531, 272.170, 301.050, 599.57, 0.06264, 374.677),
    "zeta": (27, 107, 136.552, 88.623, 381.06, 0.03981, 199.992),
    "kappa": (74, 230, 137.964, 147.460, 274.36, 0.02866, 159.057),
    "gamma": (165, 92, 121.042, 125.241, 171.15, 0.01788, 138.186),
    "delta": (1, 5, 1.725, 2.587, 4.61, 0.00048, 2.293),
    "mi": (2, 2, 2.222, 2.057, 1.72, 0.00018, 2.667),
}
GOALS = 19_785


@pytest.fixture(scope="module")
def paths(shared_data: Callable[[str], File]) -> Paths:
    file = shared_data("channel_attribution") / "PathData.csv"
    with file.open(encoding="utf-8") as lines:
        return gather(
            Path(
                tuple(row["path"].split(" > ")),
                int(row["total_conversions"]),
                float(row["total_conversion_value"]),
                int(row["total_null"]),
            )
            for row in csv.DictReader(lines, delimiter=";")
        )


def column(paths: Paths, place: int) -> list[float]:
    return [float(PUBLISHED[name][place]) for name in paths.channels]


def close(found: np.ndarray, wanted: list[float], digits: float) -> bool:
    # Relative to the printed figure, and never finer than the digits that were printed.
    return bool(np.allclose(found, wanted, rtol=1e-4, atol=digits))


def test_the_rules_give_the_published_goals(paths: Paths) -> None:
    assert paths.goal_total == GOALS
    assert paths.values.sum() == pytest.approx(74_802.972)
    for place, rule in enumerate(("first", "last", "linear", "position")):
        found = by_rule(paths, RULES[rule]).of(paths.goals)
        assert found.sum() == pytest.approx(GOALS)
        assert close(found, column(paths, place), 0.0006), rule


def test_the_chain_is_solved_exactly(paths: Paths) -> None:
    effects = removal_effects(chain_of(paths), paths)
    assert close(effects, column(paths, 5), 0.000006)
    credit = by_removal(effects, paths.goal_total)
    assert credit.sum() == pytest.approx(GOALS)
    assert close(credit, column(paths, 4), 0.006)


def test_shapley_gives_the_recomputed_goals(paths: Paths) -> None:
    found = by_sets(paths).of(paths.goals)
    assert found.sum() == pytest.approx(GOALS)
    assert close(found, column(paths, 6), 0.0006)
