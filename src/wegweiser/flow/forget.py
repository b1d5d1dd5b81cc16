"""Erasure of persons and accounts: from log, store, memory, archive and files, with a receipt."""

import asyncio
from collections.abc import Collection, Iterator, Sequence

import msgspec

from wegweiser.flow.erased_ids import erased_ids
from wegweiser.flow.erasure_changes import changes_of
from wegweiser.flow.erasure_claims import (
    refuse_claimed,
)
from wegweiser.flow.erasure_findings import Findings
from wegweiser.flow.erasure_look import ErasureLook
from wegweiser.flow.erasure_notice import ErasureNotices
from wegweiser.flow.erasure_reading import LogReading
from wegweiser.flow.erasure_receipt import (
    Receipt,
    Running,
    numbers_of,
    numbers_of_age,
    receipt_of,
    written,
)
from wegweiser.flow.erasure_refold import Refold
from wegweiser.flow.erasure_remnants import complete
from wegweiser.flow.erasure_restore import Recognised
from wegweiser.flow.erasure_rules import rules_without
from wegweiser.flow.erasure_subject import (
    Erasable,
)
from wegweiser.flow.erasure_surroundings import Surroundings
from wegweiser.flow.erasure_typed import typed_rows
from wegweiser.flow.intake import Intake
from wegweiser.flow.receipt_keys import ReceiptKeys
from wegweiser.flow.retention import Expired
from wegweiser.flow.send import Sender
from wegweiser.flow.suppression import Suppressions
from wegweiser.flow.tables import ERASURES, ERASURES_RUNNING
from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import Unifier
from wegweiser.flow.unread import Unread
from wegweiser.flow.views import Views
from wegweiser.log.record import encode
from wegweiser.ports.clock import Clock
from wegweiser.ports.event_log import EventLog
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.resolve.rows import rules_row
from wegweiser.terms.errors import ComeAgain, NotFound
from wegweiser.terms.identity import Identifier
from wegweiser.terms.json import JsonObject
from wegweiser.terms.record import Ordered, Published
from wegweiser.terms.ulid import ulid
from wegweiser.terms.wrong import wrong

SCRUB_TRIES = 120
SCRUB_PAUSE_S = 0.5


class Eraser:
    """Erases one request after the other; one that was cut off is finished at the next start."""

    def __init__(
        self,
        log: EventLog,
        store: OperationalStore,
        unifier: Unifier,
        intake: Intake,
        views: Views,
        sender: Sender,
        suppressions: Suppressions,
        clock: Clock,
        around: Surroundings,
        unread: Unread,
        keys: ReceiptKeys,
        notices: ErasureNotices,
    ):
        self._log = log
        self._store = store
        self._unifier = unifier
        self._intake = intake
        self._views = views
        self._sender = sender
        self._suppressions = suppressions
        self._clock = clock
        self._around = around
        self._unread = unread
        self._reading = LogReading(log, store, unifier, unread)
        self._look = ErasureLook(store, unifier, views, around, self._reading)
        self._keys = keys
        self._notices = notices

    async def preview(
        self, name: Identifier, with_persons: bool = False, called: Collection[str] = ()
    ) -> JsonObject:
        """Tell what would go, without changing anything; raises NotFound.

        `called` is what else people may have typed for them.
        """
        await self._intake.settle()
        return await self._look.preview(name, self._look.named(name, with_persons, called))

    async def forget(
        self,
        name: Identifier,
        with_persons: bool = False,
        confirmed: bool = False,
        suppress: bool = True,
        tell: bool = True,
        called: Collection[str] = (),
    ) -> JsonObject:
        """Erase whoever an identifier stands for now; returns once the live stores are clean.

        Without `suppress` they may begin anew afterwards; without `tell` no recipient of their
        data hears of it; `called` is what else people may have typed for them. Raises NotFound
        when nothing is known under it and nothing was erased under it before, InputRefused where
        more would go by claims alone and that is not `confirmed`.
        """
        await self.resume()
        await self._intake.settle()
        erasable = self._look.named(name, with_persons, called)
        if not erasable.persons and not await self._is_worth_it(erasable):
            raise NotFound(wrong("no_identifier"))
        if len(erasable.names) > 1 and not confirmed:
            claimed = await self._look.only_claimed(name, erasable)
            refuse_claimed(claimed, erasable.all_names)
        return await self._finish(self._accepted(erasable, suppress, tell))

    async def forget_all(
        self, names: Sequence[Identifier], suppress: bool = True, tell: bool = True
    ) -> JsonObject:
        """Erase whoever some identifiers stand for now, in one go and without asking back.

        Those under which nothing is known are kept out from now on all the same. Whom only
        claims of visitors join to a name stays; `spared` tells how many identifiers stay so.
        """
        await self.resume()
        await self._intake.settle()
        erasable = self._look.together(names)
        claimed = await self.claimed_beside(names, erasable)
        spared = frozenset().union(*claimed.values())
        if spared:
            erasable = erasable.sparing(spared, self._unifier.directory, len(claimed))
        erasable = self._look.with_called(erasable)
        done = await self._finish(self._accepted(erasable, suppress, tell))
        return {**done, "spared": len(spared)}

    async def claimed_beside(
        self, names: Sequence[Identifier], erasable: Erasable
    ) -> dict[str, frozenset[Identifier]]:
        """Give by person whom claims alone join to the asked names, which mean an erasable."""
        return await self._look.claimed_beside(names, erasable)

    def _accepted(self, erasable: Erasable, suppress: bool, tell: bool) -> Running:
        """Commit the request with its tombstones, which keep everything out while it runs."""
        now = self._clock.now_ms()
        request_id = "era_" + ulid(now, self._clock.random_bytes(10))
        held = ((name, self._suppressions.of(name)) for name in erasable.all_names)
        free = [name for name, one in held if not suppress and not (one and one.suppressed)]
        running = Running(
            request_id,
            now,
            erasable,
            self._clock.random_bytes(32),
            suppress=suppress,
            freed=tuple(sorted(free)),
        )
        rows = self._suppressions.rows(erasable.all_names, now, request_id)
        notices = self._notices.rows(request_id, now, erasable) if tell else []
        self._suppressions.keep(rows)
        ids = erased_ids(self._suppressions, erasable, now)
        self._store.commit([*rows, *ids, *notices, _row(running)])
        self._suppressions.hold(rows)
        return running

    async def erase_again(self) -> int:
        """Erase once more whom an older copy of store or log still holds; gives how many names."""
        if not self._suppressions.lost:
            return 0
        await self._intake.settle()
        recognised, turns = Recognised(self._suppressions, self._unread), Turns()
        for _, record in self._reading.records(0):
            recognised.see(record)
            await turns.pause()
        erasable = self._look.with_called(recognised.erasable(self._unifier.directory))
        if erasable.all_names:
            now = self._clock.now_ms()
            request_id = "era_" + ulid(now, self._clock.random_bytes(10))
            running = Running(request_id, now, erasable, self._clock.random_bytes(32))
            self._store.commit([_row(running)])
            await self._finish(running)
        return len(self._suppressions.lost)

    async def retain(self, expired: Expired, dry_run: bool = False) -> JsonObject:
        """Take the content off everything that is over; gives counts."""
        await self.resume()
        await self._intake.settle()
        now = self._clock.now_ms()
        request_id = "ret_" + ulid(now, self._clock.random_bytes(10))
        secret = self._clock.random_bytes(32)
        running = Running(request_id, now, Erasable(), secret, expired=expired)
        if dry_run:
            return {"status": "DRY_RUN", **numbers_of_age(await self._look.scan(running))}
        self._store.commit([_row(running)])
        return await self._finish(running)

    async def resume(self) -> None:
        """Finish what a crash or a full disk cut off."""
        for _, value in list(self._store.scan(ERASURES_RUNNING)):
            await self._finish(msgspec.json.decode(value, type=Running))

    def receipts(self) -> Iterator[tuple[Receipt, bool]]:
        """Yield all receipts, oldest first, each with whether its signature holds."""
        for _, value in self._store.scan(ERASURES):
            receipt = msgspec.json.decode(value, type=Receipt)
            yield receipt, receipt.is_intact(self._keys.public_pem.encode())

    async def _is_worth_it(self, erasable: Erasable) -> bool:
        erased = any(self._suppressions.of(name) for name in erasable.all_names)
        return erased or await self._look.is_known(erasable)

    async def _finish(self, running: Running) -> JsonObject:
        if running.receipt is None:
            # What was accepted before the list was in force is in the log after this.
            await self._intake.settle()
            running = await self._erase(running)
            told_as = running.erasable.told_as
            await asyncio.to_thread(self._around.blank_files, running.decisions, told_as)
            await self._around.replace_in_archive(running.positions)
            if running.expired is not None:
                return await self._aged(running)
            typed = self._look.typed(running.erasable)
            typed_in = await self._around.unname(typed, running.request_id, running.at)
            running = running.with_typed(dict(typed_in))
            freed = self._suppressions.rows(running.freed, running.at, running.request_id, False)
            running = self._with_receipt(running)
            self._suppressions.keep(freed)
            # From here on no name is needed, and none is left to be scrubbed.
            self._store.commit([_row(running), *freed])
            self._suppressions.hold(freed)
        await self._scrub()
        receipt = running.receipt
        assert receipt is not None
        key = running.request_id.encode()
        kept = Change(ERASURES, key, msgspec.json.encode(receipt))
        self._store.commit([kept, Change(ERASURES_RUNNING, key, None)])
        self._notices.begin(running.request_id)
        return written("FINISHED", receipt.counts, receipt)

    async def _aged(self, running: Running) -> JsonObject:
        await self._scrub()
        key = running.request_id.encode()
        self._store.commit([Change(ERASURES_RUNNING, key, None)])
        return {"status": "FINISHED", **running.numbers}

    async def _erase(self, running: Running) -> Running:
        found = await self._look.scan(running)
        erasable, live = running.erasable, self._unifier
        refold = Refold(
            found, erasable.all_names, live, self._around.new_store(), self._reading.verdict_at
        )
        reached = live.position
        if refold.is_needed:
            reached = await self._reading.refold(refold, found)
        async with self._intake.quiet() as commit:
            for position, record in self._reading.records(reached) if refold.is_needed else ():
                refold.see(position, found.records.get(position, record))
            gone = erasable.all_names
            complete(found, gone | refold.orphans, live.directory, self._reading.record_at)
            changes = self._changes(found, gone, refold)
            for change, place, count in typed_rows(self._store, self._look.typed(erasable)):
                changes.append(change)
                found.typed[place] += count
            for beside in live.beside:
                changes += beside.erased(erasable.person_ids, erasable.accounts)
            changes += live.owners.erased(erasable.person_ids)
            aged = running.expired is not None
            numbers = numbers_of_age(found) if aged else numbers_of(erasable, found)
            running = running.with_findings(found, numbers)
            await commit([*changes, _row(running)])
            self._forget_live(found, gone, refold)
            while live.owners.lagging:
                await commit(live.owners.drain())
            payloads = {position: encode(record) for position, record in found.records.items()}
            await asyncio.to_thread(self._log.rewrite, payloads)
        return running

    def _changes(
        self, found: Findings, gone: frozenset[Identifier], refold: Refold
    ) -> list[Change]:
        self._unifier.directory.hold(gone.union(*found.pairs))
        evidence = self._unifier.directory.evidence_about(gone)
        empty = self._around.new_store()
        changes = list(changes_of(found, gone, refold, self._store, empty, evidence))
        rules = self._unifier.directory.rules
        if (left := rules_without(rules, gone.__contains__)) != rules:
            changes.append(rules_row(left))
        return [*changes, *self._unifier.quarantine.blank(found.blanked_places())]

    def _forget_live(self, found: Findings, gone: frozenset[Identifier], refold: Refold) -> None:
        live = self._unifier
        around = live.directory.replace(
            gone, refold.orphans, found.leaves, found.pairs, refold.fresh.directory
        )
        live.owners.note(around)
        live.forget(found.leaves, [old.decision_id for old, _ in found.decisions.values()])
        self._sender.forget([old.decision_id for old, _ in found.decisions.values()])
        live.contacts.forget(found.orders)
        for record in found.records.values():
            if isinstance(record, Published):
                live.policies.replace(record)
            elif isinstance(record, Ordered):
                live.contacts.reword(record.order)
        self._views.forget_all()

    def _with_receipt(self, running: Running) -> Running:
        digests = sorted(map(self._suppressions.digest, running.erasable.all_names))
        receipt = receipt_of(running, self._clock.now_ms(), self._unifier.position, digests)
        return running.nameless(receipt.signed(self._keys))

    async def _scrub(self) -> None:
        """Write the store anew without what was deleted; waits for readers to end."""
        for _ in range(SCRUB_TRIES):
            try:
                await asyncio.to_thread(self._store.scrub)
                return
            except ComeAgain:
                await asyncio.sleep(SCRUB_PAUSE_S)
        raise ComeAgain("the erasure goes on when the disk has room and no export is running", 60)


def _row(running: Running) -> Change:
    return Change(ERASURES_RUNNING, running.request_id.encode(), msgspec.json.encode(running))
