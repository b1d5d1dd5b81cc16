"""How media act: carried over into later weeks, and less for each further unit."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CARRY_WEEKS = 8


def lagged(media: Floats) -> Floats:
    """Lay out media (N × K) with the weeks before: K × 8 × (N − 7), from the eighth week on.

    Earlier weeks would need what was spent before the first one, which nobody knows.
    """
    weeks = media.shape[0]
    kept = weeks - CARRY_WEEKS + 1
    first = CARRY_WEEKS - 1
    lags = [media[first - lag : first - lag + kept].T for lag in range(CARRY_WEEKS)]
    return np.ascontiguousarray(np.stack(lags, axis=1))


def carry_weights(decay: Floats) -> Floats:
    """Give the shares of this week and the seven before it: α^l, with sum 1.

    >>> carry_weights(np.array([0.5])).round(3)[0, :3].tolist()
    [0.502, 0.251, 0.125]
    """
    powers = np.asarray(decay)[..., None] ** np.arange(CARRY_WEEKS)
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def saturated(carried: Floats, steepness: Floats) -> Floats:
    """Give (1 − e^{−λx}) / (1 + e^{−λx}), from 0 towards 1.

    >>> saturated(np.array([0.0, 1.0]), np.array(4.0)).round(4).tolist()
    [0.0, 0.964]
    """
    return np.asarray(np.tanh(0.5 * steepness * carried))


def acted(lags: Floats, decay: Floats, steepness: Floats) -> Floats:
    """Give what media act for B settings: (B, K) decays and steepnesses → B × K × weeks."""
    weights = carry_weights(decay)
    carried = np.matmul(weights[:, :, None, :], lags[None])[:, :, 0, :]
    return saturated(carried, steepness[:, :, None])
