"""Outcomes that events tell of: goals reached, and messages seen, clicked or dismissed."""

import math
from collections.abc import Sequence

from wegweiser.collect.outcome import LARGEST_AMOUNT, MOST_SLOTS
from wegweiser.decide.policy import Policy
from wegweiser.terms.event import FOR_READING, Event
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.message import Goal
from wegweiser.terms.outcome import Outcome, OutcomeKind

LONGEST_ID = 255
MESSAGE_EVENTS: dict[str, OutcomeKind] = {
    "Message Viewed": "seen",
    "Message Clicked": "click",
    "Message Dismissed": "declined",
}


def message_outcome(event: Event, source_id: str, received_at: int = 0) -> Outcome | None:
    """Read the outcome of a decision off one of the three Message events (wire, section 7)."""
    kind = MESSAGE_EVENTS.get(event.event)
    if kind is None or event.type != "track":
        return None
    decision_id = event.properties.get("decision_id")
    if not isinstance(decision_id, str) or not decision_id:
        return None
    if len(decision_id) > LONGEST_ID:
        return None
    return Outcome(
        outcome_id=f"{source_id}:{event.message_id}",
        kind=kind,
        at=event.at,
        decision_id=decision_id,
        placement=_text(event.properties.get("placement")),
        slot=_slot(event.properties.get("slot")),
        source_id=source_id,
        received_at=received_at,
    )


def goal_outcomes(
    policy: Policy,
    event: Event,
    leaf: str,
    group_id: str,
    source_id: str,
    received_at: int = 0,
) -> Sequence[Outcome]:
    """Give one outcome for each goal whose predicate the event fulfils; `received_at` in ms."""
    if not policy.goal_rules:
        return ()
    activation = as_rules_read(event, group_id)
    return [
        _reached(policy.goals[key], event, leaf, group_id, source_id, received_at)
        for key, rule in policy.goal_rules.items()
        if rule.evaluate(activation)
    ]


def as_rules_read(event: Event, group_id: str = "") -> JsonObject:
    """Give the variables of a rule over one event."""
    return {
        "event": event.shown_name,
        "type": event.type,
        "name": event.name,
        "category": event.category,
        "properties": _offered(event),
        "traits": event.traits,
        "context": event.context,
        "group_id": event.group_id or group_id,
        "at": event.at,
    }


def _offered(event: Event) -> JsonObject:
    """Give the properties that rules may see."""
    kept_back = FOR_READING.get(event.event)
    if kept_back is None:
        return event.properties
    return {name: value for name, value in event.properties.items() if name not in kept_back}


def _reached(
    goal: Goal, event: Event, leaf: str, group_id: str, source_id: str, received_at: int
) -> Outcome:
    return Outcome(
        outcome_id=f"{source_id}:{event.message_id}:{goal.key}",
        kind="goal",
        at=event.at,
        leaf=leaf,
        group_id=event.group_id or group_id,
        goal=goal.key,
        amount=_amount(goal, event),
        currency=_text(event.properties.get("currency")),
        source_id=source_id,
        received_at=received_at,
    )


def _amount(goal: Goal, event: Event) -> float:
    value = event.properties.get(goal.value_property) if goal.value_property else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        amount = float(value)
        # What no order can be worth is set aside, so that one event cannot spoil a sum.
        return amount if math.isfinite(amount) and abs(amount) <= LARGEST_AMOUNT else 0.0
    return goal.worth


def _slot(value: Json) -> int:
    # A truth value is a whole number to Python, but not to those who read the record.
    return value if type(value) is int and 0 <= value < MOST_SLOTS else 0


def _text(value: Json) -> str:
    return value if isinstance(value, str) and len(value) <= LONGEST_ID else ""
