"""Carries regulations out: suppresses, lifts, erases, all subjects of one at once."""

import asyncio

import msgspec

from wegweiser.flow.forget import Eraser
from wegweiser.flow.regulations import Regulation, Regulations, State
from wegweiser.flow.suppression import Suppressions
from wegweiser.ports.clock import Clock
from wegweiser.terms.identity import Identifier

_SPARED = (
    "Some subjects were joined to others by claims of visitors alone; those others stay. If they "
    "are one person, name them by the id that your systems use, or use forget with --confirm."
)


class RegulationWork:
    """Does what one request asks for; begun again after a crash, it does the same once more."""

    def __init__(
        self, regulations: Regulations, suppressions: Suppressions, eraser: Eraser, clock: Clock
    ):
        self._regulations = regulations
        self._suppressions = suppressions
        self._eraser = eraser
        self._clock = clock

    async def run(self, regulation: Regulation) -> Regulation:
        """Carry out a request that waits or was cut off; gives how it ended."""
        running = msgspec.structs.replace(regulation, state="RUNNING")
        self._regulations.keep(running)
        named = [self._regulations.names_of(running, subject) for subject in running.subjects]
        names = [name for found in named for name in found]
        running = msgspec.structs.replace(running, failed=sum(not found for found in named))
        done = await self._done(running, names)
        ended = msgspec.structs.replace(
            done,
            state="PARTIAL_SUCCESS" if done.error else _state_of(done),
            subjects=(),
            finished_at=self._clock.now_ms(),
        )
        self._regulations.keep(ended)
        return ended

    async def _done(self, running: Regulation, names: list[Identifier]) -> Regulation:
        """Do it for all subjects at once: the log is read once, whoever they are."""
        if running.type == "UNSUPPRESS":
            for name in names:
                self._suppressions.lift(name, self._clock.now_ms(), running.regulate_id)
                # Each is synced on its own; requests go in between.
                await asyncio.sleep(0)
        elif running.deletes:
            return await self._erased(running, names)
        else:
            self._suppressions.put(self._suppressions.rows(names, 0, running.regulate_id))
        return running

    async def _erased(self, running: Regulation, names: list[Identifier]) -> Regulation:
        done = await self._eraser.forget_all(names, running.suppresses, running.tells)
        persons = done["persons"]
        return msgspec.structs.replace(
            running,
            erasures=(*running.erasures, str(done["request_id"])),
            persons=persons if isinstance(persons, int) else 0,
            error=_SPARED if done["spared"] else "",
        )


def _state_of(running: Regulation) -> State:
    if not running.failed:
        return "FINISHED"
    return "FAILED" if running.failed >= len(running.subjects) else "PARTIAL_SUCCESS"
