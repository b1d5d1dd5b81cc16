"""Persons whom somebody may look at for a while, because they typed why."""

from collections.abc import Callable

from wegweiser.terms.instant import MINUTE_MS

OPEN_MS = 30 * MINUTE_MS
OPENED_KEPT = 5_000


class Opened:
    """Which person is open in which session, until when; kept only in memory."""

    def __init__(self, now_ms: Callable[[], int]):
        self._now_ms = now_ms
        self._until: dict[tuple[str, str], int] = {}

    def open(self, session_id: str, person_id: str) -> None:
        """Let a session see a person for half an hour."""
        self._until[session_id, person_id] = self._now_ms() + OPEN_MS
        if len(self._until) > OPENED_KEPT:
            del self._until[next(iter(self._until))]

    def is_open(self, session_id: str, person_id: str) -> bool:
        """Tell whether a session may see a person now."""
        return self._until.get((session_id, person_id), 0) >= self._now_ms()
