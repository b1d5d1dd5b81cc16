"""What rules see of a situation: the variables, and where what they read is kept."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from wegweiser.decide.candidate import Candidate
from wegweiser.decide.facts import Facts
from wegweiser.query.cel import Rule
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.message import Placement
from wegweiser.terms.profile import Contact

COUNTED_HOURS = 30 * 24
RuleOf = Literal["message", "variant"]
# Variables that are parts of a profile under a shorter name.
_KEPT: Mapping[str, tuple[str, ...]] = {
    "stage": ("person", "stage"),
    "group": ("account", "group"),
}
_MESSAGE = ("key", "goal", "topic", "format", "owner", "stage_aim", "persona_aim")
_FLAGS = ("service", "urgent", "price_bearing", "claim_bearing")


def where_kept(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Give the path in the facts of what a rule reads under these keys.

    >>> where_kept(("stage", "evaluate")), where_kept(("context", "query"))
    (('person', 'stage', 'evaluate'), ('context', 'query'))
    """
    return (*_KEPT.get(keys[0], keys[:1]), *keys[1:])


def rules_of_candidate(rules: Sequence[Rule]) -> dict[int, RuleOf]:
    """Tell by number which rules speak of a message or of its variant; others hold for all."""
    found: dict[int, RuleOf] = {}
    for number, rule in enumerate(rules):
        if "variant" in rule.variables:
            found[number] = "variant"
        elif "message" in rule.variables:
            found[number] = "message"
    return found


def activation(
    facts: Facts, placement: Placement, as_of: int, with_counts: bool = True
) -> JsonObject:
    """Give the variables of a rule but those of a candidate; `as_of` in milliseconds.

    Contacts are counted only where a rule asks for them.
    """
    about: JsonObject = {
        "key": placement.key,
        "channel": placement.channel,
        "direction": placement.direction,
    }
    found: JsonObject = {
        "person": facts.person,
        "account": facts.account,
        "context": facts.context,
        "placement": about,
        "as_of": as_of,
    }
    if with_counts:
        found["counts"] = counts(facts, as_of)
    for name, (owner, part) in _KEPT.items():
        known = found[owner]
        if isinstance(known, dict) and part in known:
            found[name] = known[part]
    return found


def with_candidate(variables: Mapping[str, Json], candidate: Candidate) -> JsonObject:
    """Add what rules may read of a candidate; what it does not say is left out."""
    message, variant = candidate.message, candidate.variant
    told: JsonObject = {name: getattr(message, name) for name in _MESSAGE if getattr(message, name)}
    told |= {name: getattr(message, name) for name in _FLAGS} | {"value": message.value}
    form: JsonObject = {"key": variant.key, "channel": variant.channel, "cost": variant.cost}
    form |= {
        name: getattr(variant, name) for name in ("locale", "format") if getattr(variant, name)
    }
    return {**variables, "message": told, "variant": form}


def counts(facts: Facts, as_of: int) -> JsonObject:
    """Count the contacts of the person and its account in the days before a moment.

    >>> contact = Contact(at=0, entry_id="e", channel="email", message="m")
    >>> counts(Facts(contacts=[contact]), DAY_MS * 3)["contacts_7"]
    1
    """
    own = [one for one in facts.contacts if one.at <= as_of]
    theirs = [one for one in facts.account_contacts if one.at <= as_of]
    found: JsonObject = {}
    for days in (1, 7, 30):
        found[f"contacts_{days}"] = len(_lately(own, as_of, days))
        found[f"account_{days}"] = len(_lately(theirs, as_of, days))
    found["channels_7"] = {**Counter(one.channel for one in _lately(own, as_of, 7))}
    found["messages_30"] = {**Counter(one.message for one in _lately(own, as_of, 30))}
    return found


def _lately(contacts: Iterable[Contact], as_of: int, days: int) -> list[Contact]:
    return [one for one in contacts if one.at > as_of - days * DAY_MS]
