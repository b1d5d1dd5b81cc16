"""Which terms are unusual in which period: flags that no later data can change."""

import msgspec
import numpy as np
import numpy.typing as npt

from wegweiser.measure.statistic import normal_quantile
from wegweiser.measure.trend.chance import stands, upper_tail
from wegweiser.measure.trend.mention import LEAST_PERSONS
from wegweiser.measure.trend.pool import LEAST_BASE, LEAST_MENTIONS, RECENT, Numbers, Pool

# How far back the same time of last year lies: Easter and sales move by a week, months do not.
YEAR = {"week": (51, 52, 53), "month": (12,)}
UNUSUAL_LAST_YEAR = 0.01
LEAST_GROWTH = 1.5
Marks = npt.NDArray[np.bool_]


class Flags(msgspec.Struct, frozen=True):
    """Of each term (row) in each period (column) of one pool.

    `flagged`: unusually many among all terms of the period. `rated`: 20 mentions of 10 persons in
    three periods, so that a flag may be raised. `emerging`: flagged in 2 of 3 periods and grown by
    at least half at the lower end. `growth` is against the base and the season, between its ends;
    `expected` the mentions that the base and the season let expect; `spread` (per period) their
    variance over their mean.
    """

    flagged: Marks
    rated: Marks
    emerging: Marks
    growth: Numbers
    growth_low: Numbers
    growth_high: Numbers
    season: Numbers
    expected: Numbers
    spread: Numbers


class Expected(msgspec.Struct, frozen=True):
    """What a base lets expect of each term and period, and how sure that is."""

    rate: Numbers
    growth_rate: Numbers
    spread: Numbers
    season: Numbers
    season_error: Numbers
    chance: Numbers


def flag(pools: tuple[Pool, ...], per: str) -> tuple[Flags, ...]:
    """Judge all pools together: the false discovery rate holds over all terms of a period."""
    expected = [expect(pool, per) for pool in pools]
    if not pools:
        return ()
    chances = np.concatenate([one.chance for one in expected])
    compared = np.sum([pool.active for pool in pools], axis=0)
    flagged, found, begin = stands(chances, compared), [], 0
    for pool, one in zip(pools, expected, strict=True):
        end = begin + len(pool.terms)
        found.append(_flags(pool, one, flagged[begin:end]))
        begin = end
    return tuple(found)


def expect(pool: Pool, per: str) -> Expected:
    """Work out rate, spread, season and the chance of so many mentions for each period.

    Rate (Σx + ½)/(ΣN + 1), and never below 3/ΣN (rule of three), so that a word that was never
    seen is no surprise before it could have been seen. Variance φ·mean, φ the median over terms of
    Pearson's χ²/df of the base, at least 1, and with it the base's own error. A season is what the
    same time of last year (a week around it too) did beyond its own base, where that was unusual.
    """
    counted = pool.base_periods >= LEAST_BASE
    total = np.where(counted, pool.base_totals, 1.0)
    growth_rate = (pool.base + 0.5) / (total + 1.0)
    rate = np.maximum(growth_rate, 3.0 / np.maximum(total, 3.0))
    spread = _spread(pool, counted)
    means = rate * pool.totals[None, :]
    base_error = means * pool.totals[None, :] / np.maximum(total, 1.0)
    plain = upper_tail(pool.mentions, means, _over(means, spread, base_error))
    known = counted & (pool.totals > 0)[None, :]
    plain = np.where(known, plain, 1.0)
    season, error = _season(pool, rate, plain, spread, YEAR[per])
    variance = spread[None, :] * (means * season + base_error * season**2)
    variance += (means * season) ** 2 * error
    over = variance / np.maximum(means * season, 1e-12)
    chance = np.where(known, upper_tail(pool.mentions, means * season, over), 1.0)
    able = np.maximum.accumulate(pool.three, axis=1) >= LEAST_MENTIONS
    able &= np.arange(rate.shape[1])[None, :] >= pool.public[:, None]
    return Expected(rate, growth_rate, spread, season, error, np.where(able, chance, 1.0))


def _over(means: Numbers, spread: Numbers, base_error: Numbers) -> Numbers:
    return spread[None, :] * (1.0 + base_error / np.maximum(means, 1e-12))


def _spread(pool: Pool, counted: Marks) -> Numbers:
    """Give φ per period from terms that were frequent before its newest two periods."""
    rate = pool.base / np.maximum(pool.base_totals, 1.0)
    pearson = pool.base_squares / np.maximum(rate, 1e-12) - pool.base
    often = np.maximum.accumulate(pool.three, axis=1) >= LEAST_MENTIONS
    before = np.zeros_like(often)
    before[:, RECENT:] = often[:, :-RECENT]
    used = before & counted & (pool.base > 0)
    each = np.where(used, pearson / np.maximum(pool.base_periods - 1.0, 1.0), np.nan)
    found = np.ones(len(pool.totals))
    some = used.any(axis=0)
    if some.any():
        found[some] = np.maximum(1.0, np.nanmedian(each[:, some], axis=0))
    return found


def _season(
    pool: Pool, rate: Numbers, plain: Numbers, spread: Numbers, year: tuple[int, ...]
) -> tuple[Numbers, Numbers]:
    """Give the factor of the season and its relative variance; 1 and 0 where none is known."""
    factor, error = np.ones_like(rate), np.zeros_like(rate)
    for back in (back for back in year if back < rate.shape[1]):
        then = slice(None), slice(0, rate.shape[1] - back)
        now = slice(None), slice(back, rate.shape[1])
        level = rate[then] * pool.totals[None, : rate.shape[1] - back]
        count = pool.mentions[then]
        unusual = (plain[then] < UNUSUAL_LAST_YEAR) & (count > 0)
        found = np.where(unusual, np.maximum(1.0, count / np.maximum(level, 1e-12)), 1.0)
        larger = found > factor[now]
        wide = spread[None, : rate.shape[1] - back] / np.maximum(count, 1.0)
        error[now] = np.where(larger, wide, error[now])
        factor[now] = np.where(larger, found, factor[now])
    return factor, error


def _flags(pool: Pool, one: Expected, flagged: Marks) -> Flags:
    rated = (pool.three >= LEAST_MENTIONS) & (pool.people >= LEAST_PERSONS)
    rated &= pool.base_periods >= LEAST_BASE
    raised = flagged & rated
    times = raised.astype(np.int64)
    of_three = times.copy()
    for back in range(1, RECENT + 1):
        of_three[:, back:] += times[:, :-back] if times.shape[1] > back else 0
    share = (pool.recent + 0.5) / (pool.recent_totals[None, :] + 1.0)
    growth = share / np.maximum(one.growth_rate, 1e-12) / one.season
    z = normal_quantile(0.95)
    inner = 1.0 / np.maximum(pool.recent, 0.5) + 1.0 / np.maximum(pool.base, 0.5)
    half = z * np.sqrt(one.spread[None, :] * inner + one.season_error)
    low, high = growth * np.exp(-half), growth * np.exp(half)
    emerging = raised & (of_three >= 2) & (low >= LEAST_GROWTH)
    return Flags(
        flagged=raised,
        rated=rated,
        emerging=emerging,
        growth=growth,
        growth_low=low,
        growth_high=high,
        season=one.season,
        expected=one.rate * pool.totals[None, :] * one.season,
        spread=one.spread,
    )
