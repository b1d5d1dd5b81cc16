"""The channel that an event came by, as far as the event itself shows it."""

from wegweiser.terms.event import CONVERSATION, Event
from wegweiser.terms.message import Channel

_OF_TYPE: dict[str, Channel] = {"page": "web", "screen": "app"}


def channel_of(event: Event) -> Channel | None:
    """Give the channel of an event; None where it shows none.

    >>> channel_of(Event(type="page", message_id="m", at=0))
    'web'
    >>> channel_of(Event(type="track", message_id="m", at=0, event="Email Opened"))
    'email'
    """
    if event.type in _OF_TYPE:
        return _OF_TYPE[event.type]
    if event.event == CONVERSATION:
        return "sales"
    if event.event.startswith("Email "):
        return "email"
    page, app = event.context.get("page"), event.context.get("app")
    if isinstance(page, dict) and page:
        return "web"
    return "app" if isinstance(app, dict) and app else None
