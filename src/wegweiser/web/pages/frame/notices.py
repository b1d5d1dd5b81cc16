"""What a page has to tell once: that something was done, with its Undo, or that it failed."""

import msgspec

NOTICES_KEPT = 1_000
NOTICES_OF_ONE = 5


class Notice(msgspec.Struct, frozen=True):
    """A sentence above the next page.

    `undo` is the path that takes it back by POST, with `fields`; empty where nothing can be taken
    back. `tone` is "", "bad" or "open".
    """

    sentence: str
    undo: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    path: str = ""
    words: str = ""
    tone: str = ""


class Notices:
    """What waits for the next page of each session; told once, kept only in memory."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Notice]] = {}

    def tell(self, session_id: str, notice: Notice) -> None:
        """Let the next page of a session tell something."""
        waiting = self._waiting.pop(session_id, [])
        self._waiting[session_id] = [*waiting, notice][-NOTICES_OF_ONE:]
        if len(self._waiting) > NOTICES_KEPT:
            del self._waiting[next(iter(self._waiting))]

    def take(self, session_id: str) -> tuple[Notice, ...]:
        """Give what is to be told, once."""
        return tuple(self._waiting.pop(session_id, ()))
