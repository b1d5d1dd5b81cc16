"""What each account will bring, with what it may bring: few buyers leave much to chance."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from wegweiser.measure.form import Row
from wegweiser.measure.lifetime.buyers import Numbers
from wegweiser.measure.lifetime.clv import Valued, is_told, only_rows, under_draw
from wegweiser.measure.lifetime.forecast import between_draws
from wegweiser.measure.lifetime.per_order import Customers
from wegweiser.measure.lifetime.possible import brought, each_of
from wegweiser.measure.lifetime.study import Study
from wegweiser.measure.lifetime.worth import Worth
from wegweiser.measure.statistic import Interval

# The accounts worth most are told with an interval, as far as so many buyers go.
MOST_ACCOUNTS, MOST_BUYERS = 2_000, 50_000
# The parameters are drawn so often, and under each of them the future of every buyer.
DRAWN_PARAMETERS, FUTURES, MOST_FUTURES_DRAWN = 40, 12, 5_000_000


def by_account(
    customers: Customers,
    found: Valued,
    accounts: Sequence[str],
    study: Study,
    worth: Worth,
    chance: np.random.Generator,
) -> list[Row]:
    """Add up each account's buyers, the most valuable first, with 95 % of what it may bring."""
    place, size = customers.account.astype(np.int64), len(accounts)

    def summed(values: Numbers) -> Numbers:
        return np.asarray(np.bincount(place, values, size), dtype=np.float64)

    buyers = customers.buyers
    count, clv, year = summed(buyers.count), summed(found.clv), summed(customers.year)
    coming = summed(found.orders * buyers.count)
    ordered = np.argsort(-clv, kind="stable")
    told = _few_enough(ordered[:MOST_ACCOUNTS].tolist(), count)
    ends = between_of(customers, found, told, clv, study, worth, chance)
    return [
        {
            "account": accounts[one],
            "customers": round(float(count[one])),
            "clv": round(float(clv[one]), 2),
            "low": round(ends[one].low, 2) if one in ends else None,
            "high": round(ends[one].high, 2) if one in ends else None,
            "orders": round(float(coming[one]), 2),
            "last_year": round(float(year[one]), 2),
        }
        for one in ordered.tolist()
    ]


def _few_enough(places: Sequence[int], count: Numbers) -> list[int]:
    """Take places in order as far as so many buyers go; one with more than are left is passed."""
    taken, left = [], float(MOST_BUYERS)
    for place in places:
        if count[place] <= left:
            taken.append(place)
            left -= float(count[place])
    return sorted(taken)


def between_of(
    customers: Customers,
    found: Valued,
    told: Sequence[int],
    clv: Numbers,
    study: Study,
    worth: Worth,
    chance: np.random.Generator,
) -> Mapping[int, Interval]:
    """Draw what the accounts `told` (places in order) may bring: parameters, then buyers."""
    rows = np.flatnonzero(np.isin(customers.account, told))
    if not len(rows):
        return {}
    few = only_rows(customers, rows)
    each = each_of(few)
    own = np.searchsorted(np.array(told), few.account[each.row])
    times = found.times[rows][each.row]
    drawn = []
    model, fitted = study.chosen.model, study.chosen.fitted
    buying = fitted.draws(DRAWN_PARAMETERS, chance)
    values = [one.draws(DRAWN_PARAMETERS, chance) for one in worth.fits if is_told(one)]
    futures = max(3, min(FUTURES, MOST_FUTURES_DRAWN // (DRAWN_PARAMETERS * each.count)))
    for number in range(DRAWN_PARAMETERS):
        under = msgspec.structs.replace(fitted, values=buying[number])
        fits = under_draw(worth.fits, values, number)
        for _ in range(futures):
            got = times * brought(model, under, fits, few, each, study.horizon, chance)
            drawn.append(np.bincount(own, got, len(told)))
    totals = np.array(drawn, dtype=np.float64)
    return {
        place: between_draws(float(clv[place]), totals[:, column])
        for column, place in enumerate(told)
    }
