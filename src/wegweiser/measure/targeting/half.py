"""Reads one half of the units: its sums per arm for the gates, and its cells by score."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np

from wegweiser.measure.arms import TWO_ARMS
from wegweiser.measure.compare import Arm
from wegweiser.measure.form import Row, real, text, whole
from wegweiser.measure.lift_sums import Clusters, Sums
from wegweiser.measure.targeting.curve import Cells


def sums_of(rows: Sequence[Row]) -> dict[str, Sums]:
    """Add the rows up by arm; people of one account count together."""
    arms: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        arms[text(row, "arm")].append(row)
    return {arm: _sums(found) for arm, found in arms.items()}


def _sums(rows: list[Row]) -> Sums:
    def total(column: str) -> float:
        return sum(real(row, column) for row in rows)

    def count(column: str, of: list[Row] = rows) -> int:
        return sum(whole(row, column) for row in of)

    closed = count("n")
    return Sums(
        count("triggered"),
        count("triggered", [row for row in rows if row["unit_kind"] == "account"]),
        min(whole(row, "first_at_ms") for row in rows),
        closed,
        count("reached"),
        Arm(closed, total("sum_y"), total("sum_yy")),
        Arm(closed, total("sum_x"), total("sum_xx")),
        count("recent"),
        total("sum_xy"),
        _clusters(rows),
    )


def _clusters(rows: list[Row]) -> Clusters:
    """Give the sums of products over clusters; a unit alone is a cluster of its own."""
    alone = [row for row in rows if not row["cluster_code"]]
    found = [
        *(sum(real(row, name) for row in alone) for name in ("n", "n", "sum_y", "sum_x")),
        *(sum(real(row, name) for row in alone) for name in ("sum_yy", "sum_xx", "sum_xy")),
    ]
    together: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for row in rows:
        if row["cluster_code"] and whole(row, "n"):
            held = together[text(row, "cluster_code")]
            for place, name in enumerate(("n", "sum_y", "sum_x")):
                held[place] += real(row, name)
    for n, y, x in together.values():
        products = (1.0, n * n, n * y, n * x, y * y, x * x, x * y)
        found = [one + more for one, more in zip(found, products, strict=True)]
    return Clusters(round(found[0]), *found[1:])


class Scored(msgspec.Struct, frozen=True):
    """What a half is scored by: a score for every value of the cut."""

    scores: dict[str, float]
    otherwise: float

    def of(self, segment: str) -> float:
        """Give the score of a value; one that was never learned has the common one."""
        return self.scores.get(segment, self.otherwise)


def cells_of(rows: Sequence[Row], arm: str, scored: Scored) -> Cells:
    """Give what is drawn again together: units alone with equal values, and whole accounts."""
    kept = [row for row in rows if row["arm"] != TWO_ARMS and whole(row, "n")]
    scores = np.array([scored.of(text(row, "segment")) for row in kept])
    levels, level = np.unique(scores, return_inverse=True)
    codes = [text(row, "cluster_code") for row in kept]
    _, cluster = np.unique(
        [code or f"alone {place}" for place, code in enumerate(codes)], return_inverse=True
    )
    return Cells(
        levels=levels,
        level=level,
        treated=np.array([row["arm"] == arm for row in kept]),
        units=np.array([real(row, "n") for row in kept]),
        totals=np.array([real(row, "sum_y") for row in kept]),
        cluster=cluster,
        alone=np.array([not code for code in codes]),
    )
