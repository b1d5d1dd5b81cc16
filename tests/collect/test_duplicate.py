"""Quick memories of messages: they may forget or suspect, but never in the wrong direction."""

from hypothesis import given
from hypothesis import strategies as st

from wegweiser.collect.duplicate import DayFilter, RecentWindow, fingerprint

MARKS = st.binary(min_size=16, max_size=16)


def test_a_fingerprint_depends_on_source_and_message_and_on_where_one_ends():
    marks = {fingerprint(*pair) for pair in (("a", "bc"), ("ab", "c"), ("", "abc"), ("abc", ""))}
    assert len(marks) == 4
    assert {len(mark) for mark in marks} == {16}


@given(st.lists(MARKS, max_size=60), st.integers(1, 10))
def test_a_window_remembers_the_newest_and_stays_small(marks, capacity):
    window = RecentWindow(capacity)
    for mark in marks:
        window.mark(mark)
        assert window.seen(mark)
        assert len(window) <= 2 * capacity
    assert all(window.seen(mark) for mark in marks[-capacity:])
    assert not window.seen(b"never marked")


@given(st.lists(MARKS, max_size=100))
def test_a_filter_never_denies_what_was_added(marks):
    day = DayFilter(capacity=10)
    day.add_all(marks)
    assert all(day.may_contain(mark) for mark in marks)


def test_a_filter_rarely_suspects_what_was_not_added():
    day = DayFilter(capacity=2_000)
    day.add_all(fingerprint("site", f"m-{number}") for number in range(2_000))
    suspected = sum(day.may_contain(fingerprint("site", f"x-{number}")) for number in range(2_000))
    # About 1 % is expected, so 20; the fingerprints are fixed, and so is this count.
    assert 0 < suspected < 60
    assert not DayFilter(1).may_contain(fingerprint("site", "m-1"))
