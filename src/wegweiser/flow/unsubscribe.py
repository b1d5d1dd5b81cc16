"""The way out of every mail: signed links, and the withdrawal that following one comes to."""

from collections.abc import Callable, Mapping

from wegweiser.deliver.unsubscribe_token import VALID_MS, WayOut, read_token, write_token
from wegweiser.flow.decisions import DecisionBook
from wegweiser.flow.loader import Loader
from wegweiser.flow.subscriptions import EVERY_TOPIC, Said, Status, Subscriptions, status_of
from wegweiser.flow.tables import SETTINGS
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.decision import Decision
from wegweiser.terms.identity import kind_of, value_of
from wegweiser.terms.json import JsonObject
from wegweiser.terms.record import ERASED

PATH = "/u/"
SOURCE = "unsubscribe"
_KEY = b"unsubscribe_key"
UPDATED = "Subscription Updated"


class UnsubscribeDesk:
    """Writes links and follows them; `address` gives where readers reach us, "" where nowhere."""

    def __init__(
        self,
        store: OperationalStore,
        clock: Clock,
        decisions: Callable[[], DecisionBook],
        loader: Callable[[], Loader],
        address: Callable[[], str],
        consent: Callable[[str], Mapping[str, str]],
        subscriptions: Subscriptions,
    ):
        self._clock = clock
        self._decisions = decisions
        self._loader = loader
        self._address = address
        self._consent = consent
        self._subscriptions = subscriptions
        self._key = _kept_key(store, clock)

    def link(
        self, decision_id: str, index: int, purpose: str, at: int, topic: str = "", to: str = ""
    ) -> str:
        """Give the link of one item; "" where readers could not reach it. Equal over rebuilds.

        With the `topic` of the message and the address that it goes `to`, following it is about
        these two alone.
        """
        address = self._address().rstrip("/")
        if not address:
            return ""
        mark = self._subscriptions.mark(to) if to and topic else ""
        way_out = WayOut(decision_id, index, purpose, at + VALID_MS, topic if mark else "", mark)
        return f"{address}{PATH}{write_token(way_out, self._key)}"

    def read(self, token: str) -> WayOut | None:
        """Read the token of a link; None for one that is not ours or has expired."""
        return read_token(token, self._key, self._clock.now_ms())

    def standing(self, way_out: WayOut) -> str:
        """Tell whether mails on the topic of a link go to its address now; "" without a topic."""
        said = self._subscriptions.of_mark(way_out.mark) if way_out.mark else {}
        return status_of(said, way_out.topic) if way_out.mark else ""

    async def answer(self, way_out: WayOut, wish: str) -> str:
        """Do what the reader of a mail wants: "all", "again", or to hear no more of its topic.

        Gives what was done: one of these, "topic", "purpose" where the mail had no topic, ""
        where nobody knows any more whom it was for.
        """
        if not way_out.mark:
            return "purpose" if await self.follow(way_out) else ""
        done = wish if wish in ("all", "again") else "topic"
        topic = EVERY_TOPIC if done == "all" else way_out.topic
        await self._say(way_out, topic, "subscribed" if done == "again" else "unsubscribed")
        return done

    async def _say(self, way_out: WayOut, topic: str, status: Status) -> None:
        now = self._clock.now_ms()
        said = Said(status, now, SOURCE, way_out.decision_id)
        if not self._subscriptions.say(way_out.mark, topic, said):
            return
        decision = self._decisions().get(way_out.decision_id)
        # Of who was erased there is no timeline; what they want still holds for the address.
        if decision is not None and decision.leaf and not decision.leaf.startswith(ERASED):
            element = _told(decision, way_out, topic, status, now)
            await self._loader().take(SOURCE, [element], kind="live")

    async def follow(self, way_out: WayOut, reason: str = "unsubscribed") -> bool:
        """Withdraw the consent that a link stands for; durable when this returns.

        Of somebody who was erased there is nothing left to withdraw, and what is withdrawn is
        not written again, however often a link is followed. False where nobody knows any more
        whom it was for.
        """
        decision = self._decisions().get(way_out.decision_id)
        if decision is None or not decision.leaf:
            return False
        if decision.leaf.startswith(ERASED):
            return True
        if self._consent(decision.leaf).get(way_out.purpose) not in ("denied", "withdrawn"):
            element = _withdrawal(decision, way_out, reason, self._clock.now_ms())
            await self._loader().take(SOURCE, [element], kind="live")
        return True


def _withdrawal(decision: Decision, way_out: WayOut, reason: str, at: int) -> JsonObject:
    """Write the statement; what it does not name is left as it is."""
    denied: JsonObject = {"provider": "wegweiser", "deniedConsentIds": [way_out.purpose]}
    element: JsonObject = {
        "type": "track",
        "event": "Segment Consent Preference Updated",
        "messageId": f"{reason}-{way_out.decision_id}-{way_out.index}-{at}",
        "properties": {"reason": reason, "decisionId": decision.decision_id},
    }
    return _by(decision, element, {"consentManagement": denied})


def _told(decision: Decision, way_out: WayOut, topic: str, status: Status, at: int) -> JsonObject:
    """Write for the timeline what became of a subscription; the consent of the person stays."""
    said: JsonObject = {"topic": topic, "status": status, "channel": "email"}
    element: JsonObject = {
        "type": "track",
        "event": UPDATED,
        "messageId": f"{status}-{way_out.decision_id}-{way_out.index}-{at}",
        "properties": {**said, "decisionId": decision.decision_id},
    }
    return _by(decision, element, {})


def _by(decision: Decision, element: JsonObject, context: JsonObject) -> JsonObject:
    """Name the subject of a decision as the one whom an element is about."""
    kind, value = kind_of(decision.leaf), value_of(decision.leaf)
    if kind == "user_id":
        element["userId"] = value
    elif kind == "anonymous_id":
        element["anonymousId"] = value
    else:
        named: JsonObject = {"id": value, "type": kind, "collection": "users", "encoding": "none"}
        context["externalIds"] = [named]
    return {**element, "context": context}


def _kept_key(store: OperationalStore, clock: Clock) -> bytes:
    """Read the key of the links, made on first use."""
    kept = store.get(SETTINGS, [_KEY])[0]
    if kept is None:
        kept = clock.random_bytes(32)
        store.commit([Change(SETTINGS, _KEY, kept)])
    return kept
