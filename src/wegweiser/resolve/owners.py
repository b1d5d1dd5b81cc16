"""Everybody at once: which person each leaf and each identifier counts for."""

from collections.abc import Callable, Iterator

from wegweiser.resolve.births import Births
from wegweiser.resolve.device_sessions import DeviceSessions
from wegweiser.resolve.leaf_shares import leaf_shares
from wegweiser.resolve.person import Person
from wegweiser.resolve.persons import Persons
from wegweiser.resolve.status import listed_names
from wegweiser.terms.identity import Identifier, Leaf


def owners(
    births: Births,
    persons: Persons,
    sessions: DeviceSessions,
    person_of: Callable[[Leaf], str],
) -> Iterator[tuple[Leaf, str]]:
    """Yield (leaf or identifier, person id); of what comes more than once the first counts.

    Leaves come before identifiers that are none. Each person is computed once and let go of
    again: this is for whoever reads millions beside the server.
    """
    done: set[Identifier] = set()
    later: list[tuple[Identifier, str]] = []
    for name in births:
        if name in done or name.startswith("group_id:"):
            continue
        person = persons.of(name)
        if person is None:
            continue
        done.update(person.members)
        if shares := leaf_shares(person, sessions):
            own = frozenset(person.members).difference(device for device, _ in person.owned)
            for share in shares:
                theirs = share.leaf in own
                yield share.leaf, person.person_id if theirs else person_of(share.leaf)
            later += _others(person, births, sessions)
        persons.forget(person.members)
    yield from later


def _others(
    person: Person, births: Births, sessions: DeviceSessions
) -> Iterator[tuple[Identifier, str]]:
    for name in listed_names(person, births):
        if name not in sessions.leaves:
            yield name, person.person_id
