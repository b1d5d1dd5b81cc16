"""Questions that surfaces ask, and how the buyer responds to what is answered."""

from collections.abc import Iterator
from random import Random

import msgspec

from wegweiser.demo.acts import Question, Reply, Report, Send
from wegweiser.demo.booking import Boost
from wegweiser.demo.chance import between, stream
from wegweiser.demo.company import Buyer, Device
from wegweiser.demo.delivery import stamped
from wegweiser.demo.element import Voice, page_properties
from wegweiser.demo.journey import Stage
from wegweiser.demo.messages import OFFER_BY_KEY
from wegweiser.demo.response import (
    DECLINED_OF_SEEN,
    EFFECT_DAYS,
    SEEN,
    click_probability,
    goal_multiplier,
)
from wegweiser.demo.run import Run, Shown
from wegweiser.demo.site import Page
from wegweiser.terms.instant import DAY_MS, SECOND_MS, format_instant
from wegweiser.terms.json import JsonObject

CHANNELS = {
    "home.hero": "web",
    "app.card": "app",
    "email.weekly": "email",
    "sales.next": "sales",
}
# Seconds until what was placed is seen, and from there to the click.
_SEEN_AFTER = {
    "home.hero": (1.0, 4.0),
    "app.card": (1.0, 5.0),
    "email.weekly": (600.0, 110_000.0),
    "sales.next": (3_600.0, 90_000.0),
}
_CLICK_AFTER = (3.0, 50.0)


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """One moment at which a surface wants a message for a buyer."""

    key: str
    at: int
    buyer: Buyer
    device: Device | None
    placement: str
    stage: Stage


def question(seed: int, asking: Asking) -> Question:
    """Write the body of POST /v1/decide."""
    subject: JsonObject = {
        "person": f"user_id:{asking.buyer.user_id}",
        "account": f"group_id:{asking.buyer.group_id}",
    }
    if asking.device is not None:
        subject["device"] = f"anonymous_id:{asking.device.anonymous_id}"
    body: JsonObject = {
        "request_id": f"nl{seed}-{asking.key}",
        "subject": subject,
        "placements": [{"key": asking.placement, "max": 1}],
        "channel": CHANNELS[asking.placement],
        "locale": asking.buyer.locale,
    }
    return Question(asking.at, body)


def respond(
    seed: int, asking: Asking, reply: Reply | None, run: Run, end: int
) -> Iterator[Report | Send]:
    """Let the buyer see, click or decline what was answered; keeps the ledger.

    The draws are spent whatever the answer, so that other answers find the same luck.
    """
    luck = stream(seed, asking.buyer.user_id, "response", asking.key)
    items = reply.get("items") if reply else None
    if not isinstance(items, list):
        return
    decision = reply.get("decision_id") if reply else None
    for item in items:
        if isinstance(item, dict) and item.get("placement") == asking.placement:
            yield from _one(seed, luck, asking, item, decision, run, end)


class _Moments(msgspec.Struct, frozen=True):
    seen_at: int
    clicked_at: int


def _one(
    seed: int,
    luck: Random,
    asking: Asking,
    item: JsonObject,
    decision: object,
    run: Run,
    end: int,
) -> Iterator[Report | Send]:
    message = str(item.get("message"))
    chance = click_probability(message, asking.stage, asking.buyer.interests)
    seen, clicked = luck.random() < SEEN[asking.placement], luck.random() < chance
    declines = luck.random() < DECLINED_OF_SEEN
    seen_at = asking.at + int(between(luck, *_SEEN_AFTER[asking.placement]) * SECOND_MS)
    clicked_at = seen_at + int(between(luck, *_CLICK_AFTER) * SECOND_MS)
    seen = seen and clicked_at + SECOND_MS < end
    _note(run, asking, message, seen, seen and clicked, clicked_at)
    if decision is None:
        return
    tell = _Teller(asking, item, str(decision))
    if asking.placement == "email.weekly":
        yield tell.outcome("delivered", asking.at + SECOND_MS)
    if not seen:
        return
    yield tell.outcome("seen", seen_at)
    if asking.placement == "sales.next":
        yield tell.outcome("done", seen_at)
    if clicked:
        yield tell.outcome("click", clicked_at)
        yield from _landing(seed, asking, message, clicked_at)
    elif declines:
        yield tell.outcome("declined", clicked_at)


def _note(
    run: Run, asking: Asking, message: str, seen: bool, clicked: bool, clicked_at: int
) -> None:
    buyer, stage = asking.buyer, asking.stage
    run.shown.append(
        Shown(
            asking.at,
            buyer.group_id,
            buyer.user_id,
            asking.placement,
            message,
            stage,
            seen,
            clicked,
        )
    )
    times = goal_multiplier(message, stage)
    if clicked and times > 1:
        boost = Boost(clicked_at, clicked_at + EFFECT_DAYS * DAY_MS, times)
        run.boosts.setdefault(buyer.user_id, []).append(boost)


class _Teller(msgspec.Struct, frozen=True):
    asking: Asking
    item: JsonObject
    decision: str

    def outcome(self, kind: str, at: int) -> Report:
        outcome: JsonObject = {
            "outcome_id": f"{self.decision}-{self.item.get('slot', 0)}-{kind}",
            "decision_id": self.decision,
            "placement": self.asking.placement,
            "slot": self.item.get("slot", 0),
            "kind": kind,
            "at": format_instant(at),
        }
        return Report(at, (outcome,))


def _landing(seed: int, asking: Asking, message: str, clicked_at: int) -> Iterator[Send]:
    """The page behind a clicked message, on the device that was in use."""
    offer = OFFER_BY_KEY.get(message)
    if offer is None or asking.placement == "sales.next" or asking.buyer.consent == "none":
        return
    leaves_at = asking.buyer.withdraws_at
    if leaves_at is not None and clicked_at >= leaves_at:
        return
    device = asking.device or asking.buyer.devices[0]
    session = f"{asking.key}-landing"
    voice = Voice(f"nl{seed}-", asking.buyer, device, asking.device is not None, session)
    page = Page(offer.path, offer.en.title, offer.topic)
    properties = page_properties(page, offer.topic, session, "")
    context: JsonObject = {}
    if asking.placement == "email.weekly":
        context["campaign"] = {"name": message, "source": "weekly-mail", "medium": "email"}
    landed = voice.says(
        0, clicked_at, "page", name=offer.en.title, properties=properties, context=context
    )
    at = clicked_at + SECOND_MS
    yield Send(at, stamped((landed,), at), trusted=False)
