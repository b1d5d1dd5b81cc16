"""The split check: since when it is broken, which part broke, and what counts beside the split."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.measure.asking import AS_OF, ask, offer, shown
from wegweiser.measure.compare import Arm
from wegweiser.measure.experiment import split_evidence
from wegweiser.measure.form import Row
from wegweiser.measure.split_trace import (
    apart_before,
    broken_parts,
    broken_since,
    day_of,
    exposures_apart,
    first_broken_day,
)
from wegweiser.terms.instant import DAY_MS

START = AS_OF - 60 * DAY_MS
EVEN = {"shares": "main=1,nothing=1"}


def decisions(counts: dict[str, int], day: int = 0, **more: object) -> list[Row]:
    """Make units of each arm that are first triggered on one day."""
    return [
        {
            "leaf": f"{more}{day}-{arm}-{number}",
            "decision_id": f"{more}{day}-{arm}-{number}",
            "arm": arm,
            "occurred_at": START + day * DAY_MS,
            **more,  # type: ignore[dict-item]
        }
        for arm, count in counts.items()
        for number in range(count)
    ]


def test_a_sound_split_is_sound() -> None:
    offer({"decisions": decisions({"main": 210, "nothing": 190})})
    answer = ask("experiment.split_check", EVEN)
    assert [result.reason for result in answer.results] == [""]
    assert [row["units"] for row in shown(answer)] == [210, 190]


def test_a_split_that_broke_names_its_first_day() -> None:
    rows = decisions({"main": 300, "nothing": 300})
    rows += decisions({"main": 200, "nothing": 10}, day=3)
    offer({"decisions": rows})
    (result,) = ask("experiment.split_check", EVEN).results
    assert (result.reason, result.verdict, result.estimate) == ("broken", "broken", None)
    assert result.sentence["en"].endswith("It shows since 2025-12-21.")
    assert result.sentence["de"].endswith("Es zeigt sich seit 2025-12-21.")


def test_it_stays_broken_though_the_total_has_evened_out() -> None:
    rows = decisions({"main": 400, "nothing": 200})
    rows += decisions({"main": 200, "nothing": 400}, day=3)
    offer({"decisions": rows})
    assert ask("experiment.split_check", EVEN).results[0].reason == "broken"


def test_the_part_that_broke_is_named() -> None:
    rows = decisions({"main": 300, "nothing": 300}, source_id="web")
    rows += decisions({"main": 200, "nothing": 90}, source_id="shop")
    offer({"decisions": rows})
    whole, part = ask("experiment.split_check", {**EVEN, "planned_units": "890"}).results
    assert whole.reason == "broken"
    assert part.name == "experiment.split_check.source.shop"
    assert "die Quelle shop" in part.sentence["de"]


def test_the_device_that_broke_is_named() -> None:
    rows = decisions({"main": 300, "nothing": 300}) + decisions({"main": 200, "nothing": 90}, 1)
    events = [
        {
            "leaf": row["leaf"],
            "occurred_at": START,
            "device": "phone" if row["occurred_at"] != START else "desktop",
        }
        for row in rows
    ]
    offer({"decisions": rows, "events": events})
    answer = ask("experiment.split_check", {**EVEN, "planned_units": "890"})
    assert [one.name for one in answer.results[1:]] == ["experiment.split_check.device.phone"]


def test_arms_that_differed_before_are_broken() -> None:
    rows = decisions({"main": 200, "nothing": 200})
    goals = [
        {"leaf": row["leaf"], "occurred_at": START - DAY_MS}
        for number, row in enumerate(rows)
        if row["arm"] == "main" and number % 4 == 0
    ]
    offer({"decisions": rows, "outcomes": goals})
    (result,) = ask("experiment.split_check", EVEN).results
    assert "differed from the others before it began" in result.sentence["en"]


def test_unequal_exposures_and_units_in_two_arms_are_warned_of() -> None:
    rows = decisions({"main": 300, "nothing": 300})
    rows.append({**rows[0], "arm": "nothing", "decision_id": "again"})
    seen = [
        {"decision_id": row["decision_id"], "occurred_at": START, "exposure_id": row["leaf"]}
        for number, row in enumerate(rows)
        if row["arm"] == "main" or number % 2 == 0
    ]
    offer({"decisions": rows, "exposures": seen})
    (result,) = ask("experiment.split_check", EVEN).results
    assert result.warnings == ("units_in_two_arms", "exposures_differ")


def test_every_value_of_a_part_broken_names_none() -> None:
    shares = {"a": 0.5, "b": 0.5}
    counts = {("source", "x"): {"a": 200, "b": 100}, ("source", "y"): {"a": 200, "b": 100}}
    assert broken_parts(counts, shares) == []


def test_what_is_too_few_says_nothing() -> None:
    assert apart_before({"a": Arm(99, 0.0, 0.0), "b": Arm(500, 400.0, 400.0)})["a"] == 0.0
    assert exposures_apart({"a": 50, "b": 0}, {"a": 100, "b": 100}) == 1.0
    assert exposures_apart({"a": 100, "b": 100}, {"a": 100, "b": 100}) == 1.0


def test_a_sound_split_looked_at_daily_is_hardly_ever_called_broken() -> None:
    rng = np.random.default_rng(5)
    shares = {"main": 0.9, "nothing": 0.1}
    wrong = 0
    for _ in range(300):
        daily = rng.multinomial(60, list(shares.values()), 30)
        days = {
            f"{day:02}": dict(zip(shares, map(int, row), strict=True))
            for day, row in enumerate(daily)
        }
        wrong += first_broken_day(days, shares) is not None
    # One in 1,000 is promised, so that more than 4 of 300 come with a chance below 1 in 10,000.
    assert wrong <= 4


@given(st.lists(st.integers(1, 400), min_size=2, max_size=5))
def test_the_evidence_does_not_depend_on_the_order_of_arms(counts: list[int]) -> None:
    shares = [1 / len(counts)] * len(counts)
    one, other = split_evidence(counts, shares), split_evidence(counts[::-1], shares)
    assert one == pytest.approx(other)


def test_an_a_a_test_that_loses_units_of_one_arm_is_refused() -> None:
    """One in ten lost: at the planned end at once, while it runs as soon as that is sure."""
    for lost, planned in ((2_700, "5700"), (2_600, "0")):
        offer({"decisions": decisions({"main": 3_000, "nothing": lost})})
        _is_refused({**EVEN, "planned_units": planned})


def _is_refused(options: dict[str, str]) -> None:
    for name in ("experiment.split_check", "lift"):
        answer = ask(name, options)
        assert [result.reason for result in answer.results] == ["broken"]
        assert all(result.estimate is None for result in answer.results)


def test_a_chance_for_one_look_breaks_no_test_that_runs_and_is_told() -> None:
    offer({"decisions": decisions({"main": 3_000, "nothing": 2_700})})
    (found,) = ask("experiment.split_check", EVEN).results
    assert (found.reason, found.verdict) == ("", "")
    assert found.estimate == pytest.approx(15.789, abs=1e-3)
    assert "it takes evidence of 1,000 against the plan, and there is 3" in found.sentence["en"]
    assert "braucht es Belege von 1.000" in found.sentence["de"]
    assert all(one.reason != "broken" for one in ask("lift", EVEN).results)
    planned = {**EVEN, "planned_units": "5700"}
    broken = ask("experiment.split_check", planned).results[0]
    assert broken.sentence["en"].endswith(f"It shows since {_day(0)}.")
    later = {**EVEN, "planned_units": "5701"}
    assert ask("experiment.split_check", later).results[0].reason == ""


def _day(number: int) -> str:
    return day_of(START + number * DAY_MS, "UTC")


def test_units_after_the_planned_end_change_nothing() -> None:
    days = {"2026-01-01": {"a": 2_000, "b": 1_900}, "2026-01-02": {"a": 1_000, "b": 800}}
    sound = days | {"2026-01-03": {"a": 5_000, "b": 5_300}}
    even = {"a": 0.5, "b": 0.5}
    assert broken_since(sound, even, 5_000, "2026-02-01") == "2026-01-02"
    assert broken_since(sound, even, 3_900, "2026-02-01") is None
    assert broken_since(sound, even, 0, "2026-02-01") is None
    # A day that is not over is no end yet.
    assert broken_since(days, even, 5_000, "2026-01-02") is None


daily = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=12).map(
    lambda drawn: {f"2026-01-{day + 1:02}": {"a": a, "b": b} for day, (a, b) in enumerate(drawn)}
)


@given(daily, daily, st.integers(0, 3_000))
def test_once_broken_always_broken(
    days: dict[str, dict[str, int]], later: dict[str, dict[str, int]], planned: int
) -> None:
    shares = {"a": 0.5, "b": 0.5}
    more = days | {day.replace("2026", "2027"): counts for day, counts in later.items()}
    found = broken_since(days, shares, planned, "2027-01-01")
    if found is not None:
        assert broken_since(more, shares, planned, "2028-01-01") == found
