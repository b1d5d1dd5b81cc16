"""Journeys: where buyers stand, and where they move."""

from wegweiser.web.pages.frame.family import Family, MenuEntry, Page
from wegweiser.web.pages.frame.rests import Rests
from wegweiser.web.pages.journeys.asked import CHOICE_WORDS
from wegweiser.web.pages.journeys.flow import journeys
from wegweiser.web.pages.journeys.moved import make_segment, moved
from wegweiser.web.text import mark

_FILTERS = (
    ("segment", mark("In segment")),
    ("country", mark("Country")),
    ("source", mark("Came first by")),
)
_CHOICE = ("period", "of", "at", *CHOICE_WORDS)
_RESTS = Rests(
    "people",
    mark("Here you will see how many moved on to another stage, back, and off the path."),
    "journeys",
)

FAMILY = Family(
    (
        Page(
            "/journeys",
            journeys,
            words=("period", "compare", "of", "stage", "rows"),
            filters=_FILTERS,
            rests=_RESTS,
        ),
        Page(
            "/journeys/moved",
            moved,
            right="define",
            words=(*_CHOICE, "page"),
            filters=_FILTERS,
            rests=_RESTS,
        ),
        Page(
            "/journeys/segment",
            make_segment,
            ("POST",),
            right="publish",
            words=_CHOICE,
            filters=_FILTERS,
        ),
    ),
    MenuEntry(
        "/journeys", mark("Journeys"), "j", mark("Where do buyers stand, and where do they move?")
    ),
)
