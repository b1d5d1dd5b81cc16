"""Quick memories of messages: they may forget or suspect, but never in the wrong direction."""

from hypothesis import given
from hypothesis import strategies as st

from wegweiser.collect.duplicate import MarkFilter, RecentWindow, fingerprint

MARKS = st.binary(min_size=16, max_size=16)


def test_a_fingerprint_depends_on_source_and_message_and_on_where_one_ends():
    marks = {fingerprint(*pair) for pair in (("a", "bc"), ("ab", "c"), ("", "abc"), ("abc", ""))}
    assert len(marks) == 4
    assert {len(mark) for mark in marks} == {16}


@given(st.lists(MARKS, max_size=60, unique=True), st.integers(1, 10))
def test_a_window_hands_over_the_oldest_and_forgets_nothing_else(marks, capacity):
    window = RecentWindow()
    gone: list[bytes] = []
    for mark in marks:
        window.mark(mark)
        gone += window.take_excess(capacity)
        assert window.seen(mark)
        assert len(window) <= capacity
    assert gone == marks[: max(0, len(marks) - capacity)]
    assert all(window.seen(mark) for mark in marks[len(gone) :])
    assert not any(window.seen(mark) for mark in gone)


@given(st.lists(MARKS, max_size=100), st.integers(1, 1_000))
def test_a_filter_never_denies_what_was_added(marks, capacity):
    old = MarkFilter(capacity)
    for half in (marks[::2], marks[1::2]):
        old.add_all(half)
    assert all(old.may_contain(mark) for mark in marks)


def test_a_filter_rarely_suspects_what_was_not_added():
    old = MarkFilter(capacity=2_000)
    old.add_all([fingerprint("site", f"m-{number}") for number in range(2_000)])
    suspected = sum(old.may_contain(fingerprint("site", f"x-{number}")) for number in range(2_000))
    # About 1 % is expected, so 20; the fingerprints are fixed, and so is this count.
    assert 0 < suspected < 60
    assert not MarkFilter(1).may_contain(fingerprint("site", "m-1"))
