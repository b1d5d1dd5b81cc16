"""The arithmetic of the stage filter: silence and signs upon a belief over eight stages."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wegweiser.terms.journey import ON_PATH, STAGES, JourneyTable, Sign

Numbers = NDArray[np.float64]
DAY_MINUTES = 1_440
_DIGIT_BITS = 4
_DIGITS = 6
_TERMS = 18
_ONES = np.ones(len(STAGES))


def exponential(matrix: Numbers) -> Numbers:
    """Give exp(matrix) of a square matrix by scaling, an 18-term series, and squaring.

    >>> exponential(np.zeros((2, 2))).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    norm = float(np.abs(matrix).sum(axis=1).max())
    halvings = max(0, int(np.ceil(np.log2(norm))) + 1) if norm > 0 else 0
    scaled = matrix / 2.0**halvings
    total = term = np.eye(len(matrix))
    for power in range(1, _TERMS + 1):
        term = term @ scaled / power
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return total


class Kernel:
    """The table of one journey for subjects that are `busy` times as active as one person.

    Formula: silence over a gap D: b <- b exp((Q - diag(r)) D); a sign: b_i <- b_i (r_i B_ie^d)^c,
    without r_i if it does not open its session; a fact: b_i <- b_i f_i^c. Normalised each time.
    Assumption: stages are a Markov jump process, sessions Poisson with the rate of the stage.
    Source: Liu et al. (2015), Efficient learning of continuous-time hidden Markov models for
    disease progression, NeurIPS 28.
    """

    def __init__(self, table: JourneyTable, busy: int = 1):
        moves = np.array(table.moves)
        visits = np.maximum(np.array(table.visits) * busy, 1e-9)
        generator = moves - np.diag(moves.sum(axis=1)) - np.diag(visits)
        self.start: Numbers = np.array(table.start)
        self._visits = visits
        self._looks = np.array(table.looks)
        self._powers = _powers(generator / DAY_MINUTES)
        # The same few looks come again and again.
        self._likelihood = lru_cache(maxsize=2_048)(self._of_look)

    def silence(self, belief: Numbers, minutes: int) -> Numbers:
        """Give the belief after whole minutes without any session; shape (8,).

        A gap is the product over its hexadecimal digits, so that two gaps are exactly one.
        """
        digit = 0
        left = min(max(minutes, 0), 16**_DIGITS - 1)
        while left:
            place = left & 15
            if place:
                belief = belief @ self._powers[digit][place]
            left >>= _DIGIT_BITS
            digit += 1
        return normal(belief)

    def sign(self, belief: Numbers, sign: Sign) -> Numbers:
        """Give the belief after one sign; shape (8,)."""
        if sign.factors:
            factors = np.array(sign.factors)
            return (
                _certain(belief, factors)
                if 0.0 in factors
                else normal(belief * factors**sign.weight)
            )
        return normal(belief * self._likelihood(sign.look, sign.opens, sign.dwell, sign.weight))

    def _of_look(self, look: int, opens: bool, dwell: float, weight: float) -> Numbers:
        likelihood: Numbers = self._visits if opens else np.ones(len(STAGES))
        if look >= 0:
            likelihood = likelihood * self._looks[:, look] ** dwell
        found: Numbers = likelihood**weight
        return found


def normal(belief: Numbers) -> Numbers:
    """Scale to a sum of 1; a belief that vanished altogether becomes even."""
    total = float(belief @ _ONES)
    return belief / total if total > 0 else np.full(len(belief), 1 / len(belief))


def _certain(belief: Numbers, factors: Numbers) -> Numbers:
    """Believe what a system of record states, however unlikely it was."""
    left = belief * factors
    return normal(left if left.sum() > 0 else factors)


def rank(belief: Numbers) -> float:
    """Give the expected place on the path, 0 to 5; the stages beside it are left out.

    >>> rank(np.array([0, 0, 0.25, 0.25, 0, 0, 0.5, 0]))
    2.5
    """
    on_path = belief[:ON_PATH]
    total = float(on_path.sum())
    return float(on_path @ np.arange(ON_PATH)) / total if total > 0 else 0.0


def entropy(belief: Numbers) -> float:
    """Give the entropy as a share of the greatest possible, 0 to 1.

    >>> entropy(np.full(8, 1 / 8))
    1.0
    """
    some = belief[belief > 0]
    return float(-(some * np.log(some)).sum() / np.log(len(belief)))


def _powers(step: Numbers) -> list[list[Numbers]]:
    """Give exp(step k 16^d) by digit d and value k, each divided by its largest entry."""
    powers: list[list[Numbers]] = []
    base = exponential(step)
    for _ in range(_DIGITS):
        row = [np.eye(len(step))]
        for _ in range(16):
            grown = row[-1] @ base
            row.append(grown / grown.max())
        powers.append(row[:16])
        base = row[16]
    return powers
