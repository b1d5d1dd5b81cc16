"""How good a score is on later moments: order, calibration, and drift against training."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wegweiser.terms.score import Decile, Estimated, ScoreQuality, Share

Numbers = NDArray[np.float64]
DRAWS = 200
BINS = 10
_LEAST_SHARE = 1e-4


def area_under_curve(scores: Numbers, labels: Numbers, weights: Numbers | None = None) -> float:
    """Give the chance that a positive scores above a negative, ties counted half.

    >>> area_under_curve(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0.0, 0.0, 1.0, 1.0]))
    0.75
    """
    if weights is None:
        _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
        ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
        positives = labels.sum()
        negatives = len(labels) - positives
        total = ranks[labels > 0].sum() - positives * (positives + 1) / 2
        return float(total / (positives * negatives))
    order = np.argsort(scores, kind="stable")
    values, hits, weight = scores[order], labels[order], weights[order]
    _, starts = np.unique(values, return_index=True)
    good = np.add.reduceat(weight * hits, starts)
    bad = np.add.reduceat(weight * (1 - hits), starts)
    below = np.concatenate([[0.0], np.cumsum(bad)[:-1]])
    whole = good.sum() * bad.sum()
    return float((good * (below + bad / 2)).sum() / whole) if whole > 0 else 0.5


def calibration_line(scores: Numbers, labels: Numbers, weights: Numbers) -> tuple[float, float]:
    """Give intercept and slope of the labels on the logit of the score; sound are 0 and 1.

    Logistic regression with one column. Source: D. R. Cox 1958, Biometrika 45.
    """
    logit = np.log(scores / (1 - scores))
    columns = np.column_stack([np.ones_like(logit), logit])
    found = np.array([0.0, 1.0])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-np.clip(columns @ found, -35, 35)))
        curvature = (columns.T * (weights * chance * (1 - chance))) @ columns + 1e-9 * np.eye(2)
        step = np.linalg.solve(curvature, columns.T @ (weights * (labels - chance)))
        found = found + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    return float(found[0]), float(found[1])


def quality_of(
    scores: Numbers, labels: Numbers, subjects: Sequence[str], rng: np.random.Generator
) -> ScoreQuality:
    """Judge scores against what came; intervals from 200 Poisson draws of subjects."""
    chance = np.clip(scores, 1e-6, 1 - 1e-6)
    ones = np.ones_like(chance)
    intercept, slope = calibration_line(chance, labels, ones)
    _, place = np.unique(np.asarray(subjects), return_inverse=True)
    drawn: list[tuple[float, float, float]] = []
    for _ in range(DRAWS):
        weights = rng.poisson(1.0, int(place.max()) + 1)[place].astype(np.float64)
        if (weights * labels).sum() > 0 and (weights * (1 - labels)).sum() > 0:
            line = calibration_line(chance, labels, weights)
            drawn.append((area_under_curve(chance, labels, weights), *line))
    ends = np.quantile(np.array(drawn), [0.025, 0.975], axis=0)
    rate = labels.mean()

    def with_ends(value: float, column: int) -> Estimated:
        low, high = float(ends[0, column]), float(ends[1, column])
        return Estimated(_short(value), _short(min(low, value)), _short(max(high, value)))

    return ScoreQuality(
        rows=len(labels),
        positives=int(labels.sum()),
        auc=with_ends(area_under_curve(chance, labels), 0),
        brier=_short(float(((chance - labels) ** 2).mean())),
        brier_of_rate=_short(float(rate * (1 - rate))),
        slope=with_ends(slope, 2),
        intercept=with_ends(intercept, 1),
        deciles=deciles_of(chance, labels),
    )


def _short(value: float) -> float:
    return float(f"{value:.9g}")


def deciles_of(scores: Numbers, labels: Numbers) -> tuple[Decile, ...]:
    """Give ten groups of equal size by score: what was said of them, and what came."""
    order = np.argsort(scores, kind="stable")
    return tuple(
        Decile(len(part), _short(float(scores[part].mean())), _short(float(labels[part].mean())))
        for part in np.array_split(order, BINS)
        if len(part)
    )


def spread_of_numbers(values: Numbers) -> Share:
    """Give the shares between the nine tenths of some numbers."""
    borders = tuple(
        sorted({_short(float(one)) for one in np.quantile(values, np.arange(1, BINS) / BINS)})
    )
    return Share(
        borders=borders, shares=_shares(np.searchsorted(borders, values), len(borders) + 1)
    )


def spread_of_texts(values: Sequence[str], levels: Sequence[str]) -> Share:
    """Give the shares of some texts; those that are no level count as the last."""
    place = {level: number for number, level in enumerate(levels)}
    codes = np.array([place.get(value, len(levels)) for value in values], dtype=np.intp)
    return Share(levels=tuple(levels), shares=_shares(codes, len(levels) + 1))


def _shares(codes: NDArray[np.intp], count: int) -> tuple[float, ...]:
    found = np.bincount(codes, minlength=count) / max(1, len(codes))
    return tuple(_short(float(one)) for one in found)


def stability(before: Share, now: Share) -> float:
    """Give the population stability index Σ(q − p)·ln(q/p); above 0.25 much has moved.

    >>> same = Share(borders=(1.0,), shares=(0.5, 0.5))
    >>> stability(same, same), stability(same, Share(borders=(1.0,), shares=(0.9, 0.1)))
    (0.0, 0.8789)
    """
    old = np.maximum(np.array(before.shares), _LEAST_SHARE)
    new = np.maximum(np.array(now.shares), _LEAST_SHARE)
    return float(((new - old) * np.log(new / old)).sum())


def spread_like(before: Share, numbers: Numbers | None, texts: Sequence[str]) -> Share:
    """Give how others are spread over the borders or levels of `before`."""
    if numbers is None:
        return spread_of_texts(texts, before.levels)
    codes = np.searchsorted(before.borders, numbers)
    return Share(borders=before.borders, shares=_shares(codes, len(before.borders) + 1))
