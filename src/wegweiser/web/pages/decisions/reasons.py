"""Why a message was dropped, in words."""

import msgspec

from wegweiser.web.pages.decisions.explanation import Reason
from wegweiser.web.pages.facts import NAMING, PLAIN_TRAITS, cut, seen_value
from wegweiser.web.pages.moments import date_of
from wegweiser.web.text import Reader
from wegweiser.web.values import reason_words
from wegweiser.web.words import PURPOSES, named


def why(reader: Reader, one: Reason) -> str:
    """Say why a candidate was dropped."""
    if one.reason.startswith("unsubscribed:"):
        topic = cut(one.reason.removeprefix("unsubscribed:"))
        if not topic:
            return reader.say("the mail address is unsubscribed from all mails")
        return reader.say("the mail address is unsubscribed from {topic}", topic=topic)
    if one.step == "consent":
        return reader.say("no consent: {purpose}", purpose=named(reader, PURPOSES, one.reason))
    if one.reason.startswith("cap:"):
        name = one.reason.removeprefix("cap:")
        if one.until:
            until = date_of(reader, one.until)
            return reader.say("contact cap {name}, free again {until}", name=name, until=until)
    return reason_words(reader, cut(one.reason))


def value_found(reader: Reader, one: Reason) -> str:
    """Write the value that failed a rule; empty where no rule said no."""
    if not one.rule:
        return ""
    if one.found is None:
        return reader.say("not known")
    written = msgspec.json.encode(one.found).decode()
    if isinstance(one.found, bool | int | float):
        return seen_value(reader, written)
    rule = one.failing or one.rule
    is_plain = any(f"traits.{name}" in rule for name in PLAIN_TRAITS)
    return cut(written) if is_plain or reader.sight in NAMING else reader.say("hidden")
