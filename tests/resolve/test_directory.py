"""The directory: the same after a restart, and able to say why."""

import pytest

from tests.strategies import MINUTES_PER_DAY, World, public, seen, server
from wegweiser.resolve.statement import Stated
from wegweiser.terms.errors import NotFound


def shared_device() -> World:
    world = World()
    world.send(*public(seen(0, "a-1", "u-1"), seen(MINUTES_PER_DAY, "a-1", "u-2")))
    world.send(*public(seen(2 * MINUTES_PER_DAY, "a-1")))
    return world


def test_the_id_of_a_device_person_survives_a_restart() -> None:
    world = shared_device()
    device = world.directory.person_of("anonymous_id:a-1")
    assert device != world.directory.find("user_id:u-1")
    world.commit()
    again = World(world.store)
    assert again.directory.find(f"person_id:{device}") == device
    assert sorted(again.directory.persons()) == sorted(world.directory.persons())


def test_a_rebuild_from_the_same_log_gives_equal_ids() -> None:
    one, other = shared_device(), shared_device()
    assert list(one.directory.persons()) == list(other.directory.persons())


def test_nothing_is_drained_twice() -> None:
    world = shared_device()
    assert {change.table for change in world.directory.drain()} == {
        "births",
        "evidence",
        "evidence_of",
    }
    world.send(*public(seen(3 * MINUTES_PER_DAY, "a-1")))
    assert world.directory.drain() == []


def test_one_row_of_evidence_per_pair_and_day() -> None:
    world = World()
    world.send(*public(*(seen(minute, "a-1", "u-1") for minute in range(5))))
    world.send(*public(seen(MINUTES_PER_DAY, "a-1", "u-1")))
    changes = world.directory.drain()
    assert len({change.key for change in changes if change.table == "evidence"}) == 2


def test_an_earlier_statement_that_comes_late_dates_the_claim() -> None:
    world = World()
    day = MINUTES_PER_DAY
    world.send(*public(seen(0, "a-1"), seen(3 * day, "a-1", "u-1"), seen(5 * day, "a-1", "u-2")))
    assert world.of("user_id:u-1").counters == {"Page Viewed": 2}
    world.send(*public(seen(-day, "a-1", "u-2")))
    assert world.of("user_id:u-1").counters == {"Page Viewed": 1}
    assert world.of("user_id:u-2").counters == {"Page Viewed": 3}


def test_the_graph_of_a_person_shows_what_joined_and_what_did_not() -> None:
    world = shared_device()
    person_id = world.directory.find("user_id:u-1") or ""
    edges = world.directory.graph_of(person_id)
    assert [(edge.b, edge.reason) for edge in edges] == [
        ("user_id:u-1", "shared"),
        ("user_id:u-2", "shared"),
    ]


def test_the_path_between_two_devices_leads_over_their_user() -> None:
    world = World()
    world.send(*public(seen(0, "a-1", "u-1"), seen(1, "a-2", "u-1")))
    found = world.directory.why("anonymous_id:a-1", "anonymous_id:a-2")
    assert found.joined
    assert [item.pair for item in found.path] == [
        ("anonymous_id:a-1", "user_id:u-1"),
        ("anonymous_id:a-2", "user_id:u-1"),
    ]


def test_unheard_of_names_are_nobody() -> None:
    directory = World().directory
    assert directory.find("user_id:u-9") is None
    assert directory.find("person_id:per_00000000000000000000000000") is None
    assert directory.account_id("acme") is None
    with pytest.raises(NotFound):
        directory.person_of("anonymous_id:a-9")
    with pytest.raises(NotFound):
        directory.leaves_of("per_00000000000000000000000000")


def test_members_are_found_with_the_days_that_count() -> None:
    world = World()
    day = MINUTES_PER_DAY
    world.send(*server(seen(0, "", "u-1", kind="group", group_id="acme")))
    told = {"groupId": "acme"}
    world.send(*server(seen(day, "", "u-1", kind="track", event="Left Group", properties=told)))
    [member] = world.directory.members_of("acme")
    [share] = member.shares
    assert (share.leaf, share.until_day) == ("user_id:u-1", member.since + 2)
    assert list(world.directory.accounts()) == ["acme"]
    assert (world.directory.account_id("acme") or "").startswith("acc_")


def test_an_account_is_no_person() -> None:
    world = World()
    world.send(*server(seen(0, "", "u-1", kind="group", group_id="acme")))
    assert len(list(world.directory.persons())) == 1
    assert world.directory.find("group_id:acme") is None


def test_a_claim_named_as_an_identifier_is_nobody_of_its_own() -> None:
    world = World()
    world.send(*public(seen(0, "a-1", "u-1")))
    before = list(world.directory.persons())
    world.directory.note(Stated("claim:u-1/a-1", "", ("claim:u-1/a-1",)), 9, 0)
    assert list(world.directory.persons()) == before
    world.directory.note(Stated("claim:u-2/a-2", "", ("claim:u-2/a-2",)), 10, 0)
    assert world.directory.person_of("claim:u-2/a-2") == world.directory.find("anonymous_id:a-2")
