"""What must hold between the objects of a bundle, and what is only worth a word."""

from collections.abc import Iterator

import msgspec

from wegweiser.decide.attributes import touches, withheld
from wegweiser.decide.candidate import Candidate
from wegweiser.decide.factor_check import unknown_messages
from wegweiser.decide.facts import Facts
from wegweiser.decide.kind import suggest
from wegweiser.decide.rule_schema import compile_eligibility
from wegweiser.decide.situation import activation, where_kept, with_candidate
from wegweiser.terms.errors import RuleRefused
from wegweiser.terms.message import Message, Placement, RuleText
from wegweiser.terms.policy import Bundle

MAXIMUM_VARIANTS = 65_000
MESSAGES_ADVISED = 1_000
VARIANTS_ADVISED = 5_000
_WARNED_FROM = 0.8


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with the object of a name; `cause` names another that may be to blame."""

    name: str
    reason: str
    cause: str = ""
    path: str = ""


def bundle_faults(bundle: Bundle) -> Iterator[Fault]:
    """Yield every reference that leads nowhere, and every rule that must not be."""
    yield from _message_faults(bundle)
    yield from _placement_faults(bundle)
    yield from _attribute_faults(bundle)
    for name, reason, key in unknown_messages(bundle):
        yield Fault(name, reason, f"message {key}", ".messages")
    if sum(len(message.variants) for message in bundle.messages) > MAXIMUM_VARIANTS:
        yield Fault("bundle", f"more than {MAXIMUM_VARIANTS} variants; take old messages out")


def _message_faults(bundle: Bundle) -> Iterator[Fault]:
    goals = sorted(goal.key for goal in bundle.goals)
    keys = {message.key for message in bundle.messages}
    for message in bundle.messages:
        name = f"message {message.key}"
        if message.goal and message.goal not in goals:
            hint = suggest(message.goal, goals) if goals else "there are no goals yet"
            reason = f"goal {message.goal} does not exist; {hint}"
            yield Fault(name, reason, f"goal {message.goal}", ".goal")
        if not message.variants:
            yield Fault(name, "it has no variant; give at least one with a channel")
        if message.fallback and message.fallback not in keys:
            reason = _no_fallback(message.fallback, bundle)
            yield Fault(name, reason, f"message {message.fallback}", ".fallback")


def _no_fallback(key: str, bundle: Bundle) -> str:
    others = sorted(message.key for message in bundle.messages)
    hint = suggest(key, others) if others else "no messages yet"
    return f"fallback {key} does not exist; {hint}"


def _placement_faults(bundle: Bundle) -> Iterator[Fault]:
    messages = {message.key: message for message in bundle.messages}
    for placement in bundle.placements:
        name = f"placement {placement.key}"
        fallback = messages.get(placement.fallback)
        if placement.fallback and fallback is None:
            reason = _no_fallback(placement.fallback, bundle)
            yield Fault(name, reason, f"message {placement.fallback}", ".fallback")
        if fallback is None:
            continue
        if placement.channel not in {part.channel for part in fallback.variants}:
            reason = f"fallback {fallback.key} has no variant for channel {placement.channel}"
            yield Fault(name, reason, f"message {fallback.key}", ".fallback")
        for index, rule in enumerate(fallback.rules):
            if _never(rule, fallback, placement):
                reason = f"rule {rule.when!r} keeps it out of placement {placement.key}, whose"
                reason += " fallback it is; change the rule or name another fallback"
                where = f"message {fallback.key}"
                yield Fault(where, reason, name, f".rules[{index}].when")


def _never(rule: RuleText, message: Message, placement: Placement) -> bool:
    """Tell whether a rule is false for every variant at a placement, whoever it is about."""
    variants = [part for part in message.variants if part.channel == placement.channel]
    nobody = activation(Facts(), placement, 0, with_counts=False)
    # Nothing is known of anybody yet: a rule that is false even so depends on the place alone.
    for unknown in ("person", "account", "context", "as_of"):
        del nobody[unknown]
    try:
        compiled = compile_eligibility(rule.when)
    except RuleRefused:
        return False
    if compiled.falls_back:
        return False
    candidates = [with_candidate(nobody, Candidate(message, part, "")) for part in variants]
    answers = [compiled.evaluate(one) for one in candidates]
    return bool(answers) and all(answer is False for answer in answers)


def _attribute_faults(bundle: Bundle) -> Iterator[Fault]:
    held = withheld(bundle)
    if not held:
        return
    for name, place, when in _conditions(bundle):
        for read in sorted(compile_eligibility(when).key_paths):
            for path in sorted(held):
                if touches(where_kept(read), path):
                    told = ".".join(path)
                    reason = f"rule {when!r} reads {told}, which must not be used for"
                    reason += " decisions; leave it out of the rule, or add decisions to the"
                    reason += f" purposes of attribute {told}"
                    yield Fault(name, reason, f"attribute {told}", place)


def _conditions(bundle: Bundle) -> Iterator[tuple[str, str, str]]:
    """Yield name of the object, path in it and text of every condition about profiles."""
    for message in bundle.messages:
        for index, rule in enumerate(message.rules):
            yield f"message {message.key}", f".rules[{index}].when", rule.when
    for factor in bundle.factors:
        yield f"factor {factor.key}", ".when", factor.when


def bundle_warnings(bundle: Bundle) -> Iterator[str]:
    """Yield in words what is allowed and probably not meant."""
    channels = {part.channel for message in bundle.messages for part in message.variants}
    stopped = {message.key for message in bundle.messages if message.stopped}
    for placement in bundle.placements:
        if placement.channel not in channels:
            yield f"placement {placement.key}: no message has a variant for {placement.channel}"
        if placement.fallback in stopped:
            yield f"placement {placement.key}: its fallback {placement.fallback} is stopped"
    live = len(bundle.messages) - len(stopped)
    yield from _many("live messages", live, MESSAGES_ADVISED)
    variants = sum(len(message.variants) for message in bundle.messages)
    yield from _many("variants", variants, VARIANTS_ADVISED)


def _many(what: str, number: int, advised: int) -> Iterator[str]:
    if number >= _WARNED_FROM * advised:
        yield f"{number} {what} of {advised} that are advised; take old ones out"
