"""The laws of identity: order does not matter, users never merge, strangers change nobody."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import Sent, World, evidence, seen, streams, trusts, users
from wegweiser.resolve.classes import class_of
from wegweiser.resolve.graph import Clusters, resolve
from wegweiser.terms.identity import Evidence, Identifier, kind_of
from wegweiser.terms.source import Trust

many = st.lists(evidence(), max_size=14)


def partition(clusters: Clusters, names: set[Identifier]) -> set[frozenset[Identifier]]:
    groups: dict[Identifier, set[Identifier]] = {}
    for name in names:
        groups.setdefault(clusters.root_of[name], set()).add(name)
    return {frozenset(group) for group in groups.values()}


@given(many, st.randoms(use_true_random=False))
def test_resolution_depends_on_the_set_of_evidence_only(told: list[Evidence], random) -> None:
    shuffled = [*told, *told[:3]]
    random.shuffle(shuffled)
    one, other = resolve(told), resolve(shuffled)
    assert one.members == other.members
    assert one.shared == other.shared
    assert set(one.refusals) == set(other.refusals)


@given(many)
def test_no_person_has_two_current_values_of_a_unique_type(told: list[Evidence]) -> None:
    clusters = resolve(told)
    for members in clusters.members.values():
        current = [
            kind_of(name)
            for name in members
            if class_of(name) == "unique" and name not in clusters.superseded
        ]
        assert max(Counter(current).values(), default=0) <= 1


@given(many)
def test_every_pair_is_accepted_or_refused_with_a_reason(told: list[Evidence]) -> None:
    clusters = resolve(told)
    judged = {e.pair for e in clusters.accepted} | {r.evidence.pair for r in clusters.refusals}
    assert judged == {item.pair for item in told}
    assert all(refusal.reason for refusal in clusters.refusals)


@given(many)
def test_public_evidence_changes_nothing_among_trusted_persons(told: list[Evidence]) -> None:
    trusted = [item for item in told if item.trust >= Trust.SERVER]
    alone, whole = resolve(trusted), resolve(told)
    # A stranger can at worst mark a device as shared, so devices are left out.
    names = {n for item in trusted for n in item.pair if class_of(n) != "weak"}
    assert partition(alone, names) == partition(whole, names)


@settings(max_examples=40)
@given(streams(), st.randoms(use_true_random=False))
def test_any_order_and_repetition_gives_the_same_profiles(sent: list[Sent], random) -> None:
    shuffled = [*sent, *sent[: len(sent) // 2]]
    random.shuffle(shuffled)
    straight, other = World(), World()
    straight.send(*sent)
    other.send(*shuffled)
    assert other.content() == straight.content()


@settings(max_examples=40)
@given(streams(), st.integers(0, 12))
def test_a_restart_anywhere_changes_nothing(sent: list[Sent], cut: int) -> None:
    straight, stopped = World(), World()
    straight.send(*sent)
    stopped.send(*sent[:cut])
    stopped.commit()
    again = World(stopped.store)
    again.position = stopped.position
    again.send(*sent[cut:])
    assert again.content() == straight.content()
    assert sorted(again.directory.persons()) == sorted(straight.directory.persons())


@settings(max_examples=40)
@given(streams(most=8))
def test_live_persons_equal_a_full_resolution_after_every_step(sent: list[Sent]) -> None:
    world = World()
    for step in sent:
        world.send(step)
        world.commit()
        loaded = World(world.store)
        assert loaded.content() == world.content()


@settings(max_examples=40)
@given(streams())
def test_every_event_is_in_exactly_one_person(sent: list[Sent]) -> None:
    world = World()
    world.send(*sent)
    profiles = [world.person(key) for key in world.directory.persons()]
    assert sum(sum(profile.counters.values()) for profile in profiles) == len(sent)


@settings(max_examples=40)
@given(streams())
def test_ids_found_by_a_leaf_and_by_an_old_id_agree(sent: list[Sent]) -> None:
    world = World()
    world.send(*sent)
    for person_id in world.directory.persons():
        assert world.directory.find(f"person_id:{person_id}") == person_id


@settings(max_examples=40)
@given(st.lists(st.tuples(users, st.integers(1, 9), trusts), max_size=12))
def test_devices_seen_for_the_first_time_join_as_a_full_resolution_says(
    told: list[tuple[str, int, Trust]],
) -> None:
    world = World()
    for minute, (user, device, trust) in enumerate(told):
        event = seen(minute, f"d-{device}", user)
        world.send(Sent(event, trust, event.at))
        world.commit()
        loaded = World(world.store)
        assert loaded.content() == world.content()
        assert sorted(loaded.directory.persons()) == sorted(world.directory.persons())
