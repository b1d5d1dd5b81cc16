"""Courses and flows: the same stage as a single reading, and sums that come out."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tests.profile.test_stage import KERNEL, at_minute, facts, looks
from wegweiser.profile.stage import read_stage
from wegweiser.profile.stage_course import read_course
from wegweiser.profile.stage_flow import SHOWN, WAYS, Moved, against_the_tide, flow_of
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.journey import Sign

moved = st.builds(
    Moved,
    st.uuids().map(str),
    st.tuples(*[st.sampled_from(SHOWN)] * 4),
    st.frozensets(st.sampled_from(["pricing", "demo"])),
)


@given(
    st.lists(looks | facts, max_size=8),
    st.lists(st.integers(0, 70), min_size=1, max_size=6),
)
def test_a_course_shows_what_a_reading_at_each_moment_shows(
    found: list[Sign], days: list[int]
) -> None:
    signs = sorted(found, key=lambda sign: sign.minute)
    marks = sorted(day * DAY_MS for day in days)
    read = [read_stage(KERNEL, signs, mark) for mark in marks]
    expected = [one.stage if one.known and one.entries else "unknown" for one in read]
    assert list(read_course(KERNEL, signs, marks, KERNEL.start)) == expected


def test_a_course_changes_with_what_is_seen_between_its_marks() -> None:
    deal = [Sign(at_minute(0), "won", factors=tuple(float(i == 5) for i in range(8)))]
    assert read_course(KERNEL, deal, (-DAY_MS, DAY_MS), KERNEL.start) == ("unknown", "customer")


@given(st.lists(moved, max_size=30))
def test_start_and_in_less_out_is_end_and_every_move_has_one_way(found: list[Moved]) -> None:
    flow = flow_of(found, 1.0)
    for one in flow.balances:
        assert one.start + one.came - one.left == one.end
        assert not found or (one.marks[0], one.marks[-1]) == (one.start, one.end)
        assert 0 <= one.mean_days <= 3
    assert sum(flow.ways.values()) == sum(flow.cells.values()) == flow.of_all == len(found)
    ever = sum(
        one.mean_days * sum(one.stage in each.stages[:-1] for each in found)
        for one in flow.balances
    )
    assert abs(ever - 3 * len(found)) < 1e-6


@given(st.lists(moved, max_size=30))
def test_counting_all_at_once_is_counting_one_by_one(found: list[Moved]) -> None:
    flow = flow_of(found, 1.5)
    assert flow.cells == Counter(one.step for one in found)
    assert flow.ways == {way: sum(one.way == way for one in found) for way in WAYS}
    for one in flow.balances:
        stood = [sum(stage == one.stage for stage in each.stages[:-1]) for each in found]
        ever = sum(count > 0 for count in stood)
        assert one.mean_days == (sum(stood) * 1.5 / ever if ever else 0.0)
        columns = zip(*(each.stages for each in found), strict=True)
        assert one.marks == tuple(column.count(one.stage) for column in columns)
    for told in flow.touched:
        those = [one for one in found if told.what in one.touched]
        assert told.by_way == {way: sum(one.way == way for one in those) for way in WAYS}
    assert {told.what for told in flow.touched} == {what for one in found for what in one.touched}


@given(st.lists(moved, max_size=30))
def test_against_the_tide_are_fewer_than_those_with_it(found: list[Moved]) -> None:
    for one in against_the_tide(found):
        same = [each.way for each in found if each.stages[0] == one.stages[0]]
        other = {"forward": "back", "back": "forward"}[one.way]
        assert same.count(other) > same.count(one.way)
