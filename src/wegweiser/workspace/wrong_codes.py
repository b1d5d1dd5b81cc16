"""Wrong codes of second factors: after ten in a row none is looked at for a while."""

from wegweiser.terms.instant import MINUTE_MS

MOST = 10
REST_MS = 15 * MINUTE_MS


class WrongCodes:
    """How many wrong codes came in a row, by name; kept only in memory.

    Only who knows the password gets as far as typing a code, so nobody else locks anybody out.

    >>> codes = WrongCodes()
    >>> for _ in range(MOST):
    ...     codes.wrong("ada", 0)
    >>> codes.too_many("ada", 0), codes.too_many("ada", REST_MS), codes.too_many("bo", 0)
    (True, False, False)
    """

    def __init__(self) -> None:
        # How many, and when last.
        self._wrong: dict[str, tuple[int, int]] = {}

    def too_many(self, name: str, now: int) -> bool:
        """Tell whether no code of somebody is looked at now (ms UTC)."""
        count, at = self._wrong.get(name, (0, 0))
        return count >= MOST and now - at < REST_MS

    def wrong(self, name: str, now: int) -> None:
        """Note a wrong code; those before a rest are forgotten."""
        count, at = self._wrong.get(name, (0, now))
        self._wrong[name] = (count + 1 if now - at < REST_MS else 1, now)

    def right(self, name: str) -> None:
        """Forget what was wrong before."""
        self._wrong.pop(name, None)
