"""Segment discovery: who is inside, what counts as a feature, and what is said of it."""

import json
import random

import pytest

from tests.measure.asking import AS_OF, ask, offer, result, shown
from wegweiser.adapters.memory import MemoryStore
from wegweiser.flow.segment_members import member_key
from wegweiser.flow.segment_rows import segment_members_table
from wegweiser.measure.form import Row
from wegweiser.ports.operational_store import Change
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.result import Answer

LANDMARK = AS_OF - 90 * DAY_MS
BEFORE, AFTER = LANDMARK - 20 * DAY_MS, LANDMARK + 20 * DAY_MS
Told = dict[str, object]


def order(leaf: str, at: int, revenue: float) -> Told:
    properties = json.dumps({"revenue": revenue, "currency": "EUR"})
    told = {"leaf": leaf, "occurred_at": at, "type": "track", "name": "Order Completed"}
    return told | {"properties": properties}


def person(number: int, chance: random.Random) -> list[Told]:
    """Make one of whom every fourth buys for much, and these read /guide and are of Ulm more."""
    leaf, rich = f"user_id:p{number:04}", number % 4 == 0
    at = BEFORE - chance.randrange(60) * DAY_MS
    pages = ["/"] + ["/guide"] * (chance.random() < (0.5 if rich else 0.3))
    pages += ["/jobs"] * (chance.random() < (0.2 if rich else 0.4))
    told: list[Told] = [
        {"leaf": leaf, "occurred_at": at + place, "path": path} for place, path in enumerate(pages)
    ]
    town = "Ulm" if chance.random() < (0.5 if rich else 0.3) else "Bonn"
    traits = json.dumps({"town": town, "email": "one@example.com", "tags": ["a"]})
    told.append({"leaf": leaf, "occurred_at": at + 9, "type": "identify", "traits": traits})
    # What comes after the landmark is no feature, however well it tells.
    told.append({"leaf": leaf, "occurred_at": AFTER, "path": "/thanks" if rich else "/bye"})
    return [*told, order(leaf, AFTER, 500.0 if rich else 5.0)]


def crowd(count: int = 1_000) -> list[Told]:
    chance = random.Random(3)
    return [event for number in range(count) for event in person(number, chance)]


def rows_of(answer: Answer) -> dict[str, Row]:
    return {f"{row['kind']}:{row['feature']}": row for row in shown(answer)}


@pytest.fixture(scope="module")
def told() -> Answer:
    offer({"events": crowd()})
    return ask("segments.distinct", {"value-from": "100"})


def test_what_is_more_frequent_inside_is_found_with_its_interval(told: Answer) -> None:
    found = rows_of(told)
    assert {"page:/guide", "page:/jobs", "trait:town Ulm"} <= {
        name for name, row in found.items() if row["stands"]
    }
    guide = result(told, "segments.distinct.page:/guide")
    assert guide.n["inside"] == 250
    assert guide.low is not None
    assert guide.high is not None
    assert 0 < guide.low < 0.2 < guide.high
    assert float(str(found["page:/jobs"]["difference"])) < 0
    assert found["page:/jobs"]["stable_de"] == "stabil"
    assert result(told, "segments.distinct.page:/jobs").sentence["en"].count("points less") == 1


def test_what_comes_after_the_landmark_or_names_somebody_is_no_feature(told: Answer) -> None:
    names = set(rows_of(told))
    assert not names & {"page:/thanks", "page:/bye", "event:Order Completed"}
    assert not [name for name in names if "example.com" in name or "tags" in name]


def test_the_words_tell_no_cause_in_either_language(told: Answer) -> None:
    assert len(told.results) > 2
    for one in told.results[1:]:
        assert "goes together with" in one.sentence["en"]
        assert "geht mit der Gruppe einher" in one.sentence["de"]
        words = " ".join(one.sentence.values()).lower()
        assert not [word for word in ("because", "driver", "weil", "bewirkt") if word in words]


def test_the_best_fifth_is_valuable_where_no_sum_is_stated() -> None:
    offer({"events": crowd(600)})
    answer = ask("segments.distinct")
    assert answer.results[0].n["inside"] == 150


def test_who_grows_and_who_stays_away_are_told_by_the_landmark() -> None:
    events: list[Told] = []
    for number in range(400):
        leaf = f"user_id:g{number:04}"
        events.append(order(leaf, BEFORE, 100.0))
        if number % 2:
            events.append(order(leaf, AFTER, 200.0 if number % 4 == 1 else 100.0))
    offer({"events": events})
    growing = ask("segments.distinct", {"group": "growing"}).results[0]
    leaving = ask("segments.distinct", {"group": "leaving"}).results[0]
    assert (growing.n["inside"], growing.n["outside"]) == (100, 300)
    assert (leaving.n["inside"], leaving.n["outside"]) == (200, 200)


def test_a_trait_value_is_a_group_and_no_feature_of_itself() -> None:
    offer({"events": crowd(800)})
    answer = ask("segments.distinct", {"group": "trait", "trait": "town", "value": "Ulm"})
    assert 100 < answer.results[0].n["inside"] < 500
    assert not [name for name in rows_of(answer) if name.startswith("trait:town")]
    with pytest.raises(InputRefused, match="--trait"):
        ask("segments.distinct", {"group": "trait"})


def test_members_of_a_segment_are_a_group() -> None:
    store = MemoryStore()
    told = [("rich", f"person_id:user_id:p{number:04}") for number in range(0, 800, 4)]
    told += [("rich", "group_id:g-1"), ("others", "person_id:user_id:p0001")]
    rows = [Change("segment_members", member_key(*one), b"5") for one in told]
    store.commit(rows)
    offer({"events": crowd(800), "segment_members": segment_members_table(store)})
    answer = ask("segments.distinct", {"group": "segment", "segment": "rich"})
    assert answer.results[0].n["inside"] == 200
    assert rows_of(answer)["page:/guide"]["stands"]
    assert "those in segment rich" in answer.results[0].sentence["en"]


def test_rare_values_are_one_feature_together() -> None:
    events = crowd(600)
    for number in range(0, 600, 3):
        told = {"leaf": f"user_id:p{number:04}", "occurred_at": BEFORE + 50, "type": "track"}
        events.append(told | {"name": "Search Performed", "search_query": f"word {number}"})
    offer({"events": events})
    found = rows_of(ask("segments.distinct"))
    assert [name for name in found if name.startswith("search:")] == ["search:(other)"]
    assert found["search:(other)"]["inside"] == 50


def test_too_few_of_a_group_and_nobody_at_all_are_answers() -> None:
    offer({"events": crowd(200)})
    assert ask("segments.distinct").results[0].reason == "too_little"
    offer({})
    assert ask("segments.distinct").results[0].reason == "no_source"
