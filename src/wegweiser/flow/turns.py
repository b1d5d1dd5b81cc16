"""Fair turns on the event loop: long work gets as much time as everything else took before."""

import asyncio

LONGEST_S = 0.05


class Turns:
    """Lets others run between slices of one long work, but never starves that work.

    Where nothing else waits a pause costs microseconds. Where many requests wait, each pause
    lets all of them run once, so that the work may then go on for as long, at most `longest_s`.
    """

    def __init__(self, longest_s: float = LONGEST_S) -> None:
        self._longest_s = longest_s
        self._until_s = 0.0

    async def pause(self) -> None:
        """Let others run, unless the time that they took last is still owed to this work."""
        time = asyncio.get_running_loop().time
        before_s = time()
        if before_s < self._until_s:
            return
        await asyncio.sleep(0)
        after_s = time()
        self._until_s = after_s + min(after_s - before_s, self._longest_s)
