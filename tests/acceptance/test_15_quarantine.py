"""Check 15: what is set aside shows its reason, is let in after the fix, and taken back again."""

import re
from collections.abc import Iterator

import pytest

from tests.acceptance.reader import Reader
from tests.acceptance.sources import Shop
from tests.acceptance.tables import rows
from tests.web.serving import Running

SCHEMA = """
kind: event_schema
key: seat-booked
event: Seat Booked
mode: quarantine
properties: {type: object, properties: {seats: {type: TYPE}}}
"""
BOOKED = {"type": "track", "event": "Seat Booked", "properties": {"seats": "two"}}
BOOKED_BY = ("u-seat-1", "u-seat-2", "u-seat-3")


@pytest.fixture
def theatre(office: Running) -> Iterator[Shop]:
    """A source that sends numbers as words, which its schema forbids."""
    declare(office, "integer")
    shop = Shop(office, "theatre")
    shop.send(*(BOOKED | {"userId": user, "messageId": f"{user}-booked"} for user in BOOKED_BY))
    yield shop
    declare(office, "string")


def declare(office: Running, kind: str) -> None:
    schema = SCHEMA.replace("TYPE", kind)
    office.wait(office.site.applier.apply([("schema.yaml", schema)]))


def waiting(clerk: Reader) -> list[str]:
    """List the groups of the theatre that wait in quarantine."""
    clerk.open("/data/quarantine")
    lines = [" ".join(cell.text for cell in row) for row in rows(clerk.root)]
    return [line for line in lines if "theatre" in line]


def known(office: Running) -> int:
    """Count whose booking is stored."""
    people = (office.site.views.find_person(f"user_id:{one}") for one in BOOKED_BY)
    return sum(one is not None for one in people)


def test_it_is_named_with_its_place_let_in_after_the_fix_and_taken_back(
    clerk: Reader, office: Running, theatre: Shop
) -> None:
    (line,) = waiting(clerk)
    assert "schema_violation" in line
    assert " 3 " in line
    clerk.follow(re.compile("^The event breaks its declared schema"))
    assert "→" in clerk.part("The event, as it is kept").text
    assert clerk.says("seats")
    again = re.compile("^Try again: schema_violation, theatre")
    waiting(clerk)
    clerk.send(again).settle()
    assert clerk.says("Of 3 events 0 were stored; 3 stay in quarantine.")
    declare(office, "string")
    waiting(clerk)
    clerk.send(again).settle()
    assert clerk.says("Of 3 events 3 were stored; 0 stay in quarantine.")
    ended = clerk.address
    assert known(office) == 3
    assert waiting(clerk) == []
    clerk.open(ended).send("Put back into quarantine").settle()
    assert known(office) == 0
    assert waiting(clerk) == [line]


def test_listening_turns_to_the_first_event_by_refresh(clerk: Reader, office: Running) -> None:
    website = Shop(office, "new website")
    clerk.open("/data/tag?source=new%20website")
    assert clerk.says("Listening … Open a page of your website now.")
    assert [one for one in clerk.root.all("meta") if one["http-equiv"] == "refresh"]
    page = {"page": {"url": "https://www.example.com/pricing"}}
    website.send({"type": "page", "userId": "u-listened", "context": page})
    clerk.settle()
    assert clerk.says("First event")
    assert clerk.says("from www.example.com.")
