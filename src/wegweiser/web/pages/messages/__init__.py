"""Messages: what may be said, to whom, and what it does."""

from wegweiser.web.pages.frame.family import Family, MenuEntry, Page
from wegweiser.web.pages.messages.calendar import HERE as CALENDAR
from wegweiser.web.pages.messages.calendar import calendar
from wegweiser.web.pages.messages.editor import edit_message, new_message
from wegweiser.web.pages.messages.library import FILTERS, library
from wegweiser.web.pages.messages.message import message
from wegweiser.web.pages.messages.policies import policies
from wegweiser.web.pages.messages.restore import pause, restore
from wegweiser.web.text import mark

_BOTH = ("GET", "POST")

FAMILY = Family(
    (
        Page("/messages", library, words=("period", "sort", "page"), filters=FILTERS),
        Page("/messages/new", new_message, _BOTH, right="define"),
        Page("/messages/{key}", message, words=("period",)),
        Page("/messages/{key}/edit", edit_message, _BOTH, right="define"),
        Page("/messages/{key}/restore", restore, ("POST",), right="define", write="publish"),
        Page("/messages/{key}/pause", pause, ("POST",), right="define", write="publish"),
        Page("/policies", policies),
        Page(CALENDAR, calendar, words=("week",)),
    ),
    MenuEntry("/messages", mark("Messages"), "m", mark("What may we say, to whom, how often?")),
    also=("/policies", CALENDAR),
)
