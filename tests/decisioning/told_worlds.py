"""Worlds for decisions that explain themselves: random messages, people and models."""

import random
from collections.abc import Sequence

import msgspec

from tests.decide.world import GRANTED, HERO, HOUR, KEY, NO_ARMS, NOW, WON
from wegweiser.decide.facts import Facts
from wegweiser.decide.facts_record import record_of
from wegweiser.decide.pipeline import decide
from wegweiser.decide.policy import Policy, compile_policy
from wegweiser.terms.decision import Ask, Decision, Situation, Subject
from wegweiser.terms.journey import STAGES
from wegweiser.terms.message import Message, Placement, RuleText, Variant
from wegweiser.terms.model import Head, Snapshot
from wegweiser.terms.policy import Bundle, Cap
from wegweiser.terms.profile import Contact

TOPICS = ("sso", "prices", "support")
RULES = (
    RuleText('person.traits.plan == "team"', "suitable"),
    RuleText("person.engagement > 2.0"),
    RuleText("person.stage.evaluate > 0.4", "applicable", "pass"),
    RuleText('context.page.path == "/security"', "suitable", "pass"),
)
PLACES = (
    Placement("home.hero", "web", slots=3),
    Placement("home.side", "web", allow_nothing=False),
    HERO.__class__("app.top", "app"),
)


def policy_of(luck: random.Random, messages: int = 12) -> Policy:
    """Make a bundle of messages with rules, caps, costs and levers."""
    return compile_policy(
        Bundle(
            number=1,
            messages=tuple(_message(luck, number) for number in range(messages)),
            placements=PLACES,
            goals=(WON,),
            caps=(Cap("one-a-day", 1, 24, per_message=True), Cap("few", 6, 48)),
            arms=NO_ARMS,
        )
    )


def _message(luck: random.Random, number: int) -> Message:
    channels = luck.choice((("web",), ("web", "app")))
    return Message(
        f"m-{number:02}",
        tuple(
            Variant(
                f"v-{channel}", channel, format=luck.choice(("card", "")), cost=luck.random() / 90
            )  # type: ignore[arg-type]
            for channel in channels
        ),
        goal=luck.choice(("won", "")),
        topic=luck.choice(TOPICS),
        stage_aim=luck.choice(("explore", "evaluate", "")),
        value=luck.uniform(0.5, 4.0),
        lever=luck.choice((0.5, 1.0, 1.5)),
        rules=tuple(luck.sample(RULES, luck.choice((0, 0, 1, 2)))),
    )


def facts_of(luck: random.Random) -> Facts:
    """Make somebody with traits, interests, a stage and a few contacts of late."""
    weights = [luck.random() ** 3 for _ in STAGES]
    return Facts(
        person={
            "traits": {"plan": luck.choice(("team", "free"))},
            "engagement": luck.uniform(0, 5),
            "interests": {topic: luck.random() * 3 for topic in luck.sample(TOPICS, 2)},
            "stage": {
                stage: weight / sum(weights) for stage, weight in zip(STAGES, weights, strict=True)
            },
        },
        context={"page": {"path": luck.choice(("/", "/security"))}, "query": "sso prices"},
        consent=GRANTED,
        contacts=tuple(
            Contact(NOW - luck.randrange(30) * HOUR, f"e-{one}", "web", f"m-{one:02}")
            for one in range(luck.randrange(5))
        ),
        unit_id=f"person:{luck.randrange(1_000)}",
        person_id="p-1",
        leaf="user_id:u-1",
        known=luck.random() < 0.5,
    )


def model_of(luck: random.Random, policy: Policy) -> Snapshot:
    """Make a model that has learned something about everything."""
    names = ["bias", "query_match"]
    names += [f"affinity:{topic}" for topic in TOPICS] + [f"topic:{topic}" for topic in TOPICS]
    names += [f"message:{key}" for key in policy.messages]
    names += [
        f"stage:{stage}&stage_aim:{aim}" for stage in STAGES for aim in ("explore", "evaluate")
    ]
    heads = {
        head: Head(
            {name: luck.gauss(base if name == "bias" else 0.0, 0.5) for name in names},
            {name: luck.uniform(0.01, 0.2) for name in names},
        )
        for head, base in (("engage", -2.0), ("goal:won", -1.0))
    }
    return Snapshot(number=3, heads=heads)


def decided(
    policy: Policy,
    snapshot: Snapshot,
    facts: Facts,
    request: str,
    placements: Sequence[Ask] = (Ask("home.hero", 2),),
) -> Decision:
    """Decide and keep the facts in the record, as the chooser does."""
    situation = Situation(
        request_id=request,
        subject=Subject(person="user_id:u-1"),
        placements=tuple(placements),
        context=facts.context,
    )
    found = decide(policy, snapshot, situation, facts, NOW, f"dec_{request}", KEY, "digest")
    kept = msgspec.structs.replace(found, facts=record_of(facts, policy, NOW))
    # What is read back from a log has been JSON.
    return msgspec.json.decode(msgspec.json.encode(kept), type=Decision)
