"""A regression of sales on one or two channels whose errors remember: the small media mix."""

import warnings
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.measure.statistic import Interval, interval, normal_quantile

Floats = NDArray[np.float64]
Order = tuple[int, int]
LEAST_PERIODS, MOST_CHANNELS = 36, 2
ORDERS: tuple[Order, ...] = ((0, 0), (1, 0), (2, 0), (3, 0), (1, 1), (1, 2))
MOST_LAGS = 3


class Regression(msgspec.Struct, frozen=True):
    """A fit: `effects[channel][lag]` per unit with intervals, `total` over lags, and its AIC.

    `order` is (autoregressive, moving average) of the errors and `memory` their coefficients;
    `aicc` compares models over the same periods.
    """

    effects: tuple[tuple[Interval, ...], ...]
    total: tuple[Interval, ...]
    order: Order
    memory: tuple[float, ...]
    lags: int
    aic: float
    aicc: float
    periods: int


def regress(
    sales: Floats, media: Floats, others: Floats, lags: int, order: Order, first: int | None = None
) -> Regression:
    """Fit sales = others + Σ effect_l · media(t − l) + errors that are ARMA, by likelihood.

    `sales` (N), `media` (N × K), `others` (N × columns, its level among them). Periods before
    `first` (by default the lags) are left out, so that models can be compared over the same ones.
    Assumes that the errors are stationary and no hidden cause moves with media. Source: Hyndman
    and Athanasopoulos, Forecasting, chapter on dynamic regression.
    """
    begins = lags if first is None else first
    found = _fitted(sales, media, others, lags, order, begins, cov_type="oim")
    channels, used = media.shape[1], media.shape[1] * (lags + 1)
    told = np.asarray(found.params)[:used]
    spread = np.asarray(found.cov_params())[:used, :used]
    effects = tuple(
        tuple(_interval(told, spread, [lag * channels + k]) for lag in range(lags + 1))
        for k in range(channels)
    )
    total = tuple(_interval(told, spread, list(range(k, used, channels))) for k in range(channels))
    memory = tuple(np.asarray(found.params)[used + others.shape[1] : -1].tolist())
    periods = len(sales) - begins
    return Regression(
        effects, total, order, memory, lags, float(found.aic), float(found.aicc), periods
    )


def best_regression(sales: Floats, media: Floats, others: Floats) -> Regression:
    """Choose lags and errors by AICc over common periods, then fit with all periods there are."""
    order = min(ORDERS, key=lambda one: _aicc(sales, media, others, 1, one))
    lags = min(range(MOST_LAGS + 1), key=lambda one: _aicc(sales, media, others, one, order))
    return regress(sales, media, others, lags, order)


def _aicc(sales: Floats, media: Floats, others: Floats, lags: int, order: Order) -> float:
    """Rate one candidate; worst of all where the likelihood has no top for it."""
    try:
        found = _fitted(sales, media, others, lags, order, MOST_LAGS, cov_type="none")
    except (np.linalg.LinAlgError, ValueError):
        return float("inf")
    return float(found.aicc)


def _fitted(
    sales: Floats,
    media: Floats,
    others: Floats,
    lags: int,
    order: Order,
    begins: int,
    cov_type: str,
) -> Any:
    """Fit by likelihood from period `begins` on; columns are media by lag, then the others."""
    from statsmodels.tools.sm_exceptions import ConvergenceWarning
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    columns = [media[begins - lag : len(sales) - lag] for lag in range(lags + 1)]
    regressors = np.column_stack([*columns, others[begins:]])
    model = SARIMAX(sales[begins:], exog=regressors, order=(order[0], 0, order[1]))
    with warnings.catch_warnings():
        # A start that does not hold is set to 0 by the library; the search goes on from there.
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(disp=False, maxiter=200, method="lbfgs", cov_type=cov_type)


def _interval(told: Floats, spread: Floats, places: Sequence[int]) -> Interval:
    """Give the sum of some coefficients with its interval."""
    at = list(places)
    estimate = float(told[at].sum())
    half = normal_quantile(0.95) * float(np.sqrt(max(spread[np.ix_(at, at)].sum(), 0.0)))
    return interval(estimate, estimate - half, estimate + half)
