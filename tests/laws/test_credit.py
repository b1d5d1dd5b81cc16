"""Laws of credit: it sums to the goals, names and order of rows mean nothing, oracles agree."""

from itertools import permutations

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.measure.credit.markov import by_removal, chain_of, removal_effects
from wegweiser.measure.credit.path import Numbers, Path, Paths, gather, redrawn
from wegweiser.measure.credit.rules import RULES, by_decay, by_rule
from wegweiser.measure.credit.shapley import (
    Worth,
    by_sets,
    exact,
    goals_within,
    rate_within,
    sampled,
)

NAMES = ("ads", "mail", "search", "social", "video")


def walked(most_channels: int = 5) -> st.SearchStrategy[list[Path]]:
    step = st.sampled_from(NAMES[:most_channels])
    path = st.builds(
        Path,
        st.lists(step, min_size=1, max_size=6).map(tuple),
        st.integers(0, 5),
        st.just(0.0),
        st.integers(0, 5),
    )
    return st.lists(path, min_size=1, max_size=12)


def markov(paths: Paths, order: int = 1) -> Numbers:
    return by_removal(removal_effects(chain_of(paths, order), paths), paths.goal_total)


def deleted(paths: Paths, order: int) -> Numbers:
    """Walk the chain without each channel, by adding up many steps instead of solving."""
    chain = chain_of(paths, order)
    count = len(chain.states)
    table = np.zeros((count, count + 2))
    for path, origin, target in zip(chain.path, chain.origin, chain.target, strict=True):
        if target >= 0:
            table[origin, target] += paths.goals[path] + paths.nulls[path]
        else:
            table[origin, count] += paths.goals[path]
            table[origin, count + 1] += paths.nulls[path]
    sums = table.sum(axis=1, keepdims=True)
    table = np.divide(table, sums, out=np.zeros_like(table), where=sums > 0)

    def chance(gone: int | None) -> float:
        at = np.eye(count)[0]
        reached = 0.0
        for _ in range(3_000):
            if gone is not None:
                at = at * [gone not in state for state in chain.states]
            reached += float(at @ table[:, count])
            at = at @ table[:, :count]
        return reached

    whole = chance(None)
    effects = [1 - chance(one) / whole if whole else 0.0 for one in range(len(paths.channels))]
    return np.array(effects)


@given(walked(), st.integers(1, 3))
def test_credit_sums_to_the_goals(found: list[Path], order: int) -> None:
    paths = gather(found)
    splits = [by_rule(paths, rule) for rule in RULES.values()] + [by_sets(paths)]
    for credit in [*(one.of(paths.goals) for one in splits), markov(paths, order)]:
        assert np.isclose(credit.sum(), paths.goal_total)
        assert (credit >= -1e-9).all()


@given(walked(), st.lists(st.floats(0.0, 1e6), min_size=12, max_size=12), st.integers(1, 3))
def test_credit_of_value_sums_to_the_value(found, worth, order) -> None:
    valued = [
        msgspec.structs.replace(path, value=path.goals * each)
        for path, each in zip(found, worth, strict=False)
    ]
    paths = gather(valued)
    total = paths.values.sum()
    for split in [*(by_rule(paths, rule) for rule in RULES.values()), by_sets(paths)]:
        assert np.isclose(split.of(paths.values).sum(), total)
    by_chain = by_removal(removal_effects(chain_of(paths, order), paths), float(total))
    assert np.isclose(by_chain.sum(), total)


@given(walked(), st.integers(1, 3), st.permutations(NAMES), st.randoms())
def test_names_and_the_order_of_rows_mean_nothing(found, order, names, chance) -> None:
    paths, renamed = gather(found), dict(zip(NAMES, names, strict=True))
    again = [Path(tuple(renamed[c] for c in p.channels), p.goals, 0.0, p.nulls) for p in found]
    chance.shuffle(again)
    other = gather(again)
    for split in (
        lambda one: markov(one, order),
        lambda one: by_sets(one).of(one.goals),
        lambda one: by_rule(one, RULES["last"]).of(one.goals),
    ):
        before = dict(zip((renamed[name] for name in paths.channels), split(paths), strict=True))
        after = dict(zip(other.channels, split(other), strict=True))
        assert before.keys() == after.keys()
        assert np.allclose([before[key] for key in after], list(after.values()))


@given(walked())
def test_doubling_changes_no_removal_effect(found: list[Path]) -> None:
    once, twice = gather(found), gather([*found, *found])
    assert np.allclose(
        removal_effects(chain_of(once), once), removal_effects(chain_of(twice), twice)
    )


@given(walked())
def test_repeats_of_one_channel_cancel(found: list[Path]) -> None:
    def collapsed(channels: tuple[str, ...]) -> tuple[str, ...]:
        kept = [c for place, c in enumerate(channels) if place == 0 or channels[place - 1] != c]
        return tuple(kept)

    short = [Path(collapsed(p.channels), p.goals, 0.0, p.nulls) for p in found]
    long, brief = gather(found), gather(short)
    effects = [removal_effects(chain_of(one), one) for one in (long, brief)]
    assert np.allclose(*effects)


@given(walked())
def test_a_channel_that_only_ends_in_nothing_gets_nothing(found: list[Path]) -> None:
    paths = gather([*found, Path(("ads", "dead end"), 0, 0.0, 3)])
    place = paths.channels.index("dead end")
    assert removal_effects(chain_of(paths), paths)[place] == 0.0


@given(walked(4), st.integers(1, 3))
def test_the_chain_agrees_with_walking_it(found: list[Path], order: int) -> None:
    paths = gather(found)
    assert np.allclose(removal_effects(chain_of(paths, order), paths), deleted(paths, order))


def brute_force(worth: Worth, channels: int) -> Numbers:
    orders = list(permutations(range(channels)))
    credit = np.zeros(channels)
    for order in orders:
        for place, channel in enumerate(order):
            before = frozenset(order[:place])
            credit[channel] += worth(before | {channel}) - worth(before)
    return credit / len(orders)


@given(walked())
def test_shapley_is_the_average_over_all_orders(found: list[Path]) -> None:
    paths = gather(found)
    count = len(paths.channels)
    goals, rate = goals_within(paths), rate_within(paths)
    assert np.allclose(by_sets(paths).of(paths.goals), brute_force(goals, count))
    assert np.allclose(exact(goals, count), by_sets(paths).of(paths.goals))
    assert np.allclose(exact(rate, count), brute_force(rate, count))


def test_shapley_of_eight_channels_is_the_average_over_all_orders() -> None:
    chance = np.random.default_rng(8)
    names = [f"c{number}" for number in range(8)]
    found = [
        Path(tuple(chance.choice(names, chance.integers(1, 6))), int(chance.integers(0, 9)))
        for _ in range(60)
    ]
    paths = gather(found)
    known: dict[frozenset[int], float] = {}
    within = goals_within(paths)

    def worth(part: frozenset[int]) -> float:
        if part not in known:
            known[part] = within(part)
        return known[part]

    wanted = brute_force(worth, 8)
    assert np.allclose(exact(worth, 8), wanted)
    assert np.allclose(by_sets(paths).of(paths.goals), wanted)
    means, errors = sampled(worth, 8, chance)
    assert (np.abs(means - wanted) <= 5 * errors + 1e-9).all()


def test_a_bootstrap_draw_keeps_values_and_times_with_their_goals() -> None:
    paths = gather([Path(("ads", "mail"), 400, 800.0, 10, (100.0, 300.0))])
    drawn = redrawn(paths, np.random.default_rng(1))
    goals = drawn.goal_total
    assert goals != 400
    assert drawn.values.sum() == 2 * goals
    assert by_decay(drawn).of(drawn.goals).tolist() == [goals / 4, 3 * goals / 4]
