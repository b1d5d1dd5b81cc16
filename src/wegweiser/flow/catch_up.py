"""Catching up: declared traits gather from the log what happened before their declaration."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext

import msgspec

from wegweiser.flow.computed import ComputedBook
from wegweiser.flow.tables import VERDICTS, number_key
from wegweiser.flow.unify import Unifier
from wegweiser.log.record import decode
from wegweiser.ports.event_log import EventLog
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.profile.computed import Table, gather
from wegweiser.resolve.statement import read_event
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import day_of
from wegweiser.terms.record import Collected, Record, Verdict

RECORDS_PER_SLICE = 200
Turn = Callable[[], AbstractAsyncContextManager[object]]


class CaughtUp(msgspec.Struct, frozen=True):
    """How far catching up is: at a position of the log, of the last one that matters."""

    position: int
    until: int
    events: int


class CatchUp:
    """Gathers the past of new traits while everything else goes on; a break loses nothing."""

    def __init__(
        self, log: EventLog, store: OperationalStore, unifier: Unifier, book: ComputedBook
    ):
        self._log = log
        self._store = store
        self._unifier = unifier
        self._book = book
        self._working = asyncio.Lock()
        self.progress = CaughtUp(0, 0, 0)

    async def run(self, turn: Turn = nullcontext) -> CaughtUp:
        """Gather all that is missing; what was gathered is committed with the next checkpoint.

        Every slice of records takes its `turn`: an erasure in between works cells out anew from
        what is counted by then, and what were counted meanwhile would be lost with the old cells.
        """
        async with self._working:
            start, until = self._book.to_catch_up
            self.progress = CaughtUp(start, until, 0)
            while self.progress.position < until:
                async with turn():
                    self._slice(until)
                await asyncio.sleep(0)
            return self.progress

    def _slice(self, until: int) -> None:
        events = self.progress.events
        for read, (position, payload) in enumerate(self._log.read(self.progress.position), 1):
            if position > until:
                break
            events += self._gather(position, decode(payload))
            self._book.caught_up(position)
            if read == RECORDS_PER_SLICE:
                self.progress = CaughtUp(position, until, events)
                return
        # The last positions may be gone from the log; nothing is left to be gathered.
        self._book.caught_up_to(until)
        self.progress = CaughtUp(until, until, events)

    def _gather(self, position: int, record: Record) -> int:
        table = self._book.missing(position)
        if table is None or not isinstance(record, Collected):
            return 0
        if not any(event.shown_name in table for event in record.events):
            return 0
        gone = self._verdict(position).gone
        return sum(
            self._event(position, index, record, table)
            for index, event in enumerate(record.events)
            if event.shown_name in table and index not in gone
        )

    def _event(self, position: int, index: int, record: Collected, table: Table) -> bool:
        event = record.events[index]
        try:
            stated = read_event(event, record.trust, record.source_id, position)
        except InputRefused:
            return False
        # The leaf of an account takes its traits alone.
        of_account = stated.leaf.startswith("group_id:")
        if of_account or not self._unifier.directory.has_leaf(stated.leaf):
            return False
        cell = self._unifier.shelf.cell(stated.leaf, day_of(event.at), stated.scope)
        gather(cell, event, table[event.shown_name])
        self._unifier.touched.touch(stated.leaf)
        self._unifier.touched.settle()
        return True

    def _verdict(self, position: int) -> Verdict:
        stored = self._store.get(VERDICTS, [number_key(position)])[0]
        return Verdict(position) if stored is None else msgspec.json.decode(stored, type=Verdict)
