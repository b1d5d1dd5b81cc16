"""Tables of a journey learned from what people did: EM around the expert table."""

from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.learn.journey_path import Paths, Rates
from wegweiser.learn.journey_points import PointsModel, fit_points
from wegweiser.terms.journey import STAGES, JourneyTable, Sign

Numbers = NDArray[np.float64]
TAU_DAYS = 500.0
LAMBDA = 50.0
ROUNDS = 30
FEWEST = 500
# Every fifth subject is held out; the new table has to foretell those better.
HELD_OUT = 5
_SMALL_GAIN = 1e-4

# What foretells those best: the table learned, the one that counts, or points that decay.
Best = Literal["", "learned", "current", "points"]


class History(msgspec.Struct, frozen=True):
    """The signs of one subject by time, watched from `begin` to `end` (minutes UTC)."""

    signs: Sequence[Sign]
    begin: int
    end: int


class Learned(msgspec.Struct, frozen=True):
    """What EM found, and how well it foretells subjects that nothing was learned from.

    `held_out` are mean log-likelihoods of the next session or look given all before: under the
    table that counted before, the one found after, and the points. `status` is "better" only if
    the table found beats both others, else "no_better", "points_better" or "too_little_data".
    """

    status: str
    table: JourneyTable
    subjects: int
    signs: int
    rounds: int
    held_out_before: float
    held_out_after: float
    held_out_points: float = 0.0

    @property
    def best(self) -> Best:
        """What foretells best; of equals, what is there already."""
        if self.status == "too_little_data":
            return ""
        if self.status == "points_better":
            return "points"
        return "learned" if self.status == "better" else "current"

    @property
    def lead(self) -> float:
        """By how much the best is ahead of the next best, per session or look."""
        _, second, first = sorted((self.held_out_before, self.held_out_after, self.held_out_points))
        return first - second


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
    baseline = fit_points(table, [(one.signs, one.begin, one.end) for one in kept])
    before, after, points = (
        _mean(model, held) for model in (Paths(Rates.of(table)), Paths(Rates.of(found)), baseline)
    )
    status = status_of(before, after, points)
    return Learned(status, found, len(told), signs, used, before, after, points)


def status_of(before: float, after: float, points: float) -> str:
    """Say what held-out likelihoods mean; a table has to beat what counts, and the points."""
    if points > max(before, after):
        return "points_better"
    return "better" if after > max(before, points) else "no_better"


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


def _mean(model: Paths | PointsModel, sequences: Sequence[History]) -> float:
    """Give the mean log-likelihood of what follows; facts and first signs are not foretold."""
    total = sum(model.foretold(one.signs, one.begin, one.end) for one in sequences)
    return total / max(1, sum(_foretellable(one) for one in sequences))


def _foretellable(one: History) -> int:
    count = sum(1 for sign in one.signs if not sign.factors)
    first = one.signs[0]
    return count - (not first.factors and first.minute <= one.begin)


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
