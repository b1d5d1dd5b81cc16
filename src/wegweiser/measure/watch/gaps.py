"""Medians, means and spreads of values with gaps; where nothing is known it says so silently."""

import warnings

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
# A median distance from the median times this is a standard deviation, if values are normal.
MAD_TO_SPREAD = 1.4826


def middle(values: Reals) -> Reals:
    """Give the median of each row; not a number where a row is empty.

    >>> middle(np.array([[1.0, np.nan, 3.0], [np.nan] * 3])).tolist()
    [2.0, nan]
    """
    return _quietly(np.nanmedian, values)


def mean(values: Reals) -> Reals:
    """Give the mean of each row; not a number where a row is empty."""
    return _quietly(np.nanmean, values)


def spread_of(values: Reals) -> Reals:
    """Give 1.4826 × the median distance from the median of each row.

    >>> spread_of(np.array([[1.0, 2.0, 3.0, 4.0, 100.0]])).tolist()
    [1.4826]
    """
    return MAD_TO_SPREAD * middle(np.abs(values - middle(values)[:, None]))


def whole(values: Reals) -> Reals:
    """Fill the gaps of one series by drawing lines over them.

    >>> whole(np.array([1.0, np.nan, 3.0])).tolist()
    [1.0, 2.0, 3.0]
    """
    gaps = np.isnan(values)
    if not gaps.any():
        return values
    if gaps.all():
        return np.zeros_like(values)
    places = np.arange(len(values))
    return np.interp(places, places[~gaps], values[~gaps])


def _quietly(function: object, values: Reals) -> Reals:
    if not values.shape[1]:
        return np.full(len(values), np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found: Reals = function(values, axis=1)  # type: ignore[operator]
    return found
