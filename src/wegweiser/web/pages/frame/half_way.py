"""Those who have shown their password and still owe the second factor."""

import secrets
from collections.abc import Callable

import msgspec

from wegweiser.terms.instant import MINUTE_MS

LASTS_MS = 5 * MINUTE_MS
KEPT = 1_000
TRIES = 5


class Waiting(msgspec.Struct, frozen=True):
    """Whose ticket it is; `id_token` is that of the identity provider, empty for a password."""

    name: str
    id_token: str
    until: int
    tries: int


class HalfWay:
    """Tickets between the two steps of signing in; kept only in memory."""

    def __init__(self, now_ms: Callable[[], int]):
        self._now_ms = now_ms
        self._waiting: dict[str, Waiting] = {}

    def ticket(self, name: str, id_token: str = "") -> str:
        """Give a ticket to somebody whose first step was right."""
        ticket = secrets.token_urlsafe(24)
        self._waiting[ticket] = Waiting(name, id_token, self._now_ms() + LASTS_MS, TRIES)
        if len(self._waiting) > KEPT:
            del self._waiting[next(iter(self._waiting))]
        return ticket

    def of(self, ticket: str) -> Waiting | None:
        """Tell whose ticket it is, and count a try; None when it has ended."""
        found = self._waiting.pop(ticket, None)
        if found is None or not found.tries or self._now_ms() > found.until:
            return None
        self._waiting[ticket] = msgspec.structs.replace(found, tries=found.tries - 1)
        return found

    def used(self, ticket: str) -> None:
        """End a ticket."""
        self._waiting.pop(ticket, None)
