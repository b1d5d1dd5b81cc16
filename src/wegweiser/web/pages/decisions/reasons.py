"""Why a message was dropped, in words."""

import msgspec

from wegweiser.web.pages.decisions.explanation import Reason
from wegweiser.web.pages.facts import cut
from wegweiser.web.pages.moments import date_of
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import PURPOSES, named

REASONS = {
    "no_slot": mark("does not fit the place"),
    "channel": mark("is for another channel"),
    "locale": mark("is written in another language"),
    "not_started": mark("has not started yet"),
    "ended": mark("is over"),
    "stopped": mark("was stopped"),
    "arithmetic": mark("its priority could not be computed"),
    "format": mark("has a form that this place does not show"),
    "fallback_only": mark("only stands in for others"),
    "other_offer": mark("colleagues have another offer"),
    "ramp": mark("is new and not for everybody yet"),
    "quiet_hours": mark("quiet hours"),
    "zone_unknown": mark("the local time is not known"),
    "do_not_contact": mark("the account is not to be contacted"),
    "legal_hold": mark("a legal hold"),
    "ownership": mark("sales owns the contact at present"),
    "ledger_down": mark("past contacts could not be read"),
    "eligible": mark("a rule says no"),
    "applicable": mark("a rule says no"),
    "suitable": mark("a rule says no"),
    "eligible:unknown": mark("a rule needs something that is not known"),
    "applicable:unknown": mark("a rule needs something that is not known"),
    "suitable:unknown": mark("a rule needs something that is not known"),
}
NAMED = {
    "suppressed": mark("rests after {name}"),
    "goal_reached": mark("the goal {name} is reached"),
    "preference": mark("{name} is not wanted"),
    "sequence": mark("somebody else is to be told first ({name})"),
}


def why(reader: Reader, one: Reason) -> str:
    """Say why a candidate was dropped."""
    if one.step == "consent":
        return reader.say("no consent: {purpose}", purpose=named(reader, PURPOSES, one.reason))
    if one.reason.startswith("cap:"):
        name = one.reason.removeprefix("cap:")
        if one.until:
            until = date_of(reader, one.until)
            return reader.say("contact cap {name}, free again {until}", name=name, until=until)
        return reader.say("contact cap {name}", name=name)
    kind, _, name = one.reason.partition(":")
    if kind in NAMED and name:
        return reader.say(NAMED[kind], name=cut(name))
    return named(reader, REASONS, one.reason)


def value_found(reader: Reader, one: Reason) -> str:
    """Write the value that failed a rule; empty where no rule said no."""
    if not one.rule:
        return ""
    if one.found is None:
        return reader.say("not known")
    return cut(msgspec.json.encode(one.found).decode())
