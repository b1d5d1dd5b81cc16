"""What an order of each group is worth: Gamma-Gamma, by thirds where value goes with frequency."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wegweiser.measure.lifetime import gamma_gamma
from wegweiser.measure.lifetime.buyers import Buyers, Numbers
from wegweiser.measure.lifetime.fit import Fitted
from wegweiser.measure.lifetime.holdout import spearman
from wegweiser.measure.lifetime.per_order import WHOLE, Customers
from wegweiser.measure.lifetime.told import column, keys_of, per_unit_of, regroup

MOST_RELATED = 0.3
THIRDS = 3


class Worth(msgspec.Struct, frozen=True):
    """Gamma-Gamma as fitted: one for all, and one per third where they are told apart.

    `related` is Spearman's correlation of frequency and value among those who ordered again;
    `borders` are the mean values at which the second and the last third begin.
    """

    whole: Fitted
    thirds: tuple[Fitted, ...]
    borders: tuple[float, ...]
    related: float
    repeating: float
    without_value: float

    @property
    def fits(self) -> tuple[Fitted, ...]:
        """All that are used, the one for all first."""
        return (self.whole, *self.thirds)


class _Repeaters(msgspec.Struct, frozen=True):
    orders: Numbers
    mean: Numbers
    logs: Numbers
    count: Numbers

    def only(self, kept: NDArray[np.bool_]) -> "_Repeaters":
        return _Repeaters(self.orders[kept], self.mean[kept], self.logs[kept], self.count[kept])


def read_worth(now: pa.Table, occasion: str, accounts: Sequence[str]) -> tuple[Customers, Worth]:
    """Fit values to those who ordered again, and add customers up into groups.

    Raises ValueError where nobody ordered again for a value.
    """
    repeaters, without = _repeaters(now)
    related = spearman(repeaters.orders, repeaters.mean, repeaters.count)
    whole = _fit(repeaters)
    borders = _borders(repeaters) if abs(related) > MOST_RELATED else []
    thirds: list[Fitted] = []
    if borders:
        own = np.searchsorted(borders, repeaters.mean, side="right")
        thirds = [_fit(repeaters.only(own == third)) for third in range(THIRDS)]
    worth = Worth(
        whole, tuple(thirds), tuple(borders), related, float(repeaters.count.sum()), without
    )
    return _customers(now, occasion, borders, accounts), worth


def _repeaters(now: pa.Table) -> tuple[_Repeaters, float]:
    valued, value = column(now, "valued"), column(now, "repeat_value")
    good = (valued > 0) & (value > 0) & (column(now, "repeats") > 0)
    keys = [column(now, name)[good] for name in ("repeats", "worth")]
    sums = [valued[good], value[good], column(now, "log_value")[good]]
    (orders, _), (count, values, logs) = regroup(keys, sums)
    if not len(orders):
        raise ValueError("nobody ordered again for a value")
    without = float(valued[~good].sum())
    return _Repeaters(orders, values / count, logs / count, count), without


def _fit(some: _Repeaters) -> Fitted:
    return gamma_gamma.fit(some.orders, some.mean, some.count, some.logs)


def _borders(repeaters: _Repeaters) -> list[float]:
    order = np.argsort(repeaters.mean, kind="stable")
    passed = np.cumsum(repeaters.count[order]) / repeaters.count.sum()
    places = [int(np.searchsorted(passed, part / THIRDS)) for part in range(1, THIRDS)]
    return [float(repeaters.mean[order][place]) for place in places]


def _customers(
    now: pa.Table, occasion: str, borders: Sequence[float], accounts: Sequence[str]
) -> Customers:
    valued, value = column(now, "valued"), column(now, "repeat_value")
    good = (valued > 0) & (value > 0)
    mean = value / np.maximum(valued, 1.0)
    third = np.where(good, np.searchsorted(borders, mean, side="right"), WHOLE)
    place = np.zeros(len(valued))
    if accounts:
        where = {name: number for number, name in enumerate(accounts)}
        place = np.array([where[name] for name in now["account"].to_pylist()], dtype=np.float64)
    keys = [*keys_of(now, per_unit_of(occasion)), third.astype(np.float64), place]
    sums = [column(now, "customers"), np.where(good, valued, 0.0), np.where(good, value, 0.0)]
    (x, last, age, third, account), (count, told, values, year) = regroup(
        keys, [*sums, column(now, "year_value")]
    )
    return Customers(Buyers(x, last, age, count), told, values, year, third, account)
