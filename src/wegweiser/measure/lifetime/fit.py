"""Maximum likelihood of a few positive parameters, with the doubt that remains."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from scipy.optimize import minimize

from wegweiser.measure.lifetime.buyers import Buyers, Numbers

# Minus the logarithm of the likelihood, from the logarithms of the parameters.
Loss = Callable[[Numbers], float]
# Parameters from which a search begins; who knows where they lie gives one start instead of many.
Starts = Sequence[Sequence[float]]
_STEP = 1e-4
# Parameters that lie beyond exp(±8) tell of nothing that data could show.
_LARGEST = 8.0
_MOST_LOOKS = 400
_SIMPLEX = 0.01
_TRIED_ON = 2_000


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


def fit_buyers(
    names: Sequence[str],
    log_likelihood: Callable[[Numbers, Buyers], float],
    starts: Starts,
    buyers: Buyers,
) -> Fitted:
    """Fit a model to buyers; where there are many, starts are tried on some of them."""
    few = buyers.thinned(_TRIED_ON)
    rough = None if few is buyers else lambda logs: -log_likelihood(np.exp(logs), few)
    return maximise(names, lambda logs: -log_likelihood(np.exp(logs), buyers), starts, rough)


def maximise(
    names: Sequence[str],
    loss: Loss,
    starts: Starts,
    rough: Loss | None = None,
    largest: float = _LARGEST,
) -> Fitted:
    """Find the parameters under which the data are likeliest, from several starts.

    L-BFGS-B on the logarithms from each start, then Nelder-Mead from the best of them; with a
    `rough` loss, of fewer data, that is where the starts are tried. Logarithms stay within
    ±`largest`. The covariance is the inverse of the observed information, by differences. Raises
    ValueError without a start.
    """
    exact = _tamed(loss)
    tried = exact if rough is None else _tamed(rough)
    climbed = [_climbed(tried, np.log(start), largest) for start in starts]
    first, value = min(climbed, key=lambda found: found[1])
    if rough is not None:
        first, value = _climbed(exact, first, largest)
    # A small simplex: the best is near, and each look costs as much as all data.
    simplex = np.vstack([first, first + np.eye(len(first)) * _SIMPLEX])
    options = {"xatol": 1e-4, "fatol": 1e-5, "maxfev": _MOST_LOOKS, "initial_simplex": simplex}
    best = minimize(exact, first, method="Nelder-Mead", options=options)
    logs = np.asarray(best.x if best.fun < value else first, dtype=np.float64)
    covariance = _covariance(exact, logs)
    values = np.exp(logs)
    errors = values * np.sqrt(np.diag(covariance))
    return Fitted(tuple(names), values, errors, covariance, -min(float(best.fun), value))


def _tamed(loss: Loss) -> Loss:
    def tame(logs: Numbers) -> float:
        # Far from the data functions overflow; such parameters are only very unlikely.
        with np.errstate(all="ignore"):
            value = loss(logs)
        return value if np.isfinite(value) else 1e12

    return tame


def _climbed(loss: Loss, start: Numbers, largest: float) -> tuple[Numbers, float]:
    bounds = [(-largest, largest)] * len(start)
    found = minimize(loss, start, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x, dtype=np.float64), float(found.fun)


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
