"""When there will be enough data, at the pace so far."""

from wegweiser.measure.words import date
from wegweiser.terms.instant import DAY_MS

LONGEST_WEEKS = 104
LONGEST_MS = LONGEST_WEEKS * 7 * DAY_MS
# The pace is that of so many days before the moment of asking.
RECENT_DAYS = 28
_WORDS = {
    "en": ("at today's pace ready on {}", "not reachable within two years"),
    "de": ("beim jetzigen Tempo bereit am {}", "in zwei Jahren nicht erreichbar"),
}


def ready_on(have: int, need: int, since: int, as_of: int, language: str) -> str:
    """Say when `need` will be reached, having `have` since a moment (ms UTC).

    >>> ready_on(12, 24, 0, 10 * DAY_MS, "en")
    "at today's pace ready on 21 Jan 1970"
    >>> ready_on(1, 400, 0, 10 * DAY_MS, "de")
    'in zwei Jahren nicht erreichbar'
    """
    reachable, never = _WORDS[language]
    if have <= 0 or as_of <= since:
        return never
    wait_ms = (need - have) * (as_of - since) / have
    return (
        reachable.format(date(round(as_of + wait_ms), language)) if wait_ms <= LONGEST_MS else never
    )


def weeks_until(have: float, need: float, recent: int) -> float | None:
    """Give the weeks until `need` at the pace of the last 28 days, None beyond 104.

    >>> weeks_until(100, 300, 50)
    16.0
    >>> weeks_until(100, 300, 0) is None, weeks_until(300, 200, 0)
    (True, 0.0)
    """
    if need <= have:
        return 0.0
    if recent <= 0:
        return None
    weeks = (need - have) / recent * RECENT_DAYS / 7
    return weeks if weeks <= LONGEST_WEEKS else None
