"""The stage filter against arithmetic of another kind, and what it says in plain cases."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from wegweiser.profile.stage import StageBelief, belief_at, read_stage, start_of
from wegweiser.profile.stage_kernel import DAY_MINUTES, Kernel, Numbers
from wegweiser.profile.stage_rules import class_of
from wegweiser.profile.stage_signs import Signs
from wegweiser.profile.stage_table import compile_journey
from wegweiser.profile.stage_words import belief_in_words, document
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from wegweiser.terms.journey import STAGES, Sign
from wegweiser.terms.profile import Happening

JOURNEY = compile_journey()
KERNEL = Kernel(JOURNEY.table)
SIGNS = Signs(JOURNEY)
CLASSES = JOURNEY.table.classes

looks = st.builds(
    Sign,
    st.integers(0, 60 * DAY_MINUTES),
    st.just("look"),
    st.integers(-1, len(CLASSES) - 1),
    st.booleans(),
    st.sampled_from([0.5, 1.0, 1.5]),
    st.sampled_from([0.0, 0.3, 1.0]),
)
facts = st.builds(
    Sign,
    st.integers(0, 60 * DAY_MINUTES),
    st.just("Deal Opened"),
    weight=st.just(1.0),
    factors=st.just(JOURNEY.facts["Deal Opened"]),
)


def at_minute(minute: int) -> int:
    return minute * MINUTE_MS


def by_hand(signs: list[Sign], minute: int, busy: int = 1) -> Numbers:
    """Add up the probability of every path through all stages at all signs, one by one."""
    table = JOURNEY.table
    visits = np.array(table.visits) * busy
    moves = np.array(table.moves)
    generator = moves - np.diag(moves.sum(axis=1) + visits)
    moments = [sign.minute for sign in signs] + [minute]
    gaps = [expm(generator * (b - a) / DAY_MINUTES) for a, b in itertools.pairwise(moments)]
    total = np.zeros(len(STAGES))
    for path in itertools.product(range(len(STAGES)), repeat=len(signs)):
        chance = table.start[path[0]]
        for place, (stage, sign) in enumerate(zip(path, signs, strict=True)):
            if sign.factors:
                chance *= sign.factors[stage]
            else:
                seen = visits[stage] if sign.opens else 1.0
                if sign.look >= 0:
                    seen *= table.looks[stage][sign.look] ** sign.dwell
                chance *= seen**sign.weight
            if place + 1 < len(signs):
                chance *= gaps[place][stage, path[place + 1]]
        total += chance * gaps[-1][path[-1]]
    return total / total.sum()


@settings(max_examples=25, deadline=None)
@given(st.lists(looks | facts, min_size=1, max_size=3), st.integers(0, 300 * DAY_MINUTES))
def test_the_filter_is_the_sum_over_all_paths(signs: list[Sign], later: int) -> None:
    signs = sorted(signs, key=lambda sign: sign.minute)
    end = signs[-1].minute + later
    expected = by_hand(signs, end)
    assert np.allclose(belief_at(KERNEL, signs, at_minute(end)), expected, atol=1e-9)
    told = read_stage(KERNEL, signs, at_minute(end)).probabilities
    assert np.allclose(told, expected, atol=2e-6)
    busy = Kernel(JOURNEY.table, 3)
    assert np.allclose(belief_at(busy, signs, at_minute(end)), by_hand(signs, end, 3), atol=1e-9)


@given(st.integers(0, 2_000_000), st.integers(0, 2_000_000))
def test_two_silences_are_one(first: int, second: int) -> None:
    twice = KERNEL.silence(KERNEL.silence(KERNEL.start, first), second)
    assert np.allclose(twice, KERNEL.silence(KERNEL.start, first + second), atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.lists(looks | facts, max_size=12), st.integers(0, 90 * DAY_MINUTES))
def test_reasons_add_up_to_the_change_of_the_log_odds(signs: list[Sign], minute: int) -> None:
    signs = sorted(signs, key=lambda sign: sign.minute)
    told = read_stage(KERNEL, signs, at_minute(minute))
    change = sum(reason.change for reason in told.reasons)
    assert change == pytest.approx(told.log_odds - told.log_odds_before, abs=1e-9)
    assert told.entries == sum(sign.minute <= minute for sign in signs)


@given(looks)
def test_a_sign_without_weight_changes_nothing(sign: Sign) -> None:
    weightless = Sign(sign.minute, sign.what, sign.look, sign.opens, sign.dwell, 0.0)
    assert np.allclose(KERNEL.sign(KERNEL.start, weightless), KERNEL.start)


def view(at: int, path: str, number: int = 0) -> Happening:
    return Happening(at, f"m-{at}-{number}", "Page Viewed", path, "user_id:u")


def told_of(*seen: Happening, as_of: int) -> StageBelief:
    return read_stage(KERNEL, SIGNS.of_person(sorted(seen)), as_of)


def test_looks_lead_forward_and_others_back() -> None:
    paths = ["/blog/x", "/product", "/compare", "/security", "/docs", "/customers", "/security"]
    forward = [view(day * DAY_MS, path) for day, path in enumerate(paths, 20)]
    there = told_of(*forward, as_of=26 * DAY_MS + HOUR_MS)
    assert (there.stage, there.going) == ("validate", "forward")
    back = [view(day * DAY_MS, "/blog/y", 1) for day in range(28, 42, 2)]
    assert told_of(*forward, *back, as_of=40 * DAY_MS + HOUR_MS).going == "back"
    silent = told_of(*forward, as_of=200 * DAY_MS)
    assert (silent.stage, silent.going) == ("dormant", "dormant")
    applied = [view(day * DAY_MS, "/careers") for day in range(5)]
    assert told_of(*applied, as_of=5 * DAY_MS).going == "off_path"


def test_a_won_deal_is_certain_and_a_lost_one_is_not() -> None:
    won = Happening(5 * DAY_MS, "w", "Deal Won", "", "user_id:u")
    told = told_of(view(DAY_MS, "/careers"), won, as_of=5 * DAY_MS)
    assert told.stage == "customer"
    assert told.probabilities[STAGES.index("customer")] == 1.0
    lost = Happening(6 * DAY_MS, "l", "Deal Lost", "", "user_id:u")
    assert 0 < told_of(view(DAY_MS, "/demo"), lost, as_of=6 * DAY_MS).entropy < 1


def test_the_shown_stage_changes_only_above_55_percent() -> None:
    told = told_of(view(0, "/pricing"), as_of=HOUR_MS)
    top = STAGES[int(np.argmax(told.probabilities))]
    assert max(told.probabilities) < 0.55
    assert told.stage == top
    more = told_of(view(0, "/pricing"), view(2 * HOUR_MS, "/blog/a"), as_of=3 * HOUR_MS)
    other = STAGES[int(np.argmax(more.probabilities))]
    assert more.stage == top or more.probabilities[STAGES.index(other)] > 0.55


def test_a_burst_of_clicks_is_one_session_and_each_class_counts_once() -> None:
    clicks = [view(number * 10 * SECOND_MS, "/pricing", number) for number in range(20)]
    signs = SIGNS.of_person(clicks)
    assert [(sign.what, sign.opens) for sign in signs] == [("pricing", True)]
    apart = SIGNS.of_person([view(0, "/pricing"), view(31 * MINUTE_MS, "/pricing")])
    assert [sign.opens for sign in apart] == [True, True]


def test_dwell_weighs_a_view_by_the_time_until_the_next() -> None:
    seen = [view(0, "/pricing"), view(3_000, "/docs"), view(10_000, "/security"), view(90_000, "/")]
    dwells = {sign.what: sign.dwell for sign in SIGNS.of_person(seen)}
    assert dwells == {"pricing": 0.5, "technical": 1.0, "security": 1.5}


def test_a_visit_without_any_class_is_a_visit() -> None:
    signs = SIGNS.of_person([view(0, "/"), view(5_000, "/imprint")])
    assert [(sign.what, sign.look, sign.opens) for sign in signs] == [("visit", -1, True)]
    assert read_stage(KERNEL, signs, 0).probabilities != read_stage(KERNEL, [], 0).probabilities


def test_five_views_by_one_person_are_not_five_people() -> None:
    views = [view(hour * HOUR_MS, "/pricing") for hour in range(5)]
    one = SIGNS.of_account({"a": (views, 1.0)})
    assert [sign.weight for sign in one] == [1.0, 0.5, 0.25, 0.125, 0.0625]
    five = SIGNS.of_account({str(n): ([seen], 1.0) for n, seen in enumerate(views)})
    assert [sign.weight for sign in five] == [1.0] * 5
    assert [sign.weight for sign in SIGNS.of_account({"a": (views[:1], 0.5)})] == [0.5]


def test_a_colleague_and_a_competitor_change_where_somebody_starts() -> None:
    busy = np.zeros(8)
    busy[STAGES.index("validate")] = 1.0
    assert start_of(KERNEL.start, busy)[3] == pytest.approx(0.5 * KERNEL.start[3] + 0.5)
    rival = start_of(KERNEL.start, competitor=True)
    assert rival[7] / rival[0] == pytest.approx(20 * KERNEL.start[7] / KERNEL.start[0])


def test_nothing_seen_is_the_start_and_says_so() -> None:
    told = read_stage(KERNEL, [], 0)
    assert np.allclose(told.probabilities, KERNEL.start, atol=1e-6)
    assert (told.entries, told.reasons, told.direction) == (0, (), 0.0)


def test_an_even_belief_is_not_known() -> None:
    told = read_stage(KERNEL, [], 0, np.full(8, 1 / 8))
    assert (told.known, told.going) == (False, "unknown")
    assert document(told, JOURNEY)["stage"] == "unknown"
    assert belief_in_words(told, JOURNEY, "en") == "We do not know."


def test_evidence_is_told_in_both_languages() -> None:
    told = told_of(
        view(0, "/compare"),
        view(DAY_MS, "/compare"),
        view(2 * DAY_MS, "/pricing"),
        as_of=14 * DAY_MS,
    )
    english, german = (belief_in_words(told, JOURNEY, language) for language in ("en", "de"))
    assert "comparison twice +" in english
    assert "14 silent days" in english
    assert "Vergleich zweimal +" in german
    assert "14 stille Tage" in german


def test_a_declared_table_replaces_what_it_names_and_no_more() -> None:
    ours = compile_journey(
        {
            "evidence": {"workshop": {"events": ["Workshop Held"]}, "careers": None},
            "looks": {**{stage: {"workshop": "some"} for stage in STAGES}},
            "facts": {"Deal Won": {"times": {"customer": 50}}, "Closed Won": None},
            "names": {"commit": {"en": "buying", "de": "kaufen"}},
        }
    )
    assert "workshop" in ours.table.classes
    assert "careers" not in ours.table.classes
    assert ours.table.classes[class_of(ours.rules, "workshop held", "")] == "workshop"
    assert ours.facts["Deal Won"][STAGES.index("customer")] == 50
    assert "Closed Won" not in ours.facts
    assert ours.names["commit"]["de"] == "kaufen"
    assert ours.version != JOURNEY.version
    assert all(sum(row) == pytest.approx(1) for row in ours.table.looks)


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"looks": {"buying": {}}}, "looks.buying"),
        ({"looks": {"explore": {"nonsense": 1}}}, "looks.explore.nonsense"),
        ({"looks": {"explore": {"pricing": "lots"}}}, "looks.explore.pricing"),
        ({"moves_per_day": {"explore": {"explore": 1}}}, "moves_per_day.explore.explore"),
        ({"moves_per_day": {"explore": {"commit": -1}}}, "moves_per_day.explore.commit"),
        ({"start": {"explore": 2}}, "start.explore"),
        ({"visits_per_day": {"explore": None}}, "visits_per_day.explore"),
        ({"facts": {"Deal Won": {"certain": "rich"}}}, "facts.Deal Won"),
        ({"facts": {"Deal Won": {"times": {"customer": 0}}}}, "facts.Deal Won.times"),
        ({"evidence": {"pricing": {"pages": []}}}, "evidence.pricing.pages"),
        ({"names": {"commit": {"en": "buying"}}}, "names.commit"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_a_wrong_table_is_refused_with_its_place(document, path: str) -> None:
    with pytest.raises(InputRefused) as refused:
        compile_journey(document)
    assert refused.value.field == path
