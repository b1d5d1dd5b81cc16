"""What a single document must obey beyond its types: keys, ranges and rules."""

import re
from collections.abc import Iterator
from functools import singledispatch
from typing import get_args

from wegweiser.decide.document_shape import Fault
from wegweiser.decide.holdout import is_day, shares_of
from wegweiser.decide.kind import ConsentMap, LooseVariant, Object, suggest
from wegweiser.decide.rule_schema import compile_goal, saved_rule
from wegweiser.terms.errors import RuleRefused
from wegweiser.terms.journey import STAGES
from wegweiser.terms.message import Channel, Goal, Message, Placement, Variant
from wegweiser.terms.policy import PURPOSES, Arms, Attribute, Endpoint, Exploration
from wegweiser.terms.wrong import wrong

LEVER_LOWEST = 0.5
LEVER_HIGHEST = 2.0
MAXIMUM_SLOTS = 50
LONGEST_TITLE = 120
# One plain name: no way up, no separator, nothing hidden, at most 240 bytes.
_FOLDER = re.compile(r"(?!\.)[^/\\\x00-\x1f\x7f\ud800-\udfff]{1,60}")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")


def faults(value: Object) -> Iterator[Fault]:
    """Yield (path, reason) of everything wrong in one object.

    >>> [(path, fault.said("en")) for path, fault in faults(Message("a", (), lever=3.0))]
    [('.lever', 'lever 3 must be from 0.5 to 2; a stronger push would hide what people respond to')]
    """
    key = getattr(value, "key", None)
    if key is not None:
        yield from key_faults(".key", key)
    yield from faults_of(value)


def key_faults(path: str, key: str) -> Iterator[Fault]:
    """Yield what is wrong with a key."""
    if not _KEY.fullmatch(key):
        yield path, wrong("bad_key", key=repr(key))


def range_faults(path: str, number: float, lowest: float, highest: float) -> Iterator[Fault]:
    """Yield what is wrong with a number that has bounds."""
    if not lowest <= number <= highest:
        name = path[1:]
        yield path, wrong("range", name=name, number=number, lowest=lowest, highest=highest)


def factor_faults(path: str, factor: float) -> Iterator[Fault]:
    """Yield what is wrong with a lever or another factor of a message's worth.

    >>> list(factor_faults(".lever", 1.5)), len(list(factor_faults(".lever", float("nan"))))
    ([], 1)
    """
    if not LEVER_LOWEST <= factor <= LEVER_HIGHEST:
        bounds = {"lowest": LEVER_LOWEST, "highest": LEVER_HIGHEST}
        yield path, wrong("factor", name=path[1:], number=factor, **bounds)


@singledispatch
def faults_of(value: Object) -> Iterator[Fault]:
    """Yield what is wrong with an object of one kind; most kinds register their own check."""
    return iter(())


@faults_of.register
def _message(value: Message) -> Iterator[Fault]:
    if not 0 < value.value < 1e12:
        yield ".value", wrong("no_value", number=value.value)
    yield from factor_faults(".lever", value.lever)
    yield from _aim_faults(value)
    if value.ends_at is not None and value.ends_at <= (value.starts_at or 0):
        yield ".ends_at", wrong("ends_first")
    seen: set[str] = set()
    for index, variant in enumerate(value.variants):
        path = f".variants[{index}]"
        yield from key_faults(f"{path}.key", variant.key)
        if variant.key in seen:
            yield f"{path}.key", wrong("variant_twice", key=variant.key)
        seen.add(variant.key)
        yield from _variant_faults(path, variant)
    for index, rule in enumerate(value.rules):
        try:
            saved_rule(rule.when)
        except RuleRefused as error:
            yield f".rules[{index}].when", error


def _aim_faults(value: Message) -> Iterator[Fault]:
    if value.stage_aim and value.stage_aim not in STAGES:
        hint = suggest(value.stage_aim, list(STAGES))
        yield ".stage_aim", wrong("no_stage", stage=value.stage_aim, hint=hint)
    for name in ("urgent", "legally_required"):
        if getattr(value, name) and not value.service:
            yield f".{name}", wrong("service_only", field=name)
    if value.fallback == value.key:
        yield ".fallback", wrong("own_fallback")


def _variant_faults(path: str, value: Variant) -> Iterator[Fault]:
    if not 0 <= value.cost < 1e9:
        yield f"{path}.cost", wrong("no_cost", number=value.cost)
    if len(value.locale) > 35:
        yield f"{path}.locale", wrong("no_locale")


@faults_of.register
def _loose_variant(value: LooseVariant) -> Iterator[Fault]:
    yield from _variant_faults("", value)


@faults_of.register
def _placement(value: Placement) -> Iterator[Fault]:
    yield from range_faults(".slots", value.slots, 1, MAXIMUM_SLOTS)
    yield from range_faults(".engage_seconds", value.engage_seconds, 0, 3600)
    if value.floor is not None:
        yield from range_faults(".floor", value.floor, 0, 1)


@faults_of.register
def _goal(value: Goal) -> Iterator[Fault]:
    yield from range_faults(".window_days", value.window_days, 1, 90)
    if len(value.title) > LONGEST_TITLE or not value.title.isprintable():
        yield ".title", wrong("long_title", most=LONGEST_TITLE)
    if not 0 <= value.worth < 1e12:
        yield ".worth", wrong("no_worth", number=value.worth)
    try:
        compile_goal(value.when)
    except RuleRefused as error:
        yield ".when", error


@faults_of.register
def _attribute(value: Attribute) -> Iterator[Fault]:
    subject, _, rest = value.key.partition(".")
    if subject not in ("person", "account") or not rest:
        yield ".key", wrong("no_profile_field", key=repr(value.key))


@faults_of.register
def _endpoint(value: Endpoint) -> Iterator[Fault]:
    if not value.target:
        yield ".target", wrong("no_target")
    called = value.via in ("webhook", "slack", "crm_task")
    if called and not value.target.startswith(("https://", "http://")):
        yield ".target", wrong("no_web_target")
    if value.via == "file" and value.target and not _FOLDER.fullmatch(value.target):
        yield ".target", wrong("no_folder", target=repr(value.target[:100]))


@faults_of.register
def _arms(value: Arms) -> Iterator[Fault]:
    shares = shares_of(value)
    for name, share in shares.items():
        if name != "main":
            yield from range_faults(f".{name}", share, 0, 1)
    if value.challenger and not value.challenger_model:
        yield ".challenger", wrong("arm_model")
    if not shares["main"] > -1e-12:
        others = [name for name in shares if name not in ("nothing", "main")]
        largest = max(others, key=lambda name: shares[name])
        yield f".{largest}", wrong("arms_sum")
    if not value.epoch:
        yield ".epoch", wrong("no_epoch")
    if not is_day(value.epoch_starts):
        yield ".epoch_starts", wrong("no_epoch_day")


@faults_of.register
def _exploration(value: Exploration) -> Iterator[Fault]:
    yield from range_faults(".floor_pull", value.floor_pull, 0, 1)
    yield from range_faults(".floor_push", value.floor_push, 0, 1)
    yield from range_faults(".top", value.top, 2, 1000)
    if value.spread is not None:
        yield from range_faults(".spread", value.spread, 0.01, 10)
    yield from range_faults(".ramp", value.ramp, 0, 1)
    yield from range_faults(".ramp_positives", value.ramp_positives, 1, 1_000_000)


@faults_of.register
def _consent(value: ConsentMap) -> Iterator[Fault]:
    for channel, purpose in value.channels.items():
        if channel not in get_args(Channel):
            yield f".channels.{channel}", wrong("unknown_channel", channel=channel)
        if purpose not in PURPOSES:
            hint = suggest(purpose, list(PURPOSES))
            told = wrong("unknown_purpose", purpose=purpose, hint=hint)
            yield f".channels.{channel}", told
