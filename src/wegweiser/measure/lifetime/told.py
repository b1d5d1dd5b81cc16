"""What the question of buying returned, as arrays: customers now, before the holdout, and more."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wegweiser.measure.lifetime.buyers import Buyers, Numbers

# Of more groups days are read as whole weeks: the fit is the same and a tenth of the work.
MOST_GROUPS = 50_000
DAYS_A_WEEK = 7
_KEYS = ("repeats", "last", "age")


class Told(msgspec.Struct, frozen=True):
    """Customers in weeks, or in the occasions asked for.

    `later` are the order days of each group of `before` in the `held` weeks after it; `months`
    the order days per calendar month. `gaps` are count, sum and sum of squares of the last gap's
    share of the last two. `rest` holds the sums that belong to no group.
    """

    now: Buyers
    before: Buyers
    later: Numbers
    held: float
    months: dict[str, int]
    gaps: tuple[float, float, float]
    rest: dict[str, float]


def read_told(table: pa.Table, occasion: str) -> Told:
    """Read the parts of the question's table; `occasion` says what its ticks are."""
    now, before, month = (part(table, name) for name in ("now", "before", "month"))
    per_unit = per_unit_of(occasion)
    counted, earlier = column(now, "customers"), column(before, "customers")
    (x, last, age), (count,) = regroup(keys_of(now, per_unit), [counted])
    (x_before, last_before, age_before, later), (count_before,) = regroup(
        [*keys_of(before, per_unit), column(before, "later")], [earlier]
    )
    held = column(now, "age").max(initial=0.0) - column(before, "age").max(initial=0.0)
    gaps = [float(column(now, name).sum()) for name in ("gaps", "gap_shares", "gap_squares")]
    months = column(month, "order_days").astype(int).tolist()
    return Told(
        now=Buyers(x, last, age, count),
        before=Buyers(x_before, last_before, age_before, count_before),
        later=later,
        held=float(held) / per_unit if len(before) else 0.0,
        months=dict(zip(month["month"].to_pylist(), months, strict=True)),
        gaps=(gaps[0], gaps[1], gaps[2]),
        rest=_rest(part(table, "rest")),
    )


def per_unit_of(occasion: str) -> int:
    """Give the ticks in a unit of time: days in a week, else the occasion itself."""
    return DAYS_A_WEEK if occasion == "any" else 1


def part(table: pa.Table, name: str) -> pa.Table:
    """Give the rows of one part of the answer."""
    return table.filter(pc.equal(table["part"], name))


def column(table: pa.Table, name: str) -> Numbers:
    """Read a column of counts or sums; an empty sum is 0."""
    filled = pc.fill_null(pc.cast(table[name], pa.float64()), 0.0)
    return np.asarray(filled.to_numpy(), dtype=np.float64)


def keys_of(table: pa.Table, per_unit: int) -> list[Numbers]:
    """Read repeats, last and age in units of time; of very many groups in whole ones."""
    repeats, last, age = (column(table, name) for name in _KEYS)
    if len(repeats) > MOST_GROUPS and per_unit > 1:
        return [repeats, np.floor(last / per_unit), np.floor(age / per_unit)]
    return [repeats, last / per_unit, age / per_unit]


def regroup(
    keys: Sequence[Numbers], sums: Sequence[Numbers]
) -> tuple[list[Numbers], list[Numbers]]:
    """Add up rows with equal keys, in the order of the keys.

    >>> regroup([np.array([2.0, 1.0, 2.0])], [np.array([1.0, 5.0, 3.0])])
    ([array([1., 2.])], [array([5., 4.])])
    """
    if not len(keys[0]):
        return [np.asarray(key) for key in keys], [np.asarray(one) for one in sums]
    combined = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        values, place = np.unique(key, return_inverse=True)
        combined = combined * len(values) + place.reshape(-1)
    _, first, where = np.unique(combined, return_index=True, return_inverse=True)
    added = [np.bincount(where.reshape(-1), one, len(first)) for one in sums]
    return [np.asarray(key)[first] for key in keys], [np.asarray(one) for one in added]


def _rest(table: pa.Table) -> dict[str, float]:
    names = [name for name in table.column_names if name not in ("part", "month", "account")]
    return {name: float(column(table, name).sum()) for name in names}
