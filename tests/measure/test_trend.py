"""Rising topics: what is flagged, what is only seen, and what is no news."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.measure.asking import ask, offer, result, shown
from tests.measure.trend_world import FIRST, WEEK_MS, pool_of, searches, talk, views, week
from wegweiser.measure.form import Row
from wegweiser.measure.trend.flags import flag
from wegweiser.measure.trend.sentence import rising_told
from wegweiser.query.period import Period
from wegweiser.terms.result import Answer

WEEKS = 16
STEADY = {f"steady {name}": [40] * WEEKS for name in "abcdef"}


def rising(weeks: int = WEEKS, **options: str) -> Answer:
    end = FIRST + weeks * WEEK_MS
    return ask("trend.rising", options, Period(FIRST, end), end)


def row(answer: Answer, term: str) -> Row | None:
    return next((one for one in shown(answer) if one["term"] == term), None)


def test_a_doubled_term_is_named_with_its_growth() -> None:
    offer({"events": searches({**STEADY, "heat pumps": [30] * (WEEKS - 3) + [70] * 3})})
    answer = rising()
    found = row(answer, "heat pumps")
    assert found is not None
    assert (found["status"], found["since"]) == ("emerging", week(WEEKS - 3))
    assert [one["term"] for one in shown(answer)] == ["heat pumps"]
    growth = result(answer, "trend.rising.growth.query.heat pumps")
    assert growth.low is not None
    assert growth.low <= 70 / 30 * 240 / 280 <= (growth.high or 0)
    assert 'heat pumps" (searches on the site) rises' in growth.sentence["en"]
    assert "steigt" in growth.sentence["de"]
    assert answer.estimate == 1


def test_a_word_never_met_before_is_new() -> None:
    offer({"events": searches({**STEADY, "e-invoice": [0] * (WEEKS - 2) + [25, 30]})})
    found = row(rising(), "e-invoice")
    assert found is not None
    assert (found["status"], found["is_new"], found["confidence"]) == ("emerging", True, "medium")
    assert found["growth"] is None
    assert "never met before" in result(rising(), "trend.rising.new.query.e-invoice").sentence["en"]


def test_too_rare_is_seen_and_not_rated_and_fewer_than_ten_persons_have_no_words() -> None:
    events = searches({**STEADY, "rare word": [0] * (WEEKS - 1) + [12]})
    events += searches({"two people": [0] * (WEEKS - 1) + [2]})
    offer({"events": events})
    answer = rising()
    found, other = row(answer, "rare word"), row(answer, "(other)")
    assert found is not None
    assert (found["status"], found["growth"], found["people"]) == ("seen", None, 12)
    assert other is not None
    assert (other["mentions"], other["people"]) == (2, None)
    assert row(answer, "two people") is None


def test_ten_mentions_of_one_person_are_no_trend() -> None:
    again = [one | {"leaf": "fan"} for one in searches({"mania": [0] * (WEEKS - 2) + [90, 90]})]
    offer({"events": [*searches(STEADY), *again]})
    assert row(rising(show="all"), "mania") is None


def test_a_new_page_is_no_trend_and_a_known_one_that_rises_is() -> None:
    counts = {
        **{f"/steady-{name}": [40] * WEEKS for name in "abcdef"},
        "/launched": [0] * (WEEKS - 3) + [60] * 3,
        "/known": [30] * (WEEKS - 3) + [80] * 3,
    }
    offer({"events": views(counts)})
    assert [one["term"] for one in shown(rising(kind="page")) if one["status"] != "seen"] == [
        "/known"
    ]


def test_what_a_new_source_captures_is_no_trend() -> None:
    app = {"steady a": [0] * (WEEKS - 3) + [200] * 3, "app word": [0] * (WEEKS - 3) + [90] * 3}
    offer({"events": [*searches(STEADY), *searches(app, "app")]})
    answer = rising()
    assert answer.estimate == 0
    assert row(answer, "app word") is None


def test_a_peak_at_its_usual_time_of_the_year_is_no_news() -> None:
    year = [30] * 52
    year[44:48] = [90, 120, 110, 80]
    counts = {**{name: [60] * 100 for name in STEADY}, "gift": [*year, *year[:48]]}
    offer({"events": searches(counts)})
    at_peak = rising(weeks=98)
    assert row(at_peak, "gift") is None
    first_year = rising(weeks=46)
    assert row(first_year, "gift") is not None
    larger = [*year, *year[:44], 300, 400]
    offer({"events": searches({**counts, "gift": larger})})
    found = row(rising(weeks=98), "gift")
    assert found is not None
    assert found["status"] == "emerging"


def test_words_of_private_notes_need_ten_persons() -> None:
    base = [
        talk(number, f"b{number}-{n}", note="wants a quote")
        for number in range(WEEKS)
        for n in range(20)
    ]
    told = [
        talk(number, f"p{number}-{n}", note="asks for passkeys, now", competitors=["Globex"])
        for number in (WEEKS - 2, WEEKS - 1)
        for n in range(20)
    ]
    few = [talk(15, f"s{n}", note="mentions Rumpelstilz") for n in range(9)]
    offer({"events": [*base, *told, *few]})
    answer = rising()
    found = {(one["kind"], one["term"]): one["status"] for one in shown(answer)}
    assert found["word", "passkeys"] == "emerging"
    assert found["competitor", "Globex"] == "emerging"
    assert "rumpelstilz" not in answer.sql + str(answer.rows)


def test_clicks_of_a_message_are_held_against_its_own_exposures() -> None:
    decisions, exposures, outcomes = [], [], []
    for number in range(WEEKS):
        for n in range(100):
            told: dict[str, object] = {"decision_id": f"d{number}-{n}", "leaf": f"p{number}-{n}"}
            told |= {"occurred_at": FIRST + number * WEEK_MS + n * 1000}
            decisions.append(told | {"message": "demo"})
            exposures.append({name: told[name] for name in ("decision_id", "occurred_at")})
            if n < (60 if number >= WEEKS - 2 else 20):
                outcomes.append(told | {"kind": "click", "goal": ""})
    offer({"decisions": decisions, "exposures": exposures, "outcomes": outcomes})
    found = row(rising(), "demo")
    assert found is not None
    assert (found["kind"], found["status"]) == ("message", "emerging")
    assert found["growth"] == pytest.approx(3.0, rel=0.01)


def test_worth_needs_a_margin_and_a_goal_rate() -> None:
    events = searches({**STEADY, "heat pumps": [30] * (WEEKS - 3) + [70] * 3})
    people = [one for one in events if one["search_query"] == "heat pumps"][:200]
    goals = [{"leaf": one["leaf"], "occurred_at": one["occurred_at"]} for one in people[::4]]
    offer({"events": events, "outcomes": goals})
    name = "trend.rising.potential.query.heat pumps"
    unknown = result(rising(window_days="7"), name)
    assert unknown.reason == "no_source"
    known = result(rising(window_days="7", margin="100"), name)
    assert known.evidence == "model"
    assert known.low is not None
    assert 0 < known.low < (known.estimate or 0) < (known.high or 0)


def test_a_chosen_term_is_forecast_with_intervals() -> None:
    offer({"events": searches({**STEADY, "heat pumps": [30] * (WEEKS - 3) + [70] * 3})})
    answer = rising(term="heat pumps")
    assert len(answer.rows) == WEEKS + 13
    assert [one["status"] for one in shown(answer)[-14:]] == ["emerging", *["forecast"] * 13]
    soon, late = (result(answer, f"trend.rising.in_{ahead}") for ahead in (4, 13))
    assert soon.low is not None
    assert 40 < soon.low < 70 < (soon.high or 0)
    assert (late.high or 0) - (late.low or 0) > (soon.high or 0) - soon.low
    assert rising(term="heat pumps") == answer
    assert result(rising(term="nobody"), "trend.rising.in_4").reason == "too_little"


def test_too_few_weeks_say_how_many_are_needed() -> None:
    offer({"events": searches({"boots": [40] * 6})})
    answer = rising(weeks=6)
    assert answer.results[0].reason == "too_little"
    assert "6 of 10 whole weeks" in answer.sentence["en"]
    offer({})
    assert rising().results[0].reason == "no_source"


def test_the_past_tells_how_early_flags_come() -> None:
    rise = [30] * 12 + [50, 70, 90, 110, 130, 130] + [120] * 22
    spike = [30] * 20 + [120] + [30] * 19
    counts = {f"rise {n}": rise for n in range(4)} | {f"spike {n}": spike for n in range(2)}
    offer({"events": searches({**{name: [200] * 40 for name in STEADY}, **counts})})
    answer = rising(weeks=40)
    lead, back = (result(answer, f"trend.rising.{name}") for name in ("lead_time", "fell_back"))
    assert lead.estimate is not None
    assert lead.estimate >= 3
    assert back.estimate == pytest.approx(2 / 6)


series = st.lists(st.lists(st.integers(0, 60), min_size=24, max_size=24), min_size=1, max_size=6)


@given(cells=series, cut=st.integers(4, 23))
def test_what_comes_later_changes_no_flag(cells: list[list[int]], cut: int) -> None:
    whole, part = np.array(cells), np.array(cells)[:, :cut]
    [all_flags], [cut_flags] = (flag((pool_of(one),), "week") for one in (whole, part))
    for name in ("flagged", "emerging", "rated", "growth_low", "expected"):
        late, early = getattr(all_flags, name)[:, :cut], getattr(cut_flags, name)
        np.testing.assert_array_equal(late, early)


@given(cells=series, order=st.randoms(use_true_random=False))
def test_the_order_of_terms_changes_nothing(cells: list[list[int]], order: object) -> None:
    mixed: Sequence[int] = order.sample(range(len(cells)), len(cells))  # type: ignore[attr-defined]
    [first], [second] = (
        flag((pool_of(one),), "week") for one in (np.array(cells), np.array(cells)[list(mixed)])
    )
    np.testing.assert_array_equal(first.flagged[list(mixed)], second.flagged)


@pytest.mark.parametrize(
    ("bursts", "german"), [(1, "1 weiteres ist einmal"), (2, "2 weitere sind einmal")]
)
def test_how_many_jumped_is_told_in_the_right_number_and_the_day_by_its_name(
    bursts: int, german: str
) -> None:
    told = rising_told([], bursts, 115, "2026-11-16")
    assert german in told["de"]
    assert "bis 16. November 2026" in told["de"]
    assert "up to 16 Nov 2026" in told["en"]
