"""Clicks in mails of ours: whoever has the device that clicked reads that mailbox."""

from collections.abc import Callable

from wegweiser.collect.clicker import clicking_device
from wegweiser.deliver.receipt import Delivery
from wegweiser.flow.loader import Loader
from wegweiser.flow.mail_addresses import EMAIL
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.clock import Clock
from wegweiser.resolve.mention import name_of
from wegweiser.terms.decision import Decision
from wegweiser.terms.identity import Identifier, value_of
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wire import WireRequest

SOURCE = "mail_link"
CLICKED = "Email Link Clicked"
# Of mails that surely were not sent nobody can have clicked a link.
_SENT = ("delivered", "unknown")
_NO_CONSENT = ("denied", "withdrawn", "conflict")


class MailClicks:
    """States, once for each mail, that a device and the address of the mail are one person's."""

    def __init__(
        self,
        unifier: Unifier,
        views: Views,
        delivery: Callable[[str], Delivery | None],
        loader: Callable[[], Loader],
        clock: Clock,
        days: int,
    ):
        """A click counts for so many `days` after the decision; 0 switches this off."""
        self._unifier = unifier
        self._views = views
        self._delivery = delivery
        self._loader = loader
        self._clock = clock
        self._days = days

    async def note(self, decision: Decision, index: int, request: WireRequest) -> None:
        """Note a click on the link of a mail that was made for one item of a decision.

        Nothing is stated where it may be somebody else's device: a mail that was passed on. The
        first device that clicks is the only one. Raises ComeAgain where nothing can be stored.
        """
        device = name_of("anonymous_id", clicking_device(request))
        if device is None or self._clock.now_ms() >= decision.at + self._days * DAY_MS:
            return
        address = self._sent_to(f"msg_{decision.decision_id}_{index}")
        if address is None or not self._may_join(device, address):
            return
        element = _clicked(decision, index, device, address)
        if not self._is_told(address, str(element["messageId"])):
            await self._loader().take(SOURCE, [element], kind="live")

    def _sent_to(self, parcel_id: str) -> Identifier | None:
        """Give the address that a mail went to, as we sent it ourselves."""
        delivery = self._delivery(parcel_id)
        if delivery is None or delivery.state not in _SENT:
            return None
        subject = delivery.parcel.data.get("subject")
        return name_of(EMAIL, subject.get(EMAIL)) if isinstance(subject, dict) else None

    def _may_join(self, device: Identifier, address: Identifier) -> bool:
        directory = self._unifier.directory
        visitor, reader = directory.find(device), directory.find(address)
        if visitor is None or reader is None or directory.owners_of(device):
            return False
        # Somebody else who is known got the mail from its reader.
        if visitor != reader and directory.known(visitor):
            return False
        said = [self._views.consent_of(one).get("measurement") for one in {visitor, reader}]
        return not any(one in _NO_CONSENT for one in said)

    def _is_told(self, address: Identifier, message_id: str) -> bool:
        evidence = self._unifier.directory.evidence_about([address])
        return any(one.message_id == message_id for one in evidence)


def _clicked(decision: Decision, index: int, device: Identifier, address: Identifier) -> JsonObject:
    """Write the click; the log takes one of a message id, so that a mail has one device."""
    item = decision.items[index]
    context: JsonObject = {
        "traits": {EMAIL: value_of(address)},
        "verified": [EMAIL, "anonymous_id"],
    }
    told: JsonObject = {
        "decisionId": decision.decision_id,
        "message": item.message,
        "variant": item.variant,
        "placement": item.placement,
    }
    return {
        "type": "track",
        "event": CLICKED,
        "messageId": f"mail-{decision.decision_id}-{index}",
        "anonymousId": value_of(device),
        "context": context,
        "properties": told,
    }
