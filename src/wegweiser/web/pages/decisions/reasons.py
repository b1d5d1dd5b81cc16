"""Why a message was dropped, in words."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from wegweiser.terms.errors import NotFound
from wegweiser.web.caps import cap_names
from wegweiser.web.pages.decisions.explanation import Reason
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import NAMING, PLAIN_TRAITS, cut, seen_value
from wegweiser.web.pages.moments import date_of
from wegweiser.web.text import Reader
from wegweiser.web.values import reason_words
from wegweiser.web.words import PURPOSES, named

NO_CAPS: Mapping[str, str] = MappingProxyType({})


def caps_of(desk: Desk, reader: Reader, bundle_id: str = "") -> Mapping[str, str]:
    """Name the contact caps of a bundle by their keys; those that hold now where none is named."""
    policies = desk.site.unifier.policies
    number = bundle_id.rpartition("#")[2]
    try:
        bundle = policies.numbered(int(number)) if number.isdecimal() else policies.bundle
    except NotFound:
        return {}
    return cap_names(reader, bundle.caps)


def why(reader: Reader, one: Reason, caps: Mapping[str, str] = NO_CAPS) -> str:
    """Say why a candidate was dropped; `caps` are the words of caps by their keys."""
    if one.reason.startswith("unsubscribed:"):
        topic = cut(one.reason.removeprefix("unsubscribed:"))
        if not topic:
            return reader.say("the mail address is unsubscribed from all mails")
        return reader.say("the mail address is unsubscribed from {topic}", topic=topic)
    if one.step == "consent":
        return reader.say("no consent: {purpose}", purpose=named(reader, PURPOSES, one.reason))
    if one.reason.startswith("cap:"):
        key = one.reason.removeprefix("cap:")
        name = caps.get(key, cut(key))
        if one.until:
            until = date_of(reader, one.until)
            return reader.say("contact cap {name}, free again {until}", name=name, until=until)
        return reader.say("contact cap {name}", name=name)
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
