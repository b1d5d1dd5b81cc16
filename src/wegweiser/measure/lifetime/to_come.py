"""What customers are expected to bring: orders to come by the worth of one, discounted."""

from collections.abc import Sequence

import msgspec
import numpy as np

from wegweiser.measure.lifetime.buyers import Numbers
from wegweiser.measure.lifetime.fit import Fitted
from wegweiser.measure.lifetime.models import Model
from wegweiser.measure.lifetime.per_order import Customers, value_per_order

STEPS = 12


class Outlook(msgspec.Struct, frozen=True):
    """How far and by what one looks ahead.

    `horizon` in weeks or occasions takes `years`; `season` multiplies what it holds, `margin` what
    an order is worth; `yearly_discount` is that of money a year later.
    """

    horizon: float
    years: float
    season: float
    margin: float
    yearly_discount: float


class ToCome(msgspec.Struct, frozen=True):
    """Per group: orders of one customer, values per order and values added up over customers.

    `times` is by what one order is multiplied: season and discount.
    """

    orders: Numbers
    per_order: Numbers
    value: Numbers
    times: Numbers


def to_come(
    model: Model, fitted: Fitted, worth: Sequence[Fitted], customers: Customers, ahead: Outlook
) -> ToCome:
    """Give Σ_t E[X(t) - X(t - 1)]·E[M]·(1 + i)^-t over the horizon, in twelve steps."""
    ends = [ahead.horizon * step / STEPS for step in range(1, STEPS + 1)]
    if model.name == "bg_bb":
        ends = [float(step) for step in range(1, round(ahead.horizon) + 1)]
    reached = [model.expected(fitted, customers.buyers, end) for end in ends]
    steps = np.diff(np.array([np.zeros(len(customers.third)), *reached]), axis=0)
    ages = np.array(ends) / ahead.horizon * ahead.years
    discounted = (steps * ((1 + ahead.yearly_discount) ** -ages)[:, None]).sum(axis=0)
    # Who is expected to order nothing is discounted by nothing.
    kept = np.where(reached[-1] > 0, discounted / np.maximum(reached[-1], 1e-300), 1.0)
    per_order = ahead.margin * value_per_order(worth, customers)
    times = ahead.season * kept
    return ToCome(ahead.season * reached[-1], per_order, times * reached[-1] * per_order, times)
