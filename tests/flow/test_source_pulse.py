"""A source's pulse: the order of requests means nothing, and silence is told with sense."""

from hypothesis import given
from hypothesis import strategies as st

from wegweiser.flow.source_pulse import LEAST_PAUSES, LEAST_SILENCE_MS, Heard, pulse_of

ROWS = st.lists(
    st.builds(
        Heard,
        at=st.integers(0, 10_000_000),
        elements=st.integers(0, 50),
        refused=st.integers(0, 5),
        delays_ms=st.lists(st.integers(0, 100_000), max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=20,
)


@given(rows=ROWS, silent_ms=st.integers(0, 10_000_000))
def test_the_order_of_requests_means_nothing(rows: list[Heard], silent_ms: int) -> None:
    now = max(one.at for one in rows) + silent_ms
    pulse = pulse_of(rows, now)
    assert pulse == pulse_of(rows[::-1], now)
    assert pulse.elements == sum(one.elements for one in rows)
    assert pulse.per_minute >= 0
    assert not pulse.late or silent_ms > LEAST_SILENCE_MS
    assert (pulse.usual_ms is None) == (len(rows) <= LEAST_PAUSES)


@given(rows=ROWS, silent_ms=st.integers(0, 10_000_000))
def test_longer_silence_never_makes_a_late_source_punctual(
    rows: list[Heard], silent_ms: int
) -> None:
    now = max(one.at for one in rows) + silent_ms
    assert pulse_of(rows, now + 60_000).late >= pulse_of(rows, now).late
