"""Funnel, retention and paths: their rules, and the same figures by slow loops over events."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.asking import AS_OF, ask, offer, result, shown
from wegweiser.measure.form import whole
from wegweiser.query.period import Period
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS, HOUR_MS, MINUTE_MS

START = AS_OF - 70 * DAY_MS
PERIOD = Period(START, START + 40 * DAY_MS)
WINDOW_DAYS = 3
STEPS = ("path:/prices", "Demo Booked", "goal")
Event = dict[str, object]


def view(leaf: str, at: int, path: str, **more: object) -> Event:
    return {"leaf": leaf, "occurred_at": at, "path": path, **more}


def done(leaf: str, at: int, name: str) -> Event:
    return {"leaf": leaf, "occurred_at": at, "type": "track", "name": name, "trust": 2}


def funnel(steps: str, **options: str) -> list[int]:
    rows = shown(ask("web.funnel", {"steps": steps, **options}, PERIOD))
    return [whole(row, "units") for row in rows]


def crowd(*events: Event, size: int = 30) -> list[Event]:
    return [row | {"leaf": f"{row['leaf']}{n}"} for n in range(size) for row in events]


def test_steps_are_taken_in_order_and_within_the_window() -> None:
    at = START + DAY_MS
    offer(
        {
            "events": [
                *crowd(view("whole", at, "/prices"), done("whole", at + HOUR_MS, "Demo Booked")),
                *crowd(done("back", at, "Demo Booked"), view("back", at + 1, "/prices")),
                *crowd(view("late", at, "/prices"), done("late", at + 8 * DAY_MS, "Demo Booked")),
                # The second first step is in time where the first was not.
                *crowd(
                    view("again", at, "/prices"),
                    view("again", at + 6 * DAY_MS, "/prices"),
                    done("again", at + 8 * DAY_MS, "Demo Booked"),
                ),
            ]
        }
    )
    assert funnel("path:/prices > Demo Booked") == [120, 60]
    answer = ask("web.funnel", {"steps": "path:/prices > Demo Booked"}, PERIOD)
    assert shown(answer)[1]["median_s"] == (3600 + 2 * 86_400) / 2
    loss = result(answer, "web.funnel.largest_loss")
    assert loss.estimate == 60
    assert "between path:/prices and Demo Booked" in loss.sentence["en"]


def test_one_event_is_never_two_steps_but_one_moment_may_hold_two() -> None:
    at = START + DAY_MS
    offer({"events": crowd(view("a", at, "/prices"), done("a", at, "Demo Booked"))})
    assert funnel("path:/prices > Demo Booked") == [30, 30]
    assert funnel("Demo Booked > path:/prices") == [30, 30]
    assert funnel("page > path:/prices") == [30, 0]
    assert funnel("path:/p* > path:/prices") == [30, 0]
    assert funnel("Demo Booked > Demo Booked") == [30, 0]


def test_an_account_goes_together_and_bots_go_nowhere() -> None:
    at = START + DAY_MS
    one = crowd(view("a", at, "/prices"))
    other = crowd(done("b", at + 5, "Demo Booked"))
    for number, rows in enumerate(zip(one, other, strict=True)):
        for row in rows:
            row["group_id"] = f"account-{number}"
    robots = crowd(view("r", at, "/prices", bot=True, group_id="account-r"))
    offer({"events": [*one, *other, *robots]})
    steps = "path:/prices > Demo Booked"
    assert funnel(steps, unit="account") == [30, 30]
    assert funnel(steps) == [30, 0]


def test_who_still_has_time_is_not_counted_as_lost() -> None:
    late = AS_OF - 2 * DAY_MS
    offer({"events": crowd(view("a", late, "/prices"))})
    answer = ask("web.funnel", {"steps": "path:/prices > Demo Booked"})
    (found,) = answer.results
    assert (found.reason, found.n["open"]) == ("too_early", 30)
    offer({"events": crowd(view("a", late, "/prices"), view("b", START, "/prices"), size=31)})
    answer = ask("web.funnel", {"steps": "path:/prices > Demo Booked"})
    assert [(row["units"], row["still_open"]) for row in shown(answer)] == [(31, 31), (0, None)]


def test_rare_cuts_stand_together() -> None:
    at = START + DAY_MS
    offer(
        {
            "events": [
                *crowd(view("a", at, "/prices", source="news")),
                *crowd(view("b", at, "/prices", source="rare"), size=9),
            ]
        }
    )
    options = {"steps": "path:/prices > goal", "by": "source"}
    rows = shown(ask("web.funnel", options, PERIOD))
    assert {row["source"]: row["units"] for row in rows if row["step"] == 1} == {
        "news": 30, "(other)": 9,
    }  # fmt: skip


@pytest.mark.parametrize("steps", ["page", "page > ", "path:", "path > goal", "a>" * 9])
def test_steps_that_cannot_be_read_are_refused(steps: str) -> None:
    with pytest.raises(InputRefused):
        ask("web.funnel", {"steps": steps})


moments = st.integers(0, 60).map(lambda hours: START + hours * 6 * HOUR_MS)
happenings = st.lists(
    st.tuples(
        st.sampled_from("abc"), moments, st.sampled_from(["/prices", "/", "Demo Booked", "goal"])
    ),
    max_size=25,
)


def world(happened: Sequence[tuple[str, int, str]]) -> dict[str, list[Event]]:
    """Everything happens to 30 people alike, so that there is enough of it."""
    events, outcomes = [], []
    for leaf, at, what in happened:
        if what == "goal":
            outcomes.append({"leaf": leaf, "occurred_at": at})
        else:
            events.append(view(leaf, at, what) if what[0] == "/" else done(leaf, at, what))
    return {"events": crowd(*events), "outcomes": crowd(*outcomes)}


def reached(happened: Sequence[tuple[str, int, str]], leaf: str) -> int:
    """Try every first step, and after it always the earliest next one."""
    own = sorted((at, what) for one, at, what in happened if one == leaf)
    wanted = ("/prices", "Demo Booked", "goal")
    best = 0
    for began, what in own:
        if what != wanted[0] or began >= PERIOD.end:
            continue
        depth, now = 1, began
        for step in wanted[1:]:
            later = [at for at, what in own if what == step and at >= now]
            if not later or later[0] > began + WINDOW_DAYS * DAY_MS:
                break
            depth, now = depth + 1, later[0]
        best = max(best, depth)
    return best


@settings(max_examples=16)
@given(happened=happenings)
def test_a_funnel_agrees_with_a_slow_loop_and_never_rises(
    happened: list[tuple[str, int, str]],
) -> None:
    offer(world(happened))
    depths = Counter(reached(happened, leaf) for leaf in "abc")
    expected = [30 * sum(n for depth, n in depths.items() if depth >= step) for step in (1, 2, 3)]
    found = funnel(" > ".join(STEPS), window_days=str(WINDOW_DAYS))
    assert found == (expected if expected[0] else [])
    assert found == sorted(found, reverse=True)
    cut = funnel(" > ".join(STEPS), window_days=str(WINDOW_DAYS), by="path")
    assert [sum(cut[step::3]) for step in range(3)] == (found or [0, 0, 0])


def week_of(at: int) -> datetime:
    day = datetime.fromtimestamp(at / 1000, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


@settings(max_examples=10)
@given(seen=st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 45)), max_size=20))
def test_retention_agrees_with_a_slow_loop(seen: list[tuple[str, int]]) -> None:
    offer({"events": crowd(*[view(leaf, START + day * DAY_MS, "/") for leaf, day in seen])})
    in_period = [(leaf, START + day * DAY_MS) for leaf, day in seen if day < 40]
    weeks = {(leaf, week_of(at)) for leaf, at in in_period}
    first = {leaf: min(week for one, week in weeks if one == leaf) for leaf, _ in weeks}
    expected: Counter[tuple[str, int]] = Counter()
    for leaf, week in weeks:
        distance = (week - first[leaf]).days // 7
        expected[first[leaf].strftime("%Y-%m-%d"), distance] += 30
    rows = shown(ask("web.retention", {"distances": "20"}, PERIOD))
    found: Counter[tuple[str, int]] = Counter()
    for row in rows:
        found[str(row["cohort"]), whole(row, "distance")] += whole(row, "returned_so_far")
    assert +found == expected
    last = week_of(PERIOD.end)
    for row in rows:
        began = datetime.strptime(str(row["cohort"]), "%Y-%m-%d").replace(tzinfo=UTC)
        assert row["open"] == (began + timedelta(weeks=whole(row, "distance")) >= last)
        assert (row["returned"] is None) == row["open"]


def test_who_came_before_the_period_is_not_new_and_a_return_may_be_something_else() -> None:
    events = [
        *crowd(view("old", START - 30 * DAY_MS, "/"), view("old", START + DAY_MS, "/")),
        *crowd(view("new", START + DAY_MS, "/")),
        *crowd(done("new", START + 9 * DAY_MS, "Order Completed")),
    ]
    offer({"events": events})
    answer = ask("web.retention", {"back": "Order Completed", "distances": "2"}, PERIOD)
    week = result(answer, "web.retention.week_1")
    assert (week.n["units"], week.n["goals"]) == (30, 30)


def test_who_comes_again_is_a_person_however_many_leaves_count_for_them() -> None:
    leaves, events, goals = [], [], []
    for number in range(30):
        alone, first, second = (f"{name}{number}" for name in "abc")
        leaves += [{"leaf": alone, "person_id": f"p{number}"}]
        leaves += [{"leaf": leaf, "person_id": f"q{number}"} for leaf in (first, second)]
        events += [view(leaf, START + DAY_MS, "/") for leaf in (alone, first, second)]
        events += [view(second, START + 9 * DAY_MS, "/")]
        goals += [
            {"leaf": leaf, "occurred_at": START + 9 * DAY_MS, "goal": "sale"}
            for leaf in (alone, first)
        ]
    offer({"events": events, "leaves": leaves, "outcomes": goals})
    seen = ask("web.retention", {"distances": "2"}, PERIOD)
    week = result(seen, "web.retention.week_1")
    assert (week.n["units"], week.n["goals"]) == (60, 30)
    sold = ask("web.retention", {"back": "goal:sale", "distances": "2"}, PERIOD)
    week = result(sold, "web.retention.week_1")
    assert (week.n["units"], week.n["goals"]) == (60, 60)


def test_ways_of_few_people_stand_together_and_all_ways_sum_up() -> None:
    at = START + DAY_MS
    again, later = at + MINUTE_MS, at + 20 * MINUTE_MS
    common = crowd(view("a", at, "/"), view("a", again, "/"), view("a", later, "/prices"))
    rare = crowd(view("b", at, "/"), view("b", at + MINUTE_MS, "/odd"), size=9)
    offer({"events": [*common, *rare]})
    rows = shown(ask("web.paths", {"at": "/", "depth": "2"}, PERIOD))
    assert [(row["after_1"], row["after_2"], row["transitions"]) for row in rows] == [
        ("/prices", "(exit)", 30),
        ("(other)", "(other)", 9),
    ]
    before = shown(ask("web.paths", {"at": "/prices", "direction": "before", "depth": "3"}, PERIOD))
    assert [(row["before_1"], row["before_2"], row["before_3"]) for row in before] == [
        ("/", "(entry)", "")
    ]
    whole_table = shown(ask("web.paths", {}, PERIOD))
    # The page that was loaded anew is one step: 30 + 30 + 9 + 9.
    assert sum(whole(row, "transitions") for row in whole_table) == 78


def test_events_are_steps_of_a_way_where_wanted() -> None:
    at = START + DAY_MS
    book = done("a", at + MINUTE_MS, "Demo Booked") | {"trust": 1}
    offer({"events": crowd(view("a", at, "/prices"), book)})
    answer = ask("web.paths", {"at": "/prices", "steps": "both"}, PERIOD)
    assert shown(answer)[0]["after_1"] == "Demo Booked"
    assert "/prices > Demo Booked: 100.0%" in answer.results[0].sentence["en"]
    with pytest.raises(InputRefused, match="1 to 3"):
        ask("web.paths", {"depth": "4"})
