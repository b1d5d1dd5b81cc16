"""Contact caps in words: as a sentence, and short, in place of the key that somebody gave them."""

from collections.abc import Iterable, Mapping

from wegweiser.terms.policy import Cap
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import CHANNELS, named

HOURS_OF_DAY = 24
SCOPES = {
    "person": mark("person"),
    "account": mark("account"),
    "group": mark("buying group"),
    "tenant": mark("workspace"),
}
CALENDARS = {
    "day": mark("per calendar day"),
    "week": mark("per calendar week"),
    "month": mark("per calendar month"),
}
_PER = {
    "channel": mark("Each channel is counted by itself."),
    "topic": mark("Each topic is counted by itself."),
    "message": mark("Each message is counted by itself."),
    "class": mark("Each class of messages is counted by itself."),
}

_DIRECTIONS = {
    "push": mark("Only what is sent counts."),
    "pull": mark("Only what people look at counts."),
}
_OVER_ALL = {
    "": mark("over all channels"),
    "push": mark("over all that is sent"),
    "pull": mark("over all that people look at"),
}


def cap_sentence(reader: Reader, cap: Cap) -> str:
    """Say what a cap allows, and what it counts by itself.

    >>> cap_sentence(Reader("en", "UTC", 0), Cap("k", 3, 168, channels=("email",), per="topic"))
    'At most 3 contacts per person in 7 days, on E-mail. Each topic is counted by itself.'
    """
    channels = _channels(reader, cap) or reader.say("all channels together")
    told = reader.say(
        "At most {limit} contacts per {scope} {span}, on {channels}.",
        **_parts(reader, cap),
        channels=channels,
    )
    only = reader.all_of([*cap.topics, *cap.messages])
    limited = reader.say("Only these count: {names}.", names=only) if only else ""
    per = "message" if cap.per_message else cap.per
    by_itself = reader.say(_PER[per]) if per else ""
    directed = reader.say(_DIRECTIONS[cap.direction]) if cap.direction else ""
    return " ".join(part for part in (told, directed, limited, by_itself) if part)


def cap_words(reader: Reader, cap: Cap) -> str:
    """Say in a few words which cap it is.

    >>> cap_words(Reader("de", "UTC", 0), Cap("weekly", 3, 168))
    '3 je Person in 7 Tagen, über alle Kanäle'
    """
    channels = _channels(reader, cap) or reader.say(_OVER_ALL[cap.direction])
    told = reader.say("{limit} per {scope} {span}", **_parts(reader, cap))
    return f"{told}, {channels}"


def cap_names(reader: Reader, caps: Iterable[Cap]) -> Mapping[str, str]:
    """Give the words of each cap by its key."""
    return {cap.key: cap_words(reader, cap) for cap in caps}


def _parts(reader: Reader, cap: Cap) -> dict[str, str]:
    return {
        "limit": reader.number(cap.limit),
        "scope": named(reader, SCOPES, cap.scope),
        "span": _span(reader, cap),
    }


def _channels(reader: Reader, cap: Cap) -> str:
    return reader.all_of([named(reader, CHANNELS, one) for one in cap.channels])


def _span(reader: Reader, cap: Cap) -> str:
    if cap.calendar:
        return reader.say(CALENDARS[cap.calendar])
    days, rest = divmod(cap.window_hours, HOURS_OF_DAY)
    if days and not rest:
        return reader.count("in {count} day", "in {count} days", days)
    return reader.count("in {count} hour", "in {count} hours", cap.window_hours)
