"""A break in one region from events to figures, with its gates."""

import numpy as np
import pytest

from tests.measure.asking import AS_OF, ask, offer, result, shown
from wegweiser.query.period import Period
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS, format_instant

DAYS, BEFORE = 60, 48
FIRST = AS_OF - DAYS * DAY_MS
PERIOD = Period(FIRST, AS_OF)
Given = dict[str, object]


def day(number: int) -> str:
    return format_instant(FIRST + number * DAY_MS)[:10]


def goals(added: int, regions: int = 3, moved: int = 0) -> dict[str, list[Given]]:
    """Regions that share a season; the first has `added` goals a day more since the break."""
    chance = np.random.default_rng(4)
    events: list[Given] = []
    outcomes: list[Given] = []
    for number in range(regions):
        who = f"p{number}"
        events.append({"leaf": who, "occurred_at": FIRST, "region": f"R{number}"})
        extra = added if number == 0 else moved
        for at in range(DAYS):
            count = 8 + 2 * (at % 7) + chance.integers(0, 3) + (extra if at >= BEFORE else 0)
            start = FIRST + at * DAY_MS
            outcomes += [{"leaf": who, "occurred_at": start + step} for step in range(int(count))]
    return {"events": events, "outcomes": outcomes}


OPTIONS = {"region": "R0", "break_from": day(BEFORE)}


def test_what_came_since_the_break_is_found() -> None:
    offer(goals(5))
    answer = ask("geo.intervention", OPTIONS, PERIOD)
    found = result(answer, "geo.intervention.per_day")
    assert (found.low or 0) <= 5 <= (found.high or 0)
    assert (found.evidence, found.verdict, found.warnings) == ("quasi", "helps", ())
    assert "It holds if nothing touched R1, R2." in found.sentence["en"]
    total = result(answer, "geo.intervention.total")
    assert total.estimate == pytest.approx(12 * (found.estimate or 0))
    ends = [result(answer, f"geo.intervention.per_day_{one}") for one in ("still", "free")]
    assert max((one.high or 0) - (one.low or 0) for one in ends) == pytest.approx(
        (found.high or 0) - (found.low or 0)
    )
    rows = shown(answer)
    assert [row["day"] for row in rows] == [day(at) for at in range(BEFORE, DAYS)]
    assert all(row["expected_low"] <= row["expected"] <= row["expected_high"] for row in rows)  # type: ignore[operator]
    assert ask("geo.intervention", OPTIONS, PERIOD) == answer


def test_no_effect_is_claimed_where_none_was() -> None:
    offer(goals(0))
    found = ask("geo.intervention", {**OPTIONS, "controls": "R1"}, PERIOD).results[0]
    assert found.verdict == "cannot_tell"
    assert "No effect can be claimed for R0" in found.sentence["en"]
    offer(goals(5, regions=1))
    assert ask("geo.intervention", OPTIONS, PERIOD).results[0].warnings == ("no_controls",)
    offer(goals(9, moved=9))
    both = ask("geo.intervention", OPTIONS, PERIOD).results[0]
    assert both.warnings == ("controls_moved_too",)
    assert both.verdict == "cannot_tell"


def test_controls_that_went_alike_count_once() -> None:
    found = goals(5)
    seen: list[Given] = [{"leaf": "p9", "occurred_at": FIRST, "region": "R9"}]
    alike = [{**one, "leaf": "p9"} for one in found["outcomes"] if one["leaf"] == "p2"]
    answers = []
    for events, outcomes in (([], []), (seen, alike)):
        offer({"events": found["events"] + events, "outcomes": found["outcomes"] + outcomes})
        answers.append(ask("geo.intervention", OPTIONS, PERIOD))
    once, twice = (result(one, "geo.intervention.per_day_free") for one in answers)
    assert twice.estimate == pytest.approx(once.estimate, abs=0.3)
    assert (twice.low or 0) <= 5 <= (twice.high or 0)


def test_the_gates() -> None:
    offer({})
    assert ask("geo.intervention", OPTIONS, PERIOD).results[0].reason == "no_source"
    offer(goals(0))
    late = {**OPTIONS, "break_from": day(DAYS + 1)}
    assert ask("geo.intervention", late, PERIOD).results[0].reason == "too_early"
    for begins, needed in ((39, 63), (44, 48)):
        early = {**OPTIONS, "break_from": day(begins)}
        short = ask("geo.intervention", early, PERIOD).results[0]
        assert short.reason == "too_little"
        assert f"{begins} of {needed} days" in short.sentence["en"]
    offer(goals(0, regions=12))
    many = ask("geo.intervention", OPTIONS, PERIOD).results[0]
    assert (many.reason, "48 of 51 days" in many.sentence["en"]) == ("too_little", True)


@pytest.mark.parametrize(
    "wrong", [{"region": "R9"}, {"region": ""}, {"controls": "R0"}, {"break_from": "soon"}]
)
def test_wrong_options_are_refused(wrong: dict[str, str]) -> None:
    offer(goals(0))
    with pytest.raises(InputRefused):
        ask("geo.intervention", OPTIONS | wrong, PERIOD)
