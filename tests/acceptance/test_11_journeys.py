"""Check 11: journeys add up, figures lead to as many, moves back and off the path are found."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.acceptance.reader import Reader, reading_as
from tests.acceptance.reading import Element
from tests.acceptance.tables import figures, number, rows
from tests.web.serving import Running

UNITS = ("person", "account")


@pytest.fixture(scope="module", params=UNITS)
def flow(world: Running, request: pytest.FixtureRequest) -> Reader:
    """The page of one unit, ready."""
    return reading_as(world).open(f"/journeys?of={request.param}&period=45d").settle()


def test_start_and_in_less_out_is_end_for_every_stage(flow: Reader) -> None:
    table = flow.part("Time in every stage")
    heads = [one.text for one in table.all("th") if one["scope"] == "col"]
    wanted = [
        heads.index(name) - 1 for name in ("At the start", "Came in", "Went out", "At the end")
    ]
    shown = [[row[place] for place in wanted] for row in figures(table)]
    assert len(shown) > 2
    for start, came, left, end in shown:
        assert start + came - left == end
    assert sum(row[0] for row in shown) == sum(row[3] for row in shown)
    assert sum(row[1] for row in shown) == sum(row[2] for row in shown)


def test_every_mark_leads_to_as_many_as_it_says(flow: Reader, world: Running) -> None:
    marks = [one for one in flow.links() if one["href"].startswith("/journeys/moved")]
    told = {one["href"]: told_by(one.name) for one in marks}
    assert len(told) > 3
    reader = reading_as(world)
    for address, count in told.items():
        reader.open(address)
        assert members(reader) == count, address


def told_by(name: str) -> int:
    """Read how many a mark is about: a mean says of how many, all others begin with it."""
    return number(name.rpartition(", of ")[2])


def members(reader: Reader) -> int:
    """Count who is listed, over all pages of the list."""
    listed = len(rows(reader.part("Who is counted")))
    while later := [one for one in reader.links() if one["rel"] == "next"]:
        reader.follow(later[0].name)
        listed += len(rows(reader.part("Who is counted")))
    return listed


def test_the_table_says_what_the_drawing_says(flow: Reader) -> None:
    ribbons = {pair(one): number(one.name) for one in drawn(flow) if all(pair(one))}
    table = flow.part("From the start to the end of the period")
    cells = {
        pair(one): number(one.name)
        for cell in rows(table)
        for one in (link for part in cell for link in part.all("a"))
        if "/journeys/moved" in one["href"]
    }
    assert ribbons
    for way, count in ribbons.items():
        assert cells[way] == count, way


def drawn(reader: Reader) -> list[Element]:
    """Give the ribbons of the drawing."""
    return [
        one
        for svg in reader.root.all("svg")
        for one in svg.all("a")
        if "/journeys/moved" in one["href"]
    ]


def pair(link: Element) -> tuple[str, str]:
    """Read from which stage to which a link leads."""
    words = parse_qs(urlsplit(link["href"]).query)
    return words.get("from", [""])[0], words.get("to", [""])[0]


def test_moves_back_and_off_the_path_are_found(world: Running) -> None:
    reader = reading_as(world).open("/journeys?of=person&period=30d").settle()
    found = {way: way_of(reader, way) for way in ("Moved back", "Left the path")}
    assert found["Moved back"] > 0
    assert found["Left the path"] > 0


def way_of(reader: Reader, name: str) -> int:
    return number(reader.part(re.compile(f"^{name}$")).text.removeprefix(name))
