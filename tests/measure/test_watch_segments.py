"""Watching by segment: who was in one as the day began, and which of them explains a change."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.asking import AS_OF, ask, ask_rows, offer, shown
from wegweiser.measure.form import Row
from wegweiser.query.period import Period
from wegweiser.terms.instant import DAY_MS, HOUR_MS, parse_instant

DAYS = 100
FELL = 90


def at(day: float) -> int:
    """Give a moment, in days after the first day of the world."""
    return int(AS_OF - DAYS * DAY_MS + day * DAY_MS)


def move(segment: str, unit: str, day: float, entered: bool = True, **more: object) -> Row:
    kind = "account" if unit.startswith("acme") else "person"
    row: Row = {"segment": segment, "unit_kind": kind, "unit_id": unit, "entered": entered}
    return row | {"moved_at": at(day) * 1000, "place": 0, **more}  # type: ignore[dict-item]


def crowd(*segments: str) -> list[Row]:
    """Nine people in each segment who do nothing: of fewer than ten nothing is told."""
    return [move(segment, f"q{person}", 0) for segment in segments for person in range(9)]


def visit(person: str, day: float) -> Row:
    return {"leaf": person, "occurred_at": at(day), "received_at": at(day), "path": "/"}


def visits() -> list[Row]:
    """Forty people visit on some days; from a day on twelve of them hardly do any more."""
    rng, rows = np.random.default_rng(5), list[Row]()
    for day in range(DAYS):
        for person in range(40):
            often = 0.05 if person < 12 and day >= FELL else 0.8
            if rng.random() < often:
                rows.append(visit(f"p{person}", day + (9 * HOUR_MS + person) / DAY_MS))
    return rows


def moved_with(*moves: Row) -> str:
    offer({"events": visits(), "segment_moves": moves})
    rows = shown(ask("watch.alarms", {"series": "visits"}))
    return str(next(row for row in rows if not row["dimension"])["moved_with"])


def test_the_segment_that_stays_away_is_named_and_has_no_alarm_of_its_own() -> None:
    team = [move("team", f"p{person}", 20) for person in range(12)]
    others = [move("others", f"p{person}", 20) for person in range(12, 40)]
    assert moved_with(*team, *others).startswith("segment team 86%")
    rows = shown(ask("watch.alarms", {"series": "visits"}))
    assert not any(row["dimension"] == "segment" for row in rows)
    found = ask("watch.alarms", {"series": "visits"})
    assert any("lies in segment team (86%" in one.sentence["en"] for one in found.results)
    assert any("liegt bei Segment team (86 %" in one.sentence["de"] for one in found.results)
    told = ask("watch.baseline", {"series": "visits", "dimension": "segment", "member": "team"})
    assert shown(told)[-1]["came"] < 4  # type: ignore[operator]


def test_a_segment_that_was_declared_later_explains_nothing() -> None:
    assert moved_with(*(move("late", f"p{person}", FELL + 1) for person in range(12))) == ""


def test_who_came_in_on_a_day_counts_from_the_next_and_who_left_to_its_end() -> None:
    offer(
        {
            "events": [visit("p1", day + 0.5) for day in range(8)],
            "segment_moves": [
                *crowd("team"),
                move("team", "p1", 2.2),
                move("team", "p1", 5.2, False),
            ],
        }
    )
    rows = [row for row in ask_rows("watch.baseline") if row["dimension"] == "segment"]
    days = [np.datetime64(str(row["day"])).astype(int) for row in rows]
    assert days == [at(day) // DAY_MS for day in (3, 4, 5)]


def test_people_of_an_account_are_in_its_segments_while_they_belong_to_it() -> None:
    belongs: Row = {"person_id": "p1", "account_id": "acme", "role": "", "status": "current"}
    offer(
        {
            "events": [visit("p1", day + 0.5) for day in range(10)],
            "memberships": [belongs | {"valid_from": at(3.5), "valid_to": at(6.5)}],
            "segment_moves": [
                *crowd("big"),
                move("big", "acme", 1),
                move("big", "acme", 6.2, False),
            ],
        }
    )
    rows = [row for row in ask_rows("watch.baseline") if row["dimension"] == "segment"]
    days = [np.datetime64(str(row["day"])).astype(int) for row in rows]
    assert [row["member"] for row in rows] == ["big"] * 3
    assert days == [at(day) // DAY_MS for day in (4, 5, 6)]


def test_of_a_segment_with_few_people_nothing_is_told() -> None:
    few = [move("team", "p1", 0), *crowd("team")[:8]]
    offer({"events": [visit("p1", day + 0.5) for day in range(8)], "segment_moves": few})
    assert not [row for row in ask_rows("watch.baseline") if row["dimension"] == "segment"]


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.sampled_from(["p0", "p1"]),
        st.integers(0, 47),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(moves=MOVES)
def test_a_day_counts_for_the_segments_that_its_person_was_in_as_it_began(
    moves: list[tuple[str, str, int, bool]],
) -> None:
    """Held against playing the moves one by one; nobody comes twice, or leaves before.

    With nine others it is told of days that began with anybody, and of those without facts too.
    """
    standing: dict[tuple[str, str], list[tuple[float, bool]]] = {}
    rows: list[Row] = []
    for place, (segment, person, quarter, entered) in enumerate(sorted(moves, key=lambda m: m[2])):
        past = standing.setdefault((segment, person), [])
        if (past[-1][1] if past else False) != entered:
            past.append((quarter / 4, entered))
            rows.append(move(segment, person, quarter / 4, entered, place=place))
    events = [visit(person, day + 0.3) for person in ("p0", "p1") for day in range(12)]
    offer({"events": events, "segment_moves": [*rows, *crowd("a", "b")]})
    wanted: Counter[tuple[str, int]] = Counter()
    for (segment, _), past in standing.items():
        for day in range(DAYS + 1):
            before = [entered for moment, entered in past if moment <= day]
            wanted[segment, at(day) // DAY_MS] += bool(before and before[-1])
    found = told_of_segments()
    assert found.keys() == {place for place, count in wanted.items() if count}
    for (segment, day), hits in found.items():
        assert hits == (wanted[segment, day] if day < at(12) // DAY_MS else 0)


def told_of_segments() -> dict[tuple[str, int], float]:
    """Give what is counted by segment and day (number since 1970)."""
    return {
        (str(row["member"]), int(np.datetime64(str(row["day"])).astype(int))): float(
            str(row["hits"])
        )
        for row in ask_rows("watch.baseline")
        if row["dimension"] == "segment"
    }


def test_nothing_is_told_of_days_that_began_with_fewer_than_ten() -> None:
    """Twelve people, of whom three leave: what the nine do is not told, nor held against before."""
    team = [move("team", f"p{person}", 20) for person in range(12)]
    gone = [move("team", f"p{person}", FELL - 0.5, False) for person in range(3)]
    assert moved_with(*team).startswith("segment team 86%")
    assert moved_with(*team, *gone) == ""
    days = {day for _, day in told_of_segments()}
    assert days == {at(day) // DAY_MS for day in range(20, FELL)}


def test_who_was_in_under_two_names_counts_once_and_leaves_with_the_last() -> None:
    names = [
        move("team", "p1", 1, known_as="p1"),
        move("team", "p1", 2, known_as="p0"),
        move("team", "p1", 3, False, known_as="p0", place=1),
        move("team", "p1", 5.5, False, known_as="p1", place=1),
    ]
    events = [visit("p1", day + 0.5) for day in range(8)]
    offer({"events": events, "segment_moves": [*crowd("team"), *names]})
    wanted = {("team", at(day) // DAY_MS): 1.0 for day in (1, 2, 3, 4, 5)}
    assert told_of_segments() == wanted


def test_the_days_of_a_stay_are_those_of_the_zone_also_where_the_clock_is_changed() -> None:
    """In Berlin 2025-10-26 has 25 hours; it begins at 22:00 of the day before (UTC)."""
    begun = parse_instant("2025-10-25T22:00:00Z")
    ended = parse_instant("2025-10-26T23:00:00Z")
    assert begun is not None
    assert ended is not None
    first = (begun - at(0)) / DAY_MS
    others = [move("team", f"q{person}", first - 30) for person in range(9)]
    for entered, left, days in (
        (0, 1, ["2025-10-26"]),
        (1, 1, []),
        (0, 0, []),
        (-1, 1 + ended - begun, ["2025-10-26", "2025-10-27"]),
        (1, ended - begun, []),
    ):
        stay = [
            move("team", "p1", first + entered / DAY_MS),
            move("team", "p1", first + left / DAY_MS, False, place=1),
        ]
        hours = range(-30, 60, 6)
        events = [visit("p1", first + hour * HOUR_MS / DAY_MS) for hour in hours]
        offer({"events": events, "segment_moves": [*others, *stay]})
        zoned = Period(begun - 40 * DAY_MS, begun + 40 * DAY_MS, "Europe/Berlin")
        rows = ask_rows("watch.baseline", period=zoned)
        told = sorted(str(row["day"]) for row in rows if row["dimension"] == "segment")
        assert told == days
