"""Which leaves and identifiers count for whom: of one person, or of everybody at once."""

from collections.abc import Callable, Iterator

import msgspec

from wegweiser.resolve.births import Births
from wegweiser.resolve.device_sessions import DeviceSessions
from wegweiser.resolve.leaf_shares import leaf_shares
from wegweiser.resolve.person import Person
from wegweiser.resolve.persons import Persons
from wegweiser.resolve.status import is_listed
from wegweiser.terms.identity import Identifier, Leaf

PersonOf = Callable[[Leaf], str]


class Owned(msgspec.Struct, frozen=True, array_like=True):
    """What counts for one person, each list sorted.

    `leaves` have events, and speak of accounts; sessions `apart` have events only. `names` are
    further identifiers, `kept` devices that are shared with others and were this person's first.
    """

    leaves: tuple[Leaf, ...]
    apart: tuple[Leaf, ...] = ()
    names: tuple[Identifier, ...] = ()
    kept: tuple[Identifier, ...] = ()


def owned(
    person: Person, births: Births, sessions: DeviceSessions, person_of: PersonOf
) -> Owned | None:
    """Give what counts for a person, None for one without events."""
    shares = leaf_shares(person, sessions)
    if not shares:
        return None
    devices = {device for device, _ in person.owned}
    own = frozenset(person.members) - devices
    theirs = [
        share for share in shares if share.leaf in own or person_of(share.leaf) == person.person_id
    ]
    apart = {share.leaf for share in theirs if share.part_of in devices}

    def others(names: Iterator[Identifier]) -> tuple[Identifier, ...]:
        listed = (one for one in names if one not in sessions.leaves and is_listed(one, births))
        return tuple(sorted(listed))

    return Owned(
        tuple(sorted({share.leaf for share in theirs} - apart)),
        tuple(sorted(apart)),
        others(iter(person.members)),
        others(iter(devices)),
    )


def everybody(
    births: Births, persons: Persons, sessions: DeviceSessions, person_of: PersonOf
) -> Iterator[tuple[str, Owned]]:
    """Yield every person with events, once, with what counts for it.

    Each person is computed once and let go of again: this is for whoever reads millions beside
    the server.
    """
    done: set[Identifier] = set()
    for name in births:
        if name in done or name.startswith("group_id:"):
            continue
        person = persons.of(name)
        if person is None:
            continue
        done.update(person.members)
        found = owned(person, births, sessions, person_of)
        if found is not None:
            yield person.person_id, found
        persons.forget(person.members)
