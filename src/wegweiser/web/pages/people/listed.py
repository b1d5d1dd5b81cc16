"""A person or an account as one line of a list."""

from collections.abc import Iterable, Mapping

import msgspec

from wegweiser.terms.profile import AccountLink, AccountProfile, PersonProfile
from wegweiser.web.pages.facts import account_name, account_path, person_name, person_path
from wegweiser.web.pages.moments import seen_ago
from wegweiser.web.text import Reader

# Accounts that stand beside a person.
BESIDE = 4


class Listed(msgspec.Struct, frozen=True):
    """One line of a list: who it is, where the page is, and what stands beside it."""

    name: str
    path: str
    beside: str
    seen: str


def listed_person(
    reader: Reader, person: PersonProfile, names: Mapping[str, str] | None = None
) -> Listed:
    """Write a person with the accounts beside it; `names` of accounts by id, as far as known."""
    known = names or {}
    beside = ", ".join(
        dict.fromkeys(known.get(one.group_id, one.group_id) for one in beside_of(person))
    )
    return Listed(
        person_name(reader, person),
        person_path(person.person_id),
        beside,
        seen_ago(reader, person.last_seen_at),
    )


def beside_of(person: PersonProfile) -> tuple[AccountLink, ...]:
    """Give the accounts that a list names beside a person."""
    return person.accounts[:BESIDE]


def names_of(accounts: Iterable[AccountProfile]) -> dict[str, str]:
    """Give the names of accounts by their ids."""
    return {_group_id(one): account_name(one) for one in accounts}


def listed_account(reader: Reader, account: AccountProfile) -> Listed:
    """Write an account with how many people beside it."""
    members = {member.person_id for member in account.members}
    people = reader.count("{count} person", "{count} people", len(members))
    return Listed(
        account_name(account),
        account_path(_group_id(account)),
        people,
        seen_ago(reader, account.last_seen_at),
    )


def _group_id(account: AccountProfile) -> str:
    return next((one.value for one in account.identifiers if one.type == "group_id"), "")
