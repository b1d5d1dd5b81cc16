"""Learning a journey: expected paths against integrals by hand, and the truth found again."""

import itertools
from random import Random

import numpy as np
import pytest
from scipy.linalg import expm

from tests.truth.journeys import DAY_MINUTES, DEFAULT, bent, walk
from wegweiser.learn.journey import FEWEST, History, Learned, fit, learn, proposal
from wegweiser.learn.journey_path import Paths, Rates
from wegweiser.profile.stage_table import compile_journey
from wegweiser.terms.journey import STAGES, JourneyTable, Sign

TABLE = DEFAULT.table
DAYS = 200


def histories(table: JourneyTable, seed: int, number: int) -> list[History]:
    """Draw histories that are watched from day 0 on."""
    luck = Random(seed)
    return [History(walk(table, luck, DAYS).signs, 0, DAYS * DAY_MINUTES) for _ in range(number)]


def expected_by_hand(one: History, steps: int = 600) -> tuple[np.ndarray, np.ndarray, float]:
    """Integrate days and moves numerically over each gap, with another exponential."""
    rates = Rates.of(TABLE)
    generator = rates.moves - np.diag(rates.moves.sum(axis=1) + rates.visits)
    moments = [one.begin, *(sign.minute for sign in one.signs), one.end]
    gaps = [(b - a) / DAY_MINUTES for a, b in itertools.pairwise(moments)]
    seen = [rates.visits * rates.looks[:, sign.look] for sign in one.signs] + [np.ones(8)]
    before = [rates.start]
    for gap, likelihood in zip(gaps, seen, strict=True):
        before.append(before[-1] @ expm(generator * gap) * likelihood)
    after = [np.ones(8)]
    for gap, likelihood in zip(gaps[::-1], seen[::-1], strict=True):
        after.append(expm(generator * gap) @ (likelihood * after[-1]))
    after = after[::-1]
    whole = before[-1].sum()
    days, moves = np.zeros(8), np.zeros((8, 8))
    for place, gap in enumerate(gaps):
        behind = seen[place] * after[place + 1]
        for step in range(steps):
            moment = (step + 0.5) / steps * gap
            left = before[place] @ expm(generator * moment)
            right = expm(generator * (gap - moment)) @ behind
            days += left * right * gap / steps / whole
            moves += np.outer(left, right) * rates.moves * gap / steps / whole
    return days, moves, float(np.log(whole))


def test_expected_days_and_moves_are_the_integrals_over_all_paths() -> None:
    signs = (Sign(5 * DAY_MINUTES, "a", 3, opens=True), Sign(9 * DAY_MINUTES, "b", 5, opens=True))
    one = History(signs, 0, 30 * DAY_MINUTES)
    paths = Paths(Rates.of(TABLE))
    paths.add(one.signs, one.begin, one.end)
    days, moves = paths.stays()
    expected_days, expected_moves, log_likelihood = expected_by_hand(one)
    assert days.sum() == pytest.approx(30)
    assert np.allclose(days, expected_days, atol=1e-4)
    assert np.allclose(moves, expected_moves, atol=1e-4)
    assert paths.log_likelihood == pytest.approx(log_likelihood)
    assert paths.sessions.sum() == pytest.approx(2)
    assert paths.looks.sum(axis=0)[[3, 5]] == pytest.approx([1, 1])


@pytest.mark.slow
def test_learning_finds_the_true_rates_again() -> None:
    true = bent(TABLE, Random(3))
    found, _ = fit(TABLE, histories(true, 4, 700))
    off, off_before = (
        np.abs(np.log(np.array(table.visits) / np.array(true.visits))) for table in (found, TABLE)
    )
    print("visits off by", off.round(2), "before", off_before.round(2))
    # Stages in which people spend many days are found within a fifth; none gets much worse.
    often = [STAGES.index(name) for name in ("explore", "evaluate", "customer", "not_buyer")]
    assert (off[often] < 0.2).all()
    assert off.mean() < 0.6 * off_before.mean()
    looks, looks_before = (
        np.abs(np.array(table.looks) - np.array(true.looks)).sum() for table in (found, TABLE)
    )
    assert looks < 0.5 * looks_before
    moves, moves_before = (
        np.abs(np.array(table.moves) - np.array(true.moves)).sum() for table in (found, TABLE)
    )
    assert moves < moves_before
    assert (np.array(found.moves)[np.array(TABLE.moves) == 0] == 0).all()


def test_every_round_of_learning_explains_what_was_seen_no_worse() -> None:
    told = histories(bent(TABLE, Random(5)), 6, 40)

    def explained(table: JourneyTable) -> float:
        paths = Paths(Rates.of(table))
        for one in told:
            paths.add(one.signs, one.begin, one.end, counting=False)
        return paths.log_likelihood

    levels = [explained(fit(TABLE, told, rounds)[0]) for rounds in (1, 2, 4)]
    assert [explained(TABLE), *levels] == sorted([explained(TABLE), *levels])


def test_too_few_people_are_too_little_data() -> None:
    told = learn(TABLE, histories(TABLE, 1, 30))
    assert (told.status, told.table) == ("too_little_data", TABLE)
    assert told.subjects < FEWEST


def test_what_is_proposed_is_a_document_that_can_be_applied() -> None:
    told: Learned = learn(TABLE, histories(bent(TABLE, Random(8)), 9, 60), fewest=20, rounds=3)
    assert told.status == "better"
    assert told.held_out_after > told.held_out_before
    applied = compile_journey(proposal(told, "ours")).table  # type: ignore[arg-type]
    assert applied.classes == TABLE.classes
    assert np.allclose(applied.looks, told.table.looks, rtol=1e-4)
    assert np.allclose(applied.moves, told.table.moves, rtol=1e-4)
    assert applied.start == TABLE.start
