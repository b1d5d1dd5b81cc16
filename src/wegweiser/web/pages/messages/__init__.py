"""Messages: what may be said, to whom, and what it does."""

from wegweiser.web.pages.frame.family import Family, MenuEntry, Page
from wegweiser.web.pages.frame.rests import ALWAYS, Rests
from wegweiser.web.pages.messages.calendar import HERE as CALENDAR
from wegweiser.web.pages.messages.calendar import calendar
from wegweiser.web.pages.messages.editor import edit_message, new_message
from wegweiser.web.pages.messages.library import FILTERS, library
from wegweiser.web.pages.messages.message import message
from wegweiser.web.pages.messages.policies import policies
from wegweiser.web.pages.messages.restore import pause, restore
from wegweiser.web.text import mark

_BOTH = ("GET", "POST")
_ALL = Rests(
    "messages",
    mark("Here you will see every message with its state, who saw it, and what it does."),
    "messages",
    ("waiting", "little"),
)
_ONE = Rests(
    "decisions",
    mark("Here you will see what a message does, once it was decided on."),
    "messages",
    ALWAYS,
)
_WRITING = Rests(
    "people",
    mark("Whom a message would reach is counted here as soon as there are people."),
    "profiles",
    ALWAYS,
)
_POLICIES = Rests(
    "decisions",
    mark("Beside each rule stands how often it bit, as soon as something was decided."),
    "messages",
    ALWAYS,
)
_CALENDAR = Rests(
    "messages",
    mark("Here you will see which message runs in which week, on which channel."),
    "messages",
    ("waiting", "little"),
)

FAMILY = Family(
    (
        Page("/messages", library, words=("period", "sort", "page"), filters=FILTERS, rests=_ALL),
        Page("/messages/new", new_message, _BOTH, right="define", rests=_WRITING),
        Page("/messages/{key}", message, words=("period",), rests=_ONE),
        Page("/messages/{key}/edit", edit_message, _BOTH, right="define", rests=_WRITING),
        Page("/messages/{key}/restore", restore, ("POST",), right="define", write="publish"),
        Page("/messages/{key}/pause", pause, ("POST",), right="define", write="publish"),
        Page("/policies", policies, rests=_POLICIES),
        Page(CALENDAR, calendar, words=("week",), rests=_CALENDAR),
    ),
    MenuEntry("/messages", mark("Messages"), "m", mark("What may we say, to whom, how often?")),
    also=("/policies", CALENDAR),
)
