"""The short way for senders who were met leads to the same place as reading every event."""

from hypothesis import given

from tests.strategies import Sent, streams
from wegweiser.adapters.memory import MemoryStore
from wegweiser.flow.unify import Unifier
from wegweiser.resolve.familiar import Familiar, is_plain
from wegweiser.resolve.statement import read_event
from wegweiser.terms.record import Collected


def _folded(
    days: list[Sent], patient: bool
) -> tuple[dict[tuple[str, bytes], bytes | None], set[str]]:
    unifier = Unifier(MemoryStore())
    for position, one in enumerate(days, 1):
        if patient:
            unifier.familiar.forget()
        record = Collected(
            received_at=one.received_at,
            source_id="source",
            trust=one.trust,
            kind="live",
            events=(one.event,),
        )
        for _ in unifier.fold(position, record):
            pass
    changed = unifier.take_changed()
    return {(row.table, row.key): row.value for row in unifier.drain()}, changed


@given(streams())
def test_what_is_stored_does_not_depend_on_whether_senders_are_remembered(days):
    assert _folded(days, patient=False) == _folded(days, patient=True)


@given(streams())
def test_a_remembered_leaf_is_the_one_that_reading_gives(days):
    unifier = Unifier(MemoryStore())
    familiar = Familiar(unifier.directory)
    for position, one in enumerate(days, 1):
        record = Collected(
            received_at=one.received_at, source_id="source", trust=one.trust, kind="live"
        )
        stated = read_event(one.event, one.trust, "source", position)
        found = familiar.leaf_of(one.event, record)
        if found is not None:
            assert (found, "", "") == (stated.leaf, stated.scope, stated.account_leaf)
            assert is_plain(one.event)
            assert unifier.directory.holds(stated)
        unifier.directory.note(stated, position, one.received_at)
        familiar.learn(one.event, record, stated)
