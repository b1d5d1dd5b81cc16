"""Expected paths through hidden stages, given what was seen: one pass forward, one back."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.terms.journey import STAGES, JourneyTable, Sign

Numbers = NDArray[np.float64]
DAY_MINUTES = 1_440
_NEAR = 1e-9


class Rates(msgspec.Struct, frozen=True):
    """A table as arrays: start (8,), visits (8,), looks (8, classes), moves (8, 8) per day."""

    start: Numbers
    visits: Numbers
    looks: Numbers
    moves: Numbers

    @classmethod
    def of(cls, table: JourneyTable) -> "Rates":
        """Read a table."""
        return cls(
            np.array(table.start),
            np.maximum(np.array(table.visits), 1e-9),
            np.array(table.looks),
            np.array(table.moves),
        )

    def table(self, like: JourneyTable) -> JourneyTable:
        """Write a table with the classes and the start of another."""
        return JourneyTable(
            like.classes,
            like.start,
            tuple(map(float, self.visits)),
            tuple(tuple(map(float, row)) for row in self.looks),
            tuple(tuple(map(float, row)) for row in self.moves),
        )


class Paths:
    """Sums over sequences: expected days and moves by stage, sessions, looks, log-likelihood."""

    def __init__(self, rates: Rates):
        self.rates = rates
        generator = rates.moves - np.diag(rates.moves.sum(axis=1)) - np.diag(rates.visits)
        values, vectors = np.linalg.eig(generator)
        if np.linalg.cond(vectors) > 1e8:
            # Equal rates may leave too few directions; a millionth part keeps them apart.
            nudge = np.diag(1e-6 * generator.diagonal() * np.arange(1, len(STAGES) + 1))
            values, vectors = np.linalg.eig(generator + nudge)
        self._values, self._vectors = values, vectors
        self._inverse = np.linalg.inv(vectors)
        stages, classes = rates.looks.shape
        self.sessions: Numbers = np.zeros(stages)
        self.looks: Numbers = np.zeros((stages, classes))
        self.log_likelihood = 0.0
        self._together = np.zeros((stages, stages), dtype=np.complex128)

    def add(self, signs: Sequence[Sign], begin: int, end: int, counting: bool = True) -> None:
        """Add one sequence watched from `begin` to `end` (minutes); signs sorted by time."""
        gaps, growths, silences = self._silences(signs, begin, end)
        likelihoods = self._likelihoods(signs)
        forward, scales = self._forward(silences, likelihoods)
        self.log_likelihood += float(np.log(scales).sum())
        if counting:
            backward = self._backward(silences, likelihoods, scales)
            self._count_signs(signs, begin, forward, backward)
            self._count_stays(gaps, growths, forward, backward, likelihoods, scales)

    def foretold(self, signs: Sequence[Sign], begin: int, end: int) -> float:
        """Give the log-likelihood of sessions and looks of one sequence, each given all before.

        What a fact states is taken in and not foretold, nor is the sign that a sequence begins
        with: it had no time in which it might not have come.
        """
        _, _, silences = self._silences(signs, begin, end)
        belief, total = self.rates.start, 0.0
        for place, likelihood in enumerate(self._likelihoods(signs)):
            silent = belief @ silences[place]
            row = silent * likelihood
            found = max(float(row.sum()), 1e-300)
            if signs[place].factors or not (place or signs[place].minute > begin):
                total += float(np.log(max(float(silent.sum()), 1e-300)))
            else:
                total += float(np.log(found))
            belief = row / found
        return total + float(np.log(max(float((belief @ silences[-1]).sum()), 1e-300)))

    def _silences(
        self, signs: Sequence[Sign], begin: int, end: int
    ) -> tuple[Numbers, NDArray[np.complex128], Numbers]:
        """Give gaps (days), their growths, and what each silence does to a belief."""
        moments = np.array([begin, *(sign.minute for sign in signs), max(end, begin)])
        gaps = np.maximum(np.diff(moments), 0) / DAY_MINUTES
        growths = np.exp(self._values[None, :] * gaps[:, None])
        silences = np.real((self._vectors[None] * growths[:, None, :]) @ self._inverse)
        return gaps, growths, silences.clip(min=0.0)

    def _likelihoods(self, signs: Sequence[Sign]) -> Numbers:
        return np.array([self._likelihood(sign) for sign in signs]).reshape(-1, len(STAGES))

    def _likelihood(self, sign: Sign) -> Numbers:
        if sign.factors:
            stated: Numbers = np.maximum(np.array(sign.factors), 1e-12) ** sign.weight
            return stated
        rates = self.rates
        likelihood: Numbers = rates.visits if sign.opens else np.ones(len(STAGES))
        if sign.look >= 0:
            likelihood = likelihood * rates.looks[:, sign.look] ** sign.dwell
        found: Numbers = np.power(likelihood, sign.weight)
        return found

    def _forward(self, silences: Numbers, likelihoods: Numbers) -> tuple[Numbers, Numbers]:
        """Give beliefs after each sign (the first row before all), and the scale of each step."""
        count = len(likelihoods)
        forward = np.empty((count + 1, len(STAGES)))
        scales = np.empty(count + 1)
        forward[0] = self.rates.start
        for place in range(count):
            row = (forward[place] @ silences[place]) * likelihoods[place]
            scales[place] = max(float(row.sum()), 1e-300)
            forward[place + 1] = row / scales[place]
        scales[count] = max(float((forward[count] @ silences[count]).sum()), 1e-300)
        return forward, scales

    def _backward(self, silences: Numbers, likelihoods: Numbers, scales: Numbers) -> Numbers:
        """Give what follows each sign, scaled so that it times the belief adds up to 1."""
        count = len(likelihoods)
        backward = np.empty((count + 1, len(STAGES)))
        backward[count] = silences[count].sum(axis=1) / scales[count]
        for place in range(count - 1, -1, -1):
            later = likelihoods[place] * backward[place + 1]
            backward[place] = silences[place] @ later / scales[place]
        return backward

    def _count_signs(
        self, signs: Sequence[Sign], begin: int, forward: Numbers, backward: Numbers
    ) -> None:
        there = forward[1:] * backward[1:]
        for place, sign in enumerate(signs):
            # The sign that a history begins with had no time in which it might not have come.
            if sign.opens and (place or sign.minute > begin):
                self.sessions += sign.weight * there[place]
            if sign.look >= 0:
                self.looks[:, sign.look] += sign.weight * there[place]

    def _count_stays(
        self,
        gaps: Numbers,
        growths: NDArray[np.complex128],
        forward: Numbers,
        backward: Numbers,
        likelihoods: Numbers,
        scales: Numbers,
    ) -> None:
        """Add the integral of (forward e^As)^T (e^A(gap - s) backward)^T over each gap."""
        after = np.ones_like(forward)
        after[:-1] = likelihoods * backward[1:]
        left = forward @ self._vectors
        right = after @ self._inverse.T / scales[:, None]
        self._together += np.einsum(
            "nk,nl,nkl->kl", left, right, _shared(self._values, gaps, growths)
        )

    def stays(self) -> tuple[Numbers, Numbers]:
        """Give expected days in each stage (8,) and expected moves between them (8, 8)."""
        whole = np.real(self._inverse.T @ self._together @ self._vectors.T)
        return whole.diagonal().clip(min=0.0), (self.rates.moves * whole).clip(min=0.0)


def _shared(
    values: NDArray[np.complex128], gaps: Numbers, growths: NDArray[np.complex128]
) -> NDArray[np.complex128]:
    """Give the integral of e^(a s) e^(b (gap - s)) over each gap for all pairs of values."""
    difference = values[:, None] - values[None, :]
    near = np.abs(difference) < _NEAR
    apart = (growths[:, :, None] - growths[:, None, :]) / np.where(near, 1.0, difference)
    same = gaps[:, None, None] * growths[:, :, None]
    return np.where(near, same, apart)
