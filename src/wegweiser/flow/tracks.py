"""Addresses and tokens by which what becomes of a decision can be told without a key."""

from collections.abc import Callable
from urllib.parse import quote

import msgspec

from wegweiser.decide.track import (
    Claim,
    TokenKind,
    click_kind,
    read_token,
    sign,
    target_of,
    unexpired,
)
from wegweiser.flow.tables import SETTINGS
from wegweiser.flow.unify import Unifier
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.decision import Decision, Item
from wegweiser.terms.errors import KeyRefused
from wegweiser.terms.instant import DAY_MS, HOUR_MS
from wegweiser.terms.record import ERASED

TRACK_MS = 400 * DAY_MS
STREAM_MS = HOUR_MS
_KEY = b"token_key"


class Track(msgspec.Struct, frozen=True):
    """How the outcomes of one item are told; `click_url` is None where its content leads nowhere.

    All three are a function of the decision alone, so that an answer can be given again.
    """

    impression_url: str
    click_url: str | None
    token: str


class Tracks:
    """Signs and reads the tokens of decisions; those of erased people are worth nothing."""

    def __init__(
        self,
        unifier: Unifier,
        store: OperationalStore,
        clock: Clock,
        address: Callable[[], str],
    ):
        """`address` gives where senders reach us, without a slash at its end."""
        self._unifier = unifier
        self._clock = clock
        self._address = address
        self._secret = _kept_secret(store, clock)

    @property
    def has_address(self) -> bool:
        """True where whole addresses can be given, not only paths."""
        return bool(self._address())

    def track(self, decision: Decision, index: int) -> Track:
        """Give what tells of the item of a decision at this index."""
        claim = Claim("track", decision.decision_id, index, decision.at + TRACK_MS)
        token = sign(self._secret, claim)
        target = self.target(decision, decision.items[index])
        return Track(
            f"{self._address()}/v1/impression?token={token}",
            f"{self._address()}/v1/click?token={token}" if target else None,
            token,
        )

    def tracks(self, decision: Decision) -> list[Track]:
        """Give what tells of each item; nothing for a decision that is not on record."""
        if not decision.decision_id:
            return []
        return [self.track(decision, index) for index in range(len(decision.items))]

    def click_url(self, decision: Decision, index: int, kind: TokenKind) -> str:
        """Give a link that leads on and counts; "" where it leads nowhere or nobody reaches us.

        One of the kind "mail" belongs into the one mail of the item: it tells who reads a mailbox.
        """
        if not (self.has_address and self.target(decision, decision.items[index])):
            return ""
        claim = Claim(kind, decision.decision_id, index, decision.at + TRACK_MS)
        return f"{self._address()}/v1/click?token={sign(self._secret, claim)}"

    def stream_url(self, decision: Decision, path: str, since: int | None = None) -> str:
        """Give the address of the events for whom a decision was about, for an hour.

        The hour begins with the decision, or at `since` (ms).
        """
        began = decision.at if since is None else since
        claim = Claim("stream", decision.decision_id, 0, began + STREAM_MS)
        return f"{self._address()}{path}?token={quote(sign(self._secret, claim))}"

    def opened(self, token: str, kind: TokenKind) -> tuple[Decision, int]:
        """Give the decision that a token speaks of, and the index of the item.

        Raises KeyRefused `bad_token` (401): forged, over, or about somebody who was erased.
        """
        claim = read_token(self._secret, token, kind, self._clock.now_ms())
        return self._decision(claim), claim.index

    def leads_to(self, token: str) -> tuple[Decision, Item, str]:
        """Give decision, item and target of a click, also when the token counts no more.

        Raises KeyRefused `bad_token` (401).
        """
        claim = unexpired(self._secret, token, click_kind(token))
        decision = self._decision(claim)
        if claim.index >= len(decision.items):
            raise _dead()
        item = decision.items[claim.index]
        return decision, item, self.target(decision, item)

    def target(self, decision: Decision, item: Item) -> str:
        """Give where a click on an item leads: what the variant said when it was decided."""
        policy = self._unifier.policies.of(decision.bundle)
        candidate = policy.by_id.get(f"{item.message}/{item.variant}")
        return "" if candidate is None else target_of(candidate.variant.content)

    def _decision(self, claim: Claim) -> Decision:
        decision = self._unifier.decisions.get(claim.decision_id)
        if decision is None or decision.leaf.startswith(ERASED):
            raise _dead()
        return decision


def _dead() -> KeyRefused:
    return KeyRefused("bad_token", "The token is no longer valid.")


def _kept_secret(store: OperationalStore, clock: Clock) -> bytes:
    """Read the secret of the tokens, made on first use."""
    kept = store.get(SETTINGS, [_KEY])[0]
    if kept is None:
        kept = clock.random_bytes(32)
        store.commit([Change(SETTINGS, _KEY, kept)])
    return kept
