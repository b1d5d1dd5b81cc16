"""Profiles as rules read them: what is unknown is left out, never null."""

from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import AccountProfile, PersonProfile


def activation(profile: PersonProfile) -> JsonObject:
    """Give a profile as rules read it; what is unknown is left out."""
    accounts: list[Json] = [
        {"group_id": link.group_id, "role": link.role, "status": link.status}
        for link in profile.accounts
    ]
    known: JsonObject = {
        "id": profile.person_id,
        "known": profile.known,
        "traits": profile.traits,
        "interests": {**profile.interests},
        "engagement": profile.engagement,
        "counters": {**profile.counters},
        "consent": {**profile.consent},
        "segments": [*profile.segments],
        "sessions": profile.sessions,
        "accounts": accounts,
    }
    for name, at in (("first_seen", profile.first_seen_at), ("last_seen", profile.last_seen_at)):
        if at is not None:
            known[name] = parse_instant(at)
    return known


def account_activation(group_id: str, profile: AccountProfile) -> JsonObject:
    """Give an account as rules read it; what is unknown is left out."""
    members: list[Json] = [{"role": one.role, "status": one.status} for one in profile.members]
    known: JsonObject = {
        "id": group_id,
        "traits": profile.traits,
        "interests": {**profile.interests},
        "engagement": profile.engagement,
        "counters": {**profile.counters},
        "members": members,
    }
    for name, at in (("first_seen", profile.first_seen_at), ("last_seen", profile.last_seen_at)):
        if at is not None:
            known[name] = parse_instant(at)
    return known
