"""What must hold between the objects of a bundle, and what is only worth a word."""

from collections.abc import Iterator

import msgspec

from wegweiser.decide.attributes import touches, withheld
from wegweiser.decide.candidate import Candidate
from wegweiser.decide.factor_check import unknown_messages
from wegweiser.decide.facts import Facts
from wegweiser.decide.kind import missing
from wegweiser.decide.rule_schema import compile_eligibility
from wegweiser.decide.situation import activation, where_kept, with_candidate
from wegweiser.terms.errors import RuleRefused
from wegweiser.terms.message import Message, Placement, RuleText
from wegweiser.terms.policy import Bundle
from wegweiser.terms.wrong import Saying, Wrong, wrong

MAXIMUM_VARIANTS = 65_000
MESSAGES_ADVISED = 1_000
VARIANTS_ADVISED = 5_000
_WARNED_FROM = 0.8


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with the object of a name; `cause` names another that may be to blame."""

    name: str
    reason: Saying
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
        yield Fault("bundle", wrong("many_variants", most=MAXIMUM_VARIANTS))


def _message_faults(bundle: Bundle) -> Iterator[Fault]:
    goals = sorted(goal.key for goal in bundle.goals)
    keys = {message.key for message in bundle.messages}
    for message in bundle.messages:
        name = f"message {message.key}"
        if message.goal and message.goal not in goals:
            reason = missing("goal", message.goal, goals)
            yield Fault(name, reason, f"goal {message.goal}", ".goal")
        if not message.variants:
            yield Fault(name, wrong("no_variant"))
        if message.fallback and message.fallback not in keys:
            reason = _no_fallback(message.fallback, bundle)
            yield Fault(name, reason, f"message {message.fallback}", ".fallback")


def _no_fallback(key: str, bundle: Bundle) -> Wrong:
    return missing("fallback", key, sorted(message.key for message in bundle.messages))


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
            told = wrong("fallback_channel", key=fallback.key, channel=placement.channel)
            yield Fault(name, told, f"message {fallback.key}", ".fallback")
        for index, rule in enumerate(fallback.rules):
            if _never(rule, fallback, placement):
                when, where = repr(rule.when), f"message {fallback.key}"
                told = wrong("fallback_kept_out", rule=when, placement=placement.key)
                yield Fault(where, told, name, f".rules[{index}].when")


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
                    reason = wrong("withheld", rule=repr(when), field=told)
                    yield Fault(name, reason, f"attribute {told}", place)


def _conditions(bundle: Bundle) -> Iterator[tuple[str, str, str]]:
    """Yield name of the object, path in it and text of every condition about profiles."""
    for message in bundle.messages:
        for index, rule in enumerate(message.rules):
            yield f"message {message.key}", f".rules[{index}].when", rule.when
    for factor in bundle.factors:
        yield f"factor {factor.key}", ".when", factor.when


def bundle_warnings(bundle: Bundle) -> Iterator[Wrong]:
    """Yield what is allowed and probably not meant."""
    channels = {part.channel for message in bundle.messages for part in message.variants}
    stopped = {message.key for message in bundle.messages if message.stopped}
    for placement in bundle.placements:
        if placement.channel not in channels:
            yield wrong("unserved", placement=placement.key, channel=placement.channel)
        if placement.fallback in stopped:
            yield wrong("stopped_fallback", placement=placement.key, message=placement.fallback)
    live = len(bundle.messages) - len(stopped)
    if live >= _WARNED_FROM * MESSAGES_ADVISED:
        yield wrong("many_messages", number=live, advised=MESSAGES_ADVISED)
    variants = sum(len(message.variants) for message in bundle.messages)
    if variants >= _WARNED_FROM * VARIANTS_ADVISED:
        yield wrong("variants_advised", number=variants, advised=VARIANTS_ADVISED)
