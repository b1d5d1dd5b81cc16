"""What a simulation was asked, in words; the same in the list and above its result."""

from datetime import date, timedelta

import msgspec

from wegweiser.web.pages.data.told import word_in
from wegweiser.web.text import Reader
from wegweiser.workspace.work import Work

PATH = "/simulate"
ENGAGED = "engaged"


class Asked(msgspec.Struct, frozen=True):
    """Which rules were held against which decisions, and what counted."""

    rules: str
    metric: str
    placement: str
    period: str


def is_simulation(work: Work) -> bool:
    """Tell whether a long work is a simulation."""
    return work.kind == "simulation"


def asked_of(reader: Reader, work: Work) -> Asked:
    """Say what a simulation was begun with."""
    given = work.given
    metric = word_in(given, "metric") or ENGAGED
    published = reader.say("what is published today")
    unnamed = reader.say("rules from files") if given.get("files") else published
    return Asked(
        rules=word_in(given, "draft") or unnamed,
        metric=reader.say("a response") if metric == ENGAGED else metric,
        placement=word_in(given, "placement") or reader.say("all placements"),
        period=_period(reader, work),
    )


def _period(reader: Reader, work: Work) -> str:
    """Write the days that were asked, the last one included; moments stay as they were given."""
    first, end = word_in(work.given, "from"), word_in(work.given, "to")
    try:
        last = date.fromisoformat(end) - timedelta(days=1)
        return reader.say("{first} to {last}", first=reader.day(first), last=reader.day(str(last)))
    except ValueError:
        return f"{first} – {end}".strip(" –") or reader.say("the last 30 days")
