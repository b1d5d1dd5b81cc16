"""A folder in which rows of owners are missing is filled up, some with each commit."""

import pytest

from wegweiser.adapters.memory import MemoryStore
from wegweiser.flow import owner_book
from wegweiser.flow.known_identity import read_directory
from wegweiser.flow.owner_book import COMPLETE, read_owners
from wegweiser.flow.tables import META, OWNERS
from wegweiser.flow.unify import Unifier
from wegweiser.ports.operational_store import Change
from wegweiser.terms.event import Event
from wegweiser.terms.record import Collected
from wegweiser.terms.source import Trust

NOW = 1_790_553_600_000


def visits(*names: str) -> Collected:
    events = tuple(
        Event(type="page", message_id=f"m-{name}", at=NOW, anonymous_id=name) for name in names
    )
    return Collected(
        received_at=NOW, source_id="shop", trust=Trust.PUBLIC, kind="live", events=events
    )


def fold(unifier: Unifier, store: MemoryStore, position: int, record: Collected) -> None:
    for _ in unifier.fold(position, record):
        pass
    store.commit(unifier.drain())


def test_what_is_missing_is_written_over_several_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    fold(Unifier(store), store, 1, visits("a-1", "a-2", "a-3"))
    rows = dict(read_owners(store) or ())
    assert len(rows) == 3
    mark = Change(META, COMPLETE, None)
    store.commit([mark, *(Change(OWNERS, person_id.encode(), None) for person_id in rows)])
    assert read_owners(store) is None
    monkeypatch.setattr(owner_book, "PERSONS_PER_DRAIN", 2)
    again = Unifier(store)
    # What is new goes first; of the others as many follow as there is room for.
    fold(again, store, 2, visits("a-4"))
    assert (len(list(store.scan(OWNERS))), read_owners(store)) == (2, None)
    commits = 0
    while read_owners(store) is None:
        store.commit(again.drain())
        commits += 1
    assert 2 <= commits <= 4
    written = dict(read_owners(store) or ())
    assert len(written) == 4
    assert written == dict(read_directory(store).everybody())
    assert written.items() >= rows.items()
