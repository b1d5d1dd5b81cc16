"""When there will be enough data, at the pace so far."""

from wegweiser.measure.words import date
from wegweiser.terms.instant import DAY_MS

LONGEST_MS = 104 * 7 * DAY_MS
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
