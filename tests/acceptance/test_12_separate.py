"""Check 12: what is taken apart and put back is as before, and the preview told the truth."""

import re
from collections.abc import Callable

import msgspec
import pytest

from tests.acceptance.reader import Reader
from tests.acceptance.reading import Element
from tests.acceptance.sources import Shop
from tests.acceptance.tables import number
from tests.web.serving import Running
from wegweiser.flow.timeline import KINDS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.facts import account_path
from wegweiser.workspace import operations

PARTS = ("Facts", "Stage", "Interests", "Consent", "Accounts", "Timeline", "Events by kind")


@pytest.fixture
def joined(world: Running) -> tuple[str, str]:
    """Somebody of the demo who is known by several identifiers, and the account."""
    views = world.site.views
    person = next(
        one
        for one in views.recent_persons(limit=500)
        if one.accounts and {"anonymous_id", "email"} <= {name.type for name in one.identifiers}
    )
    return person.person_id, person.accounts[0].group_id


def as_it_is(world: Running, person_id: str, group_id: str) -> bytes:
    """Write person, account and timeline as the programs of others read them."""
    person: JsonObject = {"identifier": f"person_id:{person_id}"}
    # What operators said of somebody stays in the record, whatever became of it; likewise that a
    # segment, where another test has made one, let somebody go and took them in again.
    kinds: list[Json] = [kind for kind in KINDS if kind not in ("identity", "segment")]
    asked: list[tuple[str, JsonObject]] = [
        ("profile", person),
        ("account", {"identifier": f"group_id:{group_id}"}),
        ("timeline", {**person, "kinds": kinds, "limit": 1_000}),
    ]
    told: list[Json] = [
        world.wait(operations.run(world.site, operation, arguments))
        for operation, arguments in asked
    ]
    return msgspec.json.encode(told, order="deterministic")


def as_shown(reader: Reader, person_id: str, group_id: str) -> list[str]:
    """Write the parts of both pages, but for what operators said."""
    reader.open(f"/people/{person_id}").settle()
    known = next(reader.part("How we know").all("table")).text
    shown = [known, *(reader.part(name).text for name in PARTS)]
    reader.open(account_path(group_id)).settle()
    # What it brings is worked out beside the page, and may come a moment later.
    cards = (one.text for one in reader.root.all("section"))
    return [*shown, *(one for one in cards if not one.startswith("What it brings"))]


Open = Callable[[Reader, str], dict[str, list["Side"]]]


@pytest.mark.parametrize("way", ["take apart", "separate", "restore"])
def test_all_is_as_before_byte_for_byte_and_the_preview_said_what_changed(
    visitor: Reader, world: Running, joined: tuple[str, str], way: str
) -> None:
    person_id, group_id = joined
    before = as_it_is(world, person_id, group_id)
    shown = as_shown(visitor, person_id, group_id)
    told = WAYS[way](visitor, f"/people/{person_id}")
    assert as_it_is(world, person_id, group_id) == before
    assert [one.person_id for one in told["Now"]] == [person_id]
    visitor.send("Yes, do it", {"Why? Others read it later": "Two people share a tablet"})
    assert visitor.says("It is done.")
    assert as_it_is(world, person_id, group_id) != before
    for one in told["Then"]:
        person = world.site.views.person(one.person_id)
        found = len(person.identifiers), sum(person.counters.values())
        assert found == (one.identifiers, one.events), one.person_id
    visitor.send("Undo")
    assert visitor.says("It is taken back; all is as before.")
    assert as_it_is(world, person_id, group_id) == before
    assert as_shown(visitor, person_id, group_id) == shown


def taken_apart(reader: Reader, path: str) -> dict[str, list["Side"]]:
    """Open the first preview after which there would be two people."""
    button = re.compile("^Take apart: ")
    count = len([*reader.open(path).buttons(button)])
    for place in range(count):
        reader.open(path)
        reader.press([*reader.buttons(button)][place])
        told = sides(reader)
        if len(told["Then"]) == 2:
            return told
    raise AssertionError("nothing that is taken apart makes two people")


def separated(reader: Reader, path: str) -> dict[str, list["Side"]]:
    """Say that the first and the last identifier are of two people."""
    reader.open(path).follow("Link, separate or restore")
    reader.send("Show what separating would change")
    return sides(reader)


def restored(reader: Reader, path: str) -> dict[str, list["Side"]]:
    """Go back to a day before anything was joined."""
    reader.open(path).follow("Link, separate or restore")
    reader.send("Show what restoring would change", {"First day that counts no more": "2020-01-01"})
    return sides(reader)


WAYS: dict[str, Open] = {"take apart": taken_apart, "separate": separated, "restore": restored}


def sides(reader: Reader) -> dict[str, list["Side"]]:
    """Read both sides of a preview."""
    return {side: persons_in(reader.part(side)) for side in ("Now", "Then")}


def test_two_are_linked_after_a_preview_and_a_refusal_keeps_what_was_typed(
    clerk: Reader, office: Running
) -> None:
    views = office.site.views
    Shop(office, "kiosk").send({"type": "page", "anonymousId": "a-linked"})
    user, device = "user_id:u-10", "anonymous_id:a-linked"
    one, other = views.find_person(user), views.find_person(device)
    assert one != other
    clerk.open(f"/people/{one}").follow("Link, separate or restore")
    link, field = "Show what linking would change", "The other identifier"
    clerk.send(link, {field: "nobody at all"}, refused=True)
    kept = next(one for one in clerk.fields(link) if one.label == field)
    assert kept.value() == "nobody at all"
    assert "nobody at all" in clerk.by_id(kept.element["aria-describedby"]).text
    clerk.send(link, {field: device})
    assert (len(sides(clerk)["Now"]), len(sides(clerk)["Then"])) == (2, 1)
    clerk.send("Yes, do it")
    assert views.find_person(user) == views.find_person(device)
    clerk.send("Undo")
    assert (views.find_person(user), views.find_person(device)) == (one, other)


class Side(msgspec.Struct, frozen=True):
    """What the preview says of one person."""

    person_id: str
    identifiers: int
    events: int


def persons_in(part: Element) -> list[Side]:
    """Read what the preview says of every person."""
    return [
        side_of(head, facts) for head, facts in zip(part.all("h3"), part.all("dl"), strict=True)
    ]


def side_of(head: Element, facts: Element) -> Side:
    """Read one person: the names stand in lines, and beside them how many more there are."""
    names, events = [*facts.all("dd")][:2]
    more = re.search("and ([0-9]+) more", names.text)
    listed = len([*names.all("br")]) + (int(more[1]) if more else 0)
    return Side(head.text, listed, number(events.text))
