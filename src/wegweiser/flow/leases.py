"""Gives back the reservations that nobody made use of before their lease ended."""

from typing import Literal

from wegweiser.flow.hand_overs import HandOvers
from wegweiser.flow.intake import Intake
from wegweiser.flow.tables import RESERVATIONS
from wegweiser.flow.unify import Unifier
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.record import Reported

# No hand-over begins after the lease; this long after it none can be about to begin.
GRACE_MS = 60_000
SOURCE = "ledger"


class Leases:
    """Expires reservations by the clock; what was handed over, or may have been, still counts."""

    def __init__(self, unifier: Unifier, intake: Intake, store: OperationalStore, clock: Clock):
        self._unifier = unifier
        self._intake = intake
        self._store = store
        self._clock = clock
        self._hand_overs = HandOvers(unifier, store)

    async def run(self) -> None:
        """Report every reservation as expired whose lease is over and of which nothing became."""
        await self._intake.checkpoint()
        now = self._clock.now_ms()
        lapsed = self._unifier.contacts.lapsed(now - GRACE_MS)
        became = {key: self._became(*place) for key, place in lapsed.items()}
        # What was handed over, or may have been, counts for good and is looked at no more.
        settled = [
            Change(RESERVATIONS, key, None) for key, what in became.items() if what == "over"
        ]
        if settled:
            self._store.commit(settled)
        outcomes = [
            Outcome(
                outcome_id=f"{decision_id}/{placement}/{slot}:expired",
                kind="expired",
                at=now,
                decision_id=decision_id,
                placement=placement,
                slot=slot,
                source_id=SOURCE,
            )
            for key, (decision_id, placement, slot) in lapsed.items()
            if became[key] == "nothing"
        ]
        if outcomes:
            record = Reported(received_at=now, source_id=SOURCE, outcomes=tuple(outcomes))
            await self._intake.append(record)

    def _became(
        self, decision_id: str, placement: str, slot: int
    ) -> Literal["nothing", "begun", "over"]:
        """Tell whether a hand-over of an item was begun, so that it may have arrived, and ended."""
        deliveries = self._hand_overs.of_entry(f"{decision_id}/{placement}/{slot}")
        if deliveries is None:
            return "over"
        for delivery in deliveries:
            if delivery.tries or delivery.state in ("attempting", "delivered", "unknown"):
                return "over" if delivery.over else "begun"
        return "nothing"
