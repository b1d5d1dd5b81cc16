"""The laws of identity: order does not matter, users never merge, strangers change nobody."""

from collections import Counter

import msgspec
import networkx
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.identity_worlds import equals_full_resolution, partition
from tests.strategies import (
    Sent,
    World,
    evidence,
    identifiers,
    judgements,
    rules_of_identity,
    seen,
    streams,
    trusts,
    users,
)
from wegweiser.resolve.graph import Clusters, resolve
from wegweiser.resolve.judgements import ruling_of
from wegweiser.resolve.rulebook import Rulebook
from wegweiser.terms.identity import Evidence, Identifier, kind_of
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.judgement import Judgement
from wegweiser.terms.source import Trust

many = st.lists(evidence(), max_size=14)
said = st.lists(st.integers(1, 5), max_size=3).flatmap(
    lambda numbers: st.tuples(*(judgements(number=n) for n in sorted(set(numbers))))
)
heard = st.frozensets(identifiers)


@given(many, rules_of_identity, said, heard, st.randoms(use_true_random=False))
def test_resolution_depends_on_the_set_of_evidence_only(
    told: list[Evidence], rules: IdentityRules, judged: tuple[Judgement, ...], leaves, random
) -> None:
    shuffled, other_way = [*told, *told[:3]], list(judged)
    random.shuffle(shuffled)
    random.shuffle(other_way)
    one = resolve(told, rules, judged, leaves)
    other = resolve(shuffled, rules, other_way, leaves)
    assert one.members == other.members
    assert one.shared == other.shared
    assert set(one.refusals) == set(other.refusals)


def current(clusters: Clusters, members: tuple[Identifier, ...], book: Rulebook) -> list[str]:
    """Give the types of the values that stand for persons now, each as often as it occurs."""
    return [
        kind_of(name)
        for name in members
        if book.class_of(name) == "unique" and name not in clusters.superseded
    ]


@given(many, rules_of_identity, said)
def test_no_person_has_two_current_values_of_a_unique_type(
    told: list[Evidence], rules: IdentityRules, judged: tuple[Judgement, ...]
) -> None:
    clusters, book = resolve(told, rules, judged), Rulebook(rules)
    for members in clusters.members.values():
        assert max(Counter(current(clusters, members, book)).values(), default=0) <= 1


@given(many, rules_of_identity, said)
def test_nobody_whom_an_operator_separated_is_one_person(
    told: list[Evidence], rules: IdentityRules, judged: tuple[Judgement, ...]
) -> None:
    clusters = resolve(told, rules, judged)
    for name, others in ruling_of(judged).separations.items():
        together = set(clusters.members.get(clusters.root_of.get(name, ""), ()))
        assert not together & others


@given(many, rules_of_identity, heard)
def test_no_person_breaks_a_limit_or_cap_without_an_operator(
    told: list[Evidence], rules: IdentityRules, leaves: frozenset[Identifier]
) -> None:
    clusters, book = resolve(told, rules, (), leaves), Rulebook(rules)
    for members in clusters.members.values():
        assert len(members) <= max(rules.most_identifiers, 1)
        assert len(leaves.intersection(members)) - 1 <= rules.most_merges
        for kind in {kind_of(name) for name in members}:
            times = sorted(first_links(clusters, members, kind))
            rule = book.kind(kind)
            if rule.identifier_class in {"strong", "weak"}:
                spans = zip(times, times[rule.most :], strict=False)
                assert all(later - earlier >= rule.window_ms for earlier, later in spans)


def first_links(clusters: Clusters, members: tuple[Identifier, ...], kind: str) -> list[int]:
    """Give when each value of a type was first linked, as the evidence was tried."""
    found: dict[Identifier, int] = {}
    for item in clusters.accepted:
        for name in set(item.pair) & set(members):
            if kind_of(name) == kind:
                found.setdefault(name, item.at)
    return list(found.values())


@given(many)
def test_every_pair_is_accepted_or_refused_with_a_reason(told: list[Evidence]) -> None:
    clusters = resolve(told)
    judged = {e.pair for e in clusters.accepted} | {r.evidence.pair for r in clusters.refusals}
    assert judged == {item.pair for item in told}
    assert all(refusal.reason for refusal in clusters.refusals)


@given(many, rules_of_identity, said)
def test_public_evidence_changes_nothing_among_trusted_persons(
    told: list[Evidence], rules: IdentityRules, judged: tuple[Judgement, ...]
) -> None:
    trusted = [item for item in told if item.trust >= Trust.SERVER]
    alone, whole = resolve(trusted, rules, judged), resolve(told, rules, judged)
    # A stranger can at worst mark a device as shared, so devices are left out, as is whoever
    # has no trusted evidence left once blocked and cut evidence is dropped.
    book = Rulebook(rules)
    dropped = {r.evidence.pair for r in alone.refusals if r.reason in {"blocked", "cut"}}
    counting = [item for item in trusted if item.pair not in dropped]
    names = {n for item in counting for n in item.pair if book.class_of(n) in {"unique", "strong"}}
    assert partition(alone, names) == partition(whole, names)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=20))
def test_without_any_binding_rule_persons_are_connected_components(
    pairs: list[tuple[int, int]],
) -> None:
    rules = IdentityRules(strong_most=99, hot_neighbours=99)
    graph = networkx.Graph(
        (f"email:{a}@b.example", f"email:{b}@b.example") for a, b in pairs if a != b
    )
    told = [
        Evidence(*sorted(edge), Trust.SERVER, number, f"m-{number}", "shop", number)
        for number, edge in enumerate(graph.edges)
    ]
    found = {frozenset(members) for members in resolve(told, rules).members.values()}
    assert found == {frozenset(names) for names in networkx.connected_components(graph)}


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


commands = st.lists(
    st.one_of(
        streams(most=3),
        st.integers(0, 9).flatmap(lambda number: judgements(number=number)),
        rules_of_identity,
        st.just("restart"),
        st.just("slice"),
    ),
    max_size=10,
)


def obey(world: World, told: list[object], at_once: int) -> World:
    """Do what the commands say; message ids and operations are made distinct."""
    for turn, command in enumerate(told):
        if isinstance(command, list):
            world.send(*(renamed(sent, f"{turn}-{n}") for n, sent in enumerate(command)))
        elif isinstance(command, Judgement):
            world.position += 1
            world.directory.judge(command, world.position)
        elif isinstance(command, IdentityRules):
            world.directory.govern(command)
        elif command == "slice":
            world.directory.settle()
        else:
            world.commit()
            again = World(world.store, at_once)
            again.position, again.seen = world.position, world.seen
            world = again
    return world


def renamed(sent: Sent, message_id: str) -> Sent:
    return sent._replace(event=msgspec.structs.replace(sent.event, message_id=message_id))


@settings(max_examples=80)
@given(commands, st.sampled_from([1, 4, 300]))
def test_live_persons_are_those_of_a_full_resolution_whatever_happened(
    told: list[object], at_once: int
) -> None:
    world = obey(World(at_once=at_once), told, at_once)
    world.directory.ready()
    equals_full_resolution(world.directory)
    world.commit()
    again = World(world.store)
    assert again.content() == world.content()
    assert sorted(again.directory.persons()) == sorted(world.directory.persons())


@settings(max_examples=25)
@given(commands)
def test_what_would_be_is_what_then_is(told: list[object]) -> None:
    world = obey(World(), told, 300)
    world.directory.ready()
    for turn, command in enumerate(told):
        if isinstance(command, Judgement | IdentityRules):
            if isinstance(command, Judgement):
                command = msgspec.structs.replace(command, operation_id=f"new_{turn}")
                supposed = world.directory.supposing(judgements=(command,))
            else:
                supposed = world.directory.supposing(rules=command)
            wanted = {name: supposed.members(name) for name in supposed.persons()}
            obey(world, [command], 300)
            world.directory.ready()
            assert wanted == {
                name: world.directory.members(name) for name in world.directory.persons()
            }


@settings(max_examples=25)
@given(streams(), st.data())
def test_a_cut_and_its_undo_lead_back_to_the_same_bytes(sent: list[Sent], data) -> None:
    world = World()
    world.send(*sent)
    before = world.content()
    pairs = sorted({item.pair for item in world.directory.evidence_about(world.directory.names())})
    if pairs:
        cut = world.judge("cut", data.draw(st.sampled_from(pairs)))
        undo = world.judge("undo", undoes=cut.operation_id)
        assert world.content() == before
        world.judge("undo", undoes=undo.operation_id)
        assert {item.pair for item in cut_edges(world)} == {
            item.pair
            for item in world.directory.evidence_about(cut.pairs[0])
            if item.pair in cut.pairs
        }


def cut_edges(world: World) -> list[Evidence]:
    told = world.directory.evidence_about(world.directory.names())
    ruling = ruling_of(world.directory.judgements())
    return [item for item in told if ruling.ignores(item)]


@settings(max_examples=25)
@given(commands)
def test_rules_that_come_back_bring_the_same_persons_back(told: list[object]) -> None:
    world = obey(World(), told, 300)
    before, rules = world.content(), world.directory.rules
    world.directory.govern(IdentityRules(strong_most=1, weak_most=1, most_merges=0))
    world.directory.govern(rules)
    assert world.content() == before


@settings(max_examples=25)
@given(commands)
def test_an_id_is_never_carried_by_two_persons_and_never_used_again(told: list[object]) -> None:
    world, own = World(), {}
    for command in told:
        world = obey(world, [command], 300)
        world.directory.ready()
        directory = world.directory
        held = {name: directory.members(name) for name in directory.persons()}
        carried = [name for members in held.values() for name in members]
        assert len(carried) == len(set(carried))
        for person_id in held:
            # What an id was made for stays the same for ever.
            made_for = {n for n in directory.names() if person_id in directory.ids_of(n)}
            assert own.setdefault(person_id, made_for) == made_for
            assert len(made_for) == 1
