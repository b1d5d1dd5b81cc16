"""What stands in the cells of answers as codes, in words: groups, states, verdicts, channels."""

from wegweiser.terms.json import Json
from wegweiser.web.deeds import DEEDS, DOERS
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import ARMS, CHANNELS, PURPOSES, STEPS, VERDICTS, named

# Why a message was dropped.
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
    "shared_budget": mark("colleagues got the contacts that were left"),
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
    "cap": mark("contact cap {name}"),
}
_GROUPS = {
    "champions": mark("champions"),
    "growing": mark("growing"),
    "new": mark("new"),
    "loyal": mark("loyal"),
    "needs_attention": mark("in need of attention"),
    "about_to_slip": mark("about to slip"),
    "must_not_lose": mark("not to be lost"),
    "at_risk": mark("at risk"),
    "lost": mark("lost"),
    "not_yet": mark("no order yet"),
}
_STAGES = {
    "dormant": mark("dormant"),
    "explore": mark("explore"),
    "evaluate": mark("evaluate"),
    "validate": mark("validate"),
    "commit": mark("commit"),
    "customer": mark("customer"),
    "stalled": mark("stalled"),
    "not_buyer": mark("not a buyer"),
}
_STATES = {
    "emerging": mark("emerging"),
    "burst": mark("a short burst"),
    "seen": mark("seen before"),
    "steady": mark("steady"),
    "rising": mark("rising"),
    "forecast": mark("forecast"),
    "ok": mark("in order"),
    "unknown": mark("not known"),
    "suspect": mark("suspect"),
    "excluded": mark("excluded"),
    "identified": mark("told apart"),
    "not_varied": mark("never varied"),
    "prior": mark("rests on the assumption"),
    "sensitive": mark("depends on the assumption"),
    "in_place": mark("in place"),
    "in_part": mark("in part"),
    "missing": mark("missing"),
    "not_yet_visible": mark("cannot be seen yet"),
    "not_needed": mark("not needed"),
    "decided": mark("decided"),
    "fallback": mark("the fallback"),
    "deferred": mark("put off"),
    "nothing": mark("nothing to say"),
    "expired": mark("given up"),
}
_GATES = {
    "no_source": mark("nothing to count yet"),
    "too_early": mark("too early"),
    "too_little": mark("too little data"),
    "unidentified": mark("cannot be told apart"),
    "broken": mark("something is wrong with the test"),
    "deadline": mark("out of time"),
    "unlogged": mark("could not be logged"),
    "reservation": mark("no room left for the contact"),
    "other": mark("another reason"),
}
_COSTS_FROM = {
    "stated": mark("stated with the question"),
    "declared": mark("declared with the message"),
    "imported": mark("imported costs"),
}
_LIFT_REASONS = {
    **_GATES,
    "no_experiment": mark("no test tells it"),
    "others_were_shown_too": mark("with what else was shown"),
}
_ADVICE = {
    "keep": mark("keep"),
    "change": mark("change"),
    "drop": mark("stop"),
    "cannot_tell_yet": mark("cannot be told yet"),
}
_WHYS = {
    **_GATES,
    "pays": mark("it earns more than it costs"),
    "costs_more": mark("it costs more than it earns"),
    "others_do_better": mark("what else could be shown does better"),
    "spans_break_even": mark("both a gain and a loss are possible"),
    "not_its_own": mark("other things were shown to the same units too"),
    "not_confirmed": mark("among so many comparisons this may be chance"),
    "worth_a_test": mark("nothing was drawn by lot"),
    "a_split": mark("a split, not a cause"),
    "money_unknown": mark("the break-even is not known"),
    "gate": mark("too little data"),
}
EVIDENCE = {
    "experiment": mark("measured by a test"),
    "quasi": mark("estimated from a comparison"),
    "model": mark("estimated by a model"),
    "observed": mark("counted"),
    "split": mark("a split, not a cause"),
}
_DEVICES = {
    "desktop": mark("computer"),
    "phone": mark("mobile phone"),
    "tablet": mark("tablet"),
    "tv": mark("television"),
}
_WAYS = {
    "forward": mark("forward"),
    "back": mark("back"),
    "off_path": mark("off the path"),
}
_UNITS = {"person": mark("person"), "account": mark("account")}
_KINDS = {
    "count": mark("a count"),
    "share": mark("a share"),
    "ratio": mark("a ratio"),
    "cost": mark("a cost"),
    "value": mark("an amount"),
    "none": mark("nothing missing"),
    "consent": mark("no consent"),
    "contact": mark("no local time"),
    "campaign": mark("a campaign"),
    "query": mark("a search"),
    "page": mark("a page"),
    "topic": mark("a topic"),
}
_FACTORS = {
    "P": mark("response"),
    "V": mark("worth"),
    "C": mark("context"),
    "L": mark("lever"),
}
# These stand in any column; a name of somebody's own never has brackets around it.
_ANYWHERE = {
    "(unknown)": mark("(not known)"),
    "(held out)": mark("(held back for comparison)"),
    "(all)": mark("(all)"),
    "(direct)": mark("(direct)"),
    "(unassigned)": mark("(not assigned)"),
    "(none)": mark("(none)"),
    "(rest of order)": mark("(rest of the order)"),
    "(empty)": mark("(empty)"),
    "(nothing)": mark("(nothing)"),
    "(exit)": mark("(left)"),
    "(entry)": mark("(came)"),
    "(other)": mark("(others)"),
}
_OF_COLUMN: dict[str, dict[str, str]] = {
    "group": _GROUPS,
    "channel": CHANNELS,
    "arm": ARMS,
    "control": ARMS,
    "step": STEPS,
    "purpose": PURPOSES,
    "verdict": VERDICTS,
    "advice": _ADVICE,
    "lift_reason": _LIFT_REASONS,
    "cost_from": _COSTS_FROM,
    "why": _WHYS,
    "evidence": EVIDENCE,
    "device": _DEVICES,
    "way": _WAYS,
    "unit_kind": _UNITS,
    "stage": _STAGES,
    "target": _STAGES,
    "state": _STATES,
    "status": _STATES,
    "kind": _KINDS,
    "factor": _FACTORS,
    "what": DEEDS,
    "who": DOERS,
}


def value_words(reader: Reader, column: str, value: Json) -> str:
    """Say the code in a cell of a column; what is no code of ours stays as it is.

    >>> german = Reader("de", "UTC", 0)
    >>> value_words(german, "group", "at_risk"), value_words(german, "message", "at_risk")
    ('gefährdet', 'at_risk')
    """
    written = "" if value is None else str(value)
    if column in ("reason", "missing"):
        return reason_words(reader, written)
    names = _OF_COLUMN.get(column, {})
    return named(reader, names if written in names else _ANYWHERE, written)


def is_code(column: str, value: str) -> bool:
    """Tell whether a cell of a column holds a code of ours, be it a plain word or not.

    >>> is_code("state", "missing"), is_code("state", "acme")
    (True, False)
    """
    return value in _OF_COLUMN.get(column, {})


def codes_of(reader: Reader, column: str) -> dict[str, str]:
    """Give the codes of a column by what they are called, in small letters.

    >>> codes_of(Reader("de", "UTC", 0), "device")["mobiltelefon"]
    'phone'
    """
    return {reader.say(name).casefold(): code for code, name in _OF_COLUMN.get(column, {}).items()}


def reason_words(reader: Reader, reason: str) -> str:
    """Say why something was dropped, or why there is no figure.

    >>> reason_words(Reader("en", "UTC", 0), "cap:weekly")
    'contact cap weekly'
    """
    kind, _, name = reason.partition(":")
    if kind in NAMED and name:
        return reader.say(NAMED[kind], name=name)
    if reason in PURPOSES:
        return reader.say(PURPOSES[reason])
    return named(reader, REASONS if reason in REASONS else _GATES, reason)
