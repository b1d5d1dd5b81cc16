"""The value to come of each group of customers: orders by worth of an order, discounted."""

import msgspec
import numpy as np

from wegweiser.measure.lifetime.buyers import Numbers
from wegweiser.measure.lifetime.fit import Fitted
from wegweiser.measure.lifetime.forecast import DRAWS, only, sample_of
from wegweiser.measure.lifetime.per_order import Customers, value_per_order
from wegweiser.measure.lifetime.study import Study
from wegweiser.measure.lifetime.to_come import Outlook, to_come
from wegweiser.measure.lifetime.worth import Worth
from wegweiser.measure.rfm.grouping import GROUPS, Scores, groups_of

MOST_OF_GROUP = 60
# An upper end is told only where hardly any draw has no mean.
MOST_WITHOUT_MEAN = 0.025


class Valued(msgspec.Struct, frozen=True):
    """Per row of customers its group of RFM, orders to come, value per order added up, and CLV.

    `drawn` are the totals of each of the nine groups under drawn parameters, one row per draw;
    None where too many draws have no mean. `times` is by what an order is multiplied: season,
    discount and margin.
    """

    group: Scores
    orders: Numbers
    per_order: Numbers
    clv: Numbers
    times: Numbers
    drawn: Numbers | None


def valued(
    customers: Customers,
    worth: Worth,
    study: Study,
    ahead: Outlook,
    chance: np.random.Generator,
) -> Valued:
    """Give what customers are worth within the study's horizon.

    The discount of a group is kept in the draws, which take the parameters of both models anew.
    """
    chosen, buyers = study.chosen, customers.buyers
    coming = to_come(chosen.model, chosen.fitted, worth.fits, customers, ahead)
    group = groups_of(buyers.age - buyers.last, buyers.repeats, buyers.count)
    times = coming.times * ahead.margin
    drawn = _drawn(customers, worth, study, times, coming.value, group, chance)
    return Valued(group, coming.orders, coming.per_order, coming.value, times, drawn)


def _drawn(
    customers: Customers,
    worth: Worth,
    study: Study,
    times: Numbers,
    clv: Numbers,
    group: Scores,
    chance: np.random.Generator,
) -> Numbers | None:
    """Draw the totals of the groups over customers that stand for all."""
    places, weights = _standing_for_all(clv, group)
    few = only_rows(customers, places)
    orders = study.chosen.fitted.draws(DRAWS, chance)
    values = [one.draws(DRAWS, chance) for one in worth.fits if is_told(one)]
    if not values or float((values[0][:, 1] <= 1.0).mean()) > MOST_WITHOUT_MEAN:
        return None
    exact = np.bincount(group, clv, len(GROUPS))
    found = []
    for number in range(DRAWS):
        fits = under_draw(worth.fits, values, number)
        if any(one.values[1] <= 1.0 for one in fits):
            continue
        under = msgspec.structs.replace(study.chosen.fitted, values=orders[number])
        coming = study.chosen.model.expected(under, few.buyers, study.horizon)
        drawn = times[places] * coming * value_per_order(fits, few) * weights
        found.append(np.bincount(group[places], drawn, len(GROUPS)).astype(np.float64))
    stood = np.bincount(group[places], clv[places] * weights, len(GROUPS))
    times_of_group = np.where(stood > 0, exact / np.maximum(stood, 1e-300), 0.0)
    return np.asarray(np.array(found) * times_of_group, dtype=np.float64)


def is_told(fitted: Fitted) -> bool:
    """Tell whether the doubt about the parameters is known, so that they can be drawn."""
    return bool(np.isfinite(fitted.covariance).all())


def under_draw(fits: tuple[Fitted, ...], values: list[Numbers], number: int) -> list[Fitted]:
    """Give the fits under one draw; one whose doubt is not told stays as it is."""
    drawn = iter(values)
    return [
        msgspec.structs.replace(one, values=next(drawn)[number]) if is_told(one) else one
        for one in fits
    ]


def _standing_for_all(clv: Numbers, group: Scores) -> tuple[Scores, Numbers]:
    places, weights = [], []
    for number in range(len(GROUPS)):
        own = np.flatnonzero(group == number)
        chosen, times = sample_of(clv[own], MOST_OF_GROUP)
        places.append(own[chosen])
        weights.append(times)
    return np.concatenate(places), np.concatenate(weights)


def only_rows(customers: Customers, places: Scores) -> Customers:
    """Take some rows of customers."""
    return Customers(
        only(customers.buyers, places),
        customers.valued[places],
        customers.mean_values[places],
        customers.year[places],
        customers.third[places],
        customers.account[places],
    )
