"""Long work on a full disk: it waits, can be stopped meanwhile, and goes on when there is room."""

import asyncio
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from tests.workspace.test_works import MANY, after_one_step, over, ran, with_quarantine
from wegweiser.adapters.memory import MemoryClock, MemoryStore
from wegweiser.ports.operational_store import Change
from wegweiser.terms.errors import ComeAgain
from wegweiser.workspace import work_kinds
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site
from wegweiser.workspace.work import Work

# So many turns of the loop in which work that did not wait would be over long since.
TURNS = 500


class SmallStore(MemoryStore):
    """A store whose disk is full while `is_full`."""

    is_full = False

    def commit(self, changes: Sequence[Change]) -> None:
        """Apply, or refuse for want of space."""
        if self.is_full:
            raise ComeAgain("disk full", 5)
        super().commit(changes)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once instead of a second later."""
    monkeypatch.setattr(work_kinds, "PAUSE_S", 0.0)


async def waiting() -> tuple[Site, SmallStore, Work]:
    """Give work that has done its first step when the disk became full."""
    store = SmallStore()
    engines = replace(in_memory(MemoryClock(1_800_000_000_000)), store=store)
    site, source_id = await with_quarantine(engines)
    work = await after_one_step(site, source_id)
    store.is_full = True
    for _ in range(TURNS):
        await asyncio.sleep(0)
    assert work.state == "running"
    assert work.done < MANY
    return site, store, work


def test_work_waits_for_room_and_then_counts_everything_once() -> None:
    async def test() -> None:
        site, store, work = await waiting()
        store.is_full = False
        await over(work)
        assert (work.state, work.done, work.found["stored"]) == ("over", MANY, MANY)
        assert site.unifier.tally.quarantined == site.unifier.tally.unaccounted == 0
        await site.stop()

    ran(test)


def test_work_that_waits_for_room_can_be_cancelled_and_stops_with_the_server() -> None:
    async def test() -> None:
        site, store, work = await waiting()
        assert site.works.cancel(work.work_id).state == "cancelled"
        await site.works.stop()
        assert work.done < MANY
        store.is_full = False
        await site.stop()

    ran(test)
