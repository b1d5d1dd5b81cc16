"""Which scope a secret key needs for an operation; no scope includes another."""

from collections.abc import Iterable

from wegweiser.terms.errors import KeyRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.source import PUBLIC_SCOPES, Caller, Scope

_NEEDED: dict[str, Scope] = {
    "profile": "profile:read",
    "account": "profile:read",
    "decide": "decide",
    "load": "ingest:trusted",
    "outcome": "ingest:trusted",
    "export": "export",
    "profile_changes": "feed",
    "timeline": "profile:read",
    "profile_search": "profile:read",
    "customer_value": "profile:read",
    "segment_members": "export",
    "segment_around": "export",
    "access": "export",
    "measure": "export",
    "measure_list": "export",
    "measure_file": "export",
    "verdict_list": "export",
    "effort_list": "export",
    "topic_list": "export",
    "maturity_list": "export",
    "report_list": "export",
    "report_show": "export",
    "report_preview": "export",
    "alarm_list": "export",
    "alarm_show": "export",
    "alarm_quality": "export",
    "watch_list": "export",
    "score_list": "export",
    "score_show": "export",
    "score_explain": "profile:read",
    "simulate": "export",
    "decide_batch": "decide",
    "decide_batch_show": "decide",
    "decide_batch_cancel": "decide",
    "decide_batch_results": "decide",
    "decision_list": "profile:read",
    "decision_show": "profile:read",
    "decision_verify": "profile:read",
    "decision_recompute": "profile:read",
    "decision_what_if": "profile:read",
    "counts": "export",
    "contact_ledger": "profile:read",
    "contact_orders": "profile:read",
    "quarantine_list": "export",
    "quarantine_show": "export",
    "delivery_list": "export",
    "delivery_counts": "export",
    "mail_returns": "export",
    "delivery_show": "export",
    "bounce_load": "ingest:trusted",
    "subscription_show": "profile:read",
    "subscription_set": "ingest:trusted",
    "subscription_load": "ingest:trusted",
    "audience_list": "export",
    "audience_acknowledge": "ingest:trusted",
    "identity_show": "profile:read",
    "identity_why": "profile:read",
    "message": "profile:read",
    "message_reach": "export",
    "message_course": "export",
    "message_standing": "profile:read",
    "forget": "erase",
    "erasure_list": "erase",
    "suppression_list": "erase",
    "suppression_lift": "erase",
    "suppression_add": "erase",
    "receipt_key": "erase",
    "regulation_create": "erase",
    "regulation_list": "erase",
    "regulation_show": "erase",
    "regulation_delete": "erase",
    "access_request": "export",
    "access_release": "export",
    "access_document": "export",
    "access_requests": "export",
    "account_list": "profile:read",
    "account_show": "profile:read",
    "account_members": "profile:read",
    "account_rollup": "profile:read",
    "account_buying_groups": "profile:read",
    "account_suggestions": "profile:read",
    "account_activity": "profile:read",
    "next_step": "decide",
    "next_step_show": "profile:read",
    "next_step_said": "ingest:trusted",
    "account_statements": "identity",
    "account_confirm": "identity",
    "account_reject": "identity",
    "account_remove": "identity",
    "account_undo": "identity",
}
# Whoever could do these with a key could become somebody else.
_OF_THE_OPERATOR = (
    *("new_password", "source_user_hash"),
    *("people_add", "people_role", "people_remove", "people_link", "people_factor_drop"),
    *("people_list", "people_sessions", "people_session_end"),
)


def scope_for(operation: str) -> Scope | None:
    """Give the scope that an operation needs, None for those that no key may run.

    >>> scope_for("profile"), scope_for("key_create"), scope_for("new_password")
    ('profile:read', 'admin', None)
    """
    if operation in _OF_THE_OPERATOR:
        return None
    if operation.startswith("identity_"):
        return _NEEDED.get(operation, "identity")
    return _NEEDED.get(operation, "admin")


def refuse_more(caller: Caller | None, scopes: Iterable[Scope]) -> None:
    """Raise KeyRefused for scopes that whoever asks does not hold; None is the operator.

    What a public key may do can be handed on by everybody: its holders are nobody in particular.
    """
    if caller is None:
        return
    lacking = [one for one in scopes if one not in (*caller.scopes, *PUBLIC_SCOPES)]
    if lacking:
        told = f"A key hands on only scopes that it holds; this one lacks {', '.join(lacking)}."
        raise KeyRefused("forbidden", told, 403)


def elements_in(operation: str, arguments: JsonObject) -> int:
    """Give how many elements a key has to pay for: those of a file that is loaded, else one.

    >>> elements_in("load", {"elements": [{}, {}], "unmapped": [{}]}), elements_in("profile", {})
    (3, 1)
    """
    if operation != "load":
        return 1
    sent = (arguments.get("elements"), arguments.get("unmapped"))
    return max(1, sum(len(part) for part in sent if isinstance(part, list)))
