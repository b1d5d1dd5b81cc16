"""Lift by segment: differences tested first, effects drawn together, and what was named before."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from tests.measure.asking import ask, offer, result, shown
from tests.measure.test_lift import START, Row, sale, unit
from wegweiser.measure.lift_segments_effects import Part, apart, drawn_together, interaction
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS

OPTIONS = {"goal": "sale", "by": "device", "shares": "main=1,nothing=1"}
Sizes = dict[str, tuple[int, int, int]]


def archive(devices: Sizes, moves: Sequence[Row] = (), **more: object) -> None:
    """Offer an archive: per device its people in each arm, and the sales of main and nothing."""
    tables: dict[str, list[Row]] = {"decisions": [], "outcomes": [], "events": []}
    for device, (size, *sales) in devices.items():
        for arm, sold in zip(("main", "nothing"), sales, strict=True):
            for number in range(size):
                row = unit(number, f"{device}-{arm}") | {"arm": arm} | more
                tables["decisions"].append(row)
                seen = {"leaf": row["leaf"], "occurred_at": START, "device": device}
                later = {**seen, "occurred_at": START + DAY_MS, "device": "watch"}
                tables["events"] += [seen, later]
            tables["outcomes"] += [sale(f"{device}-{arm}{number}") for number in range(sold)]
    offer({**tables, "segment_moves": moves})


ALIKE: Sizes = {"phone": (400, 80, 60), "desk": (400, 82, 60), "tablet": (400, 78, 62)}
UNLIKE: Sizes = {"phone": (400, 140, 40), "desk": (400, 42, 40), "tablet": (400, 41, 40)}


def test_alike_segments_are_drawn_to_the_lift_of_all() -> None:
    archive(ALIKE)
    answer = ask("lift.segments", OPTIONS)
    test = result(answer, "lift.segments.interaction")
    assert test.sentence["en"].startswith("No sign that the effect differs between the 3 segments")
    assert test.sentence["en"].endswith("worth a test of their own, no result.")
    assert test.warnings == ("found_by_looking",)
    rows = {str(row["segment"]): row for row in shown(answer)}
    assert set(rows) == {"phone", "desk", "tablet"}
    effects = [float(str(row["difference"])) for row in rows.values()]
    raw = [float(str(row["before_drawing"])) for row in rows.values()]
    assert max(effects) - min(effects) < 0.6 * (max(raw) - min(raw))
    assert not any(row["stands_apart"] for row in rows.values())


def test_unlike_segments_are_told_apart_and_named_ones_are_a_result() -> None:
    archive(UNLIKE)
    named = ask("lift.segments", OPTIONS | {"named_on": "2025-01-01"})
    test = result(named, "lift.segments.interaction")
    assert test.sentence["en"].startswith("The effect differs between the 3 segments")
    assert test.sentence["de"].startswith("Die Wirkung unterscheidet sich")
    assert (test.warnings, "looking" in test.sentence["en"]) == ((), False)
    phone = result(named, "lift.segments.phone")
    assert phone.warnings == ("no_reason_to_stop_early",)
    assert "drawn towards all segments" in phone.sentence["en"]
    assert {row["segment"]: row["stands_apart"] for row in shown(named)}["phone"] is True
    late = ask("lift.segments", OPTIONS | {"named_on": "2030-01-01"})
    assert "found_by_looking" in result(late, "lift.segments.phone").warnings


def test_small_segments_are_merged_and_one_alone_is_too_few() -> None:
    archive(ALIKE | {"tv": (40, 9, 4), "fridge": (80, 12, 9)})
    rows = {str(row["segment"]): row for row in shown(ask("lift.segments", OPTIONS))}
    assert set(rows) == {"phone", "desk", "tablet", "(other)"}
    assert rows["(other)"]["units"] == 240
    archive({"phone": (400, 80, 60), "tv": (40, 9, 4)})
    (few,) = ask("lift.segments", OPTIONS).results
    assert few.reason == "too_little"
    assert "1 of the two segments needed" in few.sentence["en"]
    assert " tv: Too little data: 80 of about 200 people needed" in few.sentence["en"]
    assert " tv: Zu wenig Daten: 80 von etwa 200" in few.sentence["de"]


def test_traits_cut_too_and_what_came_after_the_start_does_not() -> None:
    archive(ALIKE)
    tables: dict[str, list[Row]] = {"decisions": [], "outcomes": [], "events": []}
    for plan, (size, *sales) in {"free": (300, 40, 30), "paid": (300, 60, 45)}.items():
        for arm, sold in zip(("main", "nothing"), sales, strict=True):
            for number in range(size):
                row = unit(number, f"{plan}-{arm}") | {"arm": arm}
                tables["decisions"].append(row)
                for at, told in ((START, plan), (START + DAY_MS, "paid")):
                    tables["events"].append(
                        {"leaf": row["leaf"], "occurred_at": at, "type": "identify",
                         "traits": f'{{"plan of use": "{told}"}}'}
                    )  # fmt: skip
            tables["outcomes"] += [sale(f"{plan}-{arm}{number}") for number in range(sold)]
    offer(tables)
    rows = shown(ask("lift.segments", OPTIONS | {"by": "trait:plan of use"}))
    assert {row["segment"]: row["goals"] for row in rows} == {"free": 70, "paid": 105}


@pytest.mark.parametrize("wrong", [{"by": "mood"}, {"by": 'trait:a"b'}, {"named_on": "soon"}])
def test_what_cannot_be_read_is_refused(wrong: dict[str, str]) -> None:
    archive(ALIKE)
    with pytest.raises(InputRefused):
        ask("lift.segments", OPTIONS | wrong)


def test_gates_are_those_of_lift() -> None:
    offer({})
    assert ask("lift.segments", OPTIONS).results[0].reason == "no_source"
    archive(ALIKE)
    shares = {"shares": "main=0.9,nothing=0.1"}
    assert [one.reason for one in ask("lift.segments", OPTIONS | shares).results] == ["broken"]
    assert shown(ask("lift.segments", OPTIONS | shares)) == []


effects = st.lists(st.tuples(st.floats(-1, 1), st.floats(0.01, 1)), min_size=2, max_size=6).map(
    lambda rows: [Part(str(place), d, v) for place, (d, v) in enumerate(rows)]
)


@settings(max_examples=30)
@given(effects)
def test_drawing_stays_between_the_effects_and_is_narrower_than_alone(parts: list[Part]) -> None:
    drawn = drawn_together(parts)
    low, high = min(one.difference for one in parts), max(one.difference for one in parts)
    for found in drawn:
        assert low - 1e-9 <= found.estimate <= high + 1e-9
        assert found.low <= found.estimate <= found.high
    assert 0 <= interaction(parts).chance <= 1
    assert all(0 <= chance <= 1 for chance in apart(parts).values())


@settings(max_examples=30)
@given(effects, st.floats(0.1, 100))
def test_the_scale_of_money_changes_units_only(parts: list[Part], scale: float) -> None:
    scaled = [Part(one.name, one.difference * scale, one.variance * scale**2) for one in parts]
    assert interaction(scaled).chance == pytest.approx(interaction(parts).chance, abs=1e-9)
    for one, other in zip(drawn_together(parts), drawn_together(scaled), strict=True):
        assert other.low == pytest.approx(one.low * scale, rel=1e-5, abs=1e-6 * scale)


def test_the_interaction_agrees_with_a_logistic_regression() -> None:
    """Likelihood-ratio test of arm × segment by statsmodels: another scale, the same answer."""
    import statsmodels.api as models

    tests: list[tuple[float, float]] = []
    for segments in (ALIKE, UNLIKE):
        rows, reached = [], []
        for place, (size, main, nothing) in enumerate(segments.values()):
            for treated, goals in ((1, main), (0, nothing)):
                cut = [float(place == other) for other in range(3)]
                rows.append([*cut, treated])
                reached.append([goals, size - goals])
        family = models.families.Binomial()
        # With the interaction every cell is met exactly: its deviance is 0.
        without = models.GLM(np.array(reached), np.array(rows), family=family).fit()
        oracle = float(special.chdtrc(2, without.deviance))
        archive(segments)
        own = result(ask("lift.segments", OPTIONS), "lift.segments.interaction").estimate
        assert own is not None
        tests.append((own, oracle))
    assert tests[0] == pytest.approx((tests[0][1],) * 2, abs=0.05)
    assert max(tests[1]) < 1e-6


def test_units_are_cut_by_the_declared_segment_that_they_were_in_as_the_test_began() -> None:
    """The first that is named counts; who came later, or was in another, is in none."""
    moves: list[Row] = [
        {"segment": segment, "unit_kind": "person", "unit_id": unit_id, "entered": True}
        | {"moved_at": moved_at * 1000, "place": 0}
        for arm in ("main", "nothing")
        for number in range(400)
        for segment, unit_id, moved_at in (
            ("team", f"team-{arm}{number}", START - DAY_MS),
            ("quiet", f"team-{arm}{number}", START - 2 * DAY_MS),
            ("quiet", f"quiet-{arm}{number}", START - DAY_MS),
            ("team", f"late-{arm}{number}", START + 2 * DAY_MS),
        )
    ]
    archive({"team": (400, 80, 60), "quiet": (400, 80, 60), "late": (400, 80, 60)}, moves)
    cut = {**OPTIONS, "by": "segment:team,quiet"}
    units = {str(row["segment"]): row["units"] for row in shown(ask("lift.segments", cut))}
    assert units == {"team": 800, "quiet": 800, "(none)": 800}
    other = {**OPTIONS, "by": "segment:quiet,team"}
    units = {str(row["segment"]): row["units"] for row in shown(ask("lift.segments", other))}
    assert units == {"quiet": 1600, "(none)": 800}
    for refused in ("", ",", "team,", "te'am", 'te"am', "team quiet", "team;drop", "te\u00e4m"):
        with pytest.raises(InputRefused):
            ask("lift.segments", {**OPTIONS, "by": f"segment:{refused}"})


def test_every_key_that_a_segment_may_have_can_be_a_cut() -> None:
    key = "Team:b2b_v1.0-x"
    moves: list[Row] = [
        {"segment": key, "unit_kind": "person", "unit_id": f"team-{arm}{number}", "entered": True}
        | {"moved_at": (START - DAY_MS) * 1000, "place": 0}
        for arm in ("main", "nothing")
        for number in range(400)
    ]
    archive({"team": (400, 80, 60), "late": (400, 80, 60)}, moves)
    rows = shown(ask("lift.segments", {**OPTIONS, "by": f"segment:{key}"}))
    assert {str(row["segment"]): row["units"] for row in rows} == {key: 800, "(none)": 800}
