"""Of which topics the owner of somebody's mail addresses wants to hear, and how we know."""

from collections.abc import Iterator

import msgspec

from wegweiser.terms.profile import PersonProfile
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.moments import date_of
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import named
from wegweiser.workspace.subscription_operations import Word, words_for

_STATUS = {"subscribed": mark("subscribed"), "unsubscribed": mark("unsubscribed")}
_WAYS = {
    "unsubscribe": mark("Link in a mail"),
    "operator": mark("Noted by hand"),
    "file": mark("File"),
}
# Of a link the reason is the decision behind it, which the timeline shows.
_WITH_REASON = ("operator", "file")


class Wish(msgspec.Struct, frozen=True):
    """What was said last about one topic at one address."""

    address: str
    topic: str
    status: str
    day: str
    way: str


def wishes_of(desk: Desk, reader: Reader, profile: PersonProfile) -> tuple[Wish, ...]:
    """List what was said for every address of somebody, by address and topic."""
    addresses = sorted(one.value for one in profile.identifiers if one.type == "email")
    return tuple(wish for address in addresses for wish in _of(desk, reader, address))


def _of(desk: Desk, reader: Reader, address: str) -> Iterator[Wish]:
    for word in words_for(desk.site, address):
        yield Wish(
            reader.private(address),
            word.topic or reader.say("Every topic"),
            named(reader, _STATUS, word.status),
            date_of(reader, word.at),
            _way(reader, word),
        )


def _way(reader: Reader, word: Word) -> str:
    """Say how we know; what somebody typed is shown to whoever may see names."""
    way = named(reader, _WAYS, word.source)
    shown = word.reason if reader.sight == "whole" and word.source in _WITH_REASON else ""
    return f"{way}: {shown}" if shown else way
