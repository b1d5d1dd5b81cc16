"""What strangers can make us compute: chains, crowds and big people cost their own share only."""

import pytest

from tests.laws.identity_worlds import equals_full_resolution
from tests.strategies import MINUTES_PER_DAY, World, public, seen, server
from wegweiser.resolve.persons import Persons
from wegweiser.terms.identity_rules import IdentityRules

EMAIL = "one@buyer.example"


def regions_of(world: World, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note how many identifiers are computed anew from now on, region by region."""
    sizes: list[int] = []
    compute = Persons.again

    def watched(persons: Persons, region: set[str]):
        sizes.append(len(region))
        return compute(persons, region)

    monkeypatch.setattr(Persons, "again", watched)
    return sizes


def test_a_chain_of_shared_devices_is_computed_link_by_link(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    sizes = regions_of(world, monkeypatch)
    for number in range(60):
        first = seen(2 * number, f"a-{number}", f"u-{number}", kind="identify")
        second = seen(2 * number + 1, f"a-{number}", f"u-{number + 1}", kind="identify")
        world.send(*public(first, second))
    assert max(sizes) <= 4
    equals_full_resolution(world.directory)


def test_a_chain_of_typed_addresses_is_put_off_and_ends_the_same() -> None:
    world = World(at_once=20)
    for number in range(40):
        for other in (number, number + 1):
            traits = {"email": f"e-{other}@buyer.example"}
            world.send(*public(seen(number, f"a-{number}", kind="identify", traits=traits)))
    assert world.directory.settling
    assert world.directory.ready()
    equals_full_resolution(world.directory)


def test_evidence_that_comes_while_its_region_is_computed_is_taken_in_afterwards() -> None:
    world = World(at_once=4)
    for number in range(12):
        world.send(*public(seen(number * 3 * MINUTES_PER_DAY, f"a-{number}", "u-1")))
    slices = 0
    while world.directory.settling:
        world.directory.settle()
        slices += 1
        if slices < 12:
            late = (40 + slices * 3) * MINUTES_PER_DAY
            world.send(*public(seen(late, f"b-{slices}", "u-1")))
            world.send(*server(seen(late, "", "u-1", kind="identify", traits={"email": EMAIL})))
    equals_full_resolution(world.directory)
    assert world.directory.find(f"email:{EMAIL}") == world.directory.find("user_id:u-1")


def test_what_waits_survives_a_restart_and_comes_in_when_released() -> None:
    world = World(at_once=4)
    world.directory.govern(IdentityRules(weak_most=99, freeze_identifiers=8))
    for number in range(12):
        world.send(*public(seen(number, f"a-{number}", "u-1", kind="identify")))
        world.directory.ready()
    waiting = {one.evidence for one in world.directory.frozen()}
    assert waiting
    before = world.content()
    world.commit()
    again = World(world.store, at_once=4)
    assert {one.evidence for one in again.directory.frozen()} == waiting
    assert again.content() == before
    again.position = world.position
    # A region is measured again when it is next computed.
    again.of("user_id:u-1")
    again.judge("release", names=("user_id:u-1",))
    again.directory.ready()
    assert again.directory.frozen() == ()
    assert len(again.of("user_id:u-1").identifiers) == 13
    again.commit()
    assert World(again.store).content() == again.content()


def test_strangers_freeze_nobody_for_whom_a_server_speaks() -> None:
    world = World(at_once=4)
    world.directory.govern(IdentityRules(weak_most=99, freeze_identifiers=8))
    for number in range(12):
        world.send(*public(seen(number, f"a-{number}", "u-1", kind="identify")))
        world.directory.ready()
    world.send(*server(seen(20, "", "u-1", kind="identify", traits={"email": EMAIL})))
    world.directory.ready()
    assert world.directory.find(f"email:{EMAIL}") == world.directory.find("user_id:u-1")
