"""The shelf: what was folded is found again, also after it was put away."""

import pytest

from wegweiser.adapters.memory import MemoryStore
from wegweiser.profile.cell import Cell
from wegweiser.profile.shelf import Shelf


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def test_changed_cells_are_found_by_another_shelf(store: MemoryStore) -> None:
    shelf = Shelf(store)
    shelf.cell("user_id:u", 20_000, "acme").engagement = 7
    shelf.cell("user_id:u", 9_000, "").engagement = 5
    shelf.cell("user_id:u-2", 1, "").engagement = 1
    store.commit(shelf.drain())
    found = Shelf(store).cells("user_id:u")
    assert [(day, scope, cell.engagement) for day, scope, cell in found] == [
        (9_000, "", 5),
        (20_000, "acme", 7),
    ]


def test_nothing_is_drained_twice(store: MemoryStore) -> None:
    shelf = Shelf(store)
    shelf.cell("user_id:u", 1, "")
    assert len(shelf.drain()) == 1
    assert shelf.drain() == []
    assert shelf.cells("user_id:u") == [(1, "", Cell())]
    assert shelf.drain() == []


def test_a_drain_in_slices_gives_every_cell_as_it_was_when_it_began(store: MemoryStore) -> None:
    shelf = Shelf(store)
    for leaf in ("a", "b", "c"):
        shelf.cell(leaf, 1, "").engagement = 1
    shelf.begin_drain()
    shelf.cell("c", 1, "").engagement = 2
    changes = shelf.drain_slice(1)
    shelf.cell("a", 1, "").engagement = 2
    shelf.cell("d", 1, "").engagement = 2
    while part := shelf.drain_slice(1):
        changes += part
    store.commit(changes)
    found = {leaf: [cell.engagement for *_, cell in Shelf(store).cells(leaf)] for leaf in "abcd"}
    assert found == {"a": [1], "b": [1], "c": [1], "d": []}
    store.commit(shelf.drain())
    found = {leaf: [cell.engagement for *_, cell in Shelf(store).cells(leaf)] for leaf in "abcd"}
    assert found == {"a": [2], "b": [1], "c": [2], "d": [2]}


def test_a_drain_broken_off_is_taken_up_by_the_next(store: MemoryStore) -> None:
    shelf = Shelf(store)
    for leaf in ("a", "b"):
        shelf.cell(leaf, 1, "").engagement = 1
    shelf.begin_drain()
    shelf.cell("b", 1, "").engagement = 2
    store.commit(shelf.drain())
    assert [Shelf(store).cells(leaf)[0][2].engagement for leaf in "ab"] == [1, 2]


def test_only_unchanged_leaves_used_longest_ago_give_way(store: MemoryStore) -> None:
    shelf = Shelf(store, limit_cells=1)
    for leaf in ("a", "b"):
        shelf.cell(leaf, 1, "").engagement = 1
    shelf.evict()
    assert len(shelf) == 2
    store.commit(shelf.drain())
    shelf.cell("a", 1, "").engagement += 1
    shelf.evict()
    assert len(shelf) == 1
    assert shelf.cells("a")[0][2].engagement == 2
    assert shelf.cells("b")[0][2].engagement == 1


def test_the_bound_is_one_of_cells_not_of_leaves(store: MemoryStore) -> None:
    shelf = Shelf(store, limit_cells=6)
    for leaf in ("a", "b", "c"):
        for day in range(1, 4):
            shelf.cell(leaf, day, "").engagement = day
    store.commit(shelf.drain())
    shelf.evict()
    assert len(shelf) == 2
    assert [day for day, _, _ in shelf.cells("a")] == [1, 2, 3]
    shelf.discard(["a", "b"])
    shelf.evict()
    assert len(shelf) == 1
