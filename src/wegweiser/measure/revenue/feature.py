"""Features as an engine counted them: sums by stratum and fold, read from its rows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from wegweiser.measure.form import Row, real, text, whole
from wegweiser.measure.revenue.auc import Counted
from wegweiser.measure.revenue.leak_rules import Column
from wegweiser.measure.revenue.strata import Key, Stratum, Sums

# The last is given up first where strata are sparse.
_DIMENSIONS = ("source", "visits", "device", "region")
_ALL = "(all)"


class Feature(msgspec.Struct, frozen=True):
    """One feature: who has it, by fold and by stratum."""

    kind: str
    name: str
    by_fold: Mapping[int, Sums]
    by_stratum: Mapping[Key, Sums]

    @property
    def having(self) -> Sums:
        """All who have it."""
        return sum(self.by_fold.values(), Sums())


def read_features(rows: Sequence[Row]) -> tuple[list[Feature], list[Row]]:
    """Give the features, and the rows of all units, from which those without follow.

    Rows of accounts are none of units.
    """
    rows = [row for row in rows if whole(row, "fold") >= 0]
    everybody = [row for row in rows if text(row, "kind") == _ALL]
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if text(row, "kind") != _ALL:
            grouped[text(row, "kind"), text(row, "feature")].append(row)
    return [
        Feature(kind, name, by_fold(own), by_stratum(own, kind))
        for (kind, name), own in sorted(grouped.items())
    ], everybody


def by_fold(rows: Sequence[Row]) -> dict[int, Sums]:
    """Add up rows by fold."""
    found: dict[int, Sums] = defaultdict(Sums)
    for row in rows:
        found[whole(row, "fold")] += _sums(row)
    return dict(found)


def by_stratum(rows: Sequence[Row], kind: str) -> dict[Key, Sums]:
    """Add up rows by stratum; a feature is not compared within its own values."""
    found: dict[Key, Sums] = defaultdict(Sums)
    for row in rows:
        found[tuple(text(row, one) for one in _DIMENSIONS if one != kind)] += _sums(row)
    return dict(found)


def _sums(row: Row) -> Sums:
    later = whole(row, "later_units"), whole(row, "later_goals")
    units, goals = whole(row, "units"), whole(row, "goals")
    return Sums(units, goals, real(row, "value"), real(row, "squares"), *later)


def column_of(feature: Feature, everybody: Mapping[int, Sums]) -> Column:
    """Give a feature as the leak gate sees it: there or not, on the day it happened.

    Beside all goals those that came a while later: what is written because of a goal stands close
    before it.
    """
    counts: list[Counted] = []
    later: list[Counted] = []
    for fold, total in sorted(everybody.items()):
        having = feature.by_fold.get(fold, Sums())
        lacking = total - having
        counts.append(Counted(fold, "yes", having.units, having.goals))
        counts.append(Counted(fold, "no", lacking.units, lacking.goals))
        later.append(Counted(fold, "yes", having.later_units, having.later_goals))
        later.append(Counted(fold, "no", lacking.later_units, lacking.later_goals))
    return Column(feature.kind, feature.name, tuple(counts), timed=True, later=tuple(later))


def strata_of(feature: Feature, everybody: Sequence[Row]) -> list[Stratum]:
    """Give who has a feature and who does not, by stratum."""
    totals = by_stratum(everybody, feature.kind)
    return [
        Stratum(key, having, total - having)
        for key, total in sorted(totals.items())
        for having in (feature.by_stratum.get(key, Sums()),)
    ]
