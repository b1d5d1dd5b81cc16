"""Profiles as they are read: one document per person and one per account."""

import msgspec

from wegweiser.terms.json import Json, JsonObject


class Contact(msgspec.Struct, frozen=True, order=True, array_like=True):
    """One contact that counts against caps; `entry_id` makes it count once."""

    at: int
    entry_id: str
    channel: str
    message: str


class Happening(msgspec.Struct, frozen=True, order=True, array_like=True):
    """One recent event on a timeline; `detail` is a page path, search text or the like."""

    at: int
    message_id: str
    name: str
    detail: str
    leaf: str


class KnownIdentifier(msgspec.Struct, frozen=True):
    """An identifier of a profile: member, unverified, shared, quarantined or superseded."""

    type: str
    value: str
    status: str


class AccountLink(msgspec.Struct, frozen=True, rename="camel"):
    """An account of a person, with role, status and dates (ISO days or null)."""

    group_id: str
    role: str
    status: str
    since: str | None = msgspec.field(name="from", default=None)
    until: str | None = msgspec.field(name="to", default=None)


class Member(msgspec.Struct, frozen=True, rename="camel"):
    """A person of an account, with role and status."""

    person_id: str
    role: str
    status: str


class PersonProfile(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Everything known of one person; times are ISO 8601 in UTC, interests decayed sums."""

    person_id: str
    known: bool
    identifiers: tuple[KnownIdentifier, ...]
    traits: JsonObject
    accounts: tuple[AccountLink, ...]
    segments: tuple[str, ...]
    consent: dict[str, str]
    stage: Json
    interests: dict[str, float]
    engagement: float
    counters: dict[str, int]
    sessions: int
    first_seen_at: str | None
    last_seen_at: str | None
    created_at: str
    updated_at: str


class AccountProfile(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Everything known of one account: its own leaf merged with its members' cells."""

    account_id: str
    identifiers: tuple[KnownIdentifier, ...]
    traits: JsonObject
    members: tuple[Member, ...]
    completeness: Json
    stage: Json
    interests: dict[str, float]
    engagement: float
    counters: dict[str, int]
    first_seen_at: str | None
    last_seen_at: str | None
    created_at: str
    updated_at: str
