"""Lineage: what happened to persons is told once, the same by a replay, with what caused it."""

from tests.strategies import MINUTES_PER_DAY, World, public, seen, server
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.lineage import Lineage

EMAIL = "one@buyer.example"


def merged_world() -> World:
    world = World()
    world.send(*public(seen(0, "a-1")), *server(seen(1, "", "u-1")))
    world.send(*public(seen(2, "a-1", "u-1", kind="identify")))
    return world


def only(world: World, event: str) -> list[Lineage]:
    return [one for one in world.directory.take_lineage() if one.event == event]


def test_a_merge_names_both_ids_and_the_event_that_joined_them() -> None:
    world = merged_world()
    [merge] = only(world, "Identity Merged")
    assert merge.person_id == world.directory.find("user_id:u-1")
    assert merge.identifiers_moved == ("user_id:u-1",)
    [former] = merge.previous
    assert former.person_id in world.directory.ids_of("user_id:u-1")
    assert former.triggering_event_id == merge.evidence[0].message_id
    assert former.merged_at == merge.evidence[0].at
    assert merge.log_position == 3
    assert merge.rules_version == world.directory.rules.version


def test_a_replay_tells_the_same_and_nobody_is_told_twice() -> None:
    one, other = merged_world(), merged_world()
    assert one.directory.take_lineage() == other.directory.take_lineage() != []
    assert one.directory.take_lineage() == []


def test_a_cut_splits_and_names_the_statement() -> None:
    world = merged_world()
    world.directory.take_lineage()
    cut = world.judge("cut", ("anonymous_id:a-1", "user_id:u-1"))
    [split] = only(world, "Identity Split")
    assert split.previous[0].person_id == world.directory.find("user_id:u-1")
    assert split.previous[0].triggering_event_id == cut.operation_id
    world.judge("undo", undoes=cut.operation_id)
    assert len(only(world, "Identity Merged")) == 1


def test_what_is_new_on_a_device_or_replaced_or_refused_is_told() -> None:
    world = merged_world()
    world.directory.take_lineage()
    world.send(*public(seen(MINUTES_PER_DAY, "a-1", "u-2", kind="identify")))
    assert [one.identifiers_moved for one in only(world, "Identifier Shared")] == [
        ("anonymous_id:a-1",)
    ]
    world.send(*server(seen(3, "", "u-3", kind="alias", previous_id="u-1")))
    assert [one.identifiers_moved for one in only(world, "Identifier Superseded")] == [
        ("user_id:u-1",)
    ]
    for user in ("u-5", "u-6"):
        traits = {"email": EMAIL}
        world.send(*server(seen(4, "", user, kind="identify", traits=traits)))
    assert [one.reason for one in only(world, "Identity Evidence Refused")] == ["unique_conflict"]


def test_rules_that_come_again_are_told_again() -> None:
    world = merged_world()
    world.directory.take_lineage()
    apart, together = IdentityRules(blocked={"user_id": ("u-1",)}), IdentityRules()
    told: list[str] = []
    for position, rules in enumerate((apart, together, apart, together), start=10):
        world.directory.govern(rules, position)
        told += [
            one.message_id
            for one in world.directory.take_lineage()
            if one.event in ("Identity Split", "Identity Merged")
        ]
    assert len(told) == len(set(told)) == 4
