"""Courses and flows: the same stage as a single reading, and sums that come out."""

from hypothesis import given
from hypothesis import strategies as st

from tests.profile.test_stage import KERNEL, at_minute, facts, looks
from wegweiser.profile.stage import read_stage
from wegweiser.profile.stage_course import read_course
from wegweiser.profile.stage_flow import SHOWN, Moved, against_the_tide, flow_of
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
def test_against_the_tide_are_fewer_than_those_with_it(found: list[Moved]) -> None:
    for one in against_the_tide(found):
        same = [each.way for each in found if each.stages[0] == one.stages[0]]
        other = {"forward": "back", "back": "forward"}[one.way]
        assert same.count(other) > same.count(one.way)
