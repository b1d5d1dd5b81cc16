"""Decisions for many, such as a campaign: one after the other, behind everybody who waits."""

import asyncio
import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from wegweiser.collect.batch_ask import BatchAsk, read_batch
from wegweiser.flow.asked_as import asked_as, leaf_of
from wegweiser.flow.batch_book import Batch, BatchBook, State
from wegweiser.flow.callers import Callers
from wegweiser.flow.choose import Chooser
from wegweiser.flow.colleagues import Colleagues, Part, Row
from wegweiser.flow.intake import Intake
from wegweiser.flow.segments import Segments
from wegweiser.flow.tables import BATCH_SUBJECTS
from wegweiser.flow.together import Together
from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.decision import Decision, Subject
from wegweiser.terms.errors import ComeAgain, InputRefused, NotFound
from wegweiser.terms.identity import kind_of, value_of
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Caller, Trust
from wegweiser.terms.ulid import ulid
from wegweiser.terms.wrong import wrong

SUBJECTS_PER_SLICE = 50
# So many are on their way to the disk at once; each is computed in a turn of its own.
IN_FLIGHT = 8
MOST_RUNNING = 20
# A whole campaign is handed over in a day, not in a quarter of an hour.
LEASE_HOURS = 24
_KEPT_AT_ONCE = 1_000
_MOST_AGAIN = 6
_PATIENT_S = 0.05
_PULLED = ("web", "app", "social")
_NONE: Mapping[int, Decision] = {}
_log = logging.getLogger(__name__)


class Batches:
    """Takes batches, works them off in the background, tells of them; a restart goes on."""

    def __init__(
        self,
        unifier: Unifier,
        intake: Intake,
        views: Views,
        chooser: Chooser,
        segments: Segments,
        callers: Callers,
        store: OperationalStore,
        clock: Clock,
    ):
        self._unifier = unifier
        self._intake = intake
        self._chooser = chooser
        self._segments = segments
        self._callers = callers
        self._clock = clock
        self._book = BatchBook(store)
        self._colleagues = Colleagues(unifier, views, self._book, clock)
        self._together = Together(chooser, self._let_others_go_first)
        self._task: asyncio.Task[None] | None = None
        self._creating = asyncio.Lock()
        self._turns = Turns()
        unifier.beside.append(self)

    async def create(self, body: Json, caller: Caller) -> JsonObject:
        """Take a batch and begin it; the same `request_id` gives the same batch.

        Raises InputRefused for a bad body, a placement that sends nothing, or an id that was used
        with another body (409); NotFound for an unknown placement or segment.
        """
        self._intake.require_open()
        asked = read_batch(body)
        self._require_sending(asked.placement)
        digest = hashlib.sha256(msgspec.json.encode(body, order="sorted")).hexdigest()
        batch_id = self._name(asked, caller)
        # One at a time: who asks again while the first is being kept gets that one.
        async with self._creating:
            return await self._created(batch_id, asked, digest, caller)

    async def _created(
        self, batch_id: str, asked: BatchAsk, digest: str, caller: Caller
    ) -> JsonObject:
        known = self._book.get(batch_id)
        if known is not None:
            if known.digest != digest:
                told = "This request_id was used with another batch. Choose a new one."
                raise InputRefused("request_id_reused", told, 409, "request_id")
            return known.told()
        if sum(one.state == "running" for one in self._book.all()) >= MOST_RUNNING:
            raise ComeAgain("too many batches are running", 30)
        now = self._clock.now_ms()
        self._book.expire(now)
        self._book.clear(batch_id)
        total = await self._keep(batch_id, await self._audience(asked))
        batch = Batch(
            batch_id=batch_id,
            source_id=caller.source_id,
            placement=asked.placement,
            digest=digest,
            created_at=now,
            total=total,
            segment=asked.segment,
            shared=asked.shared,
        )
        self._book.put(batch)
        self.nudge()
        return batch.told()

    def _name(self, asked: BatchAsk, caller: Caller) -> str:
        """Name a batch by its request id, or anew."""
        if not asked.request_id:
            return "bat_" + ulid(self._clock.now_ms(), self._clock.random_bytes(10))
        named = f"{caller.source_id}\0{asked.request_id}".encode()
        return "bat_" + hashlib.sha256(named).hexdigest()[:26]

    def _require_sending(self, key: str) -> None:
        placement = self._unifier.policy.placements.get(key)
        if placement is None:
            raise NotFound(wrong("no_placement_called", key=repr(key[:100])))
        if placement.direction != "push" and placement.channel in _PULLED:
            told = f"Placement {key!r} sends nothing by itself; ask for it with /v1/decide."
            raise InputRefused("bad_placement", told, field="placement")

    async def _audience(self, asked: BatchAsk) -> Iterable[Subject]:
        if not asked.segment:
            return asked.subjects
        if self._segments.get(asked.segment) is None:
            raise NotFound(wrong("no_segment_called", key=repr(asked.segment[:100])))
        # Whoever is a member by what was received so far is written to, and nobody else.
        await self._intake.settle()
        await self._segments.settle()
        return self._members(asked.segment)

    def _members(self, key: str) -> Iterator[Subject]:
        """Name the members of a segment as decisions know them."""
        for subject, _ in self._segments.members.members(key):
            if kind_of(subject) == "group_id":
                yield Subject(account=subject)
            elif name := asked_as(self._unifier.directory, value_of(subject)):
                yield Subject(person=name)

    async def _keep(self, batch_id: str, audience: Iterable[Subject]) -> int:
        total, rest = 0, iter(audience)
        while part := list(islice(rest, _KEPT_AT_ONCE)):
            self._book.add_subjects(batch_id, total, part)
            total += len(part)
            await self._turns.pause()
        return total

    def nudge(self) -> None:
        """Go on with what is not done yet, unless it is being done."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def stop(self) -> None:
        """End the work of now; the next start goes on with what was not noted as done."""
        if self._task is not None:
            self._task.cancel()
            [ended] = await asyncio.gather(self._task, return_exceptions=True)
            if isinstance(ended, Exception):
                _log.error("decisions for many failed", exc_info=ended)

    async def run_due(self) -> None:
        """Go on after a restart, or after everybody was told to come again."""
        if any(one.state == "running" for one in self._book.all()):
            self.nudge()

    async def _work(self) -> None:
        try:
            for batch in [one for one in self._book.all() if one.state == "running"]:
                await self._run(batch.batch_id)
        except ComeAgain as error:
            # What was not noted as done is asked again, and finds its decision.
            _log.info("batches wait: %s", error.reason)

    async def _run(self, batch_id: str) -> None:
        while (batch := self._book.get(batch_id)) is not None and batch.state == "running":
            rows = self._book.subjects(batch_id, SUBJECTS_PER_SLICE)
            if not rows:
                self._end(batch, "done")
                return
            for place, part in enumerate(await self._colleagues.parts(batch, rows)):
                if not await self._part(batch, part, is_read=not place):
                    return

    async def _part(self, batch: Batch, part: Part, is_read: bool) -> bool:
        """Decide for some and note it; False where the batch is at its end, as somebody said.

        Unless they were just read, who was erased since is no more among them.
        """
        rows: Sequence[Row] = part.rows
        if not is_read:
            rows = self._book.numbered(batch.batch_id, [number for number, _ in rows])
        statuses = await (self._joint(batch, rows) if part.together else self._slice(batch, rows))
        self._intake.require_open()
        # Somebody may have cancelled it meanwhile, and what was decided counts all the same.
        batch = self._book.get(batch.batch_id) or batch
        counts = {**batch.counts}
        for status in statuses:
            counts[status] = counts.get(status, 0) + 1
        done = batch.done + len(rows)
        batch = msgspec.structs.replace(batch, counts=counts, done=done)
        self._book.put(batch, [number for number, _ in rows])
        return batch.state == "running"

    async def _joint(self, batch: Batch, rows: Sequence[Row]) -> list[str]:
        """Decide for people of one account; a status each, in any order, raises ComeAgain."""
        asks = {number: self._body(batch, number, subject) for number, subject in rows}
        drawn = await self._together.drawn(batch.placement, asks, self._caller(batch), LEASE_HOURS)
        subjects = dict(rows)
        # After a stop between two of these, the others share what is left then.
        statuses = [
            await self._decide(batch, number, subjects.pop(number), drawn.ready.get(number))
            for number in drawn.first
        ]
        return statuses + await self._slice(batch, list(subjects.items()), drawn.ready)

    async def _slice(
        self, batch: Batch, rows: Sequence[Row], ready: Mapping[int, Decision] = _NONE
    ) -> list[str]:
        """Decide for some, a few at a time; gives a status each, raises ComeAgain."""
        free = asyncio.Semaphore(IN_FLIGHT)

        async def decided(number: int, subject: Subject) -> str:
            try:
                return await self._decide(batch, number, subject, ready.get(number))
            except ComeAgain:
                return ""
            finally:
                free.release()

        async with asyncio.TaskGroup() as group:
            tasks = []
            for number, subject in rows:
                await free.acquire()
                await self._let_others_go_first()
                tasks.append(group.create_task(decided(number, subject)))
        statuses = [task.result() for task in tasks]
        if "" in statuses:
            raise ComeAgain("decisions cannot be logged now", 5)
        return statuses

    async def _let_others_go_first(self) -> None:
        await asyncio.sleep(0)
        while self._intake.waited_s > _PATIENT_S:
            await asyncio.sleep(_PATIENT_S / 5)

    async def _decide(
        self, batch: Batch, number: int, subject: Subject, ready: Decision | None = None
    ) -> str:
        """Decide for one; gives the status, "refused" where the request cannot be answered."""
        body = self._body(batch, number, subject)
        try:
            told = await self._chooser.decide(
                body, self._caller(batch), lease_hours=LEASE_HOURS, ready=ready
            )
        except InputRefused:
            return "refused"
        if told["decision_id"] is None and told.get("reason") == "unlogged":
            raise ComeAgain("decisions cannot be logged now", 5)
        return str(told["status"])

    def _caller(self, batch: Batch) -> Caller:
        return self._callers.standing_for(batch.source_id, "live", Trust.SERVER)

    def _body(self, batch: Batch, number: int, subject: Subject) -> JsonObject:
        named: JsonObject = msgspec.to_builtins(subject)
        placements: list[Json] = [batch.placement]
        return {
            **batch.shared,
            "request_id": batch.request_id(number),
            "subject": named,
            "placements": placements,
        }

    def _end(self, batch: Batch, state: State) -> None:
        now = self._clock.now_ms()
        batch = msgspec.structs.replace(batch, state=state, ended_at=now)
        if state == "done" and (erased := batch.total - batch.done):
            counts = {**batch.counts, "erased": erased}
            batch = msgspec.structs.replace(batch, counts=counts, done=batch.total)
        self._book.end(batch)

    def show(self, batch_id: str, caller: Caller | None) -> JsonObject:
        """Tell how far a batch is; raises NotFound for one of another source."""
        batch = self._found(batch_id, caller)
        if batch.state == "running":
            self.nudge()
        return batch.told()

    def cancel(self, batch_id: str, caller: Caller | None) -> JsonObject:
        """End a batch; what is decided already stays, and is sent. Raises NotFound."""
        batch = self._found(batch_id, caller)
        if batch.state == "running":
            self._end(batch, "cancelled")
        return self._found(batch_id, caller).told()

    def results(self, batch_id: str, caller: Caller | None, after: int, limit: int) -> JsonObject:
        """Give the decisions from number `after` on, and where the next page begins."""
        batch = self._found(batch_id, caller)
        until = min(after + limit, batch.total)
        rows: list[Json] = [self._result(batch, number) for number in range(after, until)]
        return {"results": rows, "next": until if until < batch.total else None}

    def _result(self, batch: Batch, number: int) -> JsonObject:
        decision = self._newest(batch.source_id, batch.request_id(number))
        if decision is None:
            open_yet = batch.state == "running"
            return {"number": number, "status": "waiting" if open_yet else "undecided"}
        return {"number": number, **_told(decision)}

    def _newest(self, source_id: str, request_id: str) -> Decision | None:
        """Find the decision of a request, or the last that was taken when it had been put off."""
        of_request = self._unifier.decisions.of_request
        decision = of_request(source_id, request_id)
        for again in range(1, _MOST_AGAIN + 1):
            later = of_request(source_id, f"{request_id}/{again}")
            if decision is None or decision.status != "deferred" or later is None:
                break
            decision = later
        return decision

    def _found(self, batch_id: str, caller: Caller | None) -> Batch:
        batch = self._book.get(batch_id)
        if batch is None or (caller is not None and caller.source_id != batch.source_id):
            raise NotFound(f"There is no batch {batch_id[:100]!r}.")
        return batch

    def drain(self) -> list[Change]:
        """Hand over nothing: batches are committed as they go."""
        return []

    def evict(self) -> None:
        """Hold nothing in memory."""

    def erased(self, person_ids: Iterable[str], accounts: Iterable[str]) -> list[Change]:
        """Forget the erased where a batch is still about them."""
        persons, groups = set(person_ids), set(accounts)
        return [
            Change(BATCH_SUBJECTS, key, None)
            for key, subject in self._book.waiting()
            if subject.account in groups or self._person_of(subject) in persons
        ]

    def _person_of(self, subject: Subject) -> str | None:
        leaf = leaf_of(subject)
        return self._unifier.person_of(leaf) if leaf else None


def _told(decision: Decision) -> JsonObject:
    items: list[Json] = [msgspec.to_builtins(item) for item in decision.items]
    subject: JsonObject = msgspec.to_builtins(decision.subject)
    return {
        "subject": subject,
        "decision_id": decision.decision_id,
        "status": decision.status,
        "items": items,
    }
