"""Refused sign-ins as the audit hears of them: some a minute, of the others how many."""

from collections.abc import Callable

from wegweiser.terms.instant import MINUTE_MS
from wegweiser.terms.json import JsonObject

A_MINUTE = 60


class Strangers:
    """Keeps whoever knocks again and again from filling the audit, which keeps everything.

    >>> strangers = Strangers(lambda: 0)
    >>> told = [strangers.heard() for _ in range(A_MINUTE + 5)]
    >>> told[0], told[-1], sum(one is not None for one in told)
    ({}, None, 60)
    """

    def __init__(self, now_ms: Callable[[], int]):
        self._now_ms = now_ms
        self._minute = 0
        self._told = 0
        self._more = 0

    def heard(self) -> JsonObject | None:
        """Give what the row of one more refusal says besides; None where it gets no row."""
        minute = self._now_ms() // MINUTE_MS
        if minute != self._minute:
            self._minute, self._told = minute, 0
        if self._told >= A_MINUTE:
            self._more += 1
            return None
        self._told += 1
        more, self._more = self._more, 0
        return {"not_told": more} if more else {}
