"""The events that a key may send: the others are kept nowhere."""

from collections.abc import Collection

from wegweiser.collect.screen import ElementRejected, Screen
from wegweiser.terms.event import CallType, Event
from wegweiser.terms.json import Json
from wegweiser.terms.source import Caller

NOT_ALLOWED = "event_not_allowed"


def only_allowed(allowed: Collection[str]) -> Screen:
    """Make a screen that lets through track events of these names, and calls of these types.

    >>> screen = only_allowed(("page", "Demo Booked"))
    >>> screen(Event(type="page", message_id="m-1", at=0)).type
    'page'
    >>> screen(Event(type="track", event="Order Completed", message_id="m-2", at=0))
    Traceback (most recent call last):
        ...
    wegweiser.collect.screen.ElementRejected: event_not_allowed
    """
    names = frozenset(allowed)

    def screen(event: Event) -> Event:
        if (event.event if event.type == "track" else event.type) not in names:
            raise ElementRejected(NOT_ALLOWED)
        return event

    return screen


def may_be_set_aside(element: Json, call: CallType | None, caller: Caller) -> bool:
    """Tell whether the key of a caller may send what an element, refused as it is, says it is.

    `call` is what the path says. What has no readable name could be anything.
    """
    allowed = () if caller.key is None else caller.key.allowed_events
    if not allowed:
        return True
    if not isinstance(element, dict):
        return False
    stated = element.get("type")
    kind = call if stated is None else stated
    named = element.get("event") if kind == "track" else kind
    return isinstance(named, str) and named in allowed


def allowed_events_of(caller: Caller, received_at: int) -> Screen | None:
    """Give the screen for the key of a caller, None where it may send every event."""
    allowed = () if caller.key is None else caller.key.allowed_events
    return only_allowed(allowed) if allowed else None
