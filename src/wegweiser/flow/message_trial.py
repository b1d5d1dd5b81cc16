"""Whom a message would reach before it is published, and what keeps it from somebody."""

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from wegweiser.decide.candidate import unpack
from wegweiser.decide.pipeline import decide
from wegweiser.decide.policy import Policy, compile_policy
from wegweiser.decide.reasons import reasons
from wegweiser.decide.track import target_of
from wegweiser.deliver.render import Missing, render
from wegweiser.flow.asked_as import asked_as
from wegweiser.flow.segment_sample import Sample
from wegweiser.flow.train import Trainer
from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.measure.statistic import wilson
from wegweiser.ports.clock import Clock
from wegweiser.terms.decision import Ask, Decision, Situation, Subject
from wegweiser.terms.errors import NotFound
from wegweiser.terms.identity import value_of
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.message import Channel, Message, Placement, Variant
from wegweiser.terms.policy import Arms, Bundle
from wegweiser.terms.wrong import wrong

EXAMPLES = 5
# Channels that go out by themselves; the others wait for somebody to look.
SENT: tuple[Channel, ...] = ("email", "sms", "push", "phone", "sales", "webhook", "file")
# How far a message gets with somebody: its rules say no; yes; consent is there; nothing is against.
NO, MATCHES, CONSENTED, FREE = range(4)
_RULES = "eligibility"
_CONSENT = "consent"
# Randomness decides in the end who hears nothing; what is asked here is who may hear it.
_EVERYBODY = Arms(nothing=0, random=0)


class Count(msgspec.Struct, frozen=True):
    """People and companies: a size with its 95 % interval, and how many companies were seen."""

    people: int
    low: int
    high: int
    accounts: int


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a message would reach now: `matches` its rules, of these `consented`, of these `free`.

    `looked_at` people of `of_all` were tried; all where `exact`. `against` counts them by what
    came first against the message, "step:reason". `examples` and `excluded` are person ids.
    """

    matches: Count
    consented: Count
    free: Count
    of_all: int
    looked_at: int
    exact: bool
    against: dict[str, int]
    examples: tuple[str, ...]
    excluded: tuple[str, ...]


class Standing(msgspec.Struct, frozen=True):
    """How far a variant gets with one person, all that is against it, and its filled content.

    `missing` is a field of the content for which the person has no value.
    """

    variant: str
    channel: str
    level: int
    reasons: tuple[Json, ...]
    content: JsonObject
    missing: str = ""


class MessageTrial:
    """Decides on a message alone, by the rules of a bundle; nothing is logged or counted."""

    def __init__(self, unifier: Unifier, views: Views, trainer: Trainer, clock: Clock):
        self._unifier = unifier
        self._views = views
        self._trainer = trainer
        self._clock = clock

    async def reach(self, bundle: Bundle, key: str) -> Reach:
        """Try a message of a bundle on everybody, or a sample; raises NotFound."""
        message, policy, places = _alone(bundle, key)
        tally = _Tally()
        turns, sample = Turns(), Sample(self._unifier.directory, "person")
        async for subject in sample.subjects():
            person_id = value_of(subject)
            if self._views.find_person(subject) == person_id:
                tally.add(person_id, *self._level(policy, places, message, person_id))
            await turns.pause()
        return tally.reach(sample)

    def standing(
        self, bundle: Bundle, key: str, person_id: str, hidden: bool = False
    ) -> tuple[Standing, ...]:
        """Tell of one person how far each variant gets; raises NotFound, InputRefused.

        Where `hidden`, of the texts known of the person only the first letter is filled in.
        """
        message, policy, places = _alone(bundle, key)
        values = self._views.values(self._leaf(person_id))
        filled = _hide(values) if hidden else values
        found = []
        for place in places:
            decision = self._decided(policy, place, person_id)
            facts = self._views.facts(_asked(self._leaf(person_id), place), policy)
            told = reasons(policy, decision, facts)
            for index, variant in _variants_of(policy, place.channel):
                against = tuple(one for one in told.get(index, ()) if _counts(one))
                found.append(_told(variant, against, filled))
        order = [variant.key for variant in message.variants]
        return tuple(sorted(found, key=lambda one: order.index(one.variant)))

    def _level(
        self, policy: Policy, places: Sequence[Placement], message: Message, person_id: str
    ) -> tuple[int, str, str]:
        """Give the best level of all variants, the account, and what came first against it."""
        best, account, first = NO, "", ""
        for place in places:
            decision = self._decided(policy, place, person_id)
            account = account or decision.group_id
            for level, why in _levels(policy, decision, place.channel):
                if level >= best:
                    best, first = level, why
        return best, account, first

    def _decided(self, policy: Policy, place: Placement, person_id: str) -> Decision:
        situation = _asked(self._leaf(person_id), place)
        facts = self._views.facts(situation, policy)
        now = self._clock.now_ms()
        return decide(policy, self._trainer.snapshot, situation, facts, now, "", b"trial")

    def _leaf(self, person_id: str) -> str:
        """Give an identifier under which a decision would ask for a person."""
        return asked_as(self._unifier.directory, person_id) or f"person_id:{person_id}"


class _Tally:
    def __init__(self) -> None:
        self.levels: Counter[int] = Counter()
        self.accounts: dict[int, set[str]] = {level: set() for level in range(FREE + 1)}
        self.against: Counter[str] = Counter()
        self.examples: list[str] = []
        self.excluded: list[str] = []

    def add(self, person_id: str, level: int, account: str, first: str) -> None:
        self.levels[level] += 1
        if account:
            for one in range(level + 1):
                self.accounts[one].add(account)
        if level < FREE:
            self.against[first] += 1
        kept = self.examples if level == FREE else self.excluded
        if len(kept) < EXAMPLES:
            kept.append(person_id)

    def reach(self, sample: Sample) -> Reach:
        of_all = round(sample.drawn / sample.share) if sample.drawn else 0
        return Reach(
            matches=self._count(MATCHES, of_all, sample),
            consented=self._count(CONSENTED, of_all, sample),
            free=self._count(FREE, of_all, sample),
            of_all=of_all,
            looked_at=sample.drawn,
            exact=sample.is_whole,
            against=dict(self.against.most_common(10)),
            examples=tuple(self.examples),
            excluded=tuple(self.excluded),
        )

    def _count(self, least: int, of_all: int, sample: Sample) -> Count:
        found = sum(number for level, number in self.levels.items() if level >= least)
        accounts = len(self.accounts[least])
        if sample.is_whole or not sample.drawn:
            return Count(found, found, found, accounts)
        share = wilson(found, sample.drawn)
        size = round(of_all * found / sample.drawn)
        return Count(size, round(of_all * share.low), round(of_all * share.high), accounts)


def _told(variant: Variant, against: tuple[Json, ...], values: JsonObject) -> Standing:
    level = _level_of({str(one["step"]) for one in against if isinstance(one, dict)})
    # Only a mail that is sent has links of its own; here they say where they lead.
    links: JsonObject = {"click_url": target_of(variant.content), "unsubscribe_url": "#"}
    content = render(variant.content, {"mail": links, **values}, variant.format)
    if isinstance(content, Missing):
        return Standing(variant.key, variant.channel, level, against, {}, content.path)
    return Standing(variant.key, variant.channel, level, against, content)


def _hide(values: JsonObject) -> JsonObject:
    """Leave of every text its first letter.

    >>> _hide({"person": {"name": "Ada", "visits": 3}})
    {'person': {'name': 'A…', 'visits': 3}}
    """
    return {name: _hidden(value) for name, value in values.items()}


def _hidden(value: Json) -> Json:
    if isinstance(value, str):
        return f"{value[:1]}…" if value else ""
    if isinstance(value, list):
        return [_hidden(one) for one in value]
    return _hide(value) if isinstance(value, dict) else value


def _alone(bundle: Bundle, key: str) -> tuple[Message, Policy, tuple[Placement, ...]]:
    """Give a bundle as a policy with one message only, and a placement for each channel of it."""
    message = next((one for one in bundle.messages if one.key == key), None)
    if message is None:
        raise NotFound(wrong("no_such_message", key=repr(key[:100])))
    alone = msgspec.structs.replace(message, fallback="", fallback_only=False)
    channels = dict.fromkeys(variant.channel for variant in message.variants)
    places = tuple(_place(bundle, channel) for channel in channels)
    trial = msgspec.structs.replace(
        bundle,
        messages=(alone,),
        placements=places,
        arms=_EVERYBODY,
        exploration=msgspec.structs.replace(bundle.exploration, ramp=1.0),
    )
    return alone, compile_policy(trial), places


def _place(bundle: Bundle, channel: Channel) -> Placement:
    """Give the first published placement of a channel; a made-up one where there is none."""
    known = next((one for one in bundle.placements if one.channel == channel), None)
    if known is None:
        return Placement(f"any-{channel}", channel, direction="push" if channel in SENT else "pull")
    return msgspec.structs.replace(known, fallback="", formats=())


def _asked(leaf: str, place: Placement) -> Situation:
    asks = (Ask(place.key),)
    return Situation(
        request_id="trial", subject=Subject(person=leaf), placements=asks, mode="simulate"
    )


def _variants_of(policy: Policy, channel: str) -> Iterator[tuple[int, Variant]]:
    for index, one in enumerate(policy.candidates):
        if one.variant.channel == channel:
            yield index, one.variant


def _levels(policy: Policy, decision: Decision, channel: str) -> Iterator[tuple[int, str]]:
    """Yield how far each variant of a channel gets, and what came first against it."""
    against: dict[int, list[tuple[str, str]]] = {}
    for drop in decision.drops:
        if _is_against(drop.step, drop.reason):
            for index in unpack(drop.candidates):
                against.setdefault(index, []).append((drop.step, drop.reason))
    for index, _ in _variants_of(policy, channel):
        told = against.get(index, [])
        level = _level_of({step for step, _ in told})
        first = next((one for one in told if _level_of({one[0]}) == level), ("", ""))
        yield level, ":".join(first)


def _level_of(steps: set[str]) -> int:
    if _RULES in steps:
        return NO
    if _CONSENT in steps:
        return MATCHES
    return CONSENTED if steps else FREE


def _counts(told: Json) -> bool:
    return isinstance(told, dict) and _is_against(str(told["step"]), str(told["reason"]))


def _is_against(step: str, reason: str) -> bool:
    """Tell whether a drop speaks against the message; not what only chooses among several."""
    return step in (_RULES, _CONSENT, "contact") or (
        step == "candidates" and reason in ("stopped", "ended", "not_started")
    )
