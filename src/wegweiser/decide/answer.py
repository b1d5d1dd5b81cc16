"""The body of an answer to a request for a decision."""

from collections.abc import Sequence

from wegweiser.decide.candidate import Candidate
from wegweiser.decide.drops import again_at
from wegweiser.decide.policy import Policy
from wegweiser.terms.decision import LEAF_ONLY, Decision, Item
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject


def answer(
    decision: Decision, policy: Policy, public: bool, tracks: Sequence[JsonObject] = ()
) -> JsonObject:
    """Write a decision as its asker sees it; a public key sees no probabilities and no arm.

    `policy` must be the one that decided, since it holds the content; `tracks` say how outcomes
    of each item are told, none where the decision is not on record.
    """
    items: list[Json] = [
        _item(item, policy.by_id[f"{item.message}/{item.variant}"], public)
        for item in decision.items
    ]
    for item, track in zip(items, tracks, strict=False):
        if isinstance(item, dict):
            item["track"] = track
    body: JsonObject = {"decision_id": decision.decision_id, "bundle": decision.bundle}
    if not public:
        body |= {"model": decision.model, "arm": decision.arm}
        if LEAF_ONLY in decision.flags:
            body["resolution"] = LEAF_ONLY
    until = again_at(decision) if decision.status == "deferred" else None
    body |= {
        "status": decision.status,
        "not_before": None if until is None else format_instant(until),
        "items": items,
    }
    return {**body, "reason": decision.reason} if decision.reason else body


def _item(item: Item, candidate: Candidate, public: bool) -> JsonObject:
    shown: JsonObject = {
        "placement": item.placement,
        "slot": item.slot,
        "message": item.message,
        "variant": item.variant,
        "content": candidate.variant.content,
        "content_ref": candidate.content_ref,
    }
    return shown if public else {**shown, "pi": item.pi, "how": item.how}
