"""The law of everybody at once: whom each leaf counts for is what persons say one by one."""

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.test_sessions import by_session, visits
from tests.strategies import Sent, World, judgements, streams
from wegweiser.resolve.directory import Directory
from wegweiser.terms.identity import Leaf, identifier
from wegweiser.terms.judgement import Judgement


def one_by_one(directory: Directory) -> dict[Leaf, str]:
    """Ask each person for its leaves and identifiers; the first answer counts."""
    persons = list(directory.persons())
    leaves = {
        share.leaf: directory.person_of(share.leaf)
        for person_id in persons
        for share in directory.leaves_of(person_id)
    }
    for person_id in persons:
        for known in directory.identifiers_of(person_id):
            leaves.setdefault(identifier(known.type, known.value), person_id)
    return leaves


def at_once(directory: Directory) -> dict[Leaf, str]:
    """Ask for everybody; the first answer counts."""
    found: dict[Leaf, str] = {}
    for leaf, person_id in directory.owners():
        found.setdefault(leaf, person_id)
    return found


def agrees(world: World) -> None:
    """Ask twice, as what was let go of must be known again."""
    wanted = one_by_one(world.directory)
    assert at_once(world.directory) == wanted
    assert at_once(world.directory) == wanted
    assert one_by_one(world.directory) == wanted


@given(streams(), st.lists(st.integers(0, 3).flatmap(lambda n: judgements(number=n)), max_size=2))
def test_everybody_at_once_is_everybody_one_by_one(sent: list[Sent], said: list[Judgement]) -> None:
    world = World()
    world.send(*sent)
    world.directory.ready()
    agrees(world)
    for turn, judgement in enumerate(said):
        world.directory.judge(judgement, 100 + turn)
        agrees(world)


@given(visits())
def test_sessions_of_shared_devices_go_where_they_belong(sent: list[Sent]) -> None:
    agrees(by_session(*sent))
