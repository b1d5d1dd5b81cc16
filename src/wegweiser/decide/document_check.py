"""What a single document must obey beyond its types: keys, ranges and rules."""

import re
from collections.abc import Iterator
from functools import singledispatch
from typing import get_args

from wegweiser.decide.kind import ConsentMap, LooseVariant, Object, suggest
from wegweiser.decide.rule_schema import compile_eligibility, compile_goal
from wegweiser.terms.errors import RuleRefused
from wegweiser.terms.message import Channel, Goal, Message, Placement, Variant
from wegweiser.terms.policy import PURPOSES, Arms, Cap, Endpoint, Exploration

Fault = tuple[str, str]

LEVER_LOWEST = 0.5
LEVER_HIGHEST = 2.0
MAXIMUM_SLOTS = 50
# One plain name: no way up, no separator, nothing hidden, at most 240 bytes.
_FOLDER = re.compile(r"(?!\.)[^/\\\x00-\x1f\x7f\ud800-\udfff]{1,60}")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")


def faults(value: Object) -> Iterator[Fault]:
    """Yield (path, reason) of everything wrong in one object.

    >>> list(faults(Message("a", (), lever=3.0)))
    [('.lever', 'lever 3 must be from 0.5 to 2; a stronger push would hide what people respond to')]
    """
    key = getattr(value, "key", None)
    if key is not None:
        yield from key_faults(".key", key)
    yield from _faults(value)


def key_faults(path: str, key: str) -> Iterator[Fault]:
    """Yield what is wrong with a key."""
    if not _KEY.fullmatch(key):
        yield path, f"key {key!r} must be letters, digits and . _ : - (at most 100)"


def _range(path: str, number: float, lowest: float, highest: float) -> Iterator[Fault]:
    if not lowest <= number <= highest:
        yield path, f"{path[1:]} {number:g} must be from {lowest:g} to {highest:g}"


@singledispatch
def _faults(value: Object) -> Iterator[Fault]:
    raise TypeError(type(value))


@_faults.register
def _message(value: Message) -> Iterator[Fault]:
    if not 0 < value.value < 1e12:
        yield ".value", f"value {value.value:g} must be above 0: what is one response worth?"
    if not LEVER_LOWEST <= value.lever <= LEVER_HIGHEST:
        limits = f"from {LEVER_LOWEST:g} to {LEVER_HIGHEST:g}"
        reason = "a stronger push would hide what people respond to"
        yield ".lever", f"lever {value.lever:g} must be {limits}; {reason}"
    if value.ends_at is not None and value.ends_at <= (value.starts_at or 0):
        yield ".ends_at", "ends_at must be later than starts_at"
    seen: set[str] = set()
    for index, variant in enumerate(value.variants):
        path = f".variants[{index}]"
        yield from key_faults(f"{path}.key", variant.key)
        if variant.key in seen:
            yield f"{path}.key", f"variant {variant.key} is given twice; keep one"
        seen.add(variant.key)
        yield from _variant_faults(path, variant)
    for index, rule in enumerate(value.rules):
        try:
            compile_eligibility(rule.when)
        except RuleRefused as error:
            yield f".rules[{index}].when", error.message


def _variant_faults(path: str, value: Variant) -> Iterator[Fault]:
    if not 0 <= value.cost < 1e9:
        yield f"{path}.cost", f"cost {value.cost:g} must be 0 or more"
    if len(value.locale) > 35:
        yield f"{path}.locale", "locale must be a language tag such as de or de-AT"


@_faults.register
def _loose_variant(value: LooseVariant) -> Iterator[Fault]:
    yield from _variant_faults("", value)


@_faults.register
def _placement(value: Placement) -> Iterator[Fault]:
    yield from _range(".slots", value.slots, 1, MAXIMUM_SLOTS)


@_faults.register
def _goal(value: Goal) -> Iterator[Fault]:
    yield from _range(".window_days", value.window_days, 1, 90)
    if not 0 <= value.worth < 1e12:
        yield ".worth", f"worth {value.worth:g} must be 0 or more"
    try:
        compile_goal(value.when)
    except RuleRefused as error:
        yield ".when", error.message


@_faults.register
def _cap(value: Cap) -> Iterator[Fault]:
    yield from _range(".limit", value.limit, 0, 10_000)
    yield from _range(".window_hours", value.window_hours, 1, 24 * 400)


@_faults.register
def _endpoint(value: Endpoint) -> Iterator[Fault]:
    if not value.target:
        yield ".target", "target must be the address of the webhook or the folder of the files"
    if value.via == "webhook" and not value.target.startswith(("https://", "http://")):
        yield ".target", "the target of a webhook must begin with https:// or http://"
    if value.via == "file" and value.target and not _FOLDER.fullmatch(value.target):
        asked = "must be the plain name of a folder, without / or \\ and without a leading dot"
        yield ".target", f"target {value.target[:100]!r} {asked} (at most 60 characters)"


@_faults.register
def _arms(value: Arms) -> Iterator[Fault]:
    yield from _range(".nothing", value.nothing, 0, 1)
    yield from _range(".random", value.random, 0, 1)
    if value.nothing + value.random > 1:
        yield ".random", "nothing and random together must not be more than 1"
    if not value.epoch:
        yield ".epoch", "epoch must not be empty; write for example '2026'"


@_faults.register
def _exploration(value: Exploration) -> Iterator[Fault]:
    yield from _range(".floor_pull", value.floor_pull, 0, 1)
    yield from _range(".floor_push", value.floor_push, 0, 1)
    yield from _range(".top", value.top, 2, 1000)
    yield from _range(".spread", value.spread, 0.01, 10)


@_faults.register
def _consent(value: ConsentMap) -> Iterator[Fault]:
    for channel, purpose in value.channels.items():
        if channel not in get_args(Channel):
            yield f".channels.{channel}", f"channel {channel} is not known"
        if purpose not in PURPOSES:
            hint = suggest(purpose, list(PURPOSES))
            yield f".channels.{channel}", f"purpose {purpose} is not known; {hint}"
