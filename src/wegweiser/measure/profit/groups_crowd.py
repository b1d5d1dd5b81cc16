"""Customers with their margin, what is expected of them, and how far similar ones are ahead."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa

from wegweiser.measure.compare import Arm, welch
from wegweiser.measure.lifetime.fit import Fitted
from wegweiser.measure.lifetime.forecast import only
from wegweiser.measure.lifetime.order_steps import UNITS_A_YEAR
from wegweiser.measure.lifetime.per_order import Customers, value_per_order
from wegweiser.measure.lifetime.study import Study
from wegweiser.measure.lifetime.told import column
from wegweiser.measure.profit.groups_grid import Numbers, Places, ordered, upper_quartiles
from wegweiser.measure.statistic import Interval, interval

ARMS = ("", "main", "nothing")
# Customers of less than one, two and four years, and longer ones, are held against each other.
TENURE_YEARS = (1.0, 2.0, 4.0)
LEAST_PER_ARM, LEAST_NON_ZERO = 200, 50


class Crowd(msgspec.Struct, frozen=True):
    """Rows of customers who are alike: `count` of them, each with these amounts of money.

    `before` is the margin of the year before last, `revenue` that of last year, `peer` the place
    of similar customers, `arm` a place in ARMS; `customers` is the same as the models see it.
    """

    count: Numbers
    margin: Numbers
    before: Numbers
    served: Numbers
    revenue: Numbers
    years: Numbers
    peer: Places
    arm: Places
    customers: Customers

    @property
    def total(self) -> float:
        """All customers."""
        return float(self.count.sum())

    @property
    def share_left(self) -> float:
        """What is left of a unit of revenue as margin; 0 without revenue."""
        revenue = float((self.revenue * self.count).sum())
        return float((self.margin * self.count).sum()) / revenue if revenue > 0 else 0.0

    def taken(self, places: Places) -> "Crowd":
        """Take some rows."""
        held = self.customers
        return Crowd(
            self.count[places],
            self.margin[places],
            self.before[places],
            self.served[places],
            self.revenue[places],
            self.years[places],
            self.peer[places],
            self.arm[places],
            Customers(
                only(held.buyers, places),
                held.valued[places],
                held.mean_values[places],
                held.year[places],
                held.third[places],
                held.account[places],
            ),
        )


class Response(msgspec.Struct, frozen=True):
    """The share of the gap that contact closed, as an experiment measured it.

    `counted` is what the potential is made with: 0 where nothing was measured, or nothing shows.
    """

    share: Interval | None
    units: int

    @property
    def counted(self) -> float:
        """What is counted of the gap."""
        shows = self.share is not None and self.share.low > 0
        return min(1.0, self.share.estimate) if shows and self.share is not None else 0.0

    @property
    def cautious(self) -> float:
        """The lower end of what is counted, 0 where nothing is."""
        return min(1.0, self.share.low) if self.counted and self.share is not None else 0.0


def named_rows(table: pa.Table) -> tuple[pa.Table, list[str]]:
    """Give each row an account of its own, so that the models tell all rows apart."""
    names = [str(place) for place in range(len(table))]
    return table.append_column("account", pa.array(names)), names


def crowd_of(table: pa.Table, customers: Customers) -> Crowd:
    """Read the rows of customers in the order in which the models hold them."""
    places = customers.account.astype(np.int64)
    count = column(table, "customers")[places]
    years = column(table, "age")[places] / 7 / UNITS_A_YEAR["any"]
    tenure = np.searchsorted(TENURE_YEARS, years, side="right")
    texts = [_codes(table[name].to_pylist())[places] for name in ("segment", "size")]
    keys = np.column_stack([*texts, tenure])
    _, peer = np.unique(keys, axis=0, return_inverse=True)
    arms = np.array([ARMS.index(one) for one in table["arm"].to_pylist()], dtype=np.int64)
    return Crowd(
        count=count,
        margin=column(table, "margin_each")[places],
        before=column(table, "before_each")[places],
        served=column(table, "served_each")[places],
        revenue=column(table, "year_value")[places] / count,
        years=years,
        peer=peer.reshape(-1).astype(np.int64),
        arm=arms[places],
        customers=customers,
    )


def _codes(texts: Sequence[str]) -> Places:
    _, codes = np.unique(np.array(texts, dtype=str), return_inverse=True)
    return np.asarray(codes.reshape(-1), dtype=np.int64)


def expected(
    crowd: Crowd, study: Study, under: Fitted, fits: Sequence[Fitted], share_left: float
) -> Numbers:
    """Give the margin that each customer is expected to leave within the study's horizon."""
    held = crowd.customers
    orders = study.season * study.chosen.model.expected(under, held.buyers, study.horizon)
    each = value_per_order(fits, held) / held.buyers.count
    return np.asarray(orders * each * share_left, dtype=np.float64)


def gaps(crowd: Crowd, count: Numbers) -> Numbers:
    """Give how far each customer is behind the upper quarter of similar customers, at least 0."""
    quartiles = upper_quartiles(ordered(crowd.margin, crowd.peer), count)
    return np.maximum(quartiles[crowd.peer] - crowd.margin, 0.0)


def response_of(crowd: Crowd, gap: Numbers) -> Response:
    """Measure which share of the gap contact closes, between the arms that chance drew.

    (mean margin with contact - mean margin held out)/mean gap of those held out, by Welch; the gap
    is taken as known. Assumes that the split is sound, as split check tells.
    """
    arms = [_arm(crowd, place) for place in (1, 2)]
    held_out = crowd.arm == 2
    units = arms[0].units + arms[1].units
    non_zero = float(crowd.count[(crowd.arm > 0) & (crowd.margin != 0)].sum())
    if min(one.units for one in arms) < LEAST_PER_ARM or non_zero < LEAST_NON_ZERO:
        return Response(None, units)
    mean_gap = float((gap * crowd.count)[held_out].sum()) / arms[1].units
    if mean_gap <= 0:
        return Response(None, units)
    found = welch(arms[0], arms[1])
    return Response(
        interval(found.estimate / mean_gap, found.low / mean_gap, found.high / mean_gap), units
    )


def _arm(crowd: Crowd, place: int) -> Arm:
    own = crowd.arm == place
    count, margin = crowd.count[own], crowd.margin[own]
    return Arm(
        round(float(count.sum())),
        float((count * margin).sum()),
        float((count * margin * margin).sum()),
    )
