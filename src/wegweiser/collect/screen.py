"""Screens: what a source's rules say of an event that was read, before it goes into the log."""

from collections.abc import Callable, Sequence

from wegweiser.terms.errors import WegweiserError
from wegweiser.terms.event import Event

Screen = Callable[[Event], Event | None]
"""Gives the event, changed or not, or None where no purpose of it is granted.

Raises InputRefused to set the element aside, ElementRejected to keep nothing of it,
ElementSuppressed when it is about somebody who was erased.
"""


class ElementRejected(WegweiserError):
    """An element that is kept nowhere; `code` is what the sender is told."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class ElementSuppressed(WegweiserError):
    """An element about somebody who was erased: kept nowhere, and the sender sees a success."""

    def __init__(self, message_id: str):
        super().__init__(message_id)
        self.message_id = message_id


def screened(event: Event, screens: Sequence[Screen]) -> Event | None:
    """Show an event to every screen in order, until one of them lets nothing through.

    >>> screened(Event(type="track", message_id="m-1", at=0), [lambda event: None]) is None
    True
    """
    passed: Event | None = event
    for screen in screens:
        if passed is None:
            return None
        passed = screen(passed)
    return passed
