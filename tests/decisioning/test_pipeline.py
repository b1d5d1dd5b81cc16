"""The twelve steps: consent above all, one answer per request, deadline, a log that is down."""

import asyncio
from collections.abc import Sequence
from time import sleep
from typing import Any, get_args

import msgspec
import numpy as np
import pytest

from tests.decide.world import DAY, KEY, NOW, message, person, policy
from tests.flow.loops import on_a_loop
from tests.flow.sites import caller, post, seen
from wegweiser.adapters.memory import MemoryArchive, MemoryClock, MemoryEventLog, MemoryStore
from wegweiser.decide.holdout import ARMS
from wegweiser.decide.pipeline import decide, fall_back
from wegweiser.decide.policy import Policy
from wegweiser.flow.log_writer import LogWriter
from wegweiser.learn.label import Windows, labels
from wegweiser.log.record import decode
from wegweiser.settings import Settings
from wegweiser.terms.decision import Ask, Decision, Situation, Subject
from wegweiser.terms.errors import ComeAgain, EngineBroken, InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.message import Channel, Placement, RuleText, Variant
from wegweiser.terms.model import Snapshot
from wegweiser.terms.policy import Arms
from wegweiser.terms.record import Decided
from wegweiser.workspace.engines import Engines
from wegweiser.workspace.site import Site

ALWAYS = Placement("home.hero", "web", allow_nothing=False)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
NOT_GRANTED = ("denied", "withdrawn", "expired", "unknown", "", "GRANTED", "true", "granted ")
CONFIGURATION = """
{kind: placement, key: home.hero, channel: web, allow_nothing: false, fallback: stand-in}
---
{kind: placement, key: mail, channel: email, direction: push, allow_nothing: false}
---
{kind: message, key: personal, variants: [{key: v, channel: web}],
 rules: [{when: 'person.traits.plan == "team"'}]}
---
{kind: message, key: stand-in, fallback_only: true, variants: [{key: v, channel: web}]}
---
{kind: message, key: letter, variants: [{key: v, channel: email, content: {subject: Hello}}]}
---
{kind: arms, nothing: 0, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0}
"""

ONCE = """
---
{kind: cap, key: once-a-week, limit: 1, window_hours: 168}
"""


def of_channel(channel: Channel, random: np.random.Generator) -> Policy:
    """A channel with service and normal messages, a fallback, levers and random arms."""
    variants = (Variant("v", channel), Variant("w", channel, "de"))
    parts = [
        message(
            f"m{number}",
            variants=variants[: 1 + number % 2],
            service=bool(random.integers(0, 2)),
            lever=float(random.uniform(0.5, 2.0)),
            price_bearing=bool(random.integers(0, 2)),
            fallback="m0" if number else "",
            ends_at=NOW if number == 3 else None,
        )
        for number in range(4)
    ]
    arms = Arms(**{name: float(random.choice([0.0, 0.2])) for name in ARMS[:4]})
    direction = "pull" if channel in ("web", "app") else "push"
    place = Placement("p", channel, 2, True, direction, str(random.choice(["", "m0", "m3"])))
    return policy(*parts, placements=(place,), arms=arms)


def check_consent(cases: int, seed: int) -> None:
    """Ask for people who granted something else, or nothing at all, in every way there is."""
    random = np.random.default_rng(seed)
    rules = {(name, turn): of_channel(name, random) for name in CHANNELS for turn in range(10)}
    names = list(rules)
    for number in range(cases):
        channel, turn = names[int(random.integers(len(names)))]
        found = rules[channel, turn]
        needed = found.purposes[channel]
        consent = {purpose: "granted" for purpose in found.purposes.values() if purpose != needed}
        if random.integers(2):
            consent[needed] = NOT_GRANTED[int(random.integers(len(NOT_GRANTED)))]
        situation = Situation(
            request_id=f"r{number}",
            subject=Subject(),
            placements=(Ask("p", 2),),
            locale=("", "de", "fr")[int(random.integers(3))],
        )
        facts = person(consent=consent, unit_id=f"u{number}", known=bool(random.integers(2)))
        late = random.integers(20) == 0
        arguments = (found, Snapshot(), situation, facts, NOW, "d")
        decision = decide(*arguments, KEY, elapsed=lambda late=late: 1e9 if late else 0.0)
        assert decision.items == ()
        assert decision.draws == ()
        if random.integers(10) == 0:
            assert fall_back(*arguments, "unlogged").items == ()


def test_01_without_consent_nothing_is_ever_chosen() -> None:
    check_consent(4_000, seed=1)


@pytest.mark.sweep
def test_01_in_a_million_cases() -> None:
    check_consent(1_000_000, seed=11)


class Clocked(MemoryClock):
    """A clock whose steady milliseconds go on by so much whenever somebody looks."""

    step_ms = 0.0

    def steady_ms(self) -> float:
        """Give the milliseconds, then move on."""
        self.steady += self.step_ms
        return self.steady


class Tap(MemoryEventLog):
    """A log that is full, broken or slow while it is told to be."""

    fault: Exception | None = None
    slow_s = 0.0

    def append(self, payloads: Sequence[bytes]) -> int:
        """Store, or fail as told."""
        sleep(self.slow_s)
        if self.fault is not None:
            raise self.fault
        return super().append(payloads)

    def append_at_once(self, payloads: Sequence[bytes]) -> int | None:
        """Leave to the thread what is slow."""
        return None if self.slow_s else self.append(payloads)


class World:
    """A site whose clock and log tests turn, with somebody who may be told everything."""

    def __init__(self) -> None:
        self.clock = Clocked(NOW, 1)
        self.log = Tap()
        engines = Engines(self.log, MemoryStore(), self.clock, None, MemoryArchive())
        self.site = Site(engines, Settings())

    async def __aenter__(self) -> "World":
        await self.site.start(background=False)
        await self.site.applier.apply([("test.yaml", CONFIGURATION)])
        self.key, self.caller = caller(self.site)
        granted: JsonObject = {"personalisation": True, "email": True}
        consent: JsonObject = {"consent": {"categoryPreferences": granted}}
        event = seen("u-1", 0, context=consent, type="identify", traits={"plan": "team"})
        await post(self.site, self.key, "/v1/identify", event)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.log.fault = None
        await self.site.stop()

    async def ask(self, request: str, placement: str = "home.hero", **more: Json) -> JsonObject:
        body: JsonObject = {"request_id": request, "userId": "u-1", "placements": [placement]}
        return await self.site.deciding.chooser.decide({**body, **more}, self.caller)

    def record(self, request: str) -> Decision | None:
        return self.site.unifier.decisions.of_request(self.caller.source_id, request)


def shown(answer: JsonObject) -> list[Json]:
    items = answer["items"]
    assert isinstance(items, list)
    return [item["message"] for item in items if isinstance(item, dict)]


@on_a_loop
async def test_13_the_same_request_gives_the_same_bytes_also_at_once() -> None:
    async with World() as world:
        first, *others = [
            msgspec.json.encode(one)
            for one in await asyncio.gather(*(world.ask("r-1") for _ in range(20)))
        ]
        assert set(others) == {first}
        position = world.site.unifier.position
        world.clock.advance(29 * DAY)
        assert msgspec.json.encode(await world.ask("r-1")) == first
        assert world.site.unifier.position == position
        with pytest.raises(InputRefused) as refused:
            await world.ask("r-1", locale="de")
        assert (refused.value.status, refused.value.code) == (409, "request_id_reused")
        world.clock.advance(DAY)
        assert msgspec.json.encode(await world.ask("r-1", locale="de")) != first


@on_a_loop
async def test_13_two_bodies_at_once_under_one_id_are_one_decision() -> None:
    async with World() as world:
        asked = (world.ask("r-1"), world.ask("r-1", locale="de"))
        one, two = await asyncio.gather(*asked, return_exceptions=True)
        assert isinstance(one, dict)
        assert isinstance(two, InputRefused)
        assert two.status == 409


@pytest.mark.parametrize("fault", [None, ComeAgain("disk full", 1)])
@pytest.mark.parametrize("turns", [0, 1, 3, 20])
@on_a_loop
async def test_13_a_request_that_was_cut_off_and_comes_again_is_one_decision(
    turns: int, fault: ComeAgain | None
) -> None:
    async with World() as world:
        # Room that is not given back would leave none for the next.
        await world.site.applier.apply([("test.yaml", CONFIGURATION + ONCE)])
        world.site.intake._writer = LogWriter(world.log, in_threads=True)
        world.log.slow_s, world.log.fault = 0.05, fault
        cut_off = asyncio.ensure_future(world.ask("r-1", "mail"))
        for _ in range(turns):
            await asyncio.sleep(0)
        cut_off.cancel()
        waiting = asyncio.ensure_future(world.ask("r-1", "mail"))
        await asyncio.wait([cut_off, waiting])
        assert cut_off.cancelled()
        world.log.fault = None
        answers = [await world.ask("r-1", "mail") for _ in range(2)]
        if fault is None:
            answers.append(waiting.result())
        assert shown(answers[0]) == ["letter"]
        assert len({msgspec.json.encode(one) for one in answers}) == 1
        await world.site.intake.settle()
        logged = [decode(payload) for _, payload in world.log.read(0)]
        assert len([one for one in logged if isinstance(one, Decided)]) == 1


@pytest.mark.usefixtures("shipped_deadline")
@on_a_loop
async def test_14_after_the_deadline_there_is_only_a_lawful_fallback() -> None:
    async with World() as world:
        world.clock.step_ms = 0.6
        late = await world.ask("late", deadline_ms=1)
        assert (late["status"], late["reason"], shown(late)) == (
            "fallback",
            "deadline",
            ["stand-in"],
        )
        record = world.record("late")
        assert record is not None
        assert [item.how for item in record.items] == ["fallback"]
        assert record.draws == ()
        assert not labels([(record, [])], NOW + 400 * DAY, Windows())
        assert shown(await world.ask("in time", deadline_ms=1_000)) == ["personal"]
        # Nobody waits for a letter, so that it has no deadline of its own.
        world.clock.step_ms = 500.0
        assert shown(await world.ask("letter", "mail")) == ["letter"]
        assert shown(await world.ask("default")) == ["stand-in"]
        assert world.site.deciding.chooser.fallbacks["deadline"] == 2


@pytest.mark.usefixtures("shipped_deadline")
def test_14_a_fallback_passes_dates_rules_and_consent() -> None:
    place = msgspec.structs.replace(ALWAYS, fallback="f")
    situation = Situation(request_id="r", subject=Subject(), placements=(Ask("home.hero"),))

    def late(*rule: RuleText, consent: str = "granted", **fields: Any) -> tuple[str, ...]:
        rules = policy(message("f", *rule, **fields), message("g"), placements=(place,))
        facts = person(consent={"personalisation": consent}, person={"known": False})
        arguments = (rules, Snapshot(), situation, facts, NOW, "d", KEY)
        found = decide(*arguments, elapsed=lambda: 80.1)
        assert (found.status, found.reason, found.draws) == ("fallback", "deadline", ())
        return tuple(item.message for item in found.items)

    assert late() == ("f",)
    assert late(ends_at=NOW) == late(starts_at=NOW + 1) == late(stopped=True) == ()
    assert late(RuleText("person.known")) == ()
    assert late(consent="withdrawn") == ()


@pytest.mark.parametrize("fault", [ComeAgain("disk full"), EngineBroken("no sync")])
def test_15_without_a_log_nothing_personal_is_said(
    fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    asyncio.run(without_a_log(fault))
    # An alarm, but not one for every request.
    alarms = [one for one in caplog.records if one.name == "wegweiser.flow.choose"]
    assert [one.levelname for one in alarms] == ["ERROR"]
    assert "decisions cannot be logged" in alarms[0].getMessage()


async def without_a_log(fault: Exception) -> None:
    async with World() as world:
        chooser = world.site.deciding.chooser
        released: list[str] = []
        give_back = chooser.release

        def release(decision: Decision) -> None:
            released.append(decision.request_id)
            give_back(decision)

        chooser.release = release
        assert shown(await world.ask("before")) == ["personal"]
        world.log.fault = fault
        for number in range(2):
            pull = await world.ask(f"pull-{number}")
            assert (pull["decision_id"], pull["status"], pull["reason"]) == (
                None,
                "fallback",
                "unlogged",
            )
            assert shown(pull) == ["stand-in"]
            assert "track" not in str(pull["items"])
            push = await world.ask(f"push-{number}", "mail")
            assert (push["decision_id"], push["items"]) == (None, [])
            assert world.record(f"pull-{number}") is world.record(f"push-{number}") is None
        assert released == ["pull-0", "push-0", "pull-1", "push-1"]
        assert chooser.fallbacks["unlogged"] == 4
        told = world.site.metrics_text().decode()
        assert 'wegweiser_decisions_fallback_total{reason="unlogged"} 4.0' in told
        if isinstance(fault, ComeAgain):
            world.log.fault = None
            assert shown(await world.ask("letter", "mail")) == ["letter"]


FIVE = """
{kind: placement, key: home.hero, channel: web}
---
{kind: message, key: unwanted, variants: [{key: v, channel: web}], rules: [
 {when: 'person.traits.plan == "team"'},
 {when: 'person.traits.seats > 50'},
 {label: applicable, when: 'person.traits.industry == "steel"'},
 {label: suitable, when: 'person.engagement > 1000.0'},
 {label: suitable, when: 'placement.key == "side"', on_unknown: exclude}]}
"""


@on_a_loop
async def test_17_a_candidate_that_fails_five_rules_lists_five_with_values() -> None:
    async with World() as world:
        await world.site.applier.apply([("five.yaml", FIVE)])
        traits: JsonObject = {"plan": "free", "seats": 3, "industry": "paper"}
        event = seen("u-1", 2, type="identify", traits=traits)
        await post(world.site, world.key, "/v1/identify", event)
        told = (await world.ask("r-1", mode="explain"))["explain"]
        assert isinstance(told, dict)
        dropped = told["dropped"]
        assert isinstance(dropped, list)
        (reasons,) = [
            one["reasons"]
            for one in dropped
            if isinstance(one, dict) and one["candidate"] == "unwanted/v"
        ]
        assert isinstance(reasons, list)
        found = {str(one["found"]) for one in reasons if isinstance(one, dict)}
        assert len(reasons) == 5
        for value in ("free", "3", "paper", "home.hero"):
            assert any(value in text for text in found), (value, found)
