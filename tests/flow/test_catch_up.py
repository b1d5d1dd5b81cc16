"""Catching up over a long log leaves no note of every event behind."""

import asyncio
from typing import cast

import pytest

from tests.flow.test_at_once import record
from wegweiser.adapters.memory import MemoryEventLog, MemoryStore
from wegweiser.flow import touched
from wegweiser.flow.catch_up import CatchUp
from wegweiser.flow.computed import ComputedBook
from wegweiser.flow.unify import Unifier
from wegweiser.log.record import encode
from wegweiser.profile.computed import Table

RECORDS, EVENTS = 30, 4


class Everything:
    """A book in which a trait misses every event of a log."""

    to_catch_up = (0, RECORDS)

    def missing(self, position: int) -> Table:
        """Gather nothing from what is read."""
        return {"Seen": ()}

    def caught_up(self, position: int) -> None:
        """Note nothing."""

    caught_up_to = caught_up


def test_what_was_noted_is_sorted_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    log, store = MemoryEventLog(), MemoryStore()
    unifier = Unifier(store)
    for number in range(RECORDS):
        one = record(number, EVENTS)
        for _ in unifier.fold(log.append([encode(one)]), one):
            pass
    unifier.take_changed()
    monkeypatch.setattr(touched, "_NOTED", 5)
    gathering = CatchUp(log, store, unifier, cast(ComputedBook, Everything()))
    assert asyncio.run(gathering.run()).events == RECORDS * EVENTS
    assert len(unifier.touched._noted) <= 6
    assert unifier.take_changed()
