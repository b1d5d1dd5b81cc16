"""What is asked again right before a message is handed over, since much may have changed."""

from collections.abc import Callable, Sequence

from wegweiser.decide.consent import permitted
from wegweiser.deliver.receipt import Delivery
from wegweiser.flow.address_stops import AddressStops
from wegweiser.flow.mail_addresses import EMAIL, mail_addresses
from wegweiser.flow.subscriptions import unsubscribed_from
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.terms.decision import Decision, Item
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.policy import Endpoint
from wegweiser.terms.record import ERASED

Check = Callable[[Decision, Item, int, bool], str]
"""Gives why an item may not go out at a moment (ms), "" when it may.

The last argument is true for what may have arrived by an earlier try."""


class LastCheck:
    """Consent, kill switch, stopped addresses, and whatever `checks` ask besides."""

    def __init__(
        self,
        unifier: Unifier,
        views: Views,
        stops: AddressStops,
        checks: Sequence[Check] = (),
    ):
        self._unifier = unifier
        self._views = views
        self._stops = stops
        self.checks = list(checks)

    def refusal(self, delivery: Delivery, endpoint: Endpoint | None, now: int) -> str:
        """Give why a delivery must not begin at `now` (ms), "" when it may."""
        return self.lapsed(delivery, endpoint, now) or self._closed(delivery, endpoint)

    def lapsed(self, delivery: Delivery, endpoint: Endpoint | None, now: int) -> str:
        """Give why this message is no longer right, which a new decision would know of."""
        data = delivery.parcel.data
        policy = self._unifier.policy
        message = policy.messages.get(str(data["message"]))
        if message is None or message.stopped:
            return "the message was stopped"
        if message.ends_at is not None and message.ends_at <= now:
            return "the message has ended"
        decision = self._unifier.decisions.get(str(data["decisionId"]))
        if decision is not None and decision.leaf.startswith(ERASED):
            return "the person was erased"
        consent = {} if decision is None else self._views.consent(decision.leaf)
        if not permitted(policy, str(data["channel"]), consent):
            return "FILTERED_BY_END_USER_CONSENT"
        if data["channel"] == EMAIL and not message.service and self._unwanted(decision, data):
            return unsubscribed_from(message.topic)
        item = None if decision is None else item_of(decision, data)
        if decision is None or item is None:
            return ""
        # A mail server that did not take a mail has none; of others nobody knows for sure.
        begun = delivery.tries > 0 and endpoint is not None and endpoint.via != "smtp"
        said = (check(decision, item, now, begun) for check in self.checks)
        return next(filter(None, said), "")

    def _unwanted(self, decision: Decision | None, data: JsonObject) -> bool:
        """Tell whether the owner of the address wants to hear no more of a message's topic."""
        subscriptions = self._views.subscriptions
        message = self._unifier.policy.messages[str(data["message"])]
        if not subscriptions:
            return False
        if address := address_in(data):
            return not subscriptions.is_open(address, message.topic)
        person_id = None if decision is None else self._unifier.person_of(decision.leaf)
        if decision is None or person_id is None:
            return False
        addresses = mail_addresses(self._views.person(person_id), decision.leaf)
        return bool([*subscriptions.closed(addresses, [message.topic])])

    def _closed(self, delivery: Delivery, endpoint: Endpoint | None) -> str:
        """Give why the way is closed, whatever would be sent on it."""
        if endpoint is None:
            return "the endpoint was removed"
        data = delivery.parcel.data
        decision = self._unifier.decisions.get(str(data["decisionId"]))
        consent = {} if decision is None else self._views.consent(decision.leaf)
        if not self._views.purposes.permits(delivery.endpoint, consent):
            return "FILTERED_BY_END_USER_CONSENT: the endpoint needs a purpose that is not granted"
        address = address_in(data)
        stop = self._stops.of(address) if address else None
        return "" if stop is None else f"nothing is sent to this address: {stop.reason}"


def item_of(decision: Decision, data: JsonObject) -> Item | None:
    """Find the item that a parcel's data is about."""
    place = (data.get("placement"), data.get("slot"))
    return next((one for one in decision.items if (one.placement, one.slot) == place), None)


def address_in(data: JsonObject) -> str:
    """Give the mail address that a parcel's data goes to, "" where it goes to none."""
    subject: Json = data.get("subject")
    address = subject.get("email") if isinstance(subject, dict) else None
    return address if isinstance(address, str) else ""
