"""What a series with a wandering level would have done: averaged over how much it may wander."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Of the ratio of the level's daily step to the noise: half of the prior lies below, half above.
USUAL_RATIO = 0.5
RATIOS = 24
# Controls that differ by less than this, of their spread, are one.
ALIKE = 1e-7


def wandering_paths(
    known: Floats, columns: Floats, rng: np.random.Generator, paths: int
) -> tuple[Floats, float]:
    """Draw what follows `known` (B) by level, controls `columns` (T × C) and noise.

    Gives draws (T − B, paths) and the s.d. of the level's steps, as the mean of the draws. How
    much the level wanders is not known: a prior (half-Cauchy on the ratio of its steps to the
    noise; Gelman 2006, Bayesian Analysis 1) is weighed by the likelihood of what is known, with
    coefficients and noise integrated out exactly (Harville 1977, JASA 72). One best value in its
    place would make intervals too narrow. B exceeds C + 1.

    >>> rng = np.random.default_rng(1)
    >>> drawn, spread = wandering_paths(rng.normal(5, 1, 60), np.empty((70, 0)), rng, 500)
    >>> drawn.shape, abs(float(drawn.mean()) - 5) < 0.5, spread < 0.3
    ((10, 500), True, True)
    """
    columns = _independent(columns, len(known))
    ratios = USUAL_RATIO * np.tan((np.arange(RATIOS) + 0.5) / RATIOS * np.pi / 2)
    found = [_Given(float(ratio), known, columns) for ratio in ratios]
    logs = np.array([one.log_likelihood for one in found])
    weights = np.exp(logs - logs.max())
    counts = rng.multinomial(paths, weights / weights.sum())
    drawn, steps = zip(
        *(one.draw(int(count), rng) for one, count in zip(found, counts, strict=True)), strict=True
    )
    return np.concatenate(drawn, axis=1), float(np.concatenate(steps).mean())


def _independent(columns: Floats, before: int) -> Floats:
    """Give columns that span the same before the break, none of them made up of the others.

    Controls that went alike say the same: their mean stands for them.

    >>> _independent(np.array([[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]]), 2).shape
    (3, 1)
    """
    if not columns.size:
        return columns
    known = columns[:before] - columns[:before].mean(axis=0)
    _, sizes, turned = np.linalg.svd(known, full_matrices=False)
    told = sizes > sizes[0] * ALIKE
    return columns if told.all() else columns @ turned[told].T


class _Given:
    """The series, given the ratio of the level's steps to the noise: a linear model."""

    def __init__(self, ratio: float, known: Floats, columns: Floats):
        before, days = len(known), len(columns)
        number = np.arange(1.0, days + 1)
        covariance = np.eye(days) + ratio**2 * np.minimum.outer(number, number)
        design = np.column_stack([np.ones(days), columns])
        root = np.linalg.cholesky(covariance[:before, :before])
        white = np.linalg.solve(root, np.column_stack([design[:before], known]))
        pull = np.linalg.solve(root, covariance[:before, before:])
        regressors, outcome = white[:, :-1], white[:, -1]
        precision = regressors.T @ regressors
        coefficients = np.linalg.solve(precision, regressors.T @ outcome)
        rest = outcome - regressors @ coefficients
        unexplained = design[before:] - pull.T @ regressors
        self._ratio = ratio
        self._freedom = before - design.shape[1]
        self._squares = max(float(rest @ rest), np.finfo(float).tiny)
        self._middle = design[before:] @ coefficients + pull.T @ rest
        spread = covariance[before:, before:] - pull.T @ pull
        spread += unexplained @ np.linalg.solve(precision, unexplained.T)
        self._spread = np.linalg.cholesky(spread)
        self.log_likelihood = (
            -float(np.log(np.diag(root)).sum())
            - 0.5 * float(np.linalg.slogdet(precision)[1])
            - 0.5 * self._freedom * float(np.log(self._squares))
        )

    def draw(self, count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Draw paths (days after × count) and the s.d. of the level's steps in each of them."""
        noise = np.sqrt(self._squares / rng.chisquare(self._freedom, count))
        steps = rng.standard_normal((len(self._middle), count))
        return self._middle[:, None] + noise * (self._spread @ steps), self._ratio * noise
