"""The demo world as a long list of moments at which one of a hundred messages may be shown.

The world is played once through a real site, so that profile, interests and belief over stages
are what a decision would really find; nothing is shown meanwhile, so that every way of choosing
meets the same moments. What a buyer would click is known: `wegweiser.demo.response`.
"""

import asyncio

import msgspec
import numpy as np
from numpy.typing import NDArray

from tests.flow.sites import caller, post
from wegweiser.adapters.memory import MemoryClock
from wegweiser.collect.ask import read_situation
from wegweiser.decide.consent import permitted
from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Policy, compile_policy
from wegweiser.demo.acts import Question, Reply, Send
from wegweiser.demo.catalogue import FORMATS, catalogue
from wegweiser.demo.journey import stage_at
from wegweiser.demo.messages import Aim, Offer
from wegweiser.demo.response import SEEN, click_of
from wegweiser.demo.world import World
from wegweiser.settings import Settings
from wegweiser.terms.decision import Situation
from wegweiser.terms.journey import Stage
from wegweiser.terms.message import Message, Placement, Variant
from wegweiser.terms.policy import Arms, Bundle
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

Numbers = NDArray[np.float64]
MESSAGES = 100
CHANNELS = ("web", "app", "email", "sales")
PLACEMENTS = (
    Placement("home.hero", "web", allow_nothing=False),
    Placement("app.card", "app", allow_nothing=False),
    Placement("email.weekly", "email", allow_nothing=False, direction="push"),
    Placement("sales.next", "sales", allow_nothing=False),
)
_AIMED: dict[Aim, Stage] = {
    "awaken": "dormant",
    "problem": "explore",
    "solution": "evaluate",
    "proof": "validate",
    "close": "commit",
}


class Moment(msgspec.Struct, frozen=True):
    """One request, what is known of its subject, and the true chance of a click per message.

    `luck` are the numbers below which the message is seen and clicked, the same for everybody.
    """

    at: int
    situation: Situation
    facts: Facts
    placement: str
    chances: Numbers
    luck: tuple[float, float]


class Stretch(msgspec.Struct, frozen=True):
    """All moments of one world in time order, and the hundred messages as a policy."""

    policy: Policy
    keys: tuple[str, ...]
    topics: tuple[str, ...]
    moments: list[Moment]


def policy_of(offers: tuple[Offer, ...]) -> Policy:
    """Make messages of offers; what they are for and about is told, how they appeal is not."""
    messages = tuple(
        Message(
            offer.key,
            tuple(
                Variant(channel, channel, format=FORMATS[number % len(FORMATS)])
                for channel in CHANNELS
            ),
            topic=offer.topic,
            stage_aim=_AIMED[offer.aim],
        )
        for number, offer in enumerate(offers)
    )
    return compile_policy(
        Bundle(number=1, messages=messages, placements=PLACEMENTS, arms=Arms(0.0, 0.0))
    )


def stretch_of(seed: int, days: int = 180, accounts: int = 160) -> Stretch:
    """Play one world and gather its moments; those without consent are left out."""
    return asyncio.run(_gather(World(seed, days=days, accounts=accounts)))


async def _gather(world: World) -> Stretch:
    offers = catalogue(world.seed, MESSAGES)
    policy = policy_of(offers)
    clock = MemoryClock(world.start, world.seed)
    site = Site(in_memory(clock), Settings())
    await site.start(background=False)
    keys = {trusted: caller(site, trusted)[0] for trusted in (True, False)}
    buyers = {buyer.user_id: buyer for buyer in world.company.buyers}
    luck = np.random.default_rng(world.seed)
    moments: list[Moment] = []
    acts = world.acts()
    reply: Reply | None = None
    try:
        while True:
            act = acts.send(reply)
            reply = None
            clock.advance(max(0, act.at - clock.now_ms()))
            if isinstance(act, Send):
                answer = await post(
                    site, keys[act.trusted], "/v1/batch", {"batch": [*act.elements]}
                )
                assert answer.status == 200, answer.body
            elif isinstance(act, Question):
                situation = read_situation(act.body)
                name = situation.subject.person.removeprefix("user_id:")
                stage = stage_at(world.journeys[name], act.at)
                interests = buyers[name].interests
                chances = np.array([click_of(offer, stage, interests) for offer in offers])
                facts = site.views.facts(situation, policy)
                draw = (float(luck.random()), float(luck.random()))
                place = situation.placements[0].key
                channel = policy.placements[place].channel
                if permitted(policy, channel, facts.consent):
                    moments.append(Moment(act.at, situation, facts, place, chances, draw))
                reply = {"decision_id": None, "status": "nothing", "items": []}
    except StopIteration:
        pass
    await site.stop()
    return Stretch(
        policy, tuple(offer.key for offer in offers), tuple(one.topic for one in offers), moments
    )


def is_seen(moment: Moment) -> bool:
    """Tell whether what is placed here is seen."""
    return moment.luck[0] < SEEN[moment.placement]
