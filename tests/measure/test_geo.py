"""A geo experiment from events to figures, with its gates."""

import numpy as np
import pytest

from tests.measure.asking import AS_OF, ask, ask_rows, offer, result, shown
from wegweiser.query.period import Period
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS, format_instant

DAYS, BEFORE = 50, 40
FIRST = AS_OF - DAYS * DAY_MS
ADDED = 12
Given = dict[str, object]


def test_from(day: int) -> str:
    return format_instant(FIRST + day * DAY_MS)[:10]


def goals(regions: int, added: int = ADDED, noise: bool = False) -> dict[str, list[Given]]:
    """Each region has one person seen there, who reaches a goal many times a day."""
    chance = np.random.default_rng(1)
    events: list[Given] = []
    outcomes: list[Given] = []
    for number in range(regions):
        who = f"p{number:02}"
        events.append({"leaf": who, "occurred_at": FIRST, "region": f"R{number:02}"})
        for day in range(DAYS):
            season = chance.integers(0, 40) if noise else 4 * (day % 7)
            count = 10 + number + season + (added if number < 2 and day >= BEFORE else 0)
            at = FIRST + day * DAY_MS
            outcomes += [{"leaf": who, "occurred_at": at + step} for step in range(int(count))]
    return {"events": events, "outcomes": outcomes}


OPTIONS = {"treated": "R00,R01", "test_from": test_from(BEFORE)}
test_from.__test__ = False  # type: ignore[attr-defined]


def test_what_was_added_is_found() -> None:
    offer(goals(12))
    found = ask("geo.effect", OPTIONS, Period(FIRST, AS_OF))
    per_day = result(found, "geo.effect.per_region_and_day")
    assert per_day.estimate == pytest.approx(ADDED)
    assert (per_day.evidence, per_day.verdict) == ("quasi", "helps")
    total = result(found, "geo.effect.total")
    assert total.estimate == pytest.approx(ADDED * 2 * 10)
    assert result(found, "geo.effect.total_by_days").estimate == pytest.approx(ADDED * 20, rel=0.01)
    assert sum(float(str(row["share"])) for row in shown(found)) == pytest.approx(1.0)
    assert per_day.sentence["en"].startswith("The test added 12")
    paid = ask("geo.effect", {**OPTIONS, "cost": "120", "assigned": "random"}, Period(FIRST, AS_OF))
    per_cost = result(paid, "geo.effect.per_cost")
    assert per_cost.estimate == pytest.approx(2.0)
    assert per_cost.evidence == "experiment"


def test_the_gates() -> None:
    offer({})
    period = Period(FIRST, AS_OF)
    assert ask("geo.effect", OPTIONS, period).results[0].reason == "no_source"
    offer(goals(9))
    assert ask("geo.effect", OPTIONS, period).results[0].reason == "too_little"
    offer(goals(12))
    late = {**OPTIONS, "test_from": test_from(DAYS + 1)}
    assert ask("geo.effect", late, period).results[0].reason == "too_early"
    long = {**OPTIONS, "test_from": test_from(30)}
    short = ask("geo.effect", long, period).results[0]
    assert (short.reason, "30 of 80 days" in short.sentence["en"]) == ("too_little", True)
    offer(goals(12, noise=True))
    assert ask("geo.effect", OPTIONS, period).results[0].reason == "unidentified"


@pytest.mark.parametrize("wrong", [{"treated": "R77"}, {"treated": ""}, {"test_from": "soon"}])
def test_wrong_options_are_refused_with_what_is_known(wrong: dict[str, str]) -> None:
    offer(goals(12))
    with pytest.raises(InputRefused):
        ask("geo.effect", OPTIONS | wrong, Period(FIRST, AS_OF))


def test_visits_count_where_they_began() -> None:
    events: list[Given] = [
        {"leaf": f"v{number}-{day}", "occurred_at": FIRST + day * DAY_MS, "region": f"R{number:02}"}
        for number in range(12)
        for day in range(DAYS)
        for _ in range(1)
    ]
    offer({"events": events})
    found = ask("geo.effect", {**OPTIONS, "metric": "visits"}, Period(FIRST, AS_OF))
    assert found.n == 12 * DAYS
    assert found.results[0].reason == "unidentified"


def test_power_is_tried_on_the_past() -> None:
    offer(goals(12, added=0))
    options = {"treated": "R00,R01", "days": "3"}
    found = ask("geo.power", options, Period(FIRST, AS_OF))
    by_lift = {row["lift"]: row["seen"] for row in shown(found)}
    assert set(by_lift) == {0.0, 0.01, 0.02, 0.05, 0.1}
    assert by_lift[0.0] == 0
    windows = shown(found)[0]["windows"]
    assert by_lift[0.1] == windows
    assert ask("geo.power", {**options, "days": "10"}, Period(FIRST, AS_OF)).results[0].reason == (
        "too_little"
    )
    with pytest.raises(InputRefused):
        ask("geo.power", {"treated": "R99"}, Period(FIRST, AS_OF))


def test_a_day_that_is_not_over_does_not_count() -> None:
    """Large regions lose more in half a day than small ones; that is no effect."""
    rows = goals(12, added=0)
    rows["outcomes"] += [
        {"leaf": "p00", "occurred_at": FIRST + day * DAY_MS + 100 + step}
        for day in range(DAYS)
        for step in range(80)
    ]
    noon = FIRST + (DAYS - 1) * DAY_MS + DAY_MS // 2
    half = [row for row in rows["outcomes"] if int(str(row["occurred_at"])) % DAY_MS % 2 == 0]
    today = [row for row in half if int(str(row["occurred_at"])) >= noon - DAY_MS // 2]
    whole = [row for row in rows["outcomes"] if int(str(row["occurred_at"])) < noon - DAY_MS // 2]
    offer({"events": rows["events"], "outcomes": whole + today})
    found = ask("geo.effect", OPTIONS, Period(FIRST, AS_OF), as_of=noon)
    assert result(found, "geo.effect.per_region_and_day").estimate == pytest.approx(0.0, abs=1e-6)
    berlin = Period(FIRST, AS_OF, "Europe/Berlin")
    told = ask_rows("geo.effect", OPTIONS, berlin)
    # UTC days cut at one in the morning: the first Berlin day has begun before, the last is short.
    assert len({row["day"] for row in told}) == DAYS - 1


def test_a_region_that_is_named_twice_is_one() -> None:
    offer(goals(12))
    once = ask("geo.effect", OPTIONS, Period(FIRST, AS_OF))
    twice = ask("geo.effect", {**OPTIONS, "treated": "R00, R01,R00"}, Period(FIRST, AS_OF))
    for name in ("per_region_and_day", "total", "relative"):
        assert (
            result(twice, f"geo.effect.{name}").estimate
            == result(once, f"geo.effect.{name}").estimate
        )


def test_ends_of_the_relative_effect_hold_what_came_fixed() -> None:
    offer(goals(12))
    rows = goals(12)
    extra = np.random.default_rng(2).integers(0, 3, DAYS)
    rows["outcomes"] += [
        {"leaf": "p00", "occurred_at": FIRST + day * DAY_MS + 500 + step}
        for day in range(DAYS)
        for step in range(int(extra[day]))
    ]
    offer(rows)
    found = ask("geo.effect", OPTIONS, Period(FIRST, AS_OF))
    gap = result(found, "geo.effect.per_region_and_day")
    share = result(found, "geo.effect.relative")
    assert gap.estimate is not None
    assert share.estimate is not None
    came = gap.estimate / share.estimate + gap.estimate
    assert share.high == pytest.approx((gap.high or 0.0) / (came - (gap.high or 0.0)))
    assert share.low == pytest.approx((gap.low or 0.0) / (came - (gap.low or 0.0)))
    assert (share.high or 0.0) - share.estimate > share.estimate - (share.low or 0.0)


def test_power_refuses_what_the_estimate_refuses() -> None:
    period = Period(FIRST, AS_OF)
    offer(goals(9, added=0))
    few = ask("geo.power", {"treated": "R00", "days": "3"}, period).results[0]
    assert (few.name, few.reason) == ("geo.power", "too_little")
    offer(goals(12, added=0))
    everywhere = ",".join(f"R{number:02}" for number in range(12))
    none_left = ask("geo.power", {"treated": everywhere, "days": "3"}, period)
    assert none_left.results[0].reason == "too_little"
    with pytest.raises(InputRefused):
        ask("geo.power", {"treated": "R00", "days": "0"}, period)
    offer(goals(12, added=0, noise=True))
    unlike = shown(ask("geo.power", {"treated": "R00,R01", "days": "3"}, period))
    assert {row["seen"] for row in unlike} == {0}


def test_the_third_way_and_untouched_regions_stand_beside() -> None:
    offer(goals(12))
    period = Period(FIRST, AS_OF)
    found = ask("geo.effect", {**OPTIONS, "cost": "120"}, period)
    by_regions = result(found, "geo.effect.per_cost_by_regions")
    # 12 goals x 2 regions x 10 days for 120: two per unit of cost, by another way.
    assert by_regions.estimate == pytest.approx(2.0, rel=0.02)
    assert by_regions.evidence == "quasi"
    untouched = result(found, "geo.effect.untouched_regions")
    assert (untouched.estimate, untouched.n["tried"], untouched.warnings) == (0.0, 10, ())
    assert "0 of 10 regions" in untouched.sentence["en"]
    assert "0 von 10 Regionen" in untouched.sentence["de"]
    free = {one.name for one in ask("geo.effect", OPTIONS, period).results}
    assert "geo.effect.per_cost_by_regions" not in free


def test_regions_that_move_without_the_test_are_told() -> None:
    rows = goals(14)
    begins = FIRST + BEFORE * DAY_MS
    moved = {f"p{number:02}": step for number, step in zip(range(2, 10), [9, -9] * 4, strict=True)}
    kept = [
        row
        for row in rows["outcomes"]
        if int(str(row["occurred_at"])) < begins
        or moved.get(str(row["leaf"]), 0) >= 0
        or int(str(row["occurred_at"])) % DAY_MS >= 9
    ]
    more = [
        {"leaf": who, "occurred_at": begins + day * DAY_MS + 500 + step}
        for who, up in moved.items()
        for day in range(DAYS - BEFORE)
        for step in range(max(0, up))
    ]
    offer({"events": rows["events"], "outcomes": [*kept, *more]})
    found = ask("geo.effect", OPTIONS, Period(FIRST, AS_OF))
    untouched = result(found, "geo.effect.untouched_regions")
    assert (untouched.low or 0.0) > 0.05
    assert untouched.warnings == ("too_sure_of_itself",)


def test_regions_of_another_test_compare_with_nobody() -> None:
    rows, period = goals(14), Period(FIRST, AS_OF)
    offer(rows)
    donor = str(shown(ask("geo.effect", OPTIONS, period))[0]["region"])
    rows["outcomes"] += [
        {"leaf": donor.lower().replace("r", "p"), "occurred_at": FIRST + day * DAY_MS + 700 + step}
        for day in range(BEFORE, DAYS)
        for step in range(40)
    ]
    offer(rows)
    blurred = result(ask("geo.effect", OPTIONS, period), "geo.effect.per_region_and_day")
    found = ask("geo.effect", {**OPTIONS, "other_tests": donor}, period)
    clear = result(found, "geo.effect.per_region_and_day")
    assert clear.estimate == pytest.approx(ADDED)
    assert clear.n["units"] == 13
    assert abs((blurred.estimate or 0.0) - ADDED) > 1
    assert donor not in {row["region"] for row in shown(found)}


@pytest.mark.parametrize(("others", "why"), [("R03,R9O", "R9O is not known"), ("R01", "R01 is")])
def test_regions_of_other_tests_are_known_ones_that_are_not_treated(others: str, why: str) -> None:
    offer(goals(14))
    with pytest.raises(InputRefused, match=why):
        ask("geo.effect", {**OPTIONS, "other_tests": others}, Period(FIRST, AS_OF))


def test_where_hardly_a_region_is_untouched_none_is_tried() -> None:
    for untouched in (1, 4):
        offer(goals(12))
        treated = ",".join(f"R{number:02}" for number in range(12 - untouched))
        found = ask("geo.effect", {**OPTIONS, "treated": treated}, Period(FIRST, AS_OF))
        assert result(found, "geo.effect.per_region_and_day").estimate is not None
        assert "geo.effect.untouched_regions" not in {one.name for one in found.results}
