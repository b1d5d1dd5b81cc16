"""Profiles as they are read: identity facts and cells into one document."""

from collections.abc import Collection, Sequence, Set

import msgspec

from wegweiser.profile import reading
from wegweiser.profile.consent import JoinedAt, person_consent
from wegweiser.profile.purpose import DEFAULT_PURPOSES, Purposes
from wegweiser.profile.reading import CellAt
from wegweiser.profile.trait import PROTECTED, read_traits
from wegweiser.terms.identity import Leaf
from wegweiser.terms.json import Json
from wegweiser.terms.profile import (
    AccountLink,
    AccountProfile,
    KnownIdentifier,
    Member,
    PersonProfile,
)

# Ids and times of storing depend on arrival; everything else in a profile does not.
ARRIVAL_FIELDS = frozenset({"personId", "accountId", "createdAt", "updatedAt"})
# Told by the profile API, but no part of the exported document or its hash.
UNTOLD = frozenset(
    {
        *("sessions", "computed", "intents", "purchases"),
        *("productUse", "rfm", "scores", "firstTouch", "insightAsOf"),
    }
)


def _never_joined(leaves: Sequence[Leaf]) -> int | None:
    return None


class PersonFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What identity knows of a person; `joined_at` dates the evidence that joined leaves.

    `protected` are the traits that only trusted senders may set once they have.
    """

    person_id: str
    known: bool
    identifiers: tuple[KnownIdentifier, ...]
    accounts: tuple[AccountLink, ...] = ()
    joined_at: JoinedAt = _never_joined
    protected: Collection[str] = PROTECTED


class AccountFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What identity knows of an account; `members` are those of now.

    `together` are all group ids that are this account, `identifiers` all that it is called.
    """

    account_id: str
    group_id: str
    members: tuple[Member, ...] = ()
    together: frozenset[str] = frozenset()
    identifiers: tuple[KnownIdentifier, ...] = ()


def person_profile(
    facts: PersonFacts,
    cells: Sequence[CellAt],
    as_of: int | None = None,
    segments: tuple[str, ...] = (),
    stage: Json = None,
    purposes: Purposes = DEFAULT_PURPOSES,
) -> PersonProfile:
    """Give the profile of a person at `as_of` (ms; the end of its newest event's day).

    `cells` are those of the person's leaves, on the days that are the person's.
    """
    at = reading.end_of_newest_day(cells) if as_of is None else as_of
    trusted, public = reading.registers(cells)
    times = reading.times(cells)
    return PersonProfile(
        person_id=facts.person_id,
        known=facts.known,
        identifiers=facts.identifiers,
        traits=read_traits(trusted, public, "person", facts.protected),
        accounts=facts.accounts,
        segments=segments,
        consent=person_consent(reading.consents(cells), facts.joined_at, purposes, at),
        stage=stage,
        interests=reading.interests(cells, at),
        engagement=reading.engagement(cells, at),
        counters=reading.counters(cells),
        sessions=len(reading.sessions(cells)),
        first_seen_at=times.first_seen,
        last_seen_at=times.last_seen,
        created_at=times.first_received or "",
        updated_at=times.last_received or "",
    )


def account_profile(
    facts: AccountFacts,
    own: Sequence[CellAt],
    of_members: Sequence[CellAt],
    as_of: int | None = None,
    stage: Json = None,
    completeness: Json = None,
) -> AccountProfile:
    """Give the profile of an account at `as_of` (ms; the end of its newest event's day).

    `own` are the cells of its leaf "group_id:...". `of_members` are the cells of its members on
    the days of their membership; what belongs to another account is left out, and a cell that
    two memberships give counts once.
    """
    counted = account_cells(facts.together or {facts.group_id}, of_members)
    at = reading.end_of_newest_day(counted) if as_of is None else as_of
    trusted, public = reading.registers(own)
    times = reading.times(counted)
    received = reading.times([*own, *counted])
    return AccountProfile(
        account_id=facts.account_id,
        identifiers=facts.identifiers or _named(facts.group_id),
        traits=read_traits(trusted, public, "account"),
        members=facts.members,
        completeness=completeness,
        stage=stage,
        interests=reading.interests(counted, at),
        engagement=reading.engagement(counted, at),
        counters=reading.counters(counted),
        first_seen_at=times.first_seen,
        last_seen_at=times.last_seen,
        created_at=received.first_received or "",
        updated_at=received.last_received or "",
    )


def _named(group_id: str) -> tuple[KnownIdentifier, ...]:
    return (KnownIdentifier("group_id", group_id, "member"),)


def account_cells(group_ids: Set[str], cells: Sequence[CellAt]) -> list[CellAt]:
    """Give the members' cells that count for the account of these group ids, each once."""
    scopes = {"", *group_ids}
    counted = {(held.leaf, held.day, held.scope): held for held in cells if held.scope in scopes}
    return [counted[place] for place in sorted(counted)]


def canonical(profile: PersonProfile | AccountProfile) -> bytes:
    """Write a profile as canonical JSON without the fields that depend on arrival.

    Sorted keys, UTF-8, no blanks; what names persons is left out inside members as well.
    """
    return msgspec.json.encode(_without_arrival(msgspec.to_builtins(profile)), order="sorted")


def _without_arrival(value: Json) -> Json:
    if isinstance(value, dict):
        left_out = ARRIVAL_FIELDS | UNTOLD
        kept = {key: part for key, part in value.items() if key not in left_out}
        return {key: _members(part) if key == "members" else part for key, part in kept.items()}
    return value


def _members(value: Json) -> Json:
    if not isinstance(value, list | tuple):
        return value
    kept = [_without_arrival(member) for member in value]
    return sorted(kept, key=lambda member: msgspec.json.encode(member, order="sorted"))
