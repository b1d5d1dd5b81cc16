"""Deliveries of a decision: what is sent to whom, built once and before anything is sent."""

import logging
from collections.abc import Callable, Iterator
from typing import Protocol

from wegweiser.decide.consent import needed_purpose
from wegweiser.decide.track import TokenKind
from wegweiser.deliver.crm_task import task_words
from wegweiser.deliver.parcel import parcel_of
from wegweiser.deliver.receipt import Delivery, start
from wegweiser.deliver.render import Missing, render
from wegweiser.flow.mail_addresses import EMAIL, mail_addresses
from wegweiser.flow.subscriptions import unsubscribed_from
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.clock import Clock
from wegweiser.terms.decision import Decision, Item
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import HOUR_MS
from wegweiser.terms.json import JsonObject
from wegweiser.terms.message import Message, Variant
from wegweiser.terms.policy import Endpoint

_log = logging.getLogger(__name__)
# A push that could not begin for three days is worse than none.
STALE_MS = 72 * HOUR_MS


class WaysOut(Protocol):
    """Writes the links with which readers are rid of more."""

    def link(
        self, decision_id: str, index: int, purpose: str, at: int, topic: str = "", to: str = ""
    ) -> str:
        """Give the link of one item, about a topic at the address that it goes to; "" for none."""


ClickUrl = Callable[[Decision, int, TokenKind], str]
"""Gives the link of an item that leads on and counts, "" where there is none."""


class Packer:
    """Builds deliveries; what cannot or may not be sent is over at once, with the reason."""

    def __init__(
        self,
        unifier: Unifier,
        views: Views,
        clock: Clock,
        ways_out: WaysOut,
        explain: Callable[[Decision], JsonObject],
        click_url: ClickUrl,
    ):
        self._click_url = click_url
        self._explain = explain
        self._unifier = unifier
        self._views = views
        self._clock = clock
        self._ways_out = ways_out

    def built(self, decision: Decision) -> Iterator[Delivery]:
        """Build the deliveries of what a decision pushes."""
        policy = self._unifier.policies.of(decision.bundle)
        named = self._unifier.policies.bundle.endpoints
        endpoints = {part.channel: part for part in named if not part.events}
        for index, item in enumerate(decision.items):
            if not self._unifier.is_pushed(decision, item):
                continue
            message = policy.messages[item.message]
            variant = variant_of(message, item)
            try:
                yield self._delivery(decision, index, message, endpoints.get(variant.channel))
            except InputRefused as error:
                yield _blocked(decision, index, variant, error.message)
            except Exception as error:  # noqa: BLE001 - one must not hold up the others
                _log.exception("a message could not be built")
                yield _blocked(decision, index, variant, f"it broke: {type(error).__name__}")

    def _delivery(
        self, decision: Decision, index: int, message: Message, endpoint: Endpoint | None
    ) -> Delivery:
        now = self._clock.now_ms()
        variant = variant_of(message, decision.items[index])
        if endpoint is None:
            return _blocked(decision, index, variant, "no endpoint takes this channel")
        if now - decision.at > STALE_MS:
            return _blocked(decision, index, variant, "the decision is too old to be sent")
        added: JsonObject = {}
        mailed = variant.channel == EMAIL or endpoint.via == "smtp"
        address, why_not = self._address_of(decision, message) if mailed else ("", "")
        if why_not:
            return _blocked(decision, index, variant, why_not)
        if variant.channel == EMAIL and not message.service:
            purpose = needed_purpose(self._unifier.policy, variant.channel)
            link = self._ways_out.link(
                decision.decision_id, index, purpose, decision.at, message.topic, address
            )
            if link:
                added["unsubscribe"] = link
            elif endpoint.via == "smtp":
                return _blocked(decision, index, variant, "public_url is not set: no way out")
        if endpoint.via != "smtp":
            address = ""
        elif not address:
            return _blocked(decision, index, variant, "no verified mail address is known")
        if endpoint.via == "crm_task":
            added |= task_words(self._explain(decision), index, decision.at)
        values = self._views.values(decision.leaf)
        links = {
            "unsubscribe_url": added.get("unsubscribe"),
            # Others may pass a mail on as they like: only what we send ourselves has one reader.
            "click_url": self._click_url(decision, index, "mail" if address else "track"),
        }
        values["mail"] = {name: link for name, link in links.items() if link}
        form = endpoint.via if endpoint.via == "slack" else variant.format
        content = render(variant.content, values, form)
        if isinstance(content, Missing):
            return _blocked(decision, index, variant, f"{content.path} is missing")
        parcel = parcel_of(decision, index, variant, content, added, address)
        return start(parcel, endpoint.key, now)

    def _address_of(self, decision: Decision, message: Message) -> tuple[str, str]:
        """Choose among the proven addresses of a person; gives it, or why it may not be used."""
        person_id = self._unifier.person_of(decision.leaf)
        if person_id is None:
            return "", ""
        addresses = mail_addresses(self._views.person(person_id), decision.leaf)
        if message.service or not addresses:
            return next(iter(addresses), ""), ""
        said = self._views.subscriptions
        chosen = said.address_for(addresses, message.topic) if said else addresses[0]
        return (chosen, "") if chosen else ("", unsubscribed_from(message.topic))


def variant_of(message: Message, item: Item) -> Variant:
    """Find the variant that an item shows."""
    return next(part for part in message.variants if part.key == item.variant)


def _blocked(decision: Decision, index: int, variant: Variant, reason: str) -> Delivery:
    parcel = parcel_of(decision, index, variant, {})
    return Delivery(parcel=parcel, endpoint="", state="blocked", detail=reason)
