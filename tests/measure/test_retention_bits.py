"""Law: who comes again is the same counted in bits and counted in rows, in every zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.measure.asking import AS_OF, offer, warehouse
from wegweiser.measure.form import Asked, Row, rows_of
from wegweiser.measure.registry import find
from wegweiser.measure.views import with_views
from wegweiser.measure.web.retention_question import (
    MOST_BITS,
    most_buckets,
    question,
    question_in_bits,
    question_in_rows,
)
from wegweiser.query.period import Period
from wegweiser.terms.instant import DAY_MS, HOUR_MS, MINUTE_MS
from wegweiser.terms.result import Question

# With clocks that turn at midnight, by half an hour, over the date line, or never.
ZONES = ("UTC", "Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia",
         "Asia/Kathmandu", "Asia/Beirut")  # fmt: skip
FIRST = AS_OF - 150 * DAY_MS
LEAVES = "abcdef"
# Two persons have two leaves each; the others stand for themselves, one of them by name.
OWNERS = [("a", "p1"), ("b", "p1"), ("c", "p2"), ("d", "p2"), ("e", "p3")]
ASKED: tuple[dict[str, str], ...] = (
    {},
    {"back": "Order Completed"},
    {"began": "Order Completed", "back": "page"},
    {"back": "goal:sale"},
    {"began": "goal", "back": "page"},
    {"unit": "account"},
)
moments = st.builds(
    lambda day, quarter, rest: FIRST + day * DAY_MS + quarter * 15 * MINUTE_MS + rest,
    st.integers(0, 140),
    # Around midnight, by the clocks of one zone or another.
    st.one_of(st.integers(-8, 8), st.integers(-52, 56)),
    st.sampled_from([0, 1, 15 * MINUTE_MS - 1]),
)
things = st.tuples(st.sampled_from(LEAVES), moments, st.sampled_from(["page", "order", "goal"]))


def world(done: list[tuple[str, int, str]]) -> None:
    rows = [{"leaf": leaf, "occurred_at": at, "group_id": f"g{leaf}"} for leaf, at, _ in done]
    kinds = [kind for _, _, kind in done]
    order = {"type": "track", "name": "Order Completed", "trust": 2}
    offer(
        {
            "events": [
                row | (order if kind == "order" else {"path": "/"})
                for row, kind in zip(rows, kinds, strict=True)
                if kind != "goal"
            ],
            "outcomes": [row for row, kind in zip(rows, kinds, strict=True) if kind == "goal"],
            "leaves": [{"leaf": leaf, "person_id": person} for leaf, person in OWNERS],
        }
    )


def asked_of(options: dict[str, str], period: Period, as_of: int = AS_OF) -> Asked:
    return find("web.retention").ask(options, period, as_of)


def table(asked: Question) -> list[Row]:
    return rows_of(warehouse().ask(with_views(asked.sql), asked.parameters))


@settings(max_examples=40)
@given(
    done=st.lists(things, max_size=25),
    options=st.sampled_from(ASKED),
    per=st.sampled_from(["week", "month"]),
    zone=st.sampled_from(ZONES),
    start=moments,
    length=st.integers(1, 100 * DAY_MS),
    known_days=st.integers(-20, 150),
)
def test_bits_and_rows_give_the_same_figures(
    done: list[tuple[str, int, str]],
    options: dict[str, str],
    per: str,
    zone: str,
    start: int,
    length: int,
    known_days: int,
) -> None:
    world(done)
    period = Period(start, start + length, zone)
    asked = asked_of({**options, "per": per}, period, FIRST + known_days * DAY_MS)
    assert table(question_in_bits(asked)) == table(question_in_rows(asked))


def test_both_ways_count_who_comes_again_at_the_last_bit() -> None:
    start = FIRST - 4 * DAY_MS
    assert datetime.fromtimestamp(start / 1000, UTC).weekday() == 0
    weeks = MOST_BITS - 3
    asked = asked_of({}, Period(start, start + weeks * 7 * DAY_MS), AS_OF + 10_000 * DAY_MS)
    assert most_buckets(asked) == MOST_BITS
    last = start + (weeks * 7 - 1) * DAY_MS
    world([(leaf, at, "page") for leaf in "ab" for at in (start, last)] + [("f", last, "page")])
    told = table(question(asked))
    counted = [(row["cohort"], row["distance"], row["units"]) for row in told]
    first, other = (
        datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d")
        for at in (start, start + (weeks - 1) * 7 * DAY_MS)
    )
    assert counted == [(first, 0, 1), (first, weeks - 1, 1), (other, 0, 1)]
    assert told == table(question_in_rows(asked))


def test_longer_periods_are_counted_in_rows() -> None:
    short = asked_of({}, Period(FIRST, FIRST + 400 * DAY_MS))
    assert question(short) == question_in_bits(short)
    for options, days in (({}, 420), ({"per": "month"}, 1_700)):
        long = asked_of(options, Period(FIRST, FIRST + days * DAY_MS))
        assert question(long) == question_in_rows(long)


@settings(max_examples=100)
@given(
    st.sampled_from(["week", "month"]),
    st.sampled_from(ZONES),
    st.integers(0, 30_000 * 24 * 4),
    st.integers(1, 420 * 24 * 4),
)
# One week that is an hour shorter, with a quarter of an hour before and after it.
@example("week", "Europe/Berlin", (1_774_220_400 - 900) // 900, (7 * 24 - 1) * 4 + 2)
def test_a_period_touches_no_more_buckets_than_there_are_bits(
    per: str, zone: str, start: int, length: int
) -> None:
    period = Period(start * 15 * MINUTE_MS, (start + length) * 15 * MINUTE_MS, zone)
    place = ZoneInfo(zone)
    hours = range(period.start, period.end, HOUR_MS)
    seen = {bucket_of(at, place, per) for at in (*hours, period.end - 1)}
    assert len(seen) <= most_buckets(asked_of({"per": per}, period))


def bucket_of(at: int, place: ZoneInfo, per: str) -> tuple[int, int]:
    local = datetime.fromtimestamp(at / 1000, place)
    return (local.year, local.month) if per == "month" else local.isocalendar()[:2]


@pytest.mark.parametrize("per", ["week", "month"])
def test_the_middle_of_a_bucket_may_be_where_the_period_begins(per: str) -> None:
    # Whoever came earlier in the bucket in which the period begins is of that cohort.
    start = FIRST + 5 * DAY_MS + 11 * HOUR_MS
    world([("a", start - 20 * HOUR_MS, "page"), ("f", start + HOUR_MS, "page")])
    asked = asked_of({"per": per}, Period(start, start + 30 * DAY_MS, "Asia/Kathmandu"))
    [row] = [row for row in table(question_in_bits(asked)) if row["distance"] == 0]
    assert row["units"] == 2
    assert table(question_in_bits(asked)) == table(question_in_rows(asked))
