"""Contracts that end: the chance to end in each month of a contract's life, and what is left."""

from collections.abc import Sequence

import msgspec
import numpy as np

from wegweiser.measure.lifetime.buyers import Numbers
from wegweiser.measure.revenue.survival import Counted

# Beyond what so many contracts have lived through, the chance of the last months goes on.
LEAST_AT_RISK = 30
LAST_MONTHS = 6


class Contracts(msgspec.Struct, frozen=True):
    """Contracts that are alike: whole months lasted, whole months since the start, and if ended."""

    lasted: int
    age: int
    has_ended: bool
    count: int
    paid: float = 0.0

    @property
    def counted(self) -> Counted:
        """The contract as a case: an end counts with its month, once that month is over.

        An end in the month that is not over is not seen yet, as those that will end in it are not.

        >>> Contracts(2, 5, True, 3).counted, Contracts(2, 2, True, 3).counted
        (Counted(days=3, goals=3, open=0), Counted(days=2, goals=0, open=3))
        """
        if self.has_ended and self.lasted < self.age:
            return Counted(self.lasted + 1, self.count, 0)
        return Counted(min(self.lasted, self.age), 0, self.count)


class Hazard(msgspec.Struct, frozen=True):
    """Per month of a contract's life: how many ended in it, and how many could have."""

    ended: Numbers
    at_risk: Numbers

    @property
    def known_months(self) -> int:
        """The months of life that enough contracts have reached."""
        enough = np.flatnonzero(self.at_risk >= LEAST_AT_RISK)
        return int(enough[-1]) + 1 if len(enough) else 0

    def draws(self, count: int, chance: np.random.Generator) -> Numbers:
        """Draw the chances to end per month, one row per draw: Beta(ended + 1/2, stayed + 1/2)."""
        stayed = self.at_risk - self.ended
        return np.asarray(chance.beta(self.ended + 0.5, stayed + 0.5, (count, len(self.ended))))


def cases_of(contracts: Sequence[Contracts]) -> list[Counted]:
    """Add contracts up into one case per month of life."""
    found: dict[int, Counted] = {}
    for one in contracts:
        case = one.counted
        held = found.get(case.days, Counted(case.days, 0, 0))
        found[case.days] = Counted(case.days, held.goals + case.goals, held.open + case.open)
    return [found[months] for months in sorted(found)]


def hazard_of(contracts: Sequence[Contracts]) -> Hazard:
    """Count ends and contracts at risk per month of life, at least one month.

    >>> found = hazard_of([Contracts(0, 3, True, 1), Contracts(3, 3, False, 3)])
    >>> found.ended.tolist(), found.at_risk.tolist()
    ([1.0, 0.0, 0.0], [4.0, 3.0, 3.0])
    """
    cases = cases_of(contracts)
    months = max([1, *(case.days for case in cases)])
    ended, at_risk = np.zeros(months), np.zeros(months)
    for case in cases:
        at_risk[: case.days] += case.goals + case.open
        if case.goals:
            ended[case.days - 1] = case.goals
    return Hazard(ended, at_risk)


def pooled_after(hazard: Hazard) -> tuple[float, float]:
    """Give ended and at risk of the last known months together, which stand for all later ones."""
    last = hazard.known_months
    first = max(0, last - LAST_MONTHS)
    return float(hazard.ended[first:last].sum()), float(hazard.at_risk[first:last].sum())


def staying(chances: Numbers, later: float, months: int) -> Numbers:
    """Give S(0), S(1), ... S(months) from the chances to end, and that of all months beyond.

    >>> staying(np.array([0.5, 0.0]), 0.5, 3).tolist()
    [1.0, 0.5, 0.5, 0.25]
    """
    own = chances[:months]
    whole = np.concatenate([own, np.full(months - len(own), later)])
    return np.concatenate([[1.0], np.cumprod(1.0 - whole)])


def months_left(ages: Numbers, count: Numbers, stays: Numbers, horizon: int) -> float:
    """Give the months that contracts of such ages are expected to last within the horizon.

    Σ over contracts of Σ_h S(age + h)/S(age), h from 1 to the horizon.
    """
    place = ages.astype(np.int64)
    begun = np.maximum(stays[place], 1e-300)
    left = sum(stays[place + ahead] / begun for ahead in range(1, horizon + 1))
    return float((count * left).sum())
