"""Sessions that are kept apart: the mark on an event, and the session that it names."""

import msgspec

from wegweiser.resolve.mention import name_of
from wegweiser.terms.event import Event
from wegweiser.terms.identity import value_of

# Set on arrival while the rules keep sessions apart, so that whoever reads the event again reads
# it alike, whatever the rules are by then. Senders cannot set it.
SESSION_FLAG = "session_kept"


def marked(event: Event) -> Event:
    """Give an event with the mark that its session counts, where it names a device and one.

    >>> seen = Event(type="page", message_id="m", at=0, anonymous_id="a", context={"sessionId": 17})
    >>> session_of(seen), session_of(marked(seen))
    ('', '17')
    """
    if "sessionId" not in event.context or SESSION_FLAG in event.flags:
        return event
    return msgspec.structs.replace(event, flags=(*event.flags, SESSION_FLAG))


def session_of(event: Event) -> str:
    """Give the session of a marked event, empty where it has none that can be read."""
    if SESSION_FLAG not in event.flags:
        return ""
    name = name_of("session_id", event.context.get("sessionId"))
    return "" if name is None else value_of(name)
