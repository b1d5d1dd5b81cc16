"""Draws of what a contact earns: experiments drawn towards each other, a prior where none is."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_NODES = 12
# So much wider than anything found that the common mean is as good as unknown beforehand.
_UNKNOWN = 100.0


def shrunk(
    effects: Sequence[float],
    variances: Sequence[float],
    kinds: Sequence[str],
    draws: int,
    rng: np.random.Generator,
) -> Floats:
    """Draw the true effects of cells, one row per draw, from their estimates.

    d ~ N(θ, v), θ = ν + η(kind) + ε with η ~ N(0, ω²) over kinds (messages) and ε ~ N(0, τ²)
    within one (its groups), ν flat. So groups are drawn towards their message, and messages
    towards each other, as far as the data say that they are alike: whichever looks best is
    believed less. ω² and τ² are drawn from what the data make of them, each with ṽ/(ṽ + τ²)
    uniform on (0, 1) beforehand, ṽ the harmonic mean of v. Source: C. N. Morris 1983, JASA 78;
    Gelman and others, Bayesian Data Analysis, ch. 5. Raises ValueError without a cell.

    >>> rng = np.random.default_rng(1)
    >>> drawn = shrunk([0.1, 0.5], [0.01, 0.01], ["a", "a"], 4000, rng)
    >>> drawn.mean(axis=0).round(1).tolist()
    [0.2, 0.4]
    """
    found, doubt = np.asarray(effects, float), np.asarray(variances, float)
    if not len(found):
        raise ValueError("effects of no cells cannot be drawn")
    alike = np.array([[float(one == other) for other in kinds] for one in kinds])
    flat = np.full(alike.shape, (_UNKNOWN * (np.abs(found).max() + np.sqrt(doubt.max()))) ** 2)
    apart, within = _levels(kinds)
    typical = len(doubt) / float((1 / doubt).sum())
    settings = [
        (flat + omega * alike + tau * np.eye(len(found)), weight_a * weight_b)
        for omega, weight_a in _grid(typical, apart)
        for tau, weight_b in _grid(typical, within)
    ]
    believed = [_posterior(found, doubt, prior) for prior, _ in settings]
    logged = np.array([one[2] for one in believed]) + np.log([weight for _, weight in settings])
    chances = np.exp(logged - logged.max())
    counts = rng.multinomial(draws, chances / chances.sum())
    parts = [
        rng.multivariate_normal(mean, spread, count, method="eigh")
        for (mean, spread, _), count in zip(believed, counts, strict=True)
        if count
    ]
    return np.asarray(rng.permutation(np.concatenate(parts)))


def _levels(kinds: Sequence[str]) -> tuple[bool, bool]:
    """Tell whether kinds differ, and whether one of them has several cells to differ within."""
    many = len(set(kinds))
    return many > 1, 1 < len(kinds) > many


def _grid(typical: float, is_known: bool) -> list[tuple[float, float]]:
    """Give values of a variance with their weights; only 0 where nothing could tell of it."""
    if not is_known:
        return [(0.0, 1.0)]
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    uniform = (nodes + 1) / 2
    return list(zip(typical * (1 / uniform - 1), weights, strict=True))


def _posterior(found: Floats, doubt: Floats, prior: Floats) -> tuple[Floats, Floats, float]:
    """Give mean and covariance of θ, and the logarithm of how likely the estimates are."""
    total = prior + np.diag(doubt)
    solved = np.linalg.solve(total, np.column_stack([found, prior]))
    mean, spread = prior @ solved[:, 0], prior - prior @ solved[:, 1:]
    _, size = np.linalg.slogdet(total)
    return mean, (spread + spread.T) / 2, float(-(size + found @ solved[:, 0]) / 2)


def untested(spread: float, draws: int, rng: np.random.Generator) -> Floats:
    """Draw what a contact earns that no experiment speaks of: around 0, as wide as stated."""
    return np.asarray(rng.normal(0.0, spread, draws))
