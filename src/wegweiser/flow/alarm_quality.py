"""How good the alarms are: how many against the promise, how many right, how soon, what missed."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from statistics import median

import msgspec

from wegweiser.terms.alarm import KeptAlarm, Miss


class MonthOfAlarms(msgspec.Struct, frozen=True):
    """Alarms of a month, and how many false ones the budget promised at most."""

    month: str
    alarms: int
    promised: float


class AlarmQuality(msgspec.Struct, frozen=True):
    """Alarms by month; shares of those judged; days from begin to alarm (median); misses."""

    months: tuple[MonthOfAlarms, ...]
    alarms: int
    judged: int
    confirmed: int
    share_confirmed: float | None
    median_delay_days: float | None
    misses: int


def quality_of(
    alarms: Sequence[KeptAlarm], misses: Sequence[Miss], promised: Sequence[dict[str, float]]
) -> AlarmQuality:
    """Sum up alarms, misses and what each watch promised by month.

    >>> quality_of([], [], [{"2026-11": 0.5}, {"2026-11": 1.0}]).months
    (MonthOfAlarms(month='2026-11', alarms=0, promised=1.5),)
    """
    counted = Counter(one.known[: len("2026-11")] for one in alarms)
    allowed: Counter[str] = Counter()
    for months in promised:
        for month, number in months.items():
            allowed[month] += number  # type: ignore[assignment]
    judged = [one for one in alarms if one.judgement]
    confirmed = sum(one.judgement == "confirmed" for one in judged)
    delays = [delay_days(one) for one in alarms]
    return AlarmQuality(
        tuple(
            MonthOfAlarms(month, counted[month], float(allowed[month]))
            for month in sorted({*counted, *allowed})
        ),
        len(alarms),
        len(judged),
        confirmed,
        confirmed / len(judged) if judged else None,
        float(median(delays)) if delays else None,
        len(misses),
    )


def delay_days(alarm: KeptAlarm) -> int:
    """Give the days from the first day that was unusual to the day that showed it."""
    return (date.fromisoformat(alarm.known) - date.fromisoformat(alarm.since)).days
