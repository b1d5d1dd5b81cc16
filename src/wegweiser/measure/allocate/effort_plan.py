"""The allocation of effort that earns most within what is possible, with its uncertainty."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from wegweiser.measure.allocate.effort_cell import Cell
from wegweiser.measure.allocate.effort_shrink import Floats
from wegweiser.measure.statistic import Interval, interval

LEAST_CHANCE = 0.8
FLOOR = 0.05
# Questions that are open take at most half of anything.
MOST_EXPLORED = 0.5
_TELLABLE = 1e-6


class Possible(msgspec.Struct, frozen=True):
    """What a period allows: contacts per channel, money in all, and contacts per unit.

    What is not stated is not limited, but nobody is contacted more often than was tested, and
    every unit gets one message at most, as in the test.
    """

    channels: Mapping[str, float] = {}
    budget: float | None = None
    per_unit: float | None = None
    floor: float = FLOOR


class Move(msgspec.Struct, frozen=True):
    """One cell: contacts now and planned with the latter's 5 to 95 %, and profit per contact."""

    cell: Cell
    planned: float
    low: float
    high: float
    profit: Interval


class EffortPlan(msgspec.Struct, frozen=True):
    """A whole plan: its moves, the gain against today in money, and how sure that is.

    `on_experiments` is the share of planned contacts whose profit an experiment has told.
    """

    moves: tuple[Move, ...]
    gain: Interval
    chance: float
    on_experiments: float
    changes: bool

    @property
    def advised(self) -> bool:
        """Tell whether it may be advised: it changes something, surely enough for the better."""
        return self.changes and self.chance >= LEAST_CHANCE


class Problem:
    """The linear programme over units assigned to each cell; only the profits change per draw."""

    def __init__(self, cells: Sequence[Cell], possible: Possible):
        self.contacts: Floats = np.array([one.contacts for one in cells])
        self.now: Floats = np.array([one.assigned for one in cells])
        rows, most = _limits(cells, possible)
        self._rows, self._most = np.array(rows), np.array(most)
        floors = np.array([possible.floor * one.units * one.is_open for one in cells])
        self._floors = floors * self._within(floors, MOST_EXPLORED)
        self._units = np.array([one.units for one in cells])
        # What the limits no longer allow is nothing to be held against.
        self.allowed_now = self.now * self._within(self.now)

    def _within(self, wanted: Floats, share: float = 1.0) -> float:
        """Give how much of what is wanted fits into a share of every limit, at most all of it."""
        taken = self._rows @ wanted
        fits = [
            share * most / used for used, most in zip(taken, self._most, strict=True) if used > 0
        ]
        return float(min([1.0, *fits]))

    def best(self, profits: Floats) -> Floats:
        """Give the units per cell (columns) that earn most at each row of profits per contact.

        All rows are solved as one programme of blocks, which is many times quicker than one by one.
        """
        rows = sparse.kron(sparse.eye(len(profits)), self._rows, format="csr")
        bounds = np.column_stack([self._floors, self._units])
        found = linprog(
            -(profits * self.contacts).reshape(-1),
            rows,
            np.tile(self._most, len(profits)),
            bounds=np.tile(bounds, (len(profits), 1)),
        )
        if found.x is None:
            raise ValueError(f"the limits of effort cannot all be kept: {found.message}")
        return np.asarray(found.x).reshape(profits.shape)


def _limits(cells: Sequence[Cell], possible: Possible) -> tuple[list[list[float]], list[float]]:
    """Give what each unit of a cell takes of every limit, and the limits."""
    rows, most = [], []
    for group in dict.fromkeys(one.group for one in cells):
        inside = [float(one.group == group) for one in cells]
        units = next(one.units for one in cells if one.group == group)
        rows.append(inside)
        most.append(units)
        if possible.per_unit is not None:
            rows.append([has * one.contacts for has, one in zip(inside, cells, strict=True)])
            most.append(possible.per_unit * units)
    for channel, contacts in possible.channels.items():
        rows.append([one.contacts * (one.channel == channel) for one in cells])
        most.append(contacts)
    if possible.budget is not None:
        rows.append([one.contacts * one.cost for one in cells])
        most.append(possible.budget)
    return rows, most


def plan_effort(cells: Sequence[Cell], possible: Possible) -> EffortPlan:
    """Plan the next period: maximise Σ incremental profit at the mean over draws, within limits.

    Solved once more for every draw, which tells how firm each figure is; the gain is against today,
    as far as the limits still allow that. Advised only where the
    chance to earn more than today is at least .8 and something changes. Raises ValueError without
    cells, or where limits contradict each other.
    """
    if not cells:
        raise ValueError("there is nothing to spend effort on")
    problem = Problem(cells, possible)
    profit = np.column_stack([one.profit for one in cells])
    planned = problem.best(profit.mean(axis=0, keepdims=True))[0]
    drawn = problem.best(profit) * problem.contacts
    gains = (profit * problem.contacts) @ (planned - problem.allowed_now)
    moves = tuple(
        _move(one, float(planned[n] * one.contacts), drawn[:, n]) for n, one in enumerate(cells)
    )
    chance = float(np.mean(gains > 0))
    changed = any(abs(one.planned - one.cell.now) > _TELLABLE * max(1.0, one.cell.now)
                  for one in moves)  # fmt: skip
    return EffortPlan(
        moves,
        spread_of(gains),
        chance,
        _share_on_experiments(moves),
        changed,
    )


def _move(cell: Cell, planned: float, drawn: Floats) -> Move:
    low, high = (float(np.quantile(drawn, share)) for share in (0.05, 0.95))
    return Move(cell, planned, min(low, planned), max(high, planned), spread_of(cell.profit))


def spread_of(values: Floats) -> Interval:
    """Give the mean of draws between their 2.5 and 97.5 % quantiles."""
    low, high = (float(np.quantile(values, share)) for share in (0.025, 0.975))
    return interval(float(values.mean()), low, high)


def _share_on_experiments(moves: Sequence[Move]) -> float:
    planned = sum(one.planned for one in moves)
    tested = sum(one.planned for one in moves if one.cell.evidence == "experiment")
    return tested / planned if planned else 0.0
