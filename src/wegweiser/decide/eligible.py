"""Which candidates the rules allow: every distinct rule is evaluated once, all of them."""

from collections.abc import Mapping

import numpy as np

from wegweiser.decide.candidate import Mask
from wegweiser.decide.drops import Drops
from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Policy, Requirement, Shelf
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.message import Placement

Answers = dict[tuple[int, str], bool | None]


def activation(facts: Facts, placement: Placement, as_of: int) -> JsonObject:
    """Give the variables of a rule; `as_of` in milliseconds."""
    about: JsonObject = {
        "key": placement.key,
        "channel": placement.channel,
        "direction": placement.direction,
    }
    return {
        "person": facts.person,
        "account": facts.account,
        "context": facts.context,
        "placement": about,
        "as_of": as_of,
    }


def eligible(
    policy: Policy,
    shelf: Shelf,
    placement: Placement,
    variables: Mapping[str, Json],
    answers: Answers,
    drops: Drops,
) -> Mask:
    """Tell which candidates meet all their rules; `answers` remembers what was evaluated."""
    alive = np.ones(len(shelf.candidates), dtype=bool)
    for requirement in shelf.requirements:
        special = requirement.rule in policy.rules_of_placement
        key = (requirement.rule, placement.key if special else "")
        if key not in answers:
            answers[key] = policy.rules[requirement.rule].evaluate(variables)
        if fails(requirement, answers[key]):
            alive[requirement.where] = False
            text = policy.rule_texts[requirement.rule]
            detail = f"{text} [placement {placement.key}]" if special else text
            drops.add("eligibility", reason(requirement, answers[key]), requirement.packed, detail)
    return alive


def fails(requirement: Requirement, answer: bool | None) -> bool:
    """Tell whether an answer keeps a message out; unknown is decided by the rule itself."""
    return requirement.on_unknown == "exclude" if answer is None else not answer


def reason(requirement: Requirement, answer: bool | None) -> str:
    """Name the reason of a drop: the rule's label, and that the data is missing."""
    return f"{requirement.label}:unknown" if answer is None else requirement.label
