"""Reading a group of the quarantine once more, as long work: a step at a time, seen and stopped."""

import asyncio
import logging
from collections import Counter
from typing import TYPE_CHECKING, Literal

import msgspec

from wegweiser.flow.quarantine import Place
from wegweiser.flow.replay import Chosen
from wegweiser.terms.errors import NotFound

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

PLACES_AT_ONCE = 100
ATTEMPTS_KEPT = 20
_log = logging.getLogger(__name__)


class Attempt(msgspec.Struct):
    """How far an attempt is; `codes` say why some stay. Times in ms."""

    attempt_id: str
    code: str
    source_id: str
    total: int
    started_at: int
    done: int = 0
    stored: int = 0
    duplicate: int = 0
    stayed: int = 0
    gone: int = 0
    codes: dict[str, int] = msgspec.field(default_factory=dict)
    state: Literal["running", "over", "cancelled", "failed"] = "running"
    changes: int = 0


class Attempts:
    """Each step is a record in the log: after a stop, what is left still waits in quarantine."""

    def __init__(self, site: "Site"):
        self._site = site
        self._kept: dict[str, Attempt] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._number = 0

    async def start(self, code: str, source_id: str) -> Attempt:
        """Begin to read a group once more; one that does the same already is given instead."""
        for one in self._kept.values():
            if one.state == "running" and (one.code, one.source_id) == (code, source_id):
                return one
        chosen = Chosen(code=code, source_id=source_id)
        places = [place async for place, _ in self._site.quarantine.found(chosen)]
        self._number += 1
        now = self._site.clock.now_ms()
        name = f"{now:x}-{self._number}"
        attempt = Attempt(name, code, source_id, len(places), now)
        self._kept[name] = attempt
        if len(self._kept) > ATTEMPTS_KEPT:
            del self._kept[next(iter(self._kept))]
        task = asyncio.create_task(self._run(attempt, places))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return attempt

    def get(self, attempt_id: str) -> Attempt | None:
        """Find an attempt since the server began; the newest twenty are kept."""
        return self._kept.get(attempt_id)

    def cancel(self, attempt_id: str) -> None:
        """Stop after the step under way; what was stored stays stored."""
        attempt = self._kept.get(attempt_id)
        if attempt is not None and attempt.state == "running":
            attempt.state = "cancelled"
            attempt.changes += 1

    async def stop(self) -> None:
        """Stop all that runs, and wait for the steps under way."""
        for attempt_id in [*self._kept]:
            self.cancel(attempt_id)
        await asyncio.gather(*self._tasks)

    async def _run(self, attempt: Attempt, places: list[Place]) -> None:
        try:
            for start in range(0, len(places), PLACES_AT_ONCE):
                if attempt.state != "running":
                    return
                await self._step(attempt, places[start : start + PLACES_AT_ONCE])
            attempt.state = "over"
        except Exception:  # noqa: BLE001 - the page tells that it stopped, the log why
            attempt.state = "failed"
            _log.exception("reading the quarantine once more stopped")
        finally:
            attempt.changes += 1

    async def _step(self, attempt: Attempt, places: list[Place]) -> None:
        """Read up to a hundred elements; what somebody mended or gave up meanwhile is passed by."""
        still = [one for one in places if self._site.unifier.quarantine.get(one) is not None]
        if still:
            try:
                read = await self._site.quarantine.replay(Chosen(places=tuple(still)))
            except NotFound:
                # One left between our look and the turn of this step.
                await self._step(attempt, places)
                return
            attempt.stored += read.stored
            attempt.duplicate += read.duplicate
            attempt.stayed += read.still_quarantined
            attempt.gone += read.suppressed + read.dropped
            attempt.codes = dict(Counter(attempt.codes) + Counter(read.codes))
        attempt.gone += len(places) - len(still)
        attempt.done += len(places)
        attempt.changes += 1
