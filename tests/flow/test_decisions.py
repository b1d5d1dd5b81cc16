"""The book of decisions: bounded by bytes in memory, whole in the store."""

import msgspec

from wegweiser.adapters.memory import MemoryStore
from wegweiser.flow.decisions import DecisionBook
from wegweiser.terms.decision import Decision, Subject


def decision(number: int, context: str = "x" * 1_000) -> Decision:
    return Decision(
        decision_id=f"dec_{number:03d}",
        request_id=f"r-{number}",
        body_digest="d",
        at=number,
        subject=Subject(device="anonymous_id:a-1"),
        leaf="anonymous_id:a-1",
        facts={"context": {"x": context}},
        source_id="shop",
    )


def test_the_oldest_leave_memory_and_are_found_in_the_store() -> None:
    store = MemoryStore()
    size = len(msgspec.json.encode(decision(0)))
    book = DecisionBook(store, most_bytes=3 * size)
    for number in range(10):
        book.add(decision(number))
    book.add(decision(9))
    store.commit(book.drain())
    book.evict()
    assert book.held_bytes == 3 * size
    for number in range(10):
        assert book.get(f"dec_{number:03d}") == decision(number)
        assert book.of_request("shop", f"r-{number}") == decision(number)
    assert len(list(book.of_leaf("anonymous_id:a-1"))) == 10


def test_one_that_is_larger_than_all_memory_is_not_held() -> None:
    store = MemoryStore()
    book = DecisionBook(store, most_bytes=100)
    book.add(decision(1))
    assert book.get("dec_001") == decision(1)
    store.commit(book.drain())
    book.evict()
    assert book.held_bytes == 0
    assert book.get("dec_001") == decision(1)
