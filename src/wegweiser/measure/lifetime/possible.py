"""What customers may bring, one by one: their future drawn by chance from what the models believe.

An expectation hides that one customer will order more, or not at all. Sources: as the models'.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from wegweiser.measure.lifetime.buyers import Buyers, Numbers
from wegweiser.measure.lifetime.fit import Fitted
from wegweiser.measure.lifetime.forecast import Places
from wegweiser.measure.lifetime.models import Model
from wegweiser.measure.lifetime.per_order import WHOLE, Customers

# So little is left of a rate or a chance that a draw of it is not worth telling from nothing.
_LEAST = 1e-12
_MOST_ORDERS = 1e6


class Each(msgspec.Struct, frozen=True):
    """Customers one by one: the row each was told in, the repeat orders with a value, their mean.

    `third` is that of the mean value, -1 for who has none.
    """

    row: Places
    valued: Numbers
    mean: Numbers
    third: Numbers

    @property
    def count(self) -> int:
        """All customers."""
        return len(self.row)

    def times(self, often: int) -> "Each":
        """Take every customer so often."""
        valued, mean, third = (
            np.asarray(np.tile(part, often), dtype=np.float64)
            for part in (self.valued, self.mean, self.third)
        )
        return Each(np.tile(self.row, often), valued, mean, third)


def each_of(customers: Customers) -> Each:
    """Tell groups of customers who look alike apart; those with a value come first in each.

    >>> alike = Buyers(*(np.array([part]) for part in (2.0, 5.0, 9.0, 3.0)))
    >>> parts = (np.array([part]) for part in (2.0, 60.0, 0.0, -1.0, 0.0))
    >>> each_of(Customers(alike, *parts)).mean.tolist()
    [30.0, 30.0, 0.0]
    """
    count = np.round(customers.buyers.count).astype(np.int64)
    row = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    has_value = place < customers.valued[row]
    means = customers.mean_values / np.maximum(customers.valued, 1.0)
    return Each(
        row=row,
        valued=np.where(has_value, customers.buyers.repeats[row], 0.0),
        mean=np.where(has_value, means[row], 0.0),
        third=np.where(has_value, customers.third[row], WHOLE),
    )


def brought(
    model: Model,
    under: Fitted,
    worth: Sequence[Fitted],
    customers: Customers,
    each: Each,
    horizon: float,
    chance: np.random.Generator,
) -> Numbers:
    """Draw once what each customer brings within the horizon, before season, discount and margin.

    Who is alive by P(alive) has a rate, and a chance to stop, drawn from what the model believes
    of somebody with these orders; orders come until the horizon or the stop. An order is worth a
    gamma(p) draw by a scale of the customer's own, drawn in the same way from Gamma-Gamma.
    """
    rows, buyers = each.row, customers.buyers
    here = chance.random(each.count) < model.alive(under, buyers)[rows]
    own = Buyers(buyers.repeats[rows], buyers.last[rows], buyers.age[rows], np.ones(each.count))
    orders = np.where(here, _orders(model.name, under, own, horizon, chance), 0.0)
    return orders_worth(worth, orders, each, chance)


def _orders(
    name: str, under: Fitted, own: Buyers, horizon: float, chance: np.random.Generator
) -> Numbers:
    if name == "bg_bb":
        return _occasions(under, own, horizon, chance)
    r, alpha = under.values[:2]
    rate = chance.gamma(r + own.repeats, 1.0 / (alpha + own.age))
    if name == "pareto_nbd":
        s, beta = under.values[2:]
        until = chance.exponential(1.0 / np.maximum(chance.gamma(s, 1 / (beta + own.age)), _LEAST))
        return np.asarray(chance.poisson(rate * np.minimum(until, horizon)), dtype=np.float64)
    came = np.asarray(chance.poisson(rate * horizon), dtype=np.float64)
    if name == "nbd":
        return came
    a, b = under.values[2:]
    # MBG/NBD lets people stop right after the first order as well.
    stayed = own.repeats + (1.0 if name == "mbg_nbd" else 0.0)
    return np.asarray(np.minimum(came, _until_stop(chance.beta(a, b + stayed), chance)))


def _until_stop(stops: Numbers, chance: np.random.Generator) -> Numbers:
    """Draw the order after which each stops, the first or a later one."""
    held = np.clip(stops, _LEAST, 1.0)
    return np.asarray(np.minimum(chance.geometric(held), _MOST_ORDERS), dtype=np.float64)


def _occasions(under: Fitted, own: Buyers, horizon: float, chance: np.random.Generator) -> Numbers:
    alpha, beta, gamma, delta = under.values
    # Whoever may take the next occasion has not stopped before it, which is one more survived.
    stops = chance.beta(gamma, delta + own.age + 1.0)
    seen = np.minimum(_until_stop(stops, chance), round(horizon)).astype(np.int64)
    takes = chance.beta(alpha + own.repeats, beta + own.age - own.repeats)
    return np.asarray(chance.binomial(seen, takes), dtype=np.float64)


def orders_worth(
    worth: Sequence[Fitted], orders: Numbers, each: Each, chance: np.random.Generator
) -> Numbers:
    """Draw what so many orders of each customer are worth together."""
    found = np.zeros(each.count)
    for place, fitted in enumerate(worth):
        own = each.third == (WHOLE if len(worth) == 1 else place - 1.0)
        if len(worth) == 1:
            own = np.ones(each.count, dtype=bool)
        p, q, v = fitted.values
        told = each.valued[own]
        scale = chance.gamma(q + p * told, 1.0 / (v + told * each.mean[own]))
        values = chance.gamma(np.maximum(p * orders[own], _LEAST))
        found[own] = np.where(orders[own] > 0, values / np.maximum(scale, _LEAST), 0.0)
    return found
