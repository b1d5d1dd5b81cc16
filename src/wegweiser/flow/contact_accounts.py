"""What contact policy asks about the accounts of a person: ledgers, roles, certainty."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from wegweiser.profile import reading
from wegweiser.resolve.account_side import MemberShare
from wegweiser.terms.contact import reached_state
from wegweiser.terms.profile import Contact

if TYPE_CHECKING:
    from wegweiser.flow.views import Views

# Whoever was reached in one of these ways has heard of it.
_HEARD = ("delivered", "seen", "clicked", "done")


def is_certain(views: "Views", person_id: str | None, group_id: str, least: float) -> bool:
    """Tell whether an anonymous visitor surely belongs to a company, so that its rules apply."""
    directory = views.unifier.directory
    if person_id is None or directory.known(person_id):
        return True
    found = [one for one in views.accounts_of(person_id) if one.group_id == group_id]
    return not found or max(one.confidence for one in found) > least


def group_ledgers(
    views: "Views", person_id: str | None, accounts: Iterable[str]
) -> dict[str, list[Contact]]:
    """Give the contacts of the buying groups that a person has a role in, as "account/group"."""
    found: dict[str, list[Contact]] = {}
    for group_id in accounts:
        members = [part for part in views.unifier.directory.members_of(group_id) if part.counts]
        mine = {part.role for part in members if part.person_id == person_id}
        for group in views.buying_groups.groups:
            if mine.isdisjoint(group.roles):
                continue
            parts = [part for part in members if part.role in group.roles]
            found[f"{group_id}/{group.key}"] = _contacts(views, parts)
    return found


def told_by_role(
    views: "Views", person_id: str | None, group_id: str
) -> tuple[Mapping[str, tuple[str, ...]], tuple[str, ...]]:
    """Give the topics that each role of an account has heard of, and the roles of a person."""
    if not group_id:
        return {}, ()
    now = views.now()
    topics: dict[str, set[str]] = {}
    roles: set[str] = set()
    for part in views.unifier.directory.members_of(group_id):
        if not part.counts or not part.role:
            continue
        if part.person_id == person_id:
            roles.add(part.role)
        heard = topics.setdefault(part.role, set())
        for entry in _contacts(views, [part]):
            if any(reached_state(entry, state, now) is not None for state in _HEARD):
                heard.add(entry.topic)
    told = {role: tuple(sorted(known)) for role, known in sorted(topics.items())}
    return told, tuple(sorted(roles))


def _contacts(views: "Views", parts: Iterable[MemberShare]) -> list[Contact]:
    parts = list(parts)
    cells = [cell for part in parts for cell in views.cells_within(part.shares)]
    people = {part.person_id for part in parts}
    return reading.joined_contacts([*reading.contacts(cells), *views.ledger.reserved_for(people)])
