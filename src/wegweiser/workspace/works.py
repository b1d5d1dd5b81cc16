"""All long work of a workspace: begun, seen from anywhere, cancelled, and gone on with."""

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from wegweiser.flow.tables import WORKS
from wegweiser.flow.typed_names import TypedNames
from wegweiser.ports.operational_store import Change
from wegweiser.terms.errors import ComeAgain, InputRefused, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.work import Kind, Progress, State, Stopped, Work
from wegweiser.workspace.work_kinds import KINDS

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

KEPT = 100
WRITTEN_EVERY_MS = 1_000
_log = logging.getLogger(__name__)


class Works:
    """Kept in the store, so that work survives whoever began it, their browser and the server."""

    def __init__(self, site: "Site"):
        self._site = site
        self._held: dict[str, Work] = {}
        self._tasks: dict[str, asyncio.Task[InputRefused | None]] = {}
        self._written: dict[str, int] = {}
        self._stopping = False
        for key, value in site.engines.store.scan(WORKS):
            self._held[key.decode()] = msgspec.json.decode(value, type=Work)

    def all(self) -> list[Work]:
        """List the newest hundred, the newest first."""
        return sorted(self._held.values(), key=lambda one: one.work_id, reverse=True)

    def ended(self) -> list[Work]:
        """List what came to an end, the newest end first."""
        over = (one for one in self._held.values() if one.ended_at)
        return sorted(over, key=lambda one: one.ended_at, reverse=True)

    def get(self, work_id: str) -> Work:
        """Give one; raises NotFound."""
        found = self._held.get(work_id)
        if found is None:
            raise NotFound(wrong("no_work"))
        return found

    def has_failed(self, work_id: str) -> bool:
        """Tell whether a work was stopped by a fault; of those that are forgotten nobody knows."""
        found = self._held.get(work_id)
        return found is not None and found.state == "failed"

    def begin(self, kind: str, subject: str, given: JsonObject, by: str) -> Work:
        """Begin work; one that does the same already is given instead."""
        for one in self._held.values():
            alike = (one.kind, one.given) == (kind, given) and not one.elsewhere
            if alike and one.state == "running":
                return one
        work = self._new(kind, subject, by)
        work.given = given
        self._write(work)
        self._run(KINDS[kind], work)
        return work

    def reported(
        self, kind: str, subject: str, by: str, done: int, total: int, found: JsonObject
    ) -> Work:
        """Note work that another process begins."""
        work = self._new(kind, subject, by)
        work.elsewhere = True
        self.report(work, done, total, found)
        return work

    def report(self, work: Work, done: int, total: int, found: JsonObject) -> None:
        """Note how far work is that another process does."""
        if work.elsewhere and work.state == "running":
            work.done, work.total, work.found = done, total, found
            self._seen(work)

    def ends(self, work: Work, failed: bool = False) -> None:
        """Note that work which another process does has come to its end."""
        if work.elsewhere and work.state == "running":
            self._end(work, "failed" if failed else "over")

    async def awhile(self, work: Work, seconds: float) -> InputRefused | None:
        """Wait a little for work that may be short; gives why it was refused, if it was."""
        task = self._tasks.get(work.work_id)
        if task is None:
            return None
        done, _ = await asyncio.wait({task}, timeout=seconds)
        return task.result() if done else None

    def mark(self, work: Work, found: JsonObject) -> None:
        """Add to what is known of a work."""
        work.found = {**work.found, **found}
        work.changes += 1
        self._write(work)

    def reword(self, typed: TypedNames, only_count: bool = False) -> int:
        """Take names that somebody typed out of what works tell; gives how many there were."""
        count = 0
        for work in self._held.values():
            # What is running may need what it was given, and erasures write it down nowhere.
            told: dict[str, Json] = {"subject": work.subject, "found": work.found}
            told |= {} if work.state == "running" else {"given": work.given}
            left, names = typed.without_in(told)
            count += names
            if names and not only_count and isinstance(left, dict):
                for field, value in left.items():
                    setattr(work, field, value)
                self._write(work)
        return count

    def cancel(self, work_id: str) -> Work:
        """Stop work after the step under way; what was done stays done."""
        work = self.get(work_id)
        kind = KINDS[work.kind]
        if kind.final:
            told = wrong("final_work")
            raise InputRefused("final", told, 409, "work_id")
        if work.state == "running":
            self._end(work, "cancelled")
            task = self._tasks.get(work_id)
            if task is not None and kind.whole:
                task.cancel()
        return work

    def resume(self) -> None:
        """Go on with what was cut off when the server ended."""
        self._stopping = False
        for work in self.all():
            kind = KINDS.get(work.kind)
            if work.state != "running" or work.elsewhere:
                continue
            if kind is None or kind.run is None or kind.secret:
                self._end(work, "interrupted")
            else:
                self._run(kind, work)

    async def stop(self) -> None:
        """Wait for the steps under way; what is not done goes on at the next start."""
        self._stopping = True
        for work_id, task in self._tasks.items():
            kind = KINDS[self._held[work_id].kind]
            if kind.whole and not kind.final:
                task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _new(self, kind: str, subject: str, by: str) -> Work:
        now = self._site.clock.now_ms()
        # Sorts by time, and nobody guesses the next.
        work_id = f"wrk_{now:012x}{self._site.clock.random_bytes(6).hex()}"
        work = Work(work_id, kind, subject[:200], by, now, now)
        self._held[work_id] = work
        self._forget_old()
        return work

    def _forget_old(self) -> None:
        over = [
            one
            for one in reversed(self.all())
            if one.state != "running" and one.work_id not in self._tasks
        ]
        for work in over[: max(0, len(self._held) - KEPT)]:
            del self._held[work.work_id]
            self._written.pop(work.work_id, None)
            self._site.engines.store.commit([Change(WORKS, work.work_id.encode(), None)])

    def _run(self, kind: Kind, work: Work) -> None:
        task = asyncio.create_task(self._whole_way(kind, work))
        self._tasks[work.work_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(work.work_id, None))

    async def _whole_way(self, kind: Kind, work: Work) -> InputRefused | None:
        """Run a work to its end; gives why it was refused."""

        async def step(done: int, total: int, cursor: JsonObject, found: JsonObject) -> None:
            work.done, work.total, work.cursor, work.found = done, total, cursor, found
            self._seen(work)
            if work.state != "running" or self._stopping:
                raise Stopped
            await asyncio.sleep(0)

        def note(cursor: JsonObject) -> None:
            work.cursor = cursor
            self._write(work)

        assert kind.run is not None
        ended: State = "failed"
        why: InputRefused | None = None
        try:
            work.found = await kind.run(self._site, Progress(work, step, note))
            ended = "over"
        except (Stopped, asyncio.CancelledError):
            # Cancelled, which is noted already, or the server ends: then it goes on at the start.
            self._write_if_room(work)
            return None
        except InputRefused as refused:
            why = refused
            # What refuses secret work may name whom it is about.
            work.found = {"code": refused.code, "why": "" if kind.secret else refused.message}
        except Exception:  # noqa: BLE001 - the page tells that it stopped, the log why
            _log.exception("long work %s stopped", work.work_id)
        if work.state == "running":
            self._end(work, ended)
        return why

    def _end(self, work: Work, state: State) -> None:
        work.state = state
        if KINDS[work.kind].secret:
            work.given = {}
        work.ended_at = self._site.clock.now_ms()
        work.changes += 1
        self._write_if_room(work)

    def _seen(self, work: Work) -> None:
        """Note a step; it is written down once a second, so that many steps cost little."""
        work.changes += 1
        work.seen_at = self._site.clock.now_ms()
        if work.seen_at - self._written.get(work.work_id, 0) >= WRITTEN_EVERY_MS:
            self._write_if_room(work)

    def _write_if_room(self, work: Work) -> None:
        """Write down what can be written later as well: a full disk ends no work."""
        with suppress(ComeAgain):
            self._write(work)

    def _write(self, work: Work) -> None:
        kept = work
        if KINDS[work.kind].secret:
            kept = msgspec.structs.replace(work, given={})
        key = work.work_id.encode()
        self._site.engines.store.commit([Change(WORKS, key, msgspec.json.encode(kept))])
        self._written[work.work_id] = self._site.clock.now_ms()
