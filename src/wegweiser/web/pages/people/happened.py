"""The timeline on the page of a person: what the address asks for, a page of it, and the form."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import MINUTE_MS, format_instant, parse_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.profile import PersonProfile
from wegweiser.terms.wrong import wrong
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.people.lines import Day, days_of
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import CHANNELS
from wegweiser.workspace.profile_operations import KINDS

LINES = 50
# Further back than so many pages one chooses a period.
MOST_PAGES = 20
USUAL = ("event", "decision", "exposure", "outcome")
CHOICES = {
    "": mark("Events, decisions, what came of them"),
    "event": mark("Events"),
    "decision": mark("Decisions"),
    "exposure": mark("Exposures"),
    "outcome": mark("Outcomes"),
    "stage": mark("Changes of the stage"),
    "segment": mark("Segments entered and left"),
    "trait": mark("Facts stated"),
    "consent": mark("Consent given and withdrawn"),
    "membership": mark("Accounts joined and left"),
    "identity": mark("Who is who"),
    "all": mark("Everything"),
}
# What comes by no channel has none to choose.
Choice = tuple[str, str, bool]


class Happened(msgspec.Struct, frozen=True):
    """A page of the timeline; `whole` leads to all time where this period has nothing."""

    days: tuple[Day, ...]
    kinds: tuple[Choice, ...]
    channels: tuple[Choice, ...]
    kept: tuple[tuple[str, str], ...]
    whole: str
    newer: str
    older: str
    nothing: str


async def happened(
    desk: Desk, request: Request, reader: Reader, profile: PersonProfile
) -> Happened:
    """Read the page of the timeline that the address asks for; raises InputRefused."""
    view = desk.view(request)
    kind = _one_of(request, "kind", CHOICES)
    channel = _one_of(request, "channel", {"": "", **CHANNELS})
    page = min(view.page, MOST_PAGES)
    wanted = frozenset({"": USUAL, "all": KINDS}.get(kind, (kind,)))
    entries, more = await desk.site.profiles.timeline.page(
        profile.person_id, wanted, _span(reader, view), page * LINES, channel=channel
    )
    rows: list[JsonObject] = [
        {"kind": one.kind, "at": format_instant(one.at), "id": one.name, **one.told}
        for one in entries[(page - 1) * LINES :]
    ]
    return Happened(
        days=days_of(reader, rows, desk.site.journeys.journey.names),
        kinds=tuple((code, reader.say(words), code == kind) for code, words in CHOICES.items()),
        channels=tuple(
            (code, reader.say(words), code == channel)
            for code, words in {"": mark("All channels"), **CHANNELS}.items()
        ),
        kept=tuple((name, text) for name, text in view.words if name in ("period", "stop")),
        whole=view.to(period=_all_time(reader, profile)),
        newer=view.to(page=str(page - 1)) if page > 1 else "",
        older=view.to(page=str(page + 1)) if more and page < MOST_PAGES else "",
        nothing=_nothing(reader, kind, channel),
    )


def _one_of(request: Request, word: str, allowed: dict[str, str]) -> str:
    written = request.query_params.get(word, "")
    if written not in allowed:
        listed = ", ".join(one for one in allowed if one)
        told = wrong("address_word", word=word, known=listed)
        raise InputRefused(f"bad_{word}", told, 422, word)
    return written


def _span(reader: Reader, view: View) -> tuple[int, int]:
    """Give the period in ms; what comes a little ahead of our clock is in the present day."""
    start, end = (reader.begin_of(day) for day in (view.span.first, view.span.end))
    return start, max(end, reader.now + 5 * MINUTE_MS) if end > reader.now else end


def _all_time(reader: Reader, profile: PersonProfile) -> str:
    """Write the period from the first day to the present one."""
    zone = ZoneInfo(reader.zone)
    first = parse_instant(profile.first_seen_at or profile.created_at) or reader.now
    moments = (min(first, reader.now), reader.now)
    days = (datetime.fromtimestamp(at / 1000, zone).date().isoformat() for at in moments)
    return "..".join(days)


def _nothing(reader: Reader, kind: str, channel: str) -> str:
    if kind or channel:
        return reader.say("Nothing of this kind happened in this period.")
    return reader.say("Nothing happened in this period.")
