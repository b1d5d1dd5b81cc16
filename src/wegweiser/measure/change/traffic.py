"""Change of a full count: days are the units, the same weekdays are held against each other."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from scipy import special

from wegweiser.measure.statistic import Interval

LEAST_PAIRS = 5
LEAST_EVENTS = 25


def weekday_pairs(now: Mapping[date, int], before: Mapping[date, int]) -> list[tuple[int, int]]:
    """Pair the first Monday with the first Monday before, and so on; days without one are left.

    >>> from datetime import date
    >>> weekday_pairs({date(2026, 11, 16): 9}, {date(2026, 11, 9): 8, date(2026, 11, 10): 7})
    [(9, 8)]
    """
    earlier: dict[int, list[int]] = defaultdict(list)
    for day in sorted(before):
        earlier[day.weekday()].append(before[day])
    pairs = []
    for day in sorted(now):
        if earlier[day.weekday()]:
            pairs.append((now[day], earlier[day.weekday()].pop(0)))
    return pairs


def change_of_counts(pairs: Sequence[tuple[int, int]], level: float = 0.95) -> Interval | None:
    """Give now / before - 1 with its interval; None where the days cannot tell.

    Quasi-Poisson: given the sum s of a pair, `now` has mean p s and variance phi p (1 - p) s. The
    dispersion phi is the sum of (now - p s)^2 over that of p (1 - p) s, times pairs / (pairs - 1)
    (a ratio of sums, because Pearson's sum of ratios is too small where days are thin). The log of
    the ratio of sums has the variance phi (1/now + 1/before), with Student's t of one degree of
    freedom less than pairs. It is never narrower than chance alone (phi = 1) makes it, because
    days hang together. Assumes that days of one weekday are alike but for the change. Source:
    McCullagh & Nelder, Generalized Linear Models, 1989, sections 4.5 and 6.2.

    >>> found = change_of_counts([(120, 100), (130, 105), (110, 102), (90, 70), (100, 90)])
    >>> round(found.estimate, 3), found.low < found.estimate < found.high
    (0.178, True)
    """
    held = [(one, other) for one, other in pairs if one + other > 0]
    now, before = sum(one for one, _ in held), sum(other for _, other in held)
    if len(held) < LEAST_PAIRS or min(now, before) == 0 or now + before < LEAST_EVENTS:
        return None
    share = now / (now + before)
    unlike = sum((one - share * (one + other)) ** 2 for one, other in held)
    usual = share * (1 - share) * (now + before)
    dispersion = unlike / usual * len(held) / (len(held) - 1)
    reach = float(special.stdtrit(len(held) - 1, 0.5 + level / 2)) * math.sqrt(dispersion)
    least = float(special.ndtri(0.5 + level / 2))
    spread = max(least, reach) * math.sqrt(1 / now + 1 / before)
    middle = math.log(now / before)
    return Interval(math.expm1(middle), math.expm1(middle - spread), math.expm1(middle + spread))
