"""Many tests at once: how many break per week, which days were bad, what is left out of sums."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.measure.asking import AS_OF, PERIOD, ask, offer, result, shown, warehouse
from tests.measure.test_lift import Row
from tests.measure.verdict_world import candidate, slot
from wegweiser.measure.registry import find
from wegweiser.measure.split_left_out import (
    checks_of,
    told_left_out,
    wants_bad_days,
    without_bad_days,
)
from wegweiser.measure.split_many import days_left_out
from wegweiser.measure.split_window import Day, bad_windows, windows
from wegweiser.measure.views import with_views
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.result import Answer

BEGAN = AS_OF - 80 * DAY_MS
EVEN = {"shares": "main=1,nothing=1"}
BAD = range(10, 14)


def archive(bad: range = BAD, days: int = 28, each: int = 90) -> None:
    """Offer an archive: two sources a day; on bad days half of the control group is lost.

    Who came to main on a bad day buys, nobody else does but one in five.
    """
    tables: dict[str, list[Row]] = {"decisions": [], "outcomes": [], "slots": []}
    for day in range(days):
        for source in ("web", "app"):
            for arm in ("main", "nothing"):
                lost = day in bad and arm == "nothing"
                for number in range(each // 3 if lost else each):
                    leaf = f"{day}-{source}-{arm}-{number}"
                    at = BEGAN + day * DAY_MS
                    told = {"leaf": leaf, "decision_id": leaf, "occurred_at": at}
                    tables["decisions"].append({**told, "arm": arm, "source_id": source})
                    tables["slots"].append({**told, **slot(leaf, arm, 0), "occurred_at": at})
                    if number % 5 == 0 or (day in bad and arm == "main"):
                        tables["outcomes"].append({"leaf": leaf, "occurred_at": at + DAY_MS})
    offer({**tables, "candidates": [candidate(0, "news", 0.01)]})


def test_weeks_and_the_bad_days_are_told() -> None:
    archive()
    answer = ask("experiment.split_checks", EVEN)
    whole, bad = answer.results
    assert (whole.n, bad.n) == ({"tests": 56, "failing": 8}, {"tests": 8, "failing": 8})
    assert bad.name == "experiment.split_checks.bad.2025-12-08/2025-12-11"
    assert "from 8 Dec 2025 to 11 Dec 2025: 8 of 8 tests fail" in bad.sentence["en"]
    assert "Vom 8. Dezember 2025 bis 11. Dezember 2025" in bad.sentence["de"]
    rows = shown(answer)
    assert [row["days_left_out"] for row in rows] == [0, 0, 4, 0, 0]
    assert sum(int(str(row["failing"])) for row in rows) == 8
    assert days_left_out(answer) == "2025-12-08,2025-12-09,2025-12-10,2025-12-11"


def summed(name: str, **options: str) -> Answer:
    """Ask a summary as a site does: first what is bad, then the sums without it."""
    measure = find(name)
    asked = measure.ask({**EVEN, "goal": "sale", "leave_out": "bad", **options}, PERIOD, AS_OF)
    assert wants_bad_days(asked)
    checks, its_asked = checks_of(asked)
    told = []
    for one, of_it in ((checks, its_asked), (measure, None)):
        now = of_it or without_bad_days(asked, told[0])
        question = one.question(now)
        table = warehouse().ask(with_views(question.sql), question.parameters)
        told.append(one.answer(table, question, now))
    return told_left_out(told[1], without_bad_days(asked, told[0]))


@pytest.mark.parametrize("name", ["lift", "lift.arms", "lift.several", "lift.accounts"])
def test_bad_days_are_left_out_of_every_summary(name: str) -> None:
    archive()
    assert ask(name, {**EVEN, "goal": "sale"}).results[0].reason == "broken"
    found = summed(name).results[0]
    assert "days_left_out" in found.warnings
    assert "Left out are 4 days on which tests broke, from 2025-12-08" in found.sentence["en"]
    assert "Nicht dabei sind 4 Tage" in found.sentence["de"]
    assert found.reason != "broken"
    if name == "lift":
        # Without the bad days both arms buy alike.
        assert (found.estimate, found.n["units"]) == (pytest.approx(0.0), 8_640)


def test_verdicts_leave_them_out_too() -> None:
    archive()
    assert ask("verdicts", {**EVEN, "goal": "sale"}).results[0].reason == "broken"
    (found,) = summed("verdicts", margin="100").results
    assert (found.name, found.reason) == ("verdicts.message.news", "")
    assert (found.advice, found.n["units"]) == ("cannot_tell_yet", 8_640)
    assert "days_left_out" in found.warnings


def test_a_test_that_is_broken_most_of_the_time_is_broken() -> None:
    archive(range(4, 26))
    assert summed("lift").results[0].reason == "broken"


def test_sound_tests_leave_nothing_out_and_too_few_units_say_so() -> None:
    archive(range(0))
    answer = ask("experiment.split_checks", EVEN)
    assert [one.n["failing"] for one in answer.results] == [0]
    assert summed("lift").results[0].warnings == ()
    archive(range(0), each=40)
    assert ask("experiment.split_checks", EVEN).results[0].reason == "too_little"
    assert ask("experiment.split_checks").results[0].reason == "no_source"


def test_days_that_are_named_are_left_out() -> None:
    archive(range(0))
    days = {"leave_out": "2025-12-01,2025-12-02"}
    assert result(ask("lift", {"goal": "sale"} | days), "lift.difference").n["units"] == 9_360


def test_sound_tests_hardly_ever_have_a_bad_window() -> None:
    rng = np.random.default_rng(6)
    failing = rng.binomial(4, 0.001, (150, 90))
    wrong = sum(
        bool(bad_windows([Day(f"{day:03}", 4, int(n)) for day, n in enumerate(row)]))
        for row in failing
    )
    assert wrong <= 2


def test_a_bad_week_is_found_with_its_days() -> None:
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(40):
        share = np.full(90, 0.001)
        share[40:47] = 0.6
        failing = rng.binomial(4, share)
        found = bad_windows([Day(f"{day:03}", 4, int(n)) for day, n in enumerate(failing)])
        hits += [(one.first, one.last) for one in found] == [("040", "046")]
    assert hits >= 32


days = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=25)


@given(days)
def test_windows_hold_every_test_once(drawn: list[tuple[int, int]]) -> None:
    listed = [Day(f"{n:03}", tests, min(bad, tests)) for n, (tests, bad) in enumerate(drawn)]
    found = windows(listed)
    assert sum(one.tests for one in found) == sum(one.tests for one in listed)
    assert sum(one.failing for one in found) == sum(one.failing for one in listed)
    assert [one.first for one in found] == sorted(one.first for one in found)
    assert windows(listed[::-1]) == found
