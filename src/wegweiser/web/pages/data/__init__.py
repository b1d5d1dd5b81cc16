"""Data: is it coming in, and is it good?"""

from wegweiser.web.pages.data.identity import identity_quality
from wegweiser.web.pages.data.live import FILTERS, live
from wegweiser.web.pages.data.quarantine import element, quarantine
from wegweiser.web.pages.data.schema import schema
from wegweiser.web.pages.data.sources import sources
from wegweiser.web.pages.data.stream import stream
from wegweiser.web.pages.data.tag import start, tag
from wegweiser.web.pages.frame.family import Family, MenuEntry, Page
from wegweiser.web.pages.frame.rests import Rests
from wegweiser.web.text import mark

_BOTH = ("GET", "POST")
_SOURCES = Rests(
    "arrivals",
    mark("Here you will see whether each source sends, how fast, and how much is refused."),
    stays=("waiting", "little"),
)
_ARRIVALS = Rests(
    "arrivals",
    mark("Here you will see every event, and what became of it."),
    # The first one shows by itself.
    stays=("waiting", "little"),
)
_SCHEMA = Rests("events", mark("Here you will see which events arrive, field by field."))
_IDENTITY = Rests("events", mark("Here you will see how well people are told apart."), "pairs")

FAMILY = Family(
    (
        Page("/data", sources, _BOTH, write="senders", rests=_SOURCES),
        Page(
            "/data/live",
            live,
            _BOTH,
            right="raw",
            words=("page",),
            filters=FILTERS,
            rests=_ARRIVALS,
        ),
        Page(
            "/data/quarantine",
            quarantine,
            _BOTH,
            right="raw",
            write="senders",
            rests=_ARRIVALS,
        ),
        Page(
            "/data/quarantine/{quarantine_id}",
            element,
            _BOTH,
            right="raw",
            write="senders",
            words=("page",),
        ),
        Page("/data/schema", schema, _BOTH, write="configure", words=("look",), rests=_SCHEMA),
        Page("/data/identity", identity_quality, _BOTH, write="who_is_who", rests=_IDENTITY),
        Page("/data/tag", tag, _BOTH, right="senders", words=("source", "consent")),
        Page("/data/start", start, _BOTH, right="senders"),
        Page("/data/stream", stream, right="raw"),
    ),
    MenuEntry("/data", mark("Data"), "a", mark("Is it coming in, and is it good?")),
    also=("/progress",),
)
