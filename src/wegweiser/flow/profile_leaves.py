"""Whose leaves make up a person or an account, and for which accounts their events count."""

from wegweiser.resolve.directory import Directory
from wegweiser.resolve.person import LeafShare
from wegweiser.terms.identity import Leaf, identifier


def shares_of(directory: Directory, person_id: str, group_id: str) -> tuple[LeafShare, ...]:
    """Give the leaves of a person, or of an account with its members, on the days that count."""
    if person_id:
        return directory.leaves_of(person_id)
    own = (LeafShare(leaf) for leaf in sorted(own_leaves(directory, group_id)))
    members = directory.members_of(group_id)
    theirs = (share for part in members if part.counts for share in part.shares)
    return (*own, *dict.fromkeys(theirs))


def own_leaves(directory: Directory, group_id: str) -> set[Leaf]:
    """Give the leaves that hold the traits of an account."""
    return {identifier("group_id", one) for one in directory.account_book.together(group_id)}


def scopes_of(directory: Directory, person_id: str, group_id: str) -> tuple[str, ...] | None:
    """Give the accounts that events may be for ("" for none), None for any."""
    if person_id:
        return None
    return ("", *sorted(directory.account_book.together(group_id)))
