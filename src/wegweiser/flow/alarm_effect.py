"""Looks at lift when a month and the windows of its goals are over: does the effect still last?"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from urllib.parse import urlencode

import msgspec

from wegweiser.flow.alarm_document import LIFT, Watch
from wegweiser.terms.json import JsonObject
from wegweiser.terms.result import Answer

MEASURE = "watch.effect"
HISTORY_YEARS = 3
_YEAR_DAYS = 366
Ask = Callable[[str, Mapping[str, str]], Awaitable[Answer]]


class LookedAtLift(msgspec.Struct, frozen=True):
    """Alarms as rows with their sentences, and how many months were judged."""

    alarms: tuple[tuple[JsonObject, dict[str, str]], ...] = ()
    months: int = 0


async def look_at_lift(ask: Ask, watch: Watch, first: date, end: date) -> LookedAtLift:
    """Ask of the months that are over since `first`; where none is, nothing is asked."""
    months = months_over(first, end, watch.window_days)
    if not months or not watch.has_lift:
        return LookedAtLift()
    # The statistics are loaded only where lift is looked at.
    from wegweiser.measure.watch.effect_alarm import effect_alarm

    answer = await ask(MEASURE, _options(watch, end))
    if answer.results[0].reason:
        # Too little is known, or arms that are not split as planned: no effect can be told.
        return LookedAtLift()
    rows = answer.table() if "word" in answer.columns else []
    judged = {str(row["month"]) for row in rows if row["word"]}
    alarms = []
    for month, known in months.items():
        found = effect_alarm(rows, month)
        if found is not None:
            row: JsonObject = {
                "alarm_id": f"{LIFT}.{found.word}.{month}",
                "known": known.isoformat(),
                "since": f"{found.since}-01",
                "series": LIFT,
                "kind": found.word,
                "link": f"/v1/measures/{MEASURE}?{urlencode(_options(watch, end))}",
            }
            alarms.append((row, dict(found.sentence)))
    return LookedAtLift(tuple(alarms), len(judged & months.keys()))


def months_over(first: date, end: date, window_days: int) -> dict[str, date]:
    """Give the months whose last goal could come until a day from `first` to before `end`.

    Beside each stands that day.

    >>> months_over(date(2026, 3, 25), date(2026, 4, 1), 30)
    {'2026-02': datetime.date(2026, 3, 30)}
    """
    found = {}
    begins = (first - timedelta(days=window_days + 31)).replace(day=1)
    while begins < end:
        after = (begins + timedelta(days=32)).replace(day=1)
        last = after + timedelta(days=window_days - 1)
        if first <= last < end:
            found[f"{begins:%Y-%m}"] = last
        begins = after
    return found


def _options(watch: Watch, end: date) -> dict[str, str]:
    return {
        "goal": watch.goal,
        "window_days": str(watch.window_days),
        "zone": watch.zone,
        "from": (end - timedelta(days=HISTORY_YEARS * _YEAR_DAYS)).isoformat(),
        "to": end.isoformat(),
    }
