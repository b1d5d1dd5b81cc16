"""Tables of a journey learned from what people did: EM around the expert table."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.learn.journey_path import Paths, Rates
from wegweiser.terms.journey import STAGES, JourneyTable, Sign

Numbers = NDArray[np.float64]
TAU_DAYS = 500.0
LAMBDA = 50.0
ROUNDS = 30
FEWEST = 500
# Every fifth subject is held out; the new table has to foretell those better.
HELD_OUT = 5
_SMALL_GAIN = 1e-4


class History(msgspec.Struct, frozen=True):
    """The signs of one subject by time, watched from `begin` to `end` (minutes UTC)."""

    signs: Sequence[Sign]
    begin: int
    end: int


class Learned(msgspec.Struct, frozen=True):
    """What EM found; log-likelihoods are means per sign, and `held_out` those not learned from.

    `status` is "better", "no_better" or "too_little_data"; only a better table is worth applying.
    """

    status: str
    table: JourneyTable
    subjects: int
    signs: int
    rounds: int
    held_out_before: float
    held_out_after: float


def learn(
    table: JourneyTable, sequences: Sequence[History], fewest: int = FEWEST, rounds: int = ROUNDS
) -> Learned:
    """Learn moves, visits and looks from sequences in their given order; `start` stays.

    Formula: Q_ij = (N_ij + t Q0_ij) / (D_i + t), r_i = (n_i + t r0_i) / (D_i + t),
    B_ie = (n_ie + l B0_ie) / (n_i + l) with the expected moves N, days D, sessions n and looks
    n_ie, t = 500 days, l = 50. Moves that the table calls impossible stay so.
    Assumption: as for the filter; priors keep each stage what the table means by it.
    Source: Liu et al. (2015), Efficient learning of continuous-time hidden Markov models for
    disease progression, NeurIPS 28; Dempster, Laird and Rubin (1977).
    """
    told = [one for one in sequences if one.signs]
    signs = sum(len(one.signs) for one in told)
    if len(told) < fewest:
        return Learned("too_little_data", table, len(told), signs, 0, 0.0, 0.0)
    kept = [one for place, one in enumerate(told) if place % HELD_OUT != HELD_OUT - 1]
    held = [one for place, one in enumerate(told) if place % HELD_OUT == HELD_OUT - 1]
    found, used = fit(table, kept, rounds)
    before, after = _mean(table, held), _mean(found, held)
    status = "better" if after > before else "no_better"
    return Learned(status, found, len(told), signs, used, before, after)


def fit(
    table: JourneyTable, sequences: Sequence[History], rounds: int = ROUNDS
) -> tuple[JourneyTable, int]:
    """Give the table after EM and the number of rounds that it took; at least one sequence."""
    prior = rates = Rates.of(table)
    last = -np.inf
    used = 0
    while used < rounds:
        used += 1
        expected = Paths(rates)
        for one in sequences:
            expected.add(one.signs, one.begin, one.end)
        rates = _updated(prior, expected)
        gain, last = expected.log_likelihood - last, expected.log_likelihood
        if gain < _SMALL_GAIN * abs(last):
            break
    return rates.table(table), used


def _mean(table: JourneyTable, sequences: Sequence[History]) -> float:
    paths = Paths(Rates.of(table))
    for one in sequences:
        paths.add(one.signs, one.begin, one.end, counting=False)
    return paths.log_likelihood / max(1, sum(len(one.signs) for one in sequences))


def _updated(prior: Rates, expected: Paths) -> Rates:
    days, moved = expected.stays()
    looked = expected.looks
    moves = (moved + TAU_DAYS * prior.moves) / (days[:, None] + TAU_DAYS)
    return Rates(
        start=prior.start,
        visits=(expected.sessions + TAU_DAYS * prior.visits) / (days + TAU_DAYS),
        looks=(looked + LAMBDA * prior.looks) / (looked.sum(axis=1, keepdims=True) + LAMBDA),
        moves=np.where(prior.moves > 0, moves, 0.0),
    )


def proposal(learned: Learned, key: str) -> dict[str, object]:
    """Write a learned table as a `kind: journey` document, rounded to five digits."""
    table = learned.table
    return {
        "kind": "journey",
        "key": key,
        "visits_per_day": {
            name: _round(rate) for name, rate in zip(STAGES, table.visits, strict=True)
        },
        "looks": {
            name: {what: _round(share) for what, share in zip(table.classes, row, strict=True)}
            for name, row in zip(STAGES, table.looks, strict=True)
        },
        "moves_per_day": {
            name: {to: _round(rate) for to, rate in zip(STAGES, row, strict=True) if rate > 0}
            for name, row in zip(STAGES, table.moves, strict=True)
        },
    }


def _round(value: float) -> float:
    return float(f"{value:.5g}")
