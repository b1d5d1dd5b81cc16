"""Failed hand-overs are tried again at the stated times, and then no more."""

from hypothesis import given
from hypothesis import strategies as st

from wegweiser.deliver.schedule import DELAYS_S, LONGEST_WAIT_S, next_try_at

TRIES = st.integers(1, len(DELAYS_S) - 1)
JITTER = st.floats(0, 1, exclude_max=True)


def test_the_delays_are_those_of_the_specification():
    tries = range(1, len(DELAYS_S))
    waits_s = [(next_try_at(made, 0, 0.5) or 0) / 1000 for made in tries]
    assert waits_s == [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    assert next_try_at(len(DELAYS_S), 0, 0.5) is None


@given(TRIES, JITTER)
def test_jitter_moves_a_try_by_a_tenth_at_most(tries, jitter):
    wait_s = next_try_at(tries, 0, jitter) / 1000
    assert 0.9 * DELAYS_S[tries] <= wait_s <= 1.1 * DELAYS_S[tries]


@given(TRIES, JITTER, st.integers(0, 10**9))
def test_the_receivers_wish_is_obeyed_up_to_a_day(tries, jitter, asked_s):
    wait_s = next_try_at(tries, 0, jitter, asked_s) / 1000
    assert wait_s >= min(asked_s, LONGEST_WAIT_S)
    assert wait_s <= max(1.1 * DELAYS_S[tries], min(asked_s, LONGEST_WAIT_S))
