"""What an order of each group of customers is expected to be worth, from fitted Gamma-Gamma."""

from collections.abc import Sequence

import msgspec
import numpy as np

from wegweiser.measure.lifetime.buyers import Buyers, Numbers
from wegweiser.measure.lifetime.fit import Fitted

# The third of a customer who has no mean value.
WHOLE = -1.0


class Customers(msgspec.Struct, frozen=True):
    """Groups of customers with their values: `valued` of them have `mean_values` in all.

    `third` is that of the mean value (0 to 2), -1 for who has none; `year` the sum of last year,
    `account` a place in the list of accounts.
    """

    buyers: Buyers
    valued: Numbers
    mean_values: Numbers
    year: Numbers
    third: Numbers
    account: Numbers


def value_per_order(fits: Sequence[Fitted], customers: Customers) -> Numbers:
    """Give, per group, the expected values per order added up over its customers.

    p·(v + x·mean)/(p·x + q - 1) is linear in the mean, so that the sum of means is enough. `fits`
    are one for all, and where values are told apart one more for each third.
    """
    found = np.zeros(len(customers.third))
    for place, fitted in enumerate(fits):
        own = customers.third == (WHOLE if len(fits) == 1 else place - 1.0)
        if len(fits) == 1:
            own = np.ones(len(found), dtype=bool)
        p, q, v = fitted.values
        x = customers.buyers.repeats[own]
        told, count = customers.valued[own], customers.buyers.count[own]
        known = p * (v * told + x * customers.mean_values[own]) / (p * x + q - 1.0)
        found[own] = known + (count - told) * p * v / (q - 1.0)
    return found
