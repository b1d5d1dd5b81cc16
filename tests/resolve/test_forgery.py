"""Forged names: no sender can name what the product itself uses."""

import pytest

from tests.strategies import World, public, seen, server
from wegweiser.resolve.births import DEVICE
from wegweiser.resolve.classes import class_of_kind
from wegweiser.resolve.mention import further_identifiers
from wegweiser.resolve.statement import Stated

RESERVED = [
    "device",
    "claim",
    "person_id",
    "group_id",
    "domain",
    "crm_account_id",
    "ip",
    DEVICE.rstrip(":"),
    "\x00device",
    "9card",
    "",
    "x" * 65,
    "a:b",
]


def external(kind: str, value: str) -> dict[str, object]:
    whole = {"id": value, "type": kind, "collection": "users", "encoding": "none"}
    return {"externalIds": [whole]}


@pytest.mark.parametrize("kind", RESERVED)
def test_reserved_types_are_no_identifiers(kind: str) -> None:
    assert further_identifiers(seen(0, "evil", context=external(kind, "foo"))) == ()


@pytest.mark.parametrize("kind", ["loyalty_card", "crm_contact", "shop-id", "ios.id", "X"])
def test_all_other_types_are(kind: str) -> None:
    stated = seen(0, "a-1", context=external(kind, "foo"))
    assert further_identifiers(stated) == (f"{kind}:foo",)


@pytest.mark.parametrize("kind", ["device", "claim", "person_id", "group_id"])
def test_a_forged_type_leaves_everybody_readable(kind: str) -> None:
    world = World()
    world.send(*public(seen(0, "evil", context=external(kind, "foo")), seen(1, "evil")))
    [person_id] = world.directory.persons()
    assert world.person(person_id).counters == {"Page Viewed": 2}
    assert len(world.content()) == 1


def test_a_device_person_has_an_id_that_no_identifier_has() -> None:
    world = World()
    world.send(*public(seen(0, "a-1", "u-1"), seen(1, "a-1", "u-2"), seen(2, "a-1")))
    device = world.directory.person_of("anonymous_id:a-1")
    assert world.directory.find(f"person_id:{device}") == device
    assert class_of_kind(DEVICE.rstrip(":")) == "weak"
    assert not DEVICE[0].isalpha()


def test_a_name_like_a_claim_takes_nobodys_cells() -> None:
    world = World()
    world.send(*public(seen(0, "", "solo")))
    assert world.of("user_id:solo").counters == {"Page Viewed": 1}
    world.send(*server(seen(1, "", "thief", context=external("claim", "solo/"))))
    assert world.of("user_id:solo").counters == {"Page Viewed": 1}
    assert world.of("user_id:thief").counters == {"Page Viewed": 1}


@pytest.mark.parametrize(
    "leaf", ["device:x", "person_id:per_x", "group_id:acme", "ip:192.0.2.1", "claim:u/group_id:g"]
)
def test_a_question_about_a_reserved_name_gives_birth_to_nobody(leaf: str) -> None:
    world = World()
    assert world.directory.note(Stated(leaf, "", (leaf,)), 1, 0) == frozenset()
    assert list(world.directory.persons()) == []
    assert list(world.directory.accounts()) == []
    assert world.directory.drain() == []
