"""What rules of messages and goals may speak of, and how their texts are compiled."""

from collections.abc import Mapping
from functools import lru_cache

from wegweiser.decide.rule_limits import refuse_stage_label, refuse_too_long, refuse_too_much
from wegweiser.query.cel import Rule, Schema, compile_rule
from wegweiser.query.cel.functions import RULE_FUNCTIONS
from wegweiser.query.cel.looking_back import in_segment
from wegweiser.query.cel.schema import (
    BOOL,
    DOUBLE,
    INT,
    STRING,
    TIMESTAMP,
    FieldType,
    closed_map,
    list_of,
    open_map,
)
from wegweiser.terms.journey import STAGES

_PURCHASES: Mapping[str, FieldType] = {
    "orders": INT,
    "last_order_at": TIMESTAMP,
    "revenue": open_map(DOUBLE),
    "products": list_of(STRING),
}
_PRODUCT_USE: Mapping[str, FieldType] = {
    "active_days_7": INT,
    "active_days_30": INT,
    "features_7": open_map(INT),
    "features_30": open_map(INT),
}
_RFM: Mapping[str, FieldType] = {
    "recency_days": INT,
    "frequency": INT,
    "monetary": DOUBLE,
    "recency_score": INT,
    "frequency_score": INT,
    "monetary_score": INT,
}
_PROFILE: dict[str, FieldType] = {
    "traits": open_map(),
    "computed": open_map(),
    "intents": open_map(closed_map({"strength": DOUBLE, "last_at": TIMESTAMP})),
    "purchases": closed_map(_PURCHASES),
    "product_use": closed_map(_PRODUCT_USE),
    "rfm": closed_map(_RFM),
    "scores": open_map(DOUBLE),
    "interests": open_map(DOUBLE),
    "engagement": DOUBLE,
    "counters": open_map(INT),
    "first_seen": TIMESTAMP,
    "last_seen": TIMESTAMP,
    # Probabilities; there is no field for the top stage, so that no rule can hang on it alone.
    "stage": closed_map(dict.fromkeys(STAGES, DOUBLE)),
}
_PERSON: dict[str, FieldType] = {
    **_PROFILE,
    "id": STRING,
    "known": BOOL,
    "consent": open_map(STRING),
    "segments": list_of(STRING),
    "sessions": INT,
    "accounts": list_of(open_map()),
}
_OFFER = {"completeness": DOUBLE, "engaged": DOUBLE, "missing": list_of(STRING)}
# How complete the buying groups of the account are: the best of them, and each offer's.
_GROUP: Mapping[str, FieldType] = {
    "completeness": DOUBLE,
    "engaged": DOUBLE,
    "offers": open_map(closed_map(_OFFER)),
}
_PLACEMENT: Mapping[str, FieldType] = {"key": STRING, "channel": STRING, "direction": STRING}
_MESSAGE: Mapping[str, FieldType] = {
    **dict.fromkeys(("key", "goal", "topic", "format", "owner"), STRING),
    **dict.fromkeys(("stage_aim", "persona_aim"), STRING),
    **dict.fromkeys(("service", "urgent", "price_bearing", "claim_bearing"), BOOL),
    "value": DOUBLE,
}
_VARIANT: Mapping[str, FieldType] = {
    **dict.fromkeys(("key", "channel", "locale", "format"), STRING),
    "cost": DOUBLE,
}
# Contacts so far, in the days before the decision, of the person or of its account.
_COUNTS: Mapping[str, FieldType] = {
    **dict.fromkeys(("contacts_1", "contacts_7", "contacts_30"), INT),
    **dict.fromkeys(("account_1", "account_7", "account_30"), INT),
    "channels_7": open_map(INT),
    "messages_30": open_map(INT),
}

RULE_SCHEMA = Schema(
    variables={
        "person": closed_map(_PERSON),
        "account": closed_map(
            {**_PROFILE, "id": STRING, "segments": list_of(STRING), "completeness": DOUBLE}
        ),
        "group": closed_map(_GROUP),
        "stage": _PROFILE["stage"],
        "context": open_map(),
        "message": closed_map(_MESSAGE),
        "variant": closed_map(_VARIANT),
        "placement": closed_map(_PLACEMENT),
        "counts": closed_map(_COUNTS),
        "as_of": TIMESTAMP,
    },
    functions={**RULE_FUNCTIONS, "in_segment": in_segment("person")},
)
GOAL_SCHEMA = Schema(
    variables={
        "type": STRING,
        "event": STRING,
        "name": STRING,
        "category": STRING,
        "properties": open_map(),
        "traits": open_map(),
        "context": open_map(),
        "group_id": STRING,
        "at": TIMESTAMP,
    },
    functions=RULE_FUNCTIONS,
)


@lru_cache(maxsize=4096)
def compile_eligibility(text: str) -> Rule:
    """Compile a rule of a message over all variables of RULE_SCHEMA.

    Raises RuleRefused where the text is wrong; `saved_rule` refuses more.

    >>> rule = compile_eligibility('person.traits.plan != "enterprise"')
    >>> rule.evaluate({"person": {"traits": {"plan": "team"}}})
    True
    >>> rule.evaluate({"person": {"traits": {}}}) is None
    True
    """
    return compile_rule(text, RULE_SCHEMA)


def saved_rule(text: str) -> Rule:
    """Compile a rule that is about to be saved; what was published before is not asked again.

    Raises RuleRefused for a text that is wrong, too long, costs too much or asks for the top stage.
    """
    refuse_too_long(text)
    refuse_stage_label(text)
    rule = compile_eligibility(text)
    refuse_too_much(rule)
    return rule


@lru_cache(maxsize=1024)
def compile_goal(text: str) -> Rule:
    """Compile the predicate of a goal over the fields of one event.

    `event` is the shown name, so that `event == "Page Viewed"` works too.

    >>> compile_goal('event == "Demo Booked"').evaluate({"event": "Demo Booked"})
    True
    """
    return compile_rule(text, GOAL_SCHEMA)
