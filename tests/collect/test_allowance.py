"""The laws of rates and quotas: never more than allowed, and never for ever nothing."""

from hypothesis import given
from hypothesis import strategies as st

from wegweiser.collect.allowance import (
    LONGEST_WAIT_S,
    Bucket,
    Spent,
    burst_of,
    quota_wait_s,
    wait_s,
)
from wegweiser.terms.instant import DAY_MS

rates = st.floats(0.01, 1_000)
bursts = st.one_of(st.none(), st.integers(1, 1_000))
bodies = st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 500)), max_size=60)


@given(rates, bursts, bodies)
def test_no_stretch_of_time_takes_more_than_rate_burst_and_one_body(
    rate: float, burst: int | None, sent: list[tuple[int, int]]
) -> None:
    size = burst_of(rate, burst)
    bucket, now, taken = Bucket(size, 0), 0, 0
    largest = max((count for _, count in sent), default=0)
    for pause_ms, count in sent:
        now += pause_ms
        bucket.fill(rate, size, now)
        if not wait_s(bucket, rate):
            bucket.tokens -= count
            taken += count
        assert taken <= size + rate * now / 1_000 + largest + 1e-6


@given(rates, bursts, st.integers(1, 5_000))
def test_whoever_waits_as_told_may_send_in_the_end(
    rate: float, burst: int | None, count: int
) -> None:
    size = burst_of(rate, burst)
    bucket, now, waits = Bucket(size, 0), 0, 0
    bucket.tokens -= count
    while wait := wait_s(bucket, rate):
        assert 1 <= wait <= LONGEST_WAIT_S
        now += wait * 1_000
        bucket.fill(rate, size, now)
        waits += 1
        assert waits <= 2 + (count + 1) / rate / LONGEST_WAIT_S


@given(st.floats(0.01, 100), st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_clock_set_back_gives_nothing_for_free(rate: float, now: int, back: int) -> None:
    bucket = Bucket(0.0, now)
    bucket.fill(rate, 10.0, now - back)
    assert bucket.tokens == 0.0


@given(st.integers(1, 1_000), st.lists(st.tuples(st.integers(0, DAY_MS // 2), st.integers(1, 50))))
def test_a_day_takes_its_quota_and_one_body_at_most(
    quota: int, sent: list[tuple[int, int]]
) -> None:
    spent, now = Spent(), 0
    by_day: dict[int, list[int]] = {}
    for pause_ms, count in sent:
        now += pause_ms
        if not quota_wait_s(spent, quota, now):
            spent.add(count, now)
            by_day.setdefault(now // DAY_MS, []).append(count)
        assert 0 <= quota_wait_s(spent, quota, now) <= LONGEST_WAIT_S
    for counts in by_day.values():
        assert sum(counts[:-1]) < quota
