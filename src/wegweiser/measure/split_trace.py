"""Where and since when a split is broken: the first day, the part, and the arms' time before."""

import math
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
from scipy import special

from wegweiser.measure.compare import Arm, difference_variance
from wegweiser.measure.experiment import (
    BROKEN_BELOW,
    BROKEN_FROM_EVIDENCE,
    LEAST_UNITS,
    check_split,
    split_evidence,
)

IMBALANCE = 4.0


def first_broken_day(
    days: Mapping[str, Mapping[str, int]], shares: Mapping[str, float]
) -> str | None:
    """Give the first day by whose end the e-value of all units so far had reached 1,000.

    The e-value may be read after every day: a sound split reaches 1,000 with a chance of at most
    1 in 1,000 ever.

    >>> days = {"2026-01-01": {"a": 50, "b": 50}, "2026-01-02": {"a": 200, "b": 50}}
    >>> first_broken_day(days, {"a": 0.5, "b": 0.5})
    '2026-01-02'
    """
    planned = {arm: share for arm, share in shares.items() if share > 0}
    whole = sum(planned.values())
    so_far = dict.fromkeys(planned, 0)
    for day in sorted(days):
        for arm, units in days[day].items():
            if units and arm not in planned:
                return day
            so_far[arm] += units
        evidence = split_evidence(
            list(so_far.values()), [part / whole for part in planned.values()]
        )
        if evidence >= BROKEN_FROM_EVIDENCE:
            return day
    return None


def broken_since(
    days: Mapping[str, Mapping[str, int]], shares: Mapping[str, float], planned: int, today: str
) -> str | None:
    """Give the first day on which the split was broken, whenever that is asked; None for sound.

    By the e-value after any day, and by χ² once: at the end of the day on which `planned` units
    were reached, where so many were planned beforehand (0: none). That day must be over, so that
    nothing changes whenever it is read.

    >>> days = {"2026-01-01": {"a": 2_000, "b": 1_900}, "2026-01-02": {"a": 1_000, "b": 800}}
    >>> shares = {"a": 0.5, "b": 0.5}
    >>> [broken_since(days, shares, 5_000, day) for day in ("2026-01-02", "2026-01-03")]
    [None, '2026-01-02']
    """
    day = first_broken_day(days, shares)
    end = _end_day(days, planned)
    if end is None or end >= today or (day is not None and day <= end):
        return day
    reached: Counter[str] = Counter()
    for one, counts in days.items():
        if one <= end:
            reached.update(counts)
    return end if check_split(reached, shares).broken else day


def day_of(at_ms: int, zone: str) -> str:
    """Give the day (ISO) of a moment (ms UTC) in a zone; later days are not over then.

    >>> day_of(1_772_668_800_000, "Pacific/Auckland")
    '2026-03-05'
    """
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(zone)).date().isoformat()


def _end_day(days: Mapping[str, Mapping[str, int]], planned: int) -> str | None:
    """Give the day by whose end as many units as planned are there."""
    total = 0
    for day in sorted(days) if planned else ():
        total += sum(days[day].values())
        if total >= planned:
            return day
    return None


class BrokenPart(msgspec.Struct, frozen=True):
    """One part whose own split is broken, such as a source or a version."""

    part: str
    value: str
    chance: float
    units: int


def broken_parts(
    parts: Mapping[tuple[str, str], Mapping[str, int]], shares: Mapping[str, float]
) -> list[BrokenPart]:
    """Name the parts that are broken by themselves, the surest first.

    Each part of at least 100 units is checked, at a chance of .001 over all that are checked. Where
    every value of a part is broken, the cause lies elsewhere and it is not named.
    """
    large = {key: counts for key, counts in parts.items() if sum(counts.values()) >= LEAST_UNITS}
    found = []
    for (part, value), counts in large.items():
        split = check_split(counts, shares)
        if split.chance < BROKEN_BELOW / len(large):
            found.append(BrokenPart(part, value, split.chance, sum(counts.values())))
    sound = {part for part, value in large} - {
        part
        for part in {part for part, _ in large}
        if sum(one.part == part for one in found) == sum(name == part for name, _ in large)
    }
    named = [one for one in found if one.part in sound]
    return sorted(named, key=lambda one: (one.chance, one.part, one.value))


def apart_before(before: Mapping[str, Arm]) -> dict[str, float]:
    """Give, per arm, how many standard errors its time before is from that of all the others."""
    return {arm: _score(arm, before) for arm in before}


def _score(arm: str, before: Mapping[str, Arm]) -> float:
    others = [one for name, one in before.items() if name != arm]
    rest = Arm(
        sum(one.units for one in others),
        sum(one.total for one in others),
        sum(one.squares for one in others),
    )
    own = before[arm]
    if min(own.units, rest.units) < LEAST_UNITS:
        return 0.0
    variance = difference_variance(own, rest)
    return (own.mean - rest.mean) / math.sqrt(variance) if variance > 0 else 0.0


def exposures_apart(exposed: Mapping[str, int], arms: Mapping[str, int]) -> float:
    """Give the chance that arms which show something are seen as unequally as they were.

    χ² over exposed and not exposed units of the arms in which anybody saw anything; 1 where fewer
    than two have 100 units.
    """
    showing = [arm for arm, seen in exposed.items() if seen and arms[arm] >= LEAST_UNITS]
    units = sum(arms[arm] for arm in showing)
    seen = sum(exposed[arm] for arm in showing)
    if len(showing) < 2 or seen == units:
        return 1.0
    chi_square = 0.0
    for arm in showing:
        for counted, all_counted in (
            (exposed[arm], seen),
            (arms[arm] - exposed[arm], units - seen),
        ):
            expected = arms[arm] * all_counted / units
            chi_square += (counted - expected) ** 2 / expected
    return float(special.chdtrc(len(showing) - 1, chi_square))
