"""The grid of customers, and how much of it stays where it is when customers are drawn anew."""

from collections.abc import Sequence

import msgspec
import numpy as np

from wegweiser.measure.lifetime.fit import Fitted
from wegweiser.measure.lifetime.study import Study
from wegweiser.measure.lifetime.worth import Worth
from wegweiser.measure.profit.groups_crowd import Crowd, Response, expected, gaps, response_of
from wegweiser.measure.profit.groups_grid import (
    CELLS,
    LEAST_CUSTOMERS,
    SIDE,
    Numbers,
    Places,
    levels,
    thirds,
)
from wegweiser.measure.statistic import Interval, interval

DRAWS = 200
MOST_DRAWN = 2_000
# The trend needs two full years.
TREND_YEARS = 2.0


class Ends(msgspec.Struct, frozen=True):
    """The thresholds that a tenant stated, in money; none are thirds of the customers."""

    value: tuple[float, float] | None
    potential: tuple[float, float] | None


class Grid(msgspec.Struct, frozen=True):
    """Each customer's cell (three times the level of value, plus that of potential).

    `twofold` is the cell by the mean margin of both years: who is put there by chance in one year
    alone does not look as if rising or falling.
    """

    expected: Numbers
    gap: Numbers
    potential: Numbers
    cell: Places
    twofold: Places
    value_ends: Numbers
    potential_ends: Numbers
    response: Response


class Drawn(msgspec.Struct, frozen=True):
    """What draws gave: moves between cells, the share who stayed per draw, margins of two years.

    `moves_by_draw` has one 9 x 9 table per draw; `now` and `before` one row of cells per draw.
    """

    moves: Numbers
    moves_by_draw: Numbers
    now: Numbers
    before: Numbers


def grid_of(crowd: Crowd, study: Study, worth: Worth, ends: Ends) -> Grid:
    """Put every customer into the grid."""
    gap = gaps(crowd, crowd.count)
    response = response_of(crowd, gap)
    coming = expected(crowd, study, study.chosen.fitted, worth.fits, crowd.share_left)
    return _grid(crowd, crowd.count, coming, gap, response, ends)


def _grid(
    crowd: Crowd,
    count: Numbers,
    coming: Numbers,
    gap: Numbers,
    response: Response,
    ends: Ends,
) -> Grid:
    potential = coming + response.counted * gap
    value_ends = _ends(ends.value, crowd.margin, count)
    potential_ends = _ends(ends.potential, potential, count)
    high = levels(potential, potential_ends)
    mean = (crowd.margin + crowd.before) / 2
    return Grid(
        coming,
        gap,
        potential,
        SIDE * levels(crowd.margin, value_ends) + high,
        SIDE * levels(mean, value_ends) + high,
        value_ends,
        potential_ends,
        response,
    )


def _ends(stated: tuple[float, float] | None, values: Numbers, count: Numbers) -> Numbers:
    return thirds(values, count) if stated is None else np.array(stated)


def drawn_anew(
    crowd: Crowd, grid: Grid, study: Study, worth: Worth, ends: Ends, chance: np.random.Generator
) -> Drawn:
    """Draw customers by Poisson weights and parameters from their doubt; grid them each time.

    Of very many customers some stand for all.
    """
    places, weights = _standing_for_all(crowd.count)
    few, cell, twofold = crowd.taken(places), grid.cell[places], grid.twofold[places]
    orders = study.chosen.fitted.draws(DRAWS, chance)
    values = _values(worth.fits, chance)
    is_old = few.years >= TREND_YEARS
    moves: list[Numbers] = []
    now: list[Numbers] = []
    before: list[Numbers] = []
    for number in range(DRAWS):
        count = chance.poisson(weights).astype(np.float64)
        fits = [
            one if drawn is None else msgspec.structs.replace(one, values=drawn[number])
            for one, drawn in zip(worth.fits, values, strict=True)
        ]
        if count.sum() <= 0 or any(one.values[1] <= 1.0 for one in fits):
            continue
        under = msgspec.structs.replace(study.chosen.fitted, values=orders[number])
        revenue = float((few.revenue * count).sum())
        share = float((few.margin * count).sum()) / revenue if revenue > 0 else 0.0
        coming = expected(few, study, under, fits, share)
        found = _grid(few, count, coming, gaps(few, count), grid.response, ends)
        moved = np.bincount(cell * CELLS + found.cell, count, CELLS * CELLS)
        moves.append(moved.astype(np.float64))
        for held, margin in ((now, few.margin), (before, few.before)):
            sums = np.bincount(twofold, np.where(is_old, margin * count, 0.0), CELLS)
            held.append(sums.astype(np.float64))
    by_draw = np.array(moves, dtype=np.float64).reshape(-1, CELLS, CELLS)
    return Drawn(
        by_draw.sum(axis=0),
        by_draw,
        np.array(now, dtype=np.float64).reshape(-1, CELLS),
        np.array(before, dtype=np.float64).reshape(-1, CELLS),
    )


def _values(fits: Sequence[Fitted], chance: np.random.Generator) -> list[Numbers | None]:
    return [one.draws(DRAWS, chance) if np.isfinite(one.covariance).all() else None for one in fits]


def _standing_for_all(count: Numbers) -> tuple[Places, Numbers]:
    """Take every so many customers, and how many customers each of them stands for."""
    total = float(count.sum())
    if len(count) <= MOST_DRAWN:
        return np.arange(len(count)), count
    passed = np.concatenate([[0.0], np.cumsum(count)]) / total * MOST_DRAWN
    taken = np.diff(np.floor(passed + 0.5))
    places = np.flatnonzero(taken)
    return places, taken[places] * total / MOST_DRAWN


def held_together(groups: Sequence[Sequence[int]], drawn: Drawn) -> Interval:
    """Give the share of customers who stay in their group, between the ends of its draws."""
    own = np.zeros((CELLS, CELLS))
    for group in groups:
        own[np.ix_(list(group), list(group))] = 1.0
    shares = (drawn.moves_by_draw * own).sum(axis=(1, 2)) / drawn.moves_by_draw.sum(axis=(1, 2))
    share = float((drawn.moves * own).sum() / drawn.moves.sum())
    low, high = np.quantile(shares, (0.025, 0.975))
    return interval(share, min(share, float(low)), max(share, float(high)))


def trend_of(group: Sequence[int], crowd: Crowd, grid: Grid, drawn: Drawn) -> Interval | None:
    """Give the change of margin against the year before, of who was there in both years.

    None below 10 such customers, and where the year before left nothing.
    """
    own = np.isin(grid.twofold, list(group)) & (crowd.years >= TREND_YEARS)
    count = crowd.count[own]
    first, second = (float((each[own] * count).sum()) for each in (crowd.before, crowd.margin))
    if float(count.sum()) < LEAST_CUSTOMERS or first <= 0:
        return None
    now, before = (each[:, list(group)].sum(axis=1) for each in (drawn.now, drawn.before))
    known = before > 0
    if not known.any():
        return None
    ends = np.quantile(now[known] / before[known] - 1, (0.025, 0.975))
    change = second / first - 1
    return interval(change, min(change, float(ends[0])), max(change, float(ends[1])))
