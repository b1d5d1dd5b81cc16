"""How far the archive is behind the log, in seconds."""


class ArchivePace:
    """Knows up to where the archive was brought, and since when it lacks anything.

    >>> pace = ArchivePace(now_ms=1_000)
    >>> pace.brought(upto=7, began_ms=5_000)
    >>> pace.behind_s(head=7, now_ms=9_000), pace.behind_s(head=8, now_ms=9_000)
    (0.0, 4.0)
    """

    def __init__(self, now_ms: int):
        self.position = 0
        self._complete_until_ms = now_ms

    def brought(self, upto: int, began_ms: int) -> None:
        """Note that all records up to a position are archived, as was asked for at a moment."""
        self.position = upto
        self._complete_until_ms = began_ms

    def behind_s(self, head: int, now_ms: int) -> float:
        """Give the age of the oldest state that the archive may lack; 0 when it lacks nothing."""
        if head <= self.position:
            return 0.0
        return max(0.0, (now_ms - self._complete_until_ms) / 1000)
