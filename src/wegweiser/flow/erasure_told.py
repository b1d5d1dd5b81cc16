"""What records of others tell about the erased: the same records without their names."""

import msgspec

from wegweiser.flow.mentions import groups_in, names_in
from wegweiser.flow.typed_names import TypedNames
from wegweiser.terms.decision import Decision
from wegweiser.terms.event import FOR_READING, Event
from wegweiser.terms.json import JsonObject
from wegweiser.terms.outcome import Outcome


def event_without(event: Event, typed: TypedNames) -> tuple[Event, int]:
    """Give somebody else's event without the names in it, and how many there were.

    In what machines read only what is certainly a name goes; in what people wrote for people,
    such as the note of a conversation, also what they are called. Whom the event is about, and
    to which account it belongs, never changes.
    """
    for fields in (_all_fields, _properties):
        plain, count = fields(event, typed)
        left = msgspec.structs.replace(event, **plain)
        if names_in(left) == names_in(event) and groups_in(left) == groups_in(event):
            return left, count
    return event, 0


def decision_without(decision: Decision, typed: TypedNames) -> tuple[Decision, int]:
    """Give the decision about somebody else without names in what was known at that moment."""
    sure = typed.surely()
    facts, count = _of(decision.facts, sure)
    features, more = _of(decision.features, sure)
    if not count + more:
        return decision, 0
    return msgspec.structs.replace(decision, facts=facts, features=features), count + more


def outcome_without(outcome: Outcome, typed: TypedNames) -> tuple[Outcome, int]:
    """Give the outcome of somebody else without names in its detail."""
    detail, count = typed.without(outcome.detail)
    return (msgspec.structs.replace(outcome, detail=detail) if count else outcome), count


def _all_fields(event: Event, typed: TypedNames) -> tuple[JsonObject, int]:
    plain, count = _properties(event, typed)
    sure = typed.surely()
    for name in ("traits", "context", "integrations", "extra", "enriched"):
        plain[name], more = _of(getattr(event, name), sure)
        count += more
    for name in ("event", "name", "category"):
        plain[name], more = sure.without(getattr(event, name))
        count += more
    return plain, count


def _properties(event: Event, typed: TypedNames) -> tuple[JsonObject, int]:
    for_reading = FOR_READING.get(event.event, ())
    properties: JsonObject = {}
    count = 0
    for key, value in event.properties.items():
        left, more = _of({key: value}, typed if key in for_reading else typed.surely())
        properties |= left
        count += more
    return {"properties": properties}, count


def _of(fields: JsonObject, typed: TypedNames) -> tuple[JsonObject, int]:
    if not fields:
        return fields, 0
    left, count = typed.without_in(fields)
    assert isinstance(left, dict)
    return left, count
