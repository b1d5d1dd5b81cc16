"""From accepted records to durable and folded ones: group commit, then fold, then the ack."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from wegweiser.flow.line import Landed, Line, Unlanded, Waiting
from wegweiser.flow.log_writer import LogWriter
from wegweiser.flow.store_writer import StoreWriter
from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import EVENTS_PER_SLICE, Unifier
from wegweiser.log.record import decode, encode
from wegweiser.ports.event_log import EventLog
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import ComeAgain, EngineBroken
from wegweiser.terms.record import Collected, Record, Verdict

WAITING_BYTES_LIMIT = 64 * 1024 * 1024
EVENTS_PER_CHECKPOINT = 100_000
# Fewer than the fingerprints that the recent window surely holds (flow/duplicates.py).
UNCOMMITTED_EVENTS_LIMIT = 300_000
LEAVES_PER_SLICE = 25
# So many groups may be on disk and not folded; then only who waits for the disk alone goes on.
MOST_UNFOLDED = 2
# Of those who wait for the disk alone, whoever comes less apart (seconds) shares a sync.
ALONE_S = 0.002
# A checkpoint is in no hurry: a round of the loop gives so much to it at most.
DRAINS_AT_ONCE_S = 0.005
_log = logging.getLogger(__name__)


class Intake:
    """One append path: all requests that wait share one sync, then are folded in order.

    While one group is folded in slices the next one is already being synced. Small groups are
    synced by the loop itself where storage answers at once: each hand-over to a thread and back
    costs more than such a sync. Who waits for the disk alone goes first and need not be folded.
    """

    def __init__(
        self,
        log: EventLog,
        store: OperationalStore,
        unifier: Unifier,
        broken: Callable[[EngineBroken], None],
        in_threads: bool = True,
        sift: Callable[[Record], Record] = lambda record: record,
    ):
        """`sift` takes out of every new record what may not be kept."""
        self._log = log
        self._writer = LogWriter(log, in_threads)
        self._unifier = unifier
        self._tell_broken = broken
        self._sift = sift
        self._waiting = Line()
        self._wake = asyncio.Event()
        self._synced: asyncio.Queue[tuple[int, list[Waiting]]] = asyncio.Queue()
        # How many groups are synced, but not folded to their end.
        self._unfolded = 0
        self._is_writing = False
        self._asked_s = float("-inf")
        self._folding = asyncio.Lock()
        self._turns = Turns()
        self._saving = asyncio.Lock()
        self._unsaved: list[Change] = []
        self._saver = StoreWriter(store, in_threads)
        self._refusal: ComeAgain | None = ComeAgain("the log is being read again", 2)
        self._uncommitted = 0
        self.committed = unifier.position
        self._broken = False
        self._ended = False
        self._unlanded = Unlanded()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Fold what the log holds beyond the last checkpoint, then open for new records.

        Raises EngineBroken when the log lost records that were folded before.
        """
        if self._log.head() < self._unifier.position:
            raise EngineBroken(
                f"The log ends at {self._log.head()}, but {self._unifier.position} was folded: "
                "its end is damaged. Restore the log from a copy."
            )
        await self.catch_up()
        self._tasks = [asyncio.create_task(self._write()), asyncio.create_task(self._fold())]
        self._refusal = None

    async def catch_up(self) -> None:
        """Fold the log from the checkpoint to its head, committing now and then."""
        for position, payload in self._log.read(self._unifier.position):
            await self._fold_one(position, decode(payload), b"")
            if self._uncommitted >= EVENTS_PER_CHECKPOINT:
                await self.checkpoint()

    def require_open(self) -> None:
        """Raise ComeAgain while nothing can be appended: at start, at the end, after a fault."""
        if self._refusal is not None:
            raise self._refusal

    @property
    def failed(self) -> bool:
        """True once an engine failed: nothing will be logged again by this process."""
        return self._ended

    @property
    def waited_s(self) -> float:
        """For how many seconds the oldest record that has not landed has waited; 0 without one."""
        return self._unlanded.waited_s(asyncio.get_running_loop().time())

    @property
    def sync_s(self) -> float:
        """In how many seconds a sync ends at the quickest; 0 before the first."""
        return self._writer.sync_s

    @property
    def refusal(self) -> str:
        """Why new records are refused; empty when they are taken."""
        return "" if self._refusal is None else self._refusal.reason

    async def append(self, record: Record) -> Landed:
        """Make durable what may be kept of a record, and fold it.

        Raises ComeAgain when that is not possible now.
        """
        # A caller who is gone leaves a record that is folded all the same.
        return await asyncio.shield(self.enter(record))

    def log(self, record: Record) -> "tuple[asyncio.Future[None], asyncio.Future[Landed]]":
        """Hand in what may be kept of a record; gives what is done once synced, and once folded.

        Raises ComeAgain when that is not possible now; so may both, the second of a record that
        is on disk all the same.
        """
        synced: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = self._admitted(record, synced)
        if not self._goes_ahead(waiting):
            self._join(waiting)
        return synced, waiting.landed

    def enter(self, record: Record) -> "asyncio.Future[Landed]":
        """Put what may be kept of a record into the line; gives what is done once it landed.

        Raises ComeAgain when that is not possible now; so may what is given.
        """
        waiting = self._admitted(record)
        self._join(waiting)
        return waiting.landed

    def _admitted(self, record: Record, synced: "asyncio.Future[None] | None" = None) -> Waiting:
        self.require_open()
        record = self._sift(record)
        payload = encode(record)
        if self._uncommitted > UNCOMMITTED_EVENTS_LIMIT:
            raise ComeAgain("the store cannot keep up", 5)
        if self._waiting.size_bytes + len(payload) > WAITING_BYTES_LIMIT:
            raise ComeAgain("too many requests are waiting", 2)
        loop = asyncio.get_running_loop()
        landed: asyncio.Future[Landed] = loop.create_future()
        self._unlanded.note(loop.time(), landed)
        return Waiting(record, payload, landed, synced)

    def _join(self, waiting: Waiting) -> None:
        self._waiting.join(waiting)
        self._wake.set()

    def _goes_ahead(self, waiting: Waiting) -> bool:
        """Sync a record at once; False where it has to wait for others, or should do so with them.

        Where one comes soon after the other, they share a sync.
        """
        now_s = asyncio.get_running_loop().time()
        lonely = now_s - self._asked_s > ALONE_S
        self._asked_s = now_s
        if self._is_writing or not lonely or self._waiting.has_urgent:
            return False
        try:
            first = self._writer.append_now([waiting.payload])
        except ComeAgain as full:
            waiting.fail(full)
        except Exception as error:  # noqa: BLE001 - any failed append must end the acks
            self._stop_for_ever([waiting], error)
        else:
            if first is None:
                return False
            self._pass_on(first, [waiting])
        return True

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            group = self._next_group()
            if not group:
                continue
            if self._waiting:
                self._wake.set()
            self._is_writing = True
            try:
                first = await self._writer.append([one.payload for one in group])
            except ComeAgain as full:
                _fail(group, full)
            except Exception as error:  # noqa: BLE001 - any failed append must end the acks
                self._stop_for_ever(group, error)
                return
            else:
                self._pass_on(first, group)
            finally:
                self._is_writing = False

    def _next_group(self) -> list[Waiting]:
        """Take who goes next; nobody where only events wait, and enough of them to be folded."""
        if self._unfolded >= MOST_UNFOLDED:
            return self._waiting.take_urgent()
        return self._waiting.take(alone=not self._is_idle)

    @property
    def _is_idle(self) -> bool:
        """True while nothing is being folded or waits for it."""
        return not (self._unfolded or self._folding.locked())

    def _pass_on(self, first: int, group: list[Waiting]) -> None:
        """Fold what is on disk: at once if it takes no slices and nothing goes before it."""
        for waiting in group:
            waiting.sync()
        if self._ended:
            # An engine failed while they were being synced: only the next start folds them.
            _fail(group, self._refusal or ComeAgain("the server is stopping", 2))
            return
        # Whoever waited for the disk alone goes before the fold.
        if self._is_idle and all(one.synced is None and _is_short(one.record) for one in group):
            try:
                for position, waiting in enumerate(group, first):
                    verdict = self._fold_short(position, waiting.record, waiting.payload)
                    waiting.land(position, verdict)
            except Exception as error:  # noqa: BLE001 - half a fold must never be committed
                self._fail_fold(group, error)
                return
            if not self._unifier.settling:
                return
            # The fold's task sleeps; it computes what was put off while nothing comes.
            group = []
        self._unfolded += 1
        self._synced.put_nowait((first, group))

    def _stop_for_ever(self, group: list[Waiting], error: Exception) -> None:
        """After a failed sync or fold nothing is acknowledged again by this process (INV-20).

        What is on disk is folded by the next start.
        """
        self._ended = True
        self._refusal = ComeAgain("an engine failed; a restart is under way", 30)
        _fail([*group, *self._waiting.leave()], self._refusal)
        while not self._synced.empty():
            _fail(self._synced.get_nowait()[1], self._refusal)
        self._tell_broken(error if isinstance(error, EngineBroken) else EngineBroken(str(error)))

    async def _next(self) -> tuple[int, list[Waiting]]:
        """Wait for the next group; while there is none, compute what was put off."""
        while self._unifier.settling and self._synced.empty():
            async with self._folding:
                self._unifier.settle()
            await self._turns.pause()
        return await self._synced.get()

    async def _fold(self) -> None:
        while True:
            first, group = await self._next()
            if self._ended:
                # Whoever was just being synced when an engine failed must not wait for ever.
                _fail(group, self._refusal or ComeAgain("the server is stopping", 2))
                continue
            try:
                for position, waiting in enumerate(group, first):
                    verdict = await self._fold_one(position, waiting.record, waiting.payload)
                    waiting.land(position, verdict)
            except Exception as error:  # noqa: BLE001 - half a fold must never be committed
                self._fail_fold(group, error)
            self._unfolded -= 1
            if self._waiting:
                self._wake.set()

    def _fail_fold(self, group: list[Waiting], error: Exception) -> None:
        _log.error("the fold failed; nothing is committed any more", exc_info=error)
        self._broken = True
        self._stop_for_ever(group, error)

    async def _fold_one(self, position: int, record: Record, payload: bytes) -> Verdict:
        async with self._folding:
            if _is_short(record):
                return self._fold_short(position, record, payload)
            steps = self._unifier.fold(position, record, payload)
            while True:
                try:
                    next(steps)
                except StopIteration as end:
                    return self._folded(record, end.value)
                await self._turns.pause()

    def _fold_short(self, position: int, record: Record, payload: bytes) -> Verdict:
        """Fold a record that is worth no pause; nobody else may be folding."""
        return self._folded(record, self._unifier.fold_at_once(position, record, payload))

    def _folded(self, record: Record, verdict: Verdict) -> Verdict:
        self._uncommitted += _size(record)
        # A little of what was put off, so that a stream without gaps delays nothing.
        self._unifier.settle()
        return verdict

    async def checkpoint(self) -> int:
        """Commit everything derived so far; gives the log position up to which that goes.

        Raises ComeAgain when the disk is full; nothing is lost, the next call tries again.
        """
        async with self._saving:
            if self._broken:
                raise ComeAgain("the fold failed; a restart is under way", 30)
            async with self._folding:
                self._unsaved = [*self._unsaved, *self._unifier.begin_drain()]
                position, draining = self._unifier.position, self._uncommitted
            turns = Turns(DRAINS_AT_ONCE_S)
            while part := self._unifier.drain_slice(LEAVES_PER_SLICE):
                self._unsaved += part
                await turns.pause()
            await self._commit(self._unsaved)
            self._unsaved = []
            self._uncommitted -= draining
            self.committed = position
            self._unifier.evict()
            return position

    @asynccontextmanager
    async def quiet(self) -> AsyncIterator[Callable[[Sequence[Change]], Awaitable[None]]]:
        """Hold the fold still, with everything committed; gives what commits further changes.

        Records are still made durable meanwhile and are folded afterwards.
        """
        async with self._saving, self._folding:
            if self._broken:
                raise ComeAgain("the fold failed; a restart is under way", 30)
            self._unsaved = [*self._unsaved, *self._unifier.drain()]
            await self._commit(self._unsaved)
            self._unsaved, self._uncommitted = [], 0
            self.committed = self._unifier.position
            self._unifier.evict()
            yield self._commit

    async def _commit(self, changes: Sequence[Change]) -> None:
        try:
            await self._saver.commit(changes)
        except EngineBroken as error:
            self._broken = True
            self._stop_for_ever([], error)
            raise

    async def settle(self) -> int:
        """Wait until all accepted records are folded, commit, and give the position committed."""
        if open_now := self._unlanded.now():
            await asyncio.wait(open_now)
        return await self.checkpoint()

    async def stop(self) -> None:
        """Refuse new records, finish those accepted, commit, and end the writers."""
        self._refusal = self._refusal or ComeAgain("the server is stopping", 2)
        try:
            await self.settle()
        finally:
            await self._end()

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.release()

    def release(self) -> None:
        """End the threads."""
        self._writer.release()
        self._saver.release()


def _size(record: Record) -> int:
    if not isinstance(record, Collected):
        return 1
    return len(record.events) + len(record.refused) + len(record.suppressed_marks)


def _is_short(record: Record) -> bool:
    """Tell whether a record is folded without a slice."""
    return not isinstance(record, Collected) or len(record.events) < EVENTS_PER_SLICE


def _fail(group: list[Waiting], error: ComeAgain) -> None:
    for waiting in group:
        waiting.fail(error)
