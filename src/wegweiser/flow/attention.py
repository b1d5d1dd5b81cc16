"""Moves the price of attention every hour, by how much of the caps is used and what it is worth."""

import msgspec

from wegweiser.decide.attention import (
    Use,
    by_channel,
    next_price,
    share_used,
    worth_of_winners,
)
from wegweiser.decide.contact import rows_of
from wegweiser.flow.tables import SETTINGS
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.contact import outbound
from wegweiser.terms.decision import Decision
from wegweiser.terms.instant import HOUR_MS
from wegweiser.terms.profile import Contact

_KEY = b"attention_prices"
# Enough for a median; an hour may hold many more.
MOST_LOOKED_AT = 2_000
SCOPES = ("person", "account")


class Attention:
    """Keeps a price per channel and scope; every decision records those that it paid."""

    def __init__(self, unifier: Unifier, views: Views, store: OperationalStore):
        self._unifier = unifier
        self._views = views
        self._store = store
        kept = store.get(SETTINGS, [_KEY])[0]
        self.prices = {} if kept is None else msgspec.json.decode(kept, type=dict[str, float])
        views.ledger.prices = by_channel(self.prices)

    async def run(self) -> None:
        """Look at the decisions of the last hour, and move the prices."""
        policy = self._unifier.policy
        most = policy.bundle.contact_rules.price_max
        if most <= 0:
            moved: dict[str, float] = {}
        else:
            moved = {
                name: next_price(self.prices.get(name, 0.0), use, most)
                for name, use in self._uses().items()
            }
            moved = {**self.prices, **moved}
        if moved != self.prices:
            self.prices = moved
            self._store.commit([Change(SETTINGS, _KEY, msgspec.json.encode(moved))])
        self._views.ledger.prices = by_channel(self.prices)

    def _uses(self) -> dict[str, Use]:
        now = self._views.now()
        recent = [one for one in self._unifier.decisions.held() if one.at > now - HOUR_MS]
        shares: dict[str, list[float]] = {}
        utilities: dict[str, list[float]] = {}
        for decision in recent[-MOST_LOOKED_AT:]:
            self._note(decision, now, shares, utilities)
        return {
            name: Use(found, utilities.get(name.partition("/")[0], ()))
            for name, found in shares.items()
        }

    def _note(
        self,
        decision: Decision,
        now: int,
        shares: dict[str, list[float]],
        utilities: dict[str, list[float]],
    ) -> None:
        placements = self._unifier.policy.placements
        for name in decision.asked:
            placement = placements.get(name)
            if placement is None or not outbound(placement):
                continue
            for scope in SCOPES:
                caps = [one for one in self._unifier.policy.bundle.caps if one.scope == scope]
                rows = rows_of(self._entries(decision, scope), now)
                share = share_used(caps, placement.channel, rows, now)
                if share is not None:
                    shares.setdefault(f"{placement.channel}/{scope}", []).append(share)
            won = worth_of_winners(decision, name)
            utilities.setdefault(placement.channel, []).extend(won)

    def _entries(self, decision: Decision, scope: str) -> list[Contact]:
        if scope == "account":
            known = decision.group_id and self._views.has_account(decision.group_id)
            return self._views.account_ledger(decision.group_id).contacts if known else []
        person_id = self._unifier.person_of(decision.leaf) if decision.leaf else None
        if person_id is None:
            return []
        cells = self._views.cells_of(person_id)
        return self._views.ledger.of_person(person_id, decision.leaf, cells).contacts
