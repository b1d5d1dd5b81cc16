"""Maximum likelihood of a few positive parameters, with the doubt that remains."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from scipy.optimize import minimize

from wegweiser.measure.lifetime.buyers import Numbers

# Minus the logarithm of the likelihood, from the logarithms of the parameters.
Loss = Callable[[Numbers], float]
_STEP = 1e-4
_LARGEST = 12.0


class Fitted(msgspec.Struct, frozen=True):
    """Parameters by name with standard errors, and the log-likelihood at its highest.

    `covariance` is that of the logarithms of the parameters; `errors` is NaN where the data say
    nothing of a parameter.
    """

    names: tuple[str, ...]
    values: Numbers
    errors: Numbers
    covariance: Numbers
    log_likelihood: float

    def __getitem__(self, name: str) -> float:
        return float(self.values[self.names.index(name)])

    def draws(self, count: int, chance: np.random.Generator) -> Numbers:
        """Draw parameters as doubtful as the fit is: one row per draw, normal on the log scale.

        Raises ValueError where the data say nothing of a parameter.
        """
        if not np.isfinite(self.covariance).all():
            raise ValueError("the data say nothing of some parameters, so that none can be drawn")
        logs = np.log(self.values)
        return np.exp(chance.multivariate_normal(logs, self.covariance, count, method="eigh"))


def maximise(names: Sequence[str], loss: Loss, starts: Sequence[Sequence[float]]) -> Fitted:
    """Find the parameters under which the data are likeliest, from several starts.

    L-BFGS-B on the logarithms from each start, then Nelder-Mead from the best of them. The
    covariance is the inverse of the observed information, by differences. Raises ValueError
    without a start.
    """

    def tame(logs: Numbers) -> float:
        # Far from the data functions overflow; such parameters are only very unlikely.
        with np.errstate(all="ignore"):
            value = loss(logs)
        return value if np.isfinite(value) else 1e12

    bounds = [(-_LARGEST, _LARGEST)] * len(names)
    climbed = [minimize(tame, np.log(start), method="L-BFGS-B", bounds=bounds) for start in starts]
    first = min(climbed, key=lambda found: float(found.fun))
    options = {"xatol": 1e-6, "fatol": 1e-8, "maxiter": 4_000, "maxfev": 4_000}
    best = minimize(tame, first.x, method="Nelder-Mead", options=options)
    logs = np.asarray(best.x, dtype=np.float64)
    covariance = _covariance(tame, logs)
    values = np.exp(logs)
    errors = values * np.sqrt(np.diag(covariance))
    return Fitted(tuple(names), values, errors, covariance, -float(best.fun))


def _covariance(loss: Loss, at: Numbers) -> Numbers:
    count = len(at)
    information = np.zeros((count, count))
    steps = np.eye(count) * _STEP
    for row in range(count):
        for column in range(row + 1):
            a, b = steps[row], steps[column]
            bent = loss(at + a + b) - loss(at + a - b) - loss(at - a + b) + loss(at - a - b)
            information[row, column] = information[column, row] = bent / (4 * _STEP * _STEP)
    values, vectors = np.linalg.eigh(information)
    with np.errstate(divide="ignore"):
        inverse = np.where(values > 1e-9, 1.0 / values, np.nan)
    if np.isnan(inverse).any():
        return np.full((count, count), np.nan)
    return np.asarray((vectors * inverse) @ vectors.T, dtype=np.float64)
