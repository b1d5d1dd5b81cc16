"""Change points against people who marked them, and against an exact search."""

from itertools import pairwise

import numpy as np
import pytest
import ruptures

from tests.truth.watch_series import Reals, change_point_series
from wegweiser.measure.watch.dated import dated, memory_of
from wegweiser.measure.watch.pelt import Cost, Segments, changes_of, cut

MARGIN = 5


def matched(true: set[int], told: set[int]) -> int:
    """Count marked places with a told one within five steps, each told one at most once."""
    free, count = set(told), 0
    for place in sorted(true):
        near = [(abs(place - one), one) for one in free if abs(place - one) <= MARGIN]
        if near:
            count += 1
            free.discard(min(near)[1])
    return count


def f1(annotations: dict[str, list[int]], told: list[int]) -> float:
    told_places = {0, *told}
    marked = [{0, *places} for places in annotations.values()]
    precision = matched(set().union(*marked), told_places) / len(told_places)
    recall = float(np.mean([matched(one, told_places) / len(one) for one in marked]))
    return 2 * precision * recall / (precision + recall)


def cover(annotations: dict[str, list[int]], told: list[int], count: int) -> float:
    def segments(places: list[int]) -> list[set[int]]:
        ends = [*sorted({0, *places}), count]
        return [set(range(*pair)) for pair in pairwise(ends)]

    mine = segments(told)
    per_person = [
        sum(
            len(one) * max(len(one & own) / len(one | own) for own in mine)
            for one in segments(marked)
        )
        for marked in annotations.values()
    ]
    return float(np.mean(per_person)) / count


def test_one_setting_finds_the_changes_that_people_marked() -> None:
    scores, covers, silence = [], [], []
    for values, annotations in change_point_series().values():
        known = np.flatnonzero(~np.isnan(values))
        told = [int(known[place]) for place in changes_of(values[known])]
        scores.append(f1(annotations, told))
        covers.append(cover(annotations, told, len(values)))
        silence.append(f1(annotations, []))
    means = [float(np.mean(each)) for each in (scores, covers, silence)]
    print("\nmean F1 {:.4f}, cover {:.4f}; silence {:.4f}".format(*means))
    assert len(scores) == 15
    assert np.mean(silence) == pytest.approx(0.6692, abs=5e-5)
    assert np.mean(scores) == pytest.approx(0.718, abs=5e-4)
    assert np.mean(covers) == pytest.approx(0.685, abs=5e-4)


@pytest.mark.parametrize("seed", range(6))
def test_the_cut_is_that_of_another_exact_search(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=120) + np.repeat(rng.normal(0, 2, 6), 20)
    penalty = 5.0 * float(np.log(120))
    oracle = ruptures.Pelt(model="l2", min_size=5, jump=1).fit(values[:, None])
    assert cut(Segments(values), penalty) == oracle.predict(pen=penalty)[:-1]


@pytest.mark.parametrize("cost", ["poisson", "bernoulli"])
def test_counts_and_rates_have_costs_of_their_own(cost: Cost) -> None:
    rng = np.random.default_rng(4)
    whole = np.full(80, 200.0)
    rate = np.repeat([0.05, 0.1], 40)
    values = rng.binomial(200, rate).astype(np.float64)
    segments = Segments(values, cost, whole)
    [place] = cut(segments, 3 * float(np.log(80)))
    assert abs(place - 40) <= 2


def waves(rng: np.random.Generator, count: int, memory: float) -> Reals:
    values = rng.normal(size=count)
    for place in range(1, count):
        values[place] = memory * values[place - 1] + np.sqrt(1 - memory**2) * values[place]
    return values


def shares(repeats: int) -> tuple[float, float, float]:
    """Give the share of dates and sizes held by their intervals, and of false changes."""
    rng = np.random.default_rng(5)
    dates = sizes = found = false = 0
    for _ in range(repeats):
        values = waves(rng, 200, 0.3)
        false += any(one.chance <= 0.05 for one in dated(values, changes_of(values), rng))
        values[120:] += 1.5
        changes = [one for one in dated(values, changes_of(values), rng) if one.chance <= 0.05]
        if len(changes) == 1:
            found += 1
            dates += changes[0].earliest <= 120 <= changes[0].latest
            sizes += changes[0].size.low <= 1.5 <= changes[0].size.high
    return dates / found, sizes / found, false / repeats


def test_dates_and_sizes_are_held_as_often_as_they_say() -> None:
    dates, sizes, false = shares(60)
    assert dates >= 0.8
    assert sizes >= 0.85
    assert false <= 0.1


@pytest.mark.sweep
def test_dates_and_sizes_are_held_as_often_as_they_say_in_the_long_run() -> None:
    dates, sizes, false = shares(2_000)
    print(f"\n90 % dates hold {dates:.1%}, 95 % sizes hold {sizes:.1%}, false changes {false:.1%}")
    assert 0.85 <= dates <= 0.99
    assert 0.92 <= sizes <= 0.98
    assert false <= 0.05


def test_memory_is_that_of_the_series() -> None:
    values = waves(np.random.default_rng(6), 4_000, 0.6)
    assert memory_of(values - values.mean()) == pytest.approx(0.6, abs=0.05)
