"""Data: is it coming in, and is it good?"""

from wegweiser.web.pages.data.identity import identity_quality
from wegweiser.web.pages.data.live import FILTERS, live
from wegweiser.web.pages.data.quarantine import element, quarantine
from wegweiser.web.pages.data.schema import schema
from wegweiser.web.pages.data.sources import sources
from wegweiser.web.pages.data.stream import stream
from wegweiser.web.pages.data.tag import start, tag
from wegweiser.web.pages.frame.family import Family, MenuEntry, Page
from wegweiser.web.text import mark

_BOTH = ("GET", "POST")

FAMILY = Family(
    (
        Page("/data", sources, _BOTH, write="senders"),
        Page("/data/live", live, _BOTH, right="raw", filters=FILTERS),
        Page("/data/quarantine", quarantine, _BOTH, right="raw", write="senders"),
        Page(
            "/data/quarantine/{quarantine_id}",
            element,
            _BOTH,
            right="raw",
            write="senders",
            words=("page",),
        ),
        Page("/data/schema", schema, _BOTH, write="configure", words=("look",)),
        Page("/data/identity", identity_quality),
        Page("/data/tag", tag, _BOTH, right="senders", words=("source", "consent")),
        Page("/data/start", start, _BOTH, right="senders"),
        Page("/data/stream", stream, right="raw"),
    ),
    MenuEntry("/data", mark("Data"), "a", mark("Is it coming in, and is it good?")),
    also=("/progress",),
)
