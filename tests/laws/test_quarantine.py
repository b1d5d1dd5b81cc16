"""The laws of identity hold where values become hot: for crowds on few devices and addresses."""

import random as randomness

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import START, Sent, World, evidence, trusts
from wegweiser.resolve.classes import class_of
from wegweiser.resolve.graph import resolve
from wegweiser.resolve.statement import read_event
from wegweiser.terms.event import Event
from wegweiser.terms.identity import Evidence
from wegweiser.terms.source import Trust

# Public claims prevail, as they do in an attack, but trusted crowds come up as well.
mostly_public = st.sampled_from([Trust.PUBLIC, Trust.PUBLIC, Trust.SERVER])


@st.composite
def crowds(draw: st.DrawFn, most: int = 30) -> list[Sent]:
    """Many users on two devices, typing two addresses."""
    sent: list[Sent] = []
    how = draw(st.sampled_from([trusts, mostly_public]))
    for number in range(draw(st.integers(6, most))):
        address = draw(st.sampled_from(["", "", "one@buyer.example", "two@buyer.example"]))
        device = draw(st.sampled_from(["", "a-1", "a-1", "a-2"]))
        user = draw(st.sampled_from(["", *(f"u-{user}" for user in range(9))]))
        if not (device or user):
            device = "a-3"
        traits = {"email": address} if address else {}
        minute = draw(st.integers(0, 3)) * 60 * 24
        event = Event(
            type="identify",
            message_id=f"m-{number:02d}",
            at=START + minute * 60_000,
            anonymous_id=device,
            user_id=user,
            traits=traits,
        )
        sent.append(Sent(event, draw(how), event.at))
    return sent


def make_up(world: World) -> dict[str, object]:
    """Give what each person consists of, by person id."""
    directory = world.directory
    return {
        person_id: (directory.leaves_of(person_id), directory.identifiers_of(person_id))
        for person_id in directory.persons()
    }


@settings(max_examples=60, deadline=None)
@given(crowds(), st.integers(0, 1 << 20))
def test_any_order_gives_the_same_profiles(sent: list[Sent], seed: int) -> None:
    shuffled = [*sent, *sent[:3]]
    randomness.Random(seed).shuffle(shuffled)
    straight, other = World(), World()
    straight.send(*sent)
    other.send(*shuffled)
    assert other.content() == straight.content()


@settings(max_examples=30, deadline=None)
@given(crowds(most=20))
def test_live_equals_reloaded_after_every_step(sent: list[Sent]) -> None:
    world = World()
    for step in sent:
        world.send(step)
        world.commit()
        loaded = World(world.store)
        assert loaded.content() == world.content()
        assert sorted(loaded.directory.persons()) == sorted(world.directory.persons())


@settings(max_examples=60, deadline=None)
@given(crowds())
def test_whoever_is_made_up_differently_is_reported(sent: list[Sent]) -> None:
    world = World()
    before = make_up(world)
    for position, (event, trust, received_at) in enumerate(sent, 1):
        stated = read_event(event, trust, "source", position)
        changed = world.directory.note(stated, position, received_at)
        after = make_up(world)
        differing = {key for key in before.keys() | after if before.get(key) != after.get(key)}
        assert differing <= changed
        before = after


many = st.lists(
    st.one_of(
        evidence(),
        st.builds(
            lambda user, device, how, number: Evidence(
                device, f"user_id:u-{user}", how, number, f"m-{number}", "source", number
            ),
            st.integers(0, 9),
            st.sampled_from(["anonymous_id:a-1", "anonymous_id:a-2", "email:one@buyer.example"]),
            trusts,
            st.integers(0, 50),
        ),
    ),
    min_size=6,
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(many)
def test_strangers_change_nothing_among_trusted_persons(told: list[Evidence]) -> None:
    trusted = [item for item in told if item.trust >= Trust.SERVER]
    alone, whole = resolve(trusted), resolve(told)
    names = {name for item in trusted for name in item.pair if class_of(name) != "weak"}
    for a in names:
        for b in names:
            apart = alone.root_of[a] != alone.root_of[b]
            assert apart == (whole.root_of[a] != whole.root_of[b])


@settings(max_examples=150, deadline=None)
@given(many)
def test_every_pair_is_judged_once(told: list[Evidence]) -> None:
    clusters = resolve(told)
    judged = [item.pair for item in clusters.accepted]
    judged += [refusal.evidence.pair for refusal in clusters.refusals]
    assert sorted(judged) == sorted({item.pair for item in told})
