"""How many streams are open, in all and in one session: none may be opened without end."""

from collections import Counter

MOST_OF_ONE = 12
MOST_IN_ALL = 500


class Listeners:
    """Counts open streams by session.

    >>> listeners = Listeners(of_one=1)
    >>> listeners.enter("ses_a"), listeners.is_full("ses_a"), listeners.is_full("ses_b")
    (None, True, False)
    >>> listeners.leave("ses_a")
    >>> listeners.is_full("ses_a"), listeners.open
    (False, 0)
    """

    def __init__(self, of_one: int = MOST_OF_ONE, in_all: int = MOST_IN_ALL):
        self._of_one = of_one
        self._in_all = in_all
        self._by_session: Counter[str] = Counter()
        self.open = 0

    def is_full(self, session_id: str) -> bool:
        """Tell whether one more stream of a session is one too many."""
        return self._by_session[session_id] >= self._of_one or self.open >= self._in_all

    def enter(self, session_id: str) -> None:
        """Count a stream that begins."""
        self._by_session[session_id] += 1
        self.open += 1

    def leave(self, session_id: str) -> None:
        """Count a stream off; a session without any is forgotten."""
        self.open -= 1
        self._by_session[session_id] -= 1
        if self._by_session[session_id] <= 0:
            del self._by_session[session_id]
