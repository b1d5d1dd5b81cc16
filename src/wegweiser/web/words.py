"""Names for the codes that stages write: verdicts, reasons, states, kinds, in our own words."""

from collections.abc import Mapping

from wegweiser.terms.result import Gate, Result
from wegweiser.web.text import Reader, mark

VERDICTS = {
    "helps": mark("better"),
    "harms": mark("worse"),
    "too_small": mark("too small to matter"),
    "cannot_tell": mark("no clear difference yet"),
    "broken": mark("something is wrong with the test"),
    "waiting": mark("too little data"),
}
_GATED: dict[Gate, str] = {"broken": "broken", "": "cannot_tell"}
TONES = {"helps": "good", "harms": "bad", "broken": "bad"}

KINDS = {
    "user_id": mark("User id"),
    "anonymous_id": mark("Device"),
    "email": mark("E-mail"),
    "phone": mark("Phone"),
    "group_id": mark("Account"),
    "person_id": mark("Person"),
    "crm_id": mark("CRM id"),
    "crm_account_id": mark("CRM account"),
    "domain": mark("Domain"),
}
STATES = {
    "member": mark("belongs"),
    "unverified": mark("not proven"),
    "shared": mark("shared"),
    "quarantined": mark("in quarantine"),
    "superseded": mark("replaced"),
    "confirmed": mark("confirmed"),
    "claimed": mark("claimed"),
    "suggested": mark("suggested"),
    "ended": mark("has left"),
    "rejected": mark("does not belong"),
    "granted": mark("granted"),
    "denied": mark("refused"),
    "revoked": mark("withdrawn"),
    "withdrawn": mark("withdrawn"),
    "unknown": mark("not known"),
    "conflict": mark("in conflict"),
}
PURPOSES = {
    "personalisation": mark("Personal content"),
    "email": mark("E-mail"),
    "sms": mark("Text message"),
    "push": mark("Push message"),
    "phone": mark("Phone"),
    "sharing": mark("Passing on to partners"),
    "profiling": mark("Profiling"),
    "functional": mark("Working of the site"),
    "security": mark("Security"),
    "measurement": mark("Statistics"),
    "*": mark("Everything else"),
}
CHANNELS = {
    "web": mark("Web"),
    "app": mark("App"),
    "email": mark("E-mail"),
    "sms": mark("Text message"),
    "push": mark("Push message"),
    "phone": mark("Phone"),
    "social": mark("Social media"),
    "sales": mark("Sales"),
    "webhook": mark("Webhook"),
    "file": mark("File"),
}
TRUSTS = {
    0: mark("inferred"),
    1: mark("public"),
    2: mark("server"),
    3: mark("proven"),
    4: mark("operator"),
}
STEPS = {
    "considered": mark("Considered"),
    "candidates": mark("Fits place, dates and language"),
    "eligibility": mark("Passes its rules"),
    "consent": mark("Consent is given"),
    "contact": mark("Within the contact policy"),
    "offer": mark("No other offer in the account"),
    "arbitration": mark("Worth more than its cost"),
    "slate": mark("Chosen for a place"),
    "chosen": mark("Chosen"),
}
HOW = {
    "best": mark("the best one"),
    "sampled": mark("drawn by its chances"),
    "floor": mark("drawn to keep learning"),
    "arm": mark("drawn evenly, for comparison"),
    "fallback": mark("the fallback"),
}
ARMS = {
    "main": mark("chosen messages"),
    "nothing": mark("control group"),
    "random": mark("random messages"),
    "no_levers": mark("without levers"),
    "rules_only": mark("without learning"),
    "eligible_only": mark("without soft rules"),
    "one_best": mark("without context"),
    "challenger": mark("another model"),
}
ROLES = {
    "owner": mark("Owner"),
    "admin": mark("Administration"),
    "marketer": mark("Marketing"),
    "analyst": mark("Analysis"),
    "viewer": mark("Reading only"),
    "support": mark("Support"),
    "privacy": mark("Data protection"),
    "auditor": mark("Audit"),
    "sales": mark("Sales"),
}
RIGHTS = {
    "figures": mark("See figures"),
    "take_figures": mark("Take figures as files"),
    "profiles": mark("See people and accounts"),
    "who_is_who": mark("Join and separate people"),
    "talk": mark("Tell of sales conversations"),
    "define": mark("Draft segments, messages and rules"),
    "publish": mark("Publish drafts"),
    "raw": mark("See events as they were sent"),
    "senders": mark("Manage sources and keys"),
    "take_persons": mark("Take data about people as files"),
    "erase": mark("Erase, suppress, answer access requests"),
    "audit": mark("Read the audit trail"),
    "configure": mark("See and change settings"),
    "people": mark("Manage people and roles"),
    "owners": mark("Name owners and administrators"),
}
EVENTS = {
    "Page Viewed": mark("Page viewed"),
    "Screen Viewed": mark("Screen viewed"),
    "Identified": mark("Said who they are"),
    "Group Joined": mark("Joined an account"),
    "Aliased": mark("Identifier replaced"),
    "Sales Conversation Logged": mark("Spoke with sales"),
}
INTENTS = {
    "pricing": mark("Asks for prices"),
    "comparison": mark("Compares"),
    "competitor_use": mark("Uses a competitor"),
    "trial": mark("Wants to try"),
}
# What people of a buying group are there for, by the keys that are usual; others say it themselves.
BUYING_ROLES = {
    "economic": mark("economic"),
    "technical": mark("technical"),
    "security": mark("security"),
    "user": mark("user"),
    "champion": mark("champion"),
}
OUTCOMES = {
    "seen": mark("Message seen"),
    "click": mark("Message clicked"),
    "dwell": mark("Message read"),
    "declined": mark("Message declined"),
    "delivered": mark("Message delivered"),
    "bounced": mark("Message bounced"),
    "complained": mark("Message reported as unwanted"),
    "withdrawn": mark("Message not sent"),
    "expired": mark("Message not fetched"),
    "done": mark("Done"),
    "goal": mark("Goal reached"),
}


def named(reader: Reader, names: dict[str, str], code: str) -> str:
    """Say a code in words; a code without words is shown as it is.

    >>> named(Reader("de", "UTC", 0), STATES, "shared"), named(Reader("de", "UTC", 0), {}, "x")
    ('geteilt', 'x')
    """
    return reader.say(names[code]) if code in names else code


def stage_in_words(reader: Reader, names: Mapping[str, Mapping[str, str]], stage: str) -> str:
    """Name a stage as the journey declares it; `names` by stage and language.

    >>> stage_in_words(Reader("en", "UTC", 0), {"commit": {"en": "Commit"}}, "commit")
    'Commit'
    """
    return names[stage][reader.language] if stage in names else reader.say("not known")


def verdict_of(result: Result) -> str:
    """Give the code of the verdict on a result, also when a gate stands before it."""
    if result.verdict and result.verdict != "cannot_tell":
        return result.verdict
    if "fewer_than_planned" in result.warnings:
        return "waiting"
    return _GATED.get(result.reason, "waiting")
