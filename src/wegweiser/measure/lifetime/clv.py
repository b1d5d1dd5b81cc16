"""The value to come of each group of customers: orders by worth of an order, discounted."""

import msgspec
import numpy as np

from wegweiser.measure.lifetime.buyers import Numbers
from wegweiser.measure.lifetime.fit import Fitted
from wegweiser.measure.lifetime.forecast import DRAWS, only, sample_of
from wegweiser.measure.lifetime.study import Study
from wegweiser.measure.lifetime.worth import Customers, Worth, value_per_order
from wegweiser.measure.rfm.grouping import GROUPS, Scores, groups_of

STEPS = 12
MOST_OF_GROUP = 60
# An upper end is told only where hardly any draw has no mean.
MOST_WITHOUT_MEAN = 0.025


class Valued(msgspec.Struct, frozen=True):
    """Per row of customers its group of RFM, orders to come, value per order added up, and CLV.

    `drawn` are the totals of each of the nine groups under drawn parameters, one row per draw;
    None where too many draws have no mean.
    """

    group: Scores
    orders: Numbers
    per_order: Numbers
    clv: Numbers
    drawn: Numbers | None


def valued(
    customers: Customers,
    worth: Worth,
    study: Study,
    margin: float,
    yearly_discount: float,
    years: float,
    chance: np.random.Generator,
) -> Valued:
    """Give what customers are worth within the study's horizon, which is `years` long.

    Σ_t E[X(t) - X(t - 1)]·E[M]·(1 + i)^-t in twelve steps; the discount of a group is kept in the
    draws, which take the parameters of both models anew.
    """
    buyers, fitted, model = customers.buyers, study.chosen.fitted, study.chosen.model
    ends = [study.horizon * step / STEPS for step in range(1, STEPS + 1)]
    if model.name == "bg_bb":
        ends = [float(step) for step in range(1, round(study.horizon) + 1)]
    reached = [model.expected(fitted, buyers, end) for end in ends]
    steps = np.diff(np.array([np.zeros(len(buyers.repeats)), *reached]), axis=0)
    ages = np.array(ends) / study.horizon * years
    discounted = (steps * ((1 + yearly_discount) ** -ages)[:, None]).sum(axis=0)
    # Who is expected to order nothing is discounted by nothing.
    kept = np.where(reached[-1] > 0, discounted / np.maximum(reached[-1], 1e-300), 1.0)
    per_order = margin * value_per_order(worth.fits, customers)
    times = study.season * kept
    clv = times * reached[-1] * per_order
    group = groups_of(buyers.age - buyers.last, buyers.repeats, buyers.count)
    drawn = _drawn(customers, worth, study, times * margin, clv, group, chance)
    return Valued(group, study.season * reached[-1], per_order, clv, drawn)


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
    few = _only(customers, places)
    orders = study.chosen.fitted.draws(DRAWS, chance)
    values = [one.draws(DRAWS, chance) for one in worth.fits if _is_told(one)]
    if not values or float((values[0][:, 1] <= 1.0).mean()) > MOST_WITHOUT_MEAN:
        return None
    exact = np.bincount(group, clv, len(GROUPS))
    found = []
    for number in range(DRAWS):
        fits = _under(worth.fits, values, number)
        if any(one.values[1] <= 1.0 for one in fits):
            continue
        under = msgspec.structs.replace(study.chosen.fitted, values=orders[number])
        coming = study.chosen.model.expected(under, few.buyers, study.horizon)
        drawn = times[places] * coming * value_per_order(fits, few) * weights
        found.append(np.bincount(group[places], drawn, len(GROUPS)).astype(np.float64))
    stood = np.bincount(group[places], clv[places] * weights, len(GROUPS))
    times_of_group = np.where(stood > 0, exact / np.maximum(stood, 1e-300), 0.0)
    return np.asarray(np.array(found) * times_of_group, dtype=np.float64)


def _is_told(fitted: Fitted) -> bool:
    return bool(np.isfinite(fitted.covariance).all())


def _under(fits: tuple[Fitted, ...], values: list[Numbers], number: int) -> list[Fitted]:
    """Give the fits under one draw; one whose doubt is not told stays as it is."""
    drawn = iter(values)
    return [
        msgspec.structs.replace(one, values=next(drawn)[number]) if _is_told(one) else one
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


def _only(customers: Customers, places: Scores) -> Customers:
    return Customers(
        only(customers.buyers, places),
        customers.valued[places],
        customers.mean_values[places],
        customers.year[places],
        customers.third[places],
        customers.account[places],
    )
