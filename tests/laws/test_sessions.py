"""The laws of sessions on shared devices: nothing is lost or counted twice, nobody guesses."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.identity_worlds import full_resolution, whole_evidence
from tests.strategies import START, Sent, World, judgements, streams
from wegweiser.resolve.leaf import names_of_leaf, session_leaf
from wegweiser.resolve.rulebook import Rulebook
from wegweiser.resolve.session import session_of
from wegweiser.resolve.statement import read_event
from wegweiser.terms.event import Event
from wegweiser.terms.identity import Identifier, Leaf
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.judgement import Judgement
from wegweiser.terms.source import Trust

BY_SESSION = IdentityRules(shared_devices="session_owner")
BY_DAYS = st.sampled_from([IdentityRules(), IdentityRules(shared_devices="detach_all")])
SESSION_MARK = "session_kept"
named = st.sampled_from(["", "", "u-1", "u-2", "u-3"])


@st.composite
def visits(draw: st.DrawFn, most: int = 10) -> list[Sent]:
    """Events of three users on two devices in three sessions, nearly all of them marked."""
    found: list[Sent] = []
    for number in range(draw(st.integers(1, most))):
        at = START + draw(st.integers(0, 9)) * 12 * 3_600_000
        kind = draw(st.sampled_from(["page", "identify", "page", "identify", "alias"]))
        event = Event(
            type=kind,
            previous_id="u-1" if kind == "alias" else "",
            message_id=f"m-{number:02d}",
            at=at,
            anonymous_id=draw(st.sampled_from(["a-1", "a-1", "a-2"])),
            user_id="u-2" if kind == "alias" else draw(named),
            context={
                "sessionId": draw(st.sampled_from([1, 2, 3])),
                "consent": {"categoryPreferences": {"email": draw(st.booleans())}},
            },
            flags=(SESSION_MARK,) if draw(st.integers(0, 5)) else (),
        )
        found.append(Sent(event, draw(st.sampled_from([Trust.PUBLIC, Trust.SERVER])), at))
    return found


def by_session(*sent: Sent) -> World:
    world = World()
    world.directory.govern(BY_SESSION)
    world.send(*sent)
    world.directory.ready()
    return world


def without_marks(sent: list[Sent]) -> list[Sent]:
    return [one._replace(event=msgspec.structs.replace(one.event, flags=())) for one in sent]


def counted(world: World) -> int:
    directory = world.directory
    return sum(sum(world.person(name).counters.values()) for name in directory.persons())


@given(visits(), st.lists(st.integers(0, 3).flatmap(lambda n: judgements(number=n)), max_size=2))
def test_every_event_counts_for_exactly_one_person(sent: list[Sent], said: list[Judgement]) -> None:
    world = by_session(*sent)
    assert counted(world) == len(sent)
    for turn, judgement in enumerate(said):
        world.directory.judge(judgement, 100 + turn)
        assert counted(world) == len(sent)


@given(visits(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_and_a_restart_change_nothing(sent: list[Sent], random) -> None:
    world = by_session(*sent)
    shuffled = [*sent, *sent[:2]]
    random.shuffle(shuffled)
    assert by_session(*shuffled).content() == world.content()
    world.commit()
    assert World(world.store).content() == world.content()


def logins(world: World, device: Identifier, session: str) -> set[Identifier]:
    """Give who logged in in a session by all evidence there is, by their cluster."""
    clusters, book = full_resolution(world.directory), Rulebook(BY_SESSION)
    return {
        clusters.root_of[name]
        for item in whole_evidence(world.directory)
        for name in set(item.pair) - {device}
        if device in item.pair and item.session == session and item.trust >= Trust.PUBLIC
        if book.class_of(name) == "unique"
    }


def leaves_of(sent: list[Sent]) -> set[Leaf]:
    stated = (read_event(one.event, one.trust, "source", 1) for one in sent)
    return {one.leaf for one in stated}


@given(visits())
def test_a_session_is_of_whoever_alone_logged_in_in_it(sent: list[Sent]) -> None:
    world, clusters = by_session(*sent), None
    directory = world.directory
    for one in sent:
        session = session_of(one.event)
        device = f"anonymous_id:{one.event.anonymous_id}"
        leaf = session_leaf(device, session)
        if not session or leaf not in leaves_of(sent):
            continue
        clusters = clusters or full_resolution(directory)
        who = logins(world, device, session)
        of_one = device in clusters.shared and len(who) == 1
        assert directory.person_of(leaf) == directory.person_of(min(who) if of_one else device)
        assert bool(directory.owners_of(leaf)) == (device in clusters.shared and not who)


@settings(max_examples=60)
@given(st.one_of(visits(), streams()), BY_DAYS)
def test_where_only_days_count_the_mark_changes_nothing(
    sent: list[Sent], rules: IdentityRules
) -> None:
    marked, plain = World(), World()
    for world, told in ((marked, sent), (plain, without_marks(sent))):
        world.directory.govern(rules)
        world.send(*told)
    assert marked.content() == plain.content()


@settings(max_examples=60)
@given(visits(), st.lists(st.integers(0, 3).flatmap(lambda n: judgements(number=n)), max_size=2))
def test_whoever_gets_or_loses_a_session_is_told_of(
    sent: list[Sent], said: list[Judgement]
) -> None:
    world, held = World(), dict[str, object]()
    directory = world.directory
    directory.govern(BY_SESSION)

    def renew(changed: set[str]) -> None:
        for name in changed:
            held.pop(name, None)
        for name in directory.persons():
            now = world.person(name)
            assert held.setdefault(name, now) == now, name

    for one in sent:
        leaf = read_event(one.event, one.trust, "source", 1).leaf
        changed = told_by(world, one)
        renew({*changed, directory.person_of(leaf), *directory.owners_of(leaf)})
    for turn, judgement in enumerate(said):
        renew(set(directory.judge(judgement, 100 + turn)))
    for turn, pair in enumerate(sorted({item.pair for item in whole_evidence(directory)})):
        cut = Judgement(operation_id=f"cut_{turn}", kind="cut", at=0, by="ada", pairs=(pair,))
        renew(set(directory.judge(cut, 200 + 2 * turn)))
        undo = Judgement(
            operation_id=f"undo_{turn}", kind="undo", at=0, by="ada", undoes=cut.operation_id
        )
        renew(set(directory.judge(undo, 201 + 2 * turn)))


def told_by(world: World, one: Sent) -> frozenset[str]:
    """Fold an event; gives whom the directory names as changed."""
    stated = read_event(one.event, one.trust, "source", world.position + 1)
    # Of what is noted already, nothing is new when the world notes it again.
    changed = world.directory.note(stated, world.position + 1, one.received_at)
    world.send(one)
    return changed


def test_a_session_leaf_is_made_of_its_device() -> None:
    assert names_of_leaf(session_leaf("ios.id:a/b", "1/2")) == ("ios.id:a/b",)
