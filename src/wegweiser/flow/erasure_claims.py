"""Which names of an erasure hang on the asked one only by what any visitor could have claimed."""

from collections.abc import Callable, Iterable, Set

from wegweiser.flow.erasure_subject import Erasable, erasable_persons
from wegweiser.flow.mentions import GROUP
from wegweiser.resolve.directory import Directory
from wegweiser.resolve.membership import ENDED_CLAIM
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.identity import Identifier, kind_of, value_of
from wegweiser.terms.source import Trust
from wegweiser.terms.wrong import wrong

_CLAIMED = ("claimed", ENDED_CLAIM)
_MOST_LISTED = 50


def only_claimed(
    directory: Directory, asked: Identifier, names: Set[Identifier], stated: Set[Identifier]
) -> list[Identifier]:
    """Give the names that a trusted sender knows, and that only claims join to the asked one.

    `stated` are the names that trusted senders named. Whoever asks by one of these, or by the
    id of a whole person, gets everything without a question.
    """
    believed = {name for name in names if name in stated or _is_believed(directory, name)}
    if asked in believed or kind_of(asked) == "person_id":
        return []
    waiting = {asked} if kind_of(asked) != GROUP else _confirmed(directory, asked)
    reached: set[Identifier] = set()
    while waiting:
        name = waiting.pop()
        reached.add(name)
        for item in directory.evidence_about([name]):
            if item.trust >= Trust.SERVER:
                waiting |= names & set(item.pair) - reached
    return sorted(believed - reached - {asked})


def beside_claims(
    directory: Directory,
    find_person: Callable[[Identifier], str | None],
    asked: Iterable[Identifier],
    stated: Set[Identifier],
) -> dict[str, frozenset[Identifier]]:
    """Give, by person id, the names that claims alone join to all of the asked names of a person.

    Who asks for many at once is not asked back: these names are somebody else's, and stay.
    """
    found: dict[str, frozenset[Identifier]] = {}
    for name in asked:
        person_id = find_person(name)
        if person_id is not None:
            names = erasable_persons(directory, [person_id]).names
            claimed = frozenset(only_claimed(directory, name, names, stated))
            found[person_id] = found.get(person_id, claimed) & claimed
    return {person_id: claimed for person_id, claimed in found.items() if claimed}


def may_reach_by_claims(directory: Directory, erasable: Erasable, asked: Set[Identifier]) -> bool:
    """Tell whether the log has to be asked who was named by whom."""
    further = erasable.names - asked
    return bool(further) and not all(
        kind_of(name) == "person_id" or _is_believed(directory, name) for name in asked
    )


def _is_believed(directory: Directory, name: Identifier) -> bool:
    return any(item.trust >= Trust.SERVER for item in directory.evidence_about([name]))


def _confirmed(directory: Directory, account: Identifier) -> set[Identifier]:
    """Give the names of the members whom a trusted sender called members."""
    members = directory.members_of(value_of(account))
    persons = {one.person_id for one in members if one.status not in _CLAIMED}
    return {name for person_id in persons for name in directory.members(person_id)}


def refuse_claimed(claimed: list[Identifier], names: Set[Identifier]) -> None:
    """Raise InputRefused `needs_confirmation` with all that would go, if any of it is claimed."""
    if not claimed:
        return
    raise InputRefused(
        "needs_confirmation",
        wrong("claimed_names", claimed=_listed(claimed), all=_listed(sorted(names))),
        409,
        "confirm",
    )


def _listed(names: list[Identifier]) -> str:
    more = len(names) - _MOST_LISTED
    return ", ".join(names[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")
