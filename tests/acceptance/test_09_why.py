"""Check 9: from any decision *why* is one click away, adds up, and another lever can be tried."""

import re

import pytest

from tests.acceptance.reader import Reader
from tests.acceptance.tables import figures, rows
from tests.web.serving import Running

LOOKED_AT = 8


@pytest.fixture(scope="module")
def decided(world: Running) -> list[str]:
    """Decisions of the demo: some with a message, some without."""
    site = world.site
    found = [*site.unifier.decisions.newest(2_000, site.clock.now_ms())]
    empty = [one.decision_id for one in found if not one.items]
    full = [one.decision_id for one in found if one.items]
    assert empty
    assert full
    return full[:LOOKED_AT] + empty[:LOOKED_AT]


def test_why_is_one_click_away_wherever_a_decision_is_shown(
    visitor: Reader, world: Running
) -> None:
    visitor.open("/decisions")
    shown = rows(visitor.part("Newest decisions"))
    assert shown
    for row in shown:
        assert [one for cell in row for one in cell.all("a") if one.name.startswith("Why?")]
    views = world.site.views
    person = next(one for one in views.recent_persons(limit=500) if views.decisions(one.person_id))
    visitor.open(f"/people/{person.person_id}")
    shown = [one for one in visitor.root.all("li") if one["class"] == "decision"]
    assert shown
    for line in shown:
        (why,) = [one for one in line.all("a") if one["href"].startswith("/decisions/")]
        assert why.name == "Why this message?"


def test_the_funnel_adds_up_and_every_dropped_one_is_listed(
    visitor: Reader, decided: list[str]
) -> None:
    for decision in decided:
        visitor.open(f"/decisions/{decision}")
        steps = figures(visitor.part("From all candidates to one"))
        left = [row[0] for row in steps]
        dropped = [row[1] for row in steps]
        for place in range(1, len(steps) - 1):
            assert left[place] == left[place - 1] - dropped[place], (decision, steps)
        listed = [*visitor.part("Dropped, with all reasons").all("tr")]
        assert max(len(listed) - 1, 0) == sum(dropped[:-1]), decision
        for row in visitor.part("From all candidates to one").all("a"):
            assert row["href"].startswith("#")
            assert visitor.by_id(row["href"][1:]).text


def test_the_choice_computed_again_is_the_same(visitor: Reader, decided: list[str]) -> None:
    for decision in decided:
        visitor.open(f"/decisions/{decision}")
        assert visitor.says("Computed again from the record: the same choice."), decision


def test_a_lever_in_the_number_field_changes_the_answer_and_saves_nothing(
    visitor: Reader, world: Running, decided: list[str]
) -> None:
    site = world.site
    before = site.unifier.policies.bundle.number, site.unifier.position
    said: dict[str, str] = {}
    chances: dict[str, list[str]] = {}
    weighed(visitor, decided)
    for lever in ("0.5", "2"):
        visitor.send("Decide again, without saving", {"Lever": lever})
        assert f"lever={lever}" in visitor.address
        said[lever] = visitor.by_id("tried").text
        assert f"lever {lever}" in said[lever]
        tried = visitor.by_id("tried")
        chances[lever] = [cell.text for row in rows(tried) for cell in row if cell.tag == "td"]
    assert said["0.5"] != said["2"]
    # Not only the sentence: the table tells other chances, too.
    assert chances["0.5"]
    assert chances["0.5"] != chances["2"]
    visitor.send("Decide again, without saving", {"Lever": "9"})
    assert re.search(r"9 is no lever; it goes from 0\.5 to 2", visitor.by_id("tried").text)
    assert (site.unifier.policies.bundle.number, site.unifier.position) == before


def weighed(reader: Reader, decided: list[str]) -> None:
    """Open a decision in which messages were weighed against each other."""
    button = "Decide again, without saving"
    assert any(any(reader.open(f"/decisions/{one}").buttons(button)) for one in decided)
