"""A logistic model by Newton's method, with the normal posterior of Laplace."""

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
# The intercept is free; a standardised number moves the logit by about 1, a text by about 0.5.
INTERCEPT_VARIANCE = 100.0
NUMBER_VARIANCE = 1.0
LEVEL_VARIANCE = 0.25
_ROUNDS = 100
_CLOSE = 1e-10


class Fitted(msgspec.Struct, frozen=True):
    """The mode of the posterior and the covariance around it, intercept first."""

    weights: Numbers
    covariance: Numbers


def fit_logistic(columns: Numbers, labels: Numbers, variances: Numbers) -> Fitted:
    """Find the weights most likely after labels of 0 and 1, and how sure they are.

    Maximises Σ[y·ln p + (1 − y)·ln(1 − p)] − Σ w²/(2v) with p = 1/(1 + e^(−Xw)); covariance
    (X'WX + diag(1/v))⁻¹, W = p(1 − p). `columns` is n × k, `variances` has one per column.
    Assumes that features act additively on the logit scale. Source: D. J. C. MacKay 1992, Neural
    Computation 4; the steps are Newton's with halving.

    >>> fitted = fit_logistic(np.ones((10, 1)), np.array([1.0] * 2 + [0.0] * 8), np.array([100.0]))
    >>> round(float(1 / (1 + np.exp(-fitted.weights[0]))), 2)
    0.2
    """
    weights = np.zeros(columns.shape[1])
    precision = 1.0 / variances
    best = _loss(columns, labels, precision, weights)
    for _ in range(_ROUNDS):
        chance = _chance(columns @ weights)
        gradient = columns.T @ (labels - chance) - precision * weights
        curvature = _curvature(columns, chance, precision)
        step = np.linalg.solve(curvature, gradient)
        length = 1.0
        while (found := _loss(columns, labels, precision, weights + length * step)) > best:
            length /= 2
            if length < 1e-6:
                break
        weights = weights + length * step
        close = best - found < _CLOSE * (1.0 + abs(best))
        best = min(best, found)
        if close:
            break
    chance = _chance(columns @ weights)
    covariance = np.linalg.inv(_curvature(columns, chance, precision))
    return Fitted(weights, covariance.astype(np.float64))


def _chance(logits: Numbers) -> Numbers:
    found: Numbers = 1.0 / (1.0 + np.exp(-np.clip(logits, -35.0, 35.0)))
    return found


def _curvature(columns: Numbers, chance: Numbers, precision: Numbers) -> Numbers:
    spread = chance * (1.0 - chance)
    found: Numbers = (columns.T * spread) @ columns + np.diag(precision)
    return found


def _loss(columns: Numbers, labels: Numbers, precision: Numbers, weights: Numbers) -> float:
    logits = columns @ weights
    data = np.logaddexp(0.0, logits) - labels * logits
    return float(data.sum() + 0.5 * (precision * weights**2).sum())


def moderated(mean: Numbers, variance: Numbers) -> Numbers:
    """Give probabilities under doubt: 1/(1 + e^(−κm)) with κ = 1/√(1 + πv/8).

    >>> moderated(np.array([0.0, 2.0]), np.array([1.0, 1.0])).round(3).tolist()
    [0.5, 0.845]
    """
    kappa = 1.0 / np.sqrt(1.0 + math.pi * variance / 8.0)
    return _chance(kappa * mean)
