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
# What is the same for everybody who is decided about.
_OF_PLACE = frozenset({"message", "variant", "placement"})


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
    yield from _stand_in_faults(bundle)
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
        for index in _against(fallback, placement):
            when, where = repr(fallback.rules[index].when), f"message {fallback.key}"
            told = wrong("fallback_kept_out", rule=when, placement=placement.key)
            yield Fault(where, told, name, f".rules[{index}].when")


def _stand_in_faults(bundle: Bundle) -> Iterator[Fault]:
    """Yield every rule that keeps the fallback of a message out wherever it could stand in."""
    messages = {message.key: message for message in bundle.messages}
    for message in bundle.messages:
        fallback = messages.get(message.fallback)
        if fallback is None:
            continue
        served = {part.channel for part in message.variants}
        served &= {part.channel for part in fallback.variants}
        against = [_against(fallback, one) for one in bundle.placements if one.channel in served]
        if not against or not all(against):
            continue
        for index in sorted({number for numbers in against for number in numbers}):
            when, where = repr(fallback.rules[index].when), f"message {fallback.key}"
            told = wrong("fallback_never", rule=when, message=message.key)
            yield Fault(where, told, f"message {message.key}", f".rules[{index}].when")


def _against(message: Message, placement: Placement) -> list[int]:
    """Number the rules that keep all variants out of a placement, whoever it is about.

    Where no rule does so alone it is those that do so together; empty where one can stand there.
    """
    variants = [part for part in message.variants if part.channel == placement.channel]
    failing = [
        {
            number
            for number, rule in enumerate(message.rules)
            if _never(rule, Candidate(message, part, ""), placement)
        }
        for part in variants
    ]
    if not failing or not all(failing):
        return []
    return sorted(set.intersection(*failing) or set.union(*failing))


def _never(rule: RuleText, candidate: Candidate, placement: Placement) -> bool:
    """Tell whether a rule keeps a candidate out of a placement, whoever it is about."""
    nobody = activation(Facts(), placement, 0, with_counts=False)
    # Nothing is known of anybody yet: a rule that is false even so depends on the place alone.
    for unknown in ("person", "account", "context", "as_of"):
        del nobody[unknown]
    try:
        compiled = compile_eligibility(rule.when)
    except RuleRefused:
        return False
    of_place = compiled.variables <= _OF_PLACE
    if compiled.falls_back and not of_place:
        return False
    answer = compiled.evaluate(with_candidate(nobody, candidate))
    if answer is None:
        # What a message or a place does not say, it says to nobody.
        return of_place and rule.on_unknown == "exclude"
    return not answer


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
