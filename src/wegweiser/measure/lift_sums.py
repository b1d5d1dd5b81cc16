"""What is summed over the units of each arm of a test, and the table of arms."""

import math

import msgspec

from wegweiser.measure.arms import TWO_ARMS
from wegweiser.measure.compare import Arm
from wegweiser.measure.form import Asked, Row, real, text, whole
from wegweiser.measure.statistic import mean_with_t, wilson

# Units with a closed window among those with which the planned number was reached.
FIRST = "first_units"


class Clusters(msgspec.Struct, frozen=True):
    """Sums over clusters of products of their number of units n, Σy and Σx."""

    count: int
    nn: float
    ny: float
    nx: float
    yy: float
    xx: float
    xy: float

    def __add__(self, other: "Clusters") -> "Clusters":
        return Clusters(
            self.count + other.count,
            self.nn + other.nn,
            self.ny + other.ny,
            self.nx + other.nx,
            self.yy + other.yy,
            self.xx + other.xx,
            self.xy + other.xy,
        )


class Sums(msgspec.Struct, frozen=True):
    """One arm: units triggered, units with closed window, and sums of y (after) and x (before).

    `recent` are those triggered in the last 28 days, `products` is Σxy over units, `first` those
    with a closed window with which the planned number was reached.
    """

    triggered: int
    accounts: int
    first_at: int
    closed: int
    reached: int
    after: Arm
    before: Arm
    recent: int
    products: float
    clusters: Clusters
    first: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.triggered + other.triggered,
            self.accounts + other.accounts,
            min(self.first_at, other.first_at),
            self.closed + other.closed,
            self.reached + other.reached,
            _added(self.after, other.after),
            _added(self.before, other.before),
            self.recent + other.recent,
            self.products + other.products,
            self.clusters + other.clusters,
            self.first + other.first,
        )

    @property
    def by_account(self) -> bool:
        """True when most units of the arm are accounts."""
        return 2 * self.accounts > self.triggered

    @property
    def is_clustered(self) -> bool:
        """True when several units belong to one account."""
        return self.clusters.count < self.closed

    @property
    def standard_error(self) -> float | None:
        """Give the standard error of the mean after, robust to clusters; None for one cluster."""
        held, mean = self.clusters, self.after.total / self.closed
        if held.count < 2:
            return None
        spread = max(0.0, held.yy - 2 * mean * held.ny + mean * mean * held.nn)
        return math.sqrt(held.count / (held.count - 1) * spread) / self.closed


def _added(one: Arm, other: Arm) -> Arm:
    return Arm(one.units + other.units, one.total + other.total, one.squares + other.squares)


def read_sums(rows: list[Row]) -> dict[str, Sums]:
    """Add up what the engine returned, by arm; kinds of units in one arm are added."""
    sums: dict[str, Sums] = {}
    for row in rows:
        read = _read(row)
        arm = text(row, "arm")
        sums[arm] = sums[arm] + read if arm in sums else read
    return sums


def _read(row: Row) -> Sums:
    closed = whole(row, "n")
    return Sums(
        whole(row, "triggered"),
        whole(row, "triggered") if row["unit_kind"] == "account" else 0,
        whole(row, "first_at_ms"),
        closed,
        whole(row, "reached"),
        Arm(closed, real(row, "sum_y"), real(row, "sum_yy")),
        Arm(closed, real(row, "sum_x"), real(row, "sum_xx")),
        whole(row, "recent"),
        real(row, "sum_xy"),
        Clusters(
            whole(row, "clusters"),
            *(real(row, f"cluster_{name}") for name in ("nn", "ny", "nx", "yy", "xx", "xy")),
        ),
        whole(row, FIRST) if FIRST in row else 0,
    )


def arm_rows(sums: dict[str, Sums], asked: Asked) -> list[Row]:
    """Give one row per arm with its mean and interval; units in two arms are only counted."""
    return [_row(arm, sums[arm], asked.text("metric")) for arm in sorted(sums)]


def _row(name: str, arm: Sums, metric: str) -> Row:
    shown: Row = {
        "arm": name,
        "triggered": arm.triggered,
        "units": arm.closed,
        "reached": arm.reached,
        "sum": arm.after.total,
        "mean": None,
        "low": None,
        "high": None,
        "standard_error": None,
    }
    if name == TWO_ARMS or arm.closed < 2:
        return shown
    after = arm.after
    mean = (
        wilson(arm.reached, arm.closed)
        if metric == "converted"
        else mean_with_t(after.units, after.total, after.squares)
    )
    told = {"mean": mean.estimate, "low": mean.low, "high": mean.high}
    return shown | told | {"standard_error": arm.standard_error}
