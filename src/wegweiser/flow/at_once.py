"""Whether the event loop itself may wait for a sync: only where storage answers at once."""

# A larger group takes so long to write that a thread of its own is worth its two hand-overs.
MOST_BYTES = 128 * 1024
MOST_S = 0.002
# How many of the last syncs the mean speaks of.
_REMEMBERED = 16
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
# Whoever was prompt for so many syncs is trusted anew.
_PROVEN = 256


class AtOnce:
    """Judges by how long the last syncs held the loop; times in seconds of one steady clock.

    Once their mean is above two milliseconds a thread syncs for a second, and twice as long each
    time that it was soon so again, so that slow storage hardly ever holds the loop.

    >>> judge = AtOnce()
    >>> judge.may(4_000, 0.0), judge.may(200_000, 0.0)
    (True, False)
    >>> judge.took(0.0, 0.050)
    >>> judge.may(4_000, 0.9), judge.may(4_000, 1.1)
    (False, True)
    """

    def __init__(self) -> None:
        self._mean_s = 0.0
        self._prompt = 0
        self._pause_s = FIRST_PAUSE_S
        self._until_s = float("-inf")

    def may(self, size_bytes: int, now_s: float) -> bool:
        """Tell whether the loop may sync a group of this size now."""
        return size_bytes <= MOST_BYTES and now_s >= self._until_s

    def took(self, began_s: float, ended_s: float) -> None:
        """Learn how long the loop was held by a sync."""
        self._mean_s += (ended_s - began_s - self._mean_s) / _REMEMBERED
        self._prompt += 1
        if self._prompt >= _PROVEN:
            self._pause_s = FIRST_PAUSE_S
        if self._mean_s > MOST_S:
            self._until_s = ended_s + self._pause_s
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
            self._mean_s, self._prompt = 0.0, 0
