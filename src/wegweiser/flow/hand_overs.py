"""How far the hand-over of a contact has come, as the deliveries of its decision tell it."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from wegweiser.deliver.receipt import Delivery
from wegweiser.flow.contact_book import entry_id
from wegweiser.flow.tables import DELIVERIES
from wegweiser.flow.unify import Unifier
from wegweiser.ports.operational_store import OperationalStore

HandedOver = Literal["", "sent", "unknown"]


class HandOvers:
    """Finds deliveries by the entry of the contact ledger that they are about."""

    def __init__(self, unifier: Unifier, store: OperationalStore):
        self._unifier = unifier
        self._store = store

    def of_entry(self, name: str) -> list[Delivery] | None:
        """Give the deliveries of an entry; None where its decision is not known."""
        decision = self._unifier.decisions.get(name.partition("/")[0])
        if decision is None:
            return None
        keys = [
            f"msg_{decision.decision_id}_{index}".encode()
            for index, item in enumerate(decision.items)
            if entry_id(decision, item) == name
        ]
        stored = self._store.get(DELIVERIES, keys)
        return [msgspec.json.decode(one, type=Delivery) for one in stored if one is not None]

    def state(self, name: str) -> HandedOver:
        """Tell of a contact of which no outcome is known whether it is on its way, or may be."""
        return handed_over(self.of_entry(name) or ())


def handed_over(deliveries: Iterable[Delivery]) -> HandedOver:
    """Sum up deliveries: what may have arrived is unknown, what nobody has yet taken is sent."""
    states = {one.state for one in deliveries}
    if "unknown" in states:
        return "unknown"
    return "sent" if states.intersection(("attempting", "leased")) else ""
