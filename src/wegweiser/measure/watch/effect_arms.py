"""Sums per month and arm, and the difference of each month that has enough of them."""

from collections.abc import Sequence

import msgspec

from wegweiser.measure.form import Asked, Row, real, text
from wegweiser.measure.sequential import tuned_for
from wegweiser.measure.statistic import normal_quantile
from wegweiser.measure.watch.drift import Effect, pooled
from wegweiser.measure.watch.effect_question import CALIBRATION

LEAST_UNITS = 100
LEAST_GOALS = 25
_PLANNED = 10_000


class Arm(msgspec.Struct, frozen=True):
    """Sums of one arm: units with closed window, those with a goal, Σy, and over clusters."""

    n: float = 0.0
    reached: float = 0.0
    y: float = 0.0
    clusters: float = 0.0
    nn: float = 0.0
    ny: float = 0.0
    yy: float = 0.0

    def __add__(self, other: "Arm") -> "Arm":
        mine, theirs = msgspec.structs.astuple(self), msgspec.structs.astuple(other)
        return Arm(*(one + two for one, two in zip(mine, theirs, strict=True)))

    @property
    def mean(self) -> float:
        """The mean per unit."""
        return self.y / self.n

    @property
    def variance(self) -> float:
        """The square of its standard error, by clusters."""
        rate = self.mean
        rest = max(0.0, self.yy - 2 * rate * self.ny + rate**2 * self.nn)
        return rest / self.n**2 * self.clusters / max(self.clusters - 1, 1)


def arms_in(rows: Sequence[Row], fresh: bool | None) -> dict[tuple[str, str], Arm]:
    """Add up sums by month and arm; of fresh units, of the others, or of all (None)."""
    found: dict[tuple[str, str], Arm] = {}
    columns = ("n", "reached", "sum_y", "clusters", "cluster_nn", "cluster_ny", "cluster_yy")
    for row in rows:
        if text(row, "arm") == CALIBRATION or fresh not in (None, bool(row["is_fresh"])):
            continue
        key = (text(row, "month"), text(row, "arm"))
        found[key] = found.get(key, Arm()) + Arm(*(real(row, column) for column in columns))
    return found


def effects_of(arms: dict[tuple[str, str], Arm], pair: tuple[str, str]) -> list[Effect]:
    """Give the difference of each month in which both arms have enough units and goals."""
    effects = []
    for month in sorted({month for month, _ in arms}):
        treated, control = (arms.get((month, arm), Arm()) for arm in pair)
        if min(treated.n, control.n) < LEAST_UNITS:
            continue
        variance = treated.variance + control.variance
        if treated.reached + control.reached >= LEAST_GOALS and variance > 0:
            effects.append(Effect(month, treated.mean - control.mean, variance))
    return effects


def worth_of(effects: Sequence[Effect], asked: Asked) -> float:
    """Give the effect worth knowing, else the one that a test of usual size is tuned for."""
    given = asked.number("worth_knowing")
    all_of = pooled(effects)
    variance = ((all_of.high - all_of.low) / 2 / normal_quantile(0.95)) ** 2
    return given if given > 0 else tuned_for(variance, _PLANNED, _PLANNED)
