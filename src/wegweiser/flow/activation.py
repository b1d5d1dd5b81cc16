"""Profiles as rules read them: what is unknown is left out, never null."""

from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import (
    AccountProfile,
    Intent,
    PersonProfile,
    ProductUse,
    Purchases,
    Rfm,
)
from wegweiser.terms.reserved_traits import in_both_spellings


def activation(profile: PersonProfile) -> JsonObject:
    """Give a profile as rules read it; what is unknown is left out."""
    accounts: list[Json] = [
        {"group_id": link.group_id, "role": link.role, "status": link.status}
        for link in profile.accounts
    ]
    known: JsonObject = {
        "id": profile.person_id,
        "known": profile.known,
        "traits": in_both_spellings(profile.traits, "person"),
        **insight_facts(profile),
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
        "traits": in_both_spellings(profile.traits, "account"),
        **insight_facts(profile),
        "interests": {**profile.interests},
        "engagement": profile.engagement,
        "counters": {**profile.counters},
        "members": members,
    }
    for name, at in (("first_seen", profile.first_seen_at), ("last_seen", profile.last_seen_at)):
        if at is not None:
            known[name] = parse_instant(at)
    return known


def buying_group_facts(profile: AccountProfile) -> JsonObject:
    """Give how complete the buying groups of an account are: one number, and offer by offer."""
    told: Json = profile.completeness
    if not isinstance(told, dict):
        return {}
    return {"group": told, "completeness": told.get("completeness")}


def insight_facts(profile: PersonProfile | AccountProfile) -> JsonObject:
    """Give what was worked out of somebody's cells, where it was; rules read nothing else of it."""
    if profile.insight_as_of is None:
        return {}
    return {
        "computed": profile.computed,
        "intents": {key: _intent(one) for key, one in profile.intents.items()},
        "purchases": _purchases(profile.purchases),
        "product_use": _product_use(profile.product_use),
        "rfm": {} if profile.rfm is None else _rfm(profile.rfm),
        "scores": {key: one.value for key, one in profile.scores.items()},
    }


def _intent(intent: Intent) -> JsonObject:
    return {"strength": intent.strength, "last_at": parse_instant(intent.last_at)}


def _purchases(purchases: Purchases | None) -> JsonObject:
    if purchases is None:
        return {"orders": 0, "revenue": {}, "products": []}
    known: JsonObject = {
        "orders": purchases.orders,
        "revenue": {**purchases.revenue},
        "products": [one.id for one in purchases.products],
    }
    if purchases.last_order_at is not None:
        known["last_order_at"] = parse_instant(purchases.last_order_at)
    return known


def _product_use(use: ProductUse | None) -> JsonObject:
    if use is None:
        return {"active_days_7": 0, "active_days_30": 0, "features_7": {}, "features_30": {}}
    return {
        "active_days_7": use.active_days_7,
        "active_days_30": use.active_days_30,
        "features_7": {**use.features_7},
        "features_30": {**use.features_30},
    }


def _rfm(rfm: Rfm) -> JsonObject:
    scores: JsonObject = {
        "frequency": rfm.frequency,
        "monetary": rfm.monetary,
        "recency_days": rfm.recency_days,
        "recency_score": rfm.recency_score,
        "frequency_score": rfm.frequency_score,
        "monetary_score": rfm.monetary_score,
    }
    return {name: value for name, value in scores.items() if value is not None}
