"""The contact ledger as it follows from the log: entries in cells, deferrals, leases, orders."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from wegweiser.decide.deferral import due_at
from wegweiser.flow.tables import CONTACT_ORDERS, DEFERRALS, OUTBOX, RESERVATIONS, number_key
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.profile.cell import add_contact, add_reached
from wegweiser.resolve.statement import Stated
from wegweiser.terms.contact import OF_FLAGS, STATE_OF, outbound
from wegweiser.terms.contact_order import ContactOrder
from wegweiser.terms.decision import Decision, Item
from wegweiser.terms.instant import DAY_MS, HOUR_MS, day_of, format_day
from wegweiser.terms.message import Placement
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.policy import ContactRules
from wegweiser.terms.profile import Contact
from wegweiser.terms.record import ERASED

if TYPE_CHECKING:
    from wegweiser.flow.unify import Unifier

LEASE_MS = 15 * 60_000
_SETTLING = frozenset(("delivered", "bounced", "released", "expired", "done", "seen"))


class ContactBook:
    """Writes what decisions and outcomes say about contacts; part of the fold."""

    def __init__(self, unifier: "Unifier", store: OperationalStore):
        self._unifier = unifier
        self._store = store
        self._fresh: list[Change] = []
        # Every change of an entry, so that whoever read before can tell that something happened.
        self.changes = 0
        # Told of every entry that is written.
        self.watchers: list[Callable[[Contact], None]] = []
        self.orders: dict[str, ContactOrder] = {
            key.decode(): msgspec.json.decode(value, type=ContactOrder)
            for key, value in store.scan(CONTACT_ORDERS)
        }

    def decided(self, position: int, decision: Decision) -> None:
        """Reserve the contacts of a decision, or remember when it is to be taken again."""
        if decision.leaf.startswith(ERASED):
            return
        if decision.deferral is not None:
            self._settle_deferral(decision)
        if decision.status == "deferred":
            self._put(DEFERRALS, self.deferral_key(decision), b"")
        reserved = list(self.reserved(decision))
        if any(self.is_pushed(decision, item) for item in decision.items):
            self._put(OUTBOX, decision.decision_id.encode(), b"")
        for item, entry in reserved:
            self._note(position, decision, entry, decision.at)
            if entry.lease_until:
                self._put(RESERVATIONS, lease_key(entry), _place(decision, item))

    def _settle_deferral(self, decision: Decision) -> None:
        assert decision.deferral is not None
        before = self._unifier.decisions.get(decision.deferral.decision_id)
        if before is not None:
            self._put(DEFERRALS, self.deferral_key(before), None)

    def deferral_key(self, decision: Decision) -> bytes:
        """Write the key of a decision that was put off: when it is due, then its id."""
        rules = self._unifier.policies.of(decision.bundle).bundle.contact_rules
        return deferral_key(decision, rules)

    def reserved(self, decision: Decision) -> Iterator[tuple[Item, Contact]]:
        """Yield the items that take room in the ledger at once, with their entries."""
        policy = self._unifier.policies.of(decision.bundle)
        evaluated = decision.request_id.startswith(OF_FLAGS)
        caps = () if evaluated else policy.bundle.caps
        served = [cap for cap in caps if cap.count_at == "served"]
        for item in decision.items:
            placement = policy.placements.get(item.placement)
            if placement is None:
                continue
            if outbound(placement):
                yield item, self._entry(decision, item, placement)
            elif any(not cap.channels or placement.channel in cap.channels for cap in served):
                yield item, self._entry(decision, item, placement, served=True)

    def is_pushed(self, decision: Decision, item: Item) -> bool:
        """Tell whether we start the contact, so that it counts from the decision on."""
        placement = self._placement(decision, item)
        return placement is not None and outbound(placement)

    def _placement(self, decision: Decision, item: Item) -> Placement | None:
        return self._unifier.policies.of(decision.bundle).placements.get(item.placement)

    def _entry(
        self, decision: Decision, item: Item, placement: Placement, served: bool = False
    ) -> Contact:
        message = self._unifier.policies.of(decision.bundle).messages.get(item.message)
        pushed = outbound(placement)
        hours = decision.lease_hours or (24 if placement.channel == "file" else 0)
        lease_ms = hours * HOUR_MS or LEASE_MS
        return Contact(
            decision.at,
            entry_id(decision, item),
            placement.channel,
            item.message,
            topic="" if message is None else message.topic,
            direction="push" if pushed else "pull",
            service=message is not None and message.service,
            lease_until=decision.at + lease_ms if pushed else 0,
            states=(("served", decision.at),) if served else (),
        )

    def told(self, position: int, outcome: Outcome) -> None:
        """Take what an outcome says about a contact, or about a goal."""
        if outcome.kind == "goal":
            self._reached(position, outcome)
        elif outcome.decision_id and outcome.kind in STATE_OF:
            self._state(position, outcome)

    def _reached(self, position: int, outcome: Outcome) -> None:
        leaf = outcome.leaf or (f"group_id:{outcome.group_id}" if outcome.group_id else "")
        if not leaf or leaf.startswith(ERASED) or not outcome.goal:
            return
        self._know(position, leaf, outcome.at)
        add_reached(
            self._unifier.shelf.cell(leaf, day_of(outcome.at), ""), outcome.goal, outcome.at
        )
        self._unifier.touched.touch(leaf)
        self.changes += 1

    def _state(self, position: int, outcome: Outcome) -> None:
        decision = self._unifier.decisions.get(outcome.decision_id)
        for item in () if decision is None else decision.items:
            if (item.placement, item.slot) != (outcome.placement, outcome.slot):
                continue
            assert decision is not None
            placement = self._placement(decision, item)
            if placement is None or decision.leaf.startswith(ERASED):
                continue
            entry = self._entry(decision, item, placement)
            state = STATE_OF[outcome.kind]
            if placement.channel == "file" and state == "seen":
                # An audience is seen day by day, and counts once for each of them.
                entry = _on_its_day(entry, outcome.at)
            if entry.lease_until and state in _SETTLING:
                self._put(RESERVATIONS, lease_key(entry), None)
            states = ((state, outcome.at),)
            self._note(position, decision, msgspec.structs.replace(entry, states=states), entry.at)

    def _note(self, position: int, decision: Decision, entry: Contact, at: int) -> None:
        leaf = decision.leaf or (f"group_id:{decision.group_id}" if decision.group_id else "")
        if not leaf:
            return
        self._know(position, leaf, at)
        add_contact(self._unifier.shelf.cell(leaf, day_of(at), ""), entry)
        self._unifier.touched.touch(leaf)
        self.changes += 1
        for watch in self.watchers:
            watch(entry)

    def _know(self, position: int, leaf: str, at: int) -> None:
        """Enter somebody who was only ever decided about in the directory."""
        asked = Stated(leaf, "", (leaf,))
        self._unifier.remade(self._unifier.directory.note(asked, position, at))

    def ordered(self, order: ContactOrder) -> None:
        """Take an order about contacts, or take it back."""
        key = order.order_id.encode()
        if order.ended or not order.account:
            # Of an account that was erased there is nothing left to order.
            self.orders.pop(order.order_id, None)
            self._put(CONTACT_ORDERS, key, None)
        else:
            self.orders[order.order_id] = order
            self._put(CONTACT_ORDERS, key, msgspec.json.encode(order))

    @property
    def has_news(self) -> bool:
        """True while something was written that is not on its way into the store."""
        return bool(self._fresh)

    def due(self, now: int) -> list[str]:
        """Name the committed decisions that are to be taken again now, earliest first."""
        found = []
        for key, _ in self._store.scan(DEFERRALS):
            if int.from_bytes(key[:8], "big") > now:
                break
            found.append(key[8:].decode())
        return found

    def lapsed(self, now: int) -> dict[bytes, tuple[str, str, int]]:
        """Give decision, placement and slot of committed leases that are over, by their keys."""
        found = {}
        for key, value in self._store.scan(RESERVATIONS):
            if int.from_bytes(key[:8], "big") > now:
                break
            found[key] = msgspec.json.decode(value, type=tuple[str, str, int])
        return found

    def forget(self, order_ids: Iterable[str]) -> None:
        """Drop orders from memory that were taken out of the store."""
        for order_id in order_ids:
            self.orders.pop(order_id, None)

    def reword(self, order: ContactOrder) -> None:
        """Keep an order in force as an erasure left it in the store."""
        if order.order_id in self.orders:
            self.orders[order.order_id] = order

    def _put(self, table: str, key: bytes, value: bytes | None) -> None:
        self._fresh.append(Change(table, key, value))

    def drain(self) -> list[Change]:
        """Hand over what is not yet committed, cells excepted."""
        fresh, self._fresh = self._fresh, []
        return fresh


def entry_id(decision: Decision, item: Item) -> str:
    """Name the entry of an item in the ledger."""
    return f"{decision.decision_id}/{item.placement}/{item.slot}"


def deferral_key(decision: Decision, rules: ContactRules) -> bytes:
    """Write the key of a decision that was put off: when it is due, then its id."""
    return number_key(due_at(decision, rules)) + decision.decision_id.encode()


def lease_key(entry: Contact) -> bytes:
    """Write the key of a reservation: when its lease ends, then the entry."""
    return number_key(entry.lease_until) + entry.entry_id.encode()


def _place(decision: Decision, item: Item) -> bytes:
    return msgspec.json.encode((decision.decision_id, item.placement, item.slot))


def _on_its_day(entry: Contact, at: int) -> Contact:
    day = day_of(at)
    name = f"{entry.entry_id}@{format_day(day)}"
    return msgspec.structs.replace(entry, entry_id=name, at=day * DAY_MS)
