"""Series from outside: ranked and dated, never sized; own counts make them surer."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.measure.asking import ask, offer, result, shown
from tests.measure.trend_world import FIRST, WEEK_MS, Row, searches
from wegweiser.measure.trend.indexed import began, flags_then, index_flags
from wegweiser.measure.trend.stood_still import flat_runs, known_then
from wegweiser.query.period import Period
from wegweiser.terms.instant import DAY_MS, day_of
from wegweiser.terms.result import Answer

WEEKS = 40


def outside(name: str, values: list[float], **more: object) -> list[Row]:
    first = day_of(FIRST)
    told: Row = {"file": "market.csv", "role": "index", "received_at": 0} | more
    return [
        told | {"name": name, "day": first + 7 * number + 2, "value": value}
        for number, value in enumerate(values)
    ]


def asked(weeks: int = WEEKS) -> Answer:
    end = FIRST + weeks * WEEK_MS
    return ask("trend.outside", {}, Period(FIRST, end), end)


def noise(level: float, seed: int) -> list[float]:
    return np.random.default_rng(seed).normal(level, level / 20, WEEKS).round().tolist()


def test_a_rise_is_named_and_dated_and_its_confidence_is_low() -> None:
    rise = [*noise(20, 1)[: WEEKS - 3], 40.0, 45.0, 44.0]
    offer({"imported_series": outside("heat pumps", rise) + outside("boilers", noise(30, 2))})
    answer = asked()
    found = shown(answer)
    assert [row["status"] for row in found] == ["rising", "steady"]
    assert (found[0]["name"], found[0]["own_counts"], found[0]["confidence"]) == (
        "heat pumps",
        "",
        "low",
    )
    assert str(found[0]["began"]) <= str(found[0]["since"])
    assert answer.estimate == 1
    assert "growth" not in answer.columns


def test_own_counts_that_agree_make_it_surer() -> None:
    rise = [*noise(20, 1)[: WEEKS - 3], 40.0, 45.0, 44.0]
    own = {"heat pumps": [20] * (WEEKS - 3) + [60] * 3, "boots": [80] * WEEKS}
    offer({"imported_series": outside("Heat Pumps", rise), "events": searches(own)})
    [agree] = shown(asked())
    assert (agree["own_counts"], agree["confidence"]) == ("agree", "medium")
    offer(
        {
            "imported_series": outside("Heat Pumps", rise),
            "events": searches(own | {"heat pumps": [20] * WEEKS}),
        }
    )
    [differ] = shown(asked())
    assert (differ["own_counts"], differ["confidence"]) == ("differ", "low")


def test_a_source_that_stands_still_is_broken_and_no_trend() -> None:
    first = day_of(FIRST)
    values = [*np.random.default_rng(3).normal(20, 2, 100), *[50.0] * 60]
    rows: list[Row] = [
        {"file": "f", "role": "index", "received_at": 0, "name": "s", "day": first + n, "value": v}
        for n, v in enumerate(values)
    ]
    offer({"imported_series": rows})
    answer = ask("trend.outside", {}, Period(FIRST, FIRST + 161 * DAY_MS), FIRST + 161 * DAY_MS)
    assert answer.estimate == 0
    broken = result(answer, "trend.outside.broken.s.2024-04-10")
    assert broken.reason == "broken"
    assert "always the same value" in broken.sentence["en"]


def test_only_series_of_the_role_index_are_read_and_without_any_it_says_so() -> None:
    offer({"imported_series": outside("sales", noise(10, 1), role="sales")})
    assert asked().results[0].reason == "no_source"
    offer({"imported_series": outside("young", [1.0] * 6)})
    assert asked().results[0].reason == "too_little"


series = st.lists(st.integers(0, 100), min_size=12, max_size=60)


@given(values=series, cut=st.integers(1, 59))
def test_what_comes_later_changes_no_flag(values: list[int], cut: int) -> None:
    whole = np.array(values, dtype=np.float64)
    flags, early = index_flags(whole, "month"), index_flags(whole[:cut], "month")
    np.testing.assert_array_equal(flags.rising[:cut], early.rising)
    np.testing.assert_array_equal(flags.strength[:cut], early.strength)


@given(values=series, cut=st.integers(1, 59))
def test_a_flat_run_that_is_known_stays_known(values: list[int], cut: int) -> None:
    whole = np.array([*values, *[7] * 20, *values[::-1]], dtype=np.float64)
    early = flat_runs(whole[:cut])
    assert [first for first, _ in early] == [first for first, _ in flat_runs(whole)][: len(early)]


@st.composite
def daily(draw: st.DrawFn) -> list[int]:
    """Days of a source that varies, stands still for a while, jumps, or stands still again."""
    parts = draw(
        st.lists(
            st.one_of(
                st.lists(st.integers(0, 40), min_size=5, max_size=40),
                st.builds(
                    lambda value, days: [value] * days, st.integers(0, 90), st.integers(2, 40)
                ),
            ),
            min_size=2,
            max_size=7,
        )
    )
    return list(range(90)) * draw(st.integers(0, 1)) + [value for part in parts for value in part]


@given(values=daily(), share=st.floats(0.1, 1))
def test_no_period_is_judged_by_later_days(values: list[int], share: float) -> None:
    """Whatever comes after the end of a period, also that the source stood still before it."""
    whole = np.array(values, dtype=np.float64)
    weeks = np.arange(len(whole)) // 7
    end = max(1, int(share * (len(whole) // 7)))
    known = known_then(whole, weeks.tolist(), end)
    early = known_then(whole[: 7 * end], weeks[: 7 * end].tolist(), end)
    for late, soon in zip(known, early, strict=True):
        np.testing.assert_array_equal(late, soon)
    flags, before = flags_then(known, "week"), flags_then(early, "week")
    for name in ("rising", "strength", "ratio", "expected"):
        np.testing.assert_array_equal(getattr(flags, name), getattr(before, name))
    for at in np.flatnonzero(before.rising).tolist():
        assert began(known[at], at) == began(early[at], at)


def test_all_that_is_told_of_a_week_stays_whatever_comes_later() -> None:
    """The source stands still from within a week on, and it is known weeks later."""
    rng = np.random.default_rng(4)
    values = [*rng.normal(20, 2, 120), *rng.normal(48, 2, 26), *[90.0] * 40, *rng.normal(20, 2, 40)]
    first = day_of(FIRST)
    rows: list[Row] = [
        {"file": "f", "role": "index", "received_at": 0, "name": "s", "day": first + n, "value": v}
        for n, v in enumerate(values)
    ]
    offer({"imported_series": rows})
    told = {}
    for weeks in range(12, 33):
        # Asked at any day of a week it tells of the last week that is over.
        ends = (FIRST + (7 * weeks + n) * DAY_MS for n in (0, 3))
        whole, within = (ask("trend.outside", {}, Period(FIRST, end), end) for end in ends)
        assert shown(whole)[0] == shown(within)[0]
        told[weeks] = shown(whole)[0]
    rises = [weeks for weeks, row in told.items() if row["status"] == "rising"]
    assert rises
    # No week of the 40 equal days is called a rise for their sake: 146 to 185 are weeks 21 to 27.
    assert all(told[weeks]["status"] == "steady" for weeks in range(24, 28))
    assert "2024-05-26" in str(told[32]["broken"])


@given(values=series, factor=st.sampled_from([0.5, 2.0, 16.0]))
def test_the_unit_of_an_index_changes_nothing(values: list[int], factor: float) -> None:
    whole = np.array(values, dtype=np.float64)
    flags, scaled = index_flags(whole, "week"), index_flags(whole * factor, "week")
    np.testing.assert_array_equal(flags.rising, scaled.rising)
