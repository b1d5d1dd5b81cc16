"""Quarantine: what is linked with too many others says nothing, and slows nobody down."""

from collections.abc import Iterable

import pytest

from tests.strategies import MINUTES_PER_DAY, World, public, seen, server
from wegweiser.resolve.edges import Edges
from wegweiser.resolve.graph import resolve
from wegweiser.resolve.heat import stops_of
from wegweiser.resolve.judgements import Ruling
from wegweiser.resolve.links import Links
from wegweiser.resolve.rulebook import BUILT_IN
from wegweiser.terms.event import Event
from wegweiser.terms.identity import Evidence
from wegweiser.terms.source import Trust

EMAIL = "office@buyer.example"
DEVICE = "anonymous_id:kiosk"


@pytest.fixture
def world() -> World:
    return World()


def persons(world: World, *names: str) -> set[str | None]:
    return {world.directory.find(name) for name in names}


def reasons(world: World, a: str, b: str) -> set[str]:
    return {refusal.reason for refusal in world.directory.why(a, b).refusals}


def statuses(world: World, name: str) -> dict[str, str]:
    return {f"{known.type}:{known.value}": known.status for known in world.of(name).identifiers}


def one_by_one(told: Iterable[Evidence]) -> Links:
    links = Links(Edges(), BUILT_IN, Ruling(), frozenset())
    for item in told:
        rising = links.rising([item])
        links.added(links.edges.add(item))
        for name in rising:
            links.heated(name)
    return links


def login(minute: int, user: str) -> Event:
    return seen(minute, "kiosk", user, kind="identify")


def contact(minute: int, user: str) -> Event:
    return seen(minute, "", user, kind="identify", traits={"email": EMAIL})


def test_the_sixth_user_of_an_office_address_sets_all_apart(world: World) -> None:
    users = [f"user_id:u-{number}" for number in range(6)]
    world.send(*server(*(contact(number, f"u-{number}") for number in range(5))))
    assert reasons(world, users[1], f"email:{EMAIL}") == {"unique_conflict"}
    assert persons(world, users[0]) == persons(world, f"email:{EMAIL}")
    world.send(*server(contact(5, "u-5")))
    assert len(persons(world, *users)) == 6
    assert world.directory.find(f"email:{EMAIL}") is None
    assert reasons(world, users[0], f"email:{EMAIL}") == {"quarantined"}
    assert reasons(world, users[0], users[1]) == {"quarantined"}
    [edge] = world.directory.graph_of(world.directory.find(users[0]) or "")
    assert edge.reason == "quarantined"


def test_strangers_cannot_quarantine_the_owner_of_an_address(world: World) -> None:
    world.send(*server(contact(0, "owner")))
    for number in range(6):
        fake = {"id": f"c-{number}", "type": "crm_x", "collection": "users", "encoding": "none"}
        told = {"traits": {"email": EMAIL}, "externalIds": [fake]}
        world.send(*public(seen(number, f"d-{number}", f"fake-{number}", context=told)))
    for number in range(60):
        world.send(*public(seen(number, f"e-{number}", traits={"email": EMAIL}, kind="identify")))
    assert persons(world, "user_id:owner") == persons(world, f"email:{EMAIL}")
    assert set(statuses(world, "user_id:owner").values()) == {"member"}
    assert reasons(world, "anonymous_id:e-1", f"email:{EMAIL}") == {"quarantined"}


def test_the_sixth_user_on_a_device_makes_it_nobodys(world: World) -> None:
    world.send(*public(seen(0, "kiosk"), *(login(number, f"u-{number}") for number in range(5))))
    assert statuses(world, "user_id:u-0")[DEVICE] == "shared"
    world.send(*public(login(5, "u-5")))
    assert statuses(world, "user_id:u-0") == {"user_id:u-0": "member"}
    assert statuses(world, DEVICE) == {DEVICE: "quarantined"}
    assert world.of(DEVICE).counters == {"Page Viewed": 1}
    assert world.of("user_id:u-5").counters == {"Identified": 1}
    assert len(list(world.directory.persons())) == 7


def test_a_proven_owner_keeps_a_device_that_strangers_made_hot(world: World) -> None:
    proven = seen(0, "kiosk", "owner", context={"verified": ["anonymous_id"]})
    world.send(*server(proven), *public(*(login(number, f"u-{number}") for number in range(8))))
    assert persons(world, "user_id:owner") == persons(world, DEVICE)
    assert len(persons(world, *(f"user_id:u-{number}" for number in range(8)))) == 8


@pytest.mark.parametrize(("days", "joined"), [(0, 1), (10, 10)])
def test_fifty_browsers_in_a_week_are_a_crowd(world: World, days: int, joined: int) -> None:
    for number in range(51):
        late = days * MINUTES_PER_DAY if number > 30 else 0
        typed = seen(late + number, f"d-{number}", kind="identify", traits={"email": EMAIL})
        world.send(*public(typed))
    found = persons(world, *(f"anonymous_id:d-{number}" for number in range(51)))
    # Of those who are no crowd five a week are one visitor.
    assert len(found) == 52 - joined


def test_one_more_user_on_a_hot_device_touches_that_user_only(world: World) -> None:
    world.send(*public(*(login(number, f"u-{number}") for number in range(800))))
    claims = (
        Evidence(DEVICE, f"user_id:u-{number}", Trust.PUBLIC, 0, "m", "s", number)
        for number in range(800)
    )
    links = one_by_one(claims)
    assert not links.linked("user_id:u-799")
    assert not links.linked(DEVICE)
    before = {key: world.person(key) for key in world.directory.persons()}
    world.send(*public(login(800, "u-new")))
    after = {key: world.person(key) for key in world.directory.persons()}
    assert set(after) - set(before) == {world.directory.find("user_id:u-new")}
    assert {key: after[key] for key in before} == before


def test_a_whole_set_and_one_by_one_are_equally_hot() -> None:
    told = [
        Evidence(DEVICE, f"user_id:u-{number}", Trust(1 + number % 2), 0, "m", "s", number)
        for number in range(12)
    ]
    assert one_by_one(told).stop_of(DEVICE) == Trust.VERIFIED
    assert stops_of(told) == {DEVICE: Trust.VERIFIED}
    assert {refusal.reason for refusal in resolve(told).refusals} == {"quarantined"}
    assert len(resolve(told).members) == 13
