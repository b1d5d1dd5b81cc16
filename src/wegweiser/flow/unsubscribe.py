"""The way out of every mail: signed links, and the withdrawal that following one comes to."""

from collections.abc import Callable, Mapping

from wegweiser.deliver.unsubscribe_token import VALID_MS, WayOut, read_token, write_token
from wegweiser.flow.decisions import DecisionBook
from wegweiser.flow.loader import Loader
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
    ):
        self._clock = clock
        self._decisions = decisions
        self._loader = loader
        self._address = address
        self._consent = consent
        self._key = _kept_key(store, clock)

    def link(self, decision_id: str, index: int, purpose: str, at: int) -> str:
        """Give the link of one item; "" where readers could not reach it. Equal over rebuilds."""
        address = self._address().rstrip("/")
        if not address:
            return ""
        token = write_token(WayOut(decision_id, index, purpose, at + VALID_MS), self._key)
        return f"{address}{PATH}{token}"

    def read(self, token: str) -> WayOut | None:
        """Read the token of a link; None for one that is not ours or has expired."""
        return read_token(token, self._key, self._clock.now_ms())

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
        if self._consent(decision.leaf).get(way_out.purpose) != "denied":
            element = _withdrawal(decision, way_out, reason, self._clock.now_ms())
            await self._loader().take(SOURCE, [element], kind="live")
        return True


def _withdrawal(decision: Decision, way_out: WayOut, reason: str, at: int) -> JsonObject:
    """Write the statement; what it does not name is left as it is."""
    denied: JsonObject = {"provider": "wegweiser", "deniedConsentIds": [way_out.purpose]}
    context: JsonObject = {"consentManagement": denied}
    element: JsonObject = {
        "type": "track",
        "event": "Segment Consent Preference Updated",
        "messageId": f"{reason}-{way_out.decision_id}-{way_out.index}-{at}",
        "properties": {"reason": reason, "decisionId": decision.decision_id},
    }
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
