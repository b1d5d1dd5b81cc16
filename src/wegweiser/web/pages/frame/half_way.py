"""Those who have shown their password and still owe the second factor."""

import secrets
from collections.abc import Callable

from wegweiser.terms.instant import MINUTE_MS

LASTS_MS = 5 * MINUTE_MS
KEPT = 1_000
TRIES = 5


class HalfWay:
    """Tickets between the two steps of signing in; kept only in memory."""

    def __init__(self, now_ms: Callable[[], int]):
        self._now_ms = now_ms
        self._waiting: dict[str, tuple[str, int, int]] = {}

    def ticket(self, name: str) -> str:
        """Give a ticket to somebody whose password was right."""
        ticket = secrets.token_urlsafe(24)
        self._waiting[ticket] = (name, self._now_ms() + LASTS_MS, TRIES)
        if len(self._waiting) > KEPT:
            del self._waiting[next(iter(self._waiting))]
        return ticket

    def name_of(self, ticket: str) -> str:
        """Tell whose ticket it is, and count a try; empty when it has ended."""
        name, until, tries = self._waiting.pop(ticket, ("", 0, 0))
        if not tries or self._now_ms() > until:
            return ""
        self._waiting[ticket] = (name, until, tries - 1)
        return name

    def used(self, ticket: str) -> None:
        """End a ticket."""
        self._waiting.pop(ticket, None)
