"""Mails that came back become outcomes; bad addresses are used no more, complaints withdraw."""

import asyncio
from collections.abc import Callable

import msgspec

from wegweiser.decide.consent import needed_purpose
from wegweiser.decide.policy import Policy
from wegweiser.deliver.bounce import Bounce, read_bounce
from wegweiser.deliver.receipt import Delivery
from wegweiser.deliver.unsubscribe_token import WayOut
from wegweiser.flow.address_stops import AddressStops, Stop
from wegweiser.flow.intake import Intake
from wegweiser.flow.last_check import address_in
from wegweiser.flow.send import Sender
from wegweiser.flow.unsubscribe import UnsubscribeDesk
from wegweiser.ports.clock import Clock
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.record import Reported

SOURCE = "bounces"
_SENT = ("attempting", "delivered", "unknown", "refused")


class Taken(msgspec.Struct, frozen=True):
    """What became of one mail: hard, soft, complaint, or why it was left aside."""

    result: str
    parcel_id: str = ""
    status: str = ""


class BounceDesk:
    """Takes raw mails, each as often as it comes: what is known already counts no more."""

    def __init__(
        self,
        sender: Sender,
        intake: Intake,
        clock: Clock,
        stops: AddressStops,
        unsubscribe: UnsubscribeDesk,
        policy: Callable[[], Policy],
    ):
        self._sender = sender
        self._intake = intake
        self._clock = clock
        self._stops = stops
        self._unsubscribe = unsubscribe
        self._policy = policy

    async def take(self, raw: bytes) -> Taken:
        """Read one mail and act on it.

        Only a mail that we did send, to the address that the report names, counts.
        """
        bounce = await asyncio.to_thread(read_bounce, raw)
        if bounce is None:
            return Taken("no_report")
        delivery = self._sender.one(bounce.parcel_id)
        address = "" if delivery is None else address_in(delivery.parcel.data)
        if delivery is None or not address:
            return Taken("not_ours", bounce.parcel_id)
        if delivery.state not in _SENT:
            # Of what never left nothing can come back.
            return Taken("not_sent", bounce.parcel_id, bounce.status)
        if bounce.address and bounce.address != address.lower():
            return Taken("another_address", bounce.parcel_id, bounce.status)
        await self._told(bounce, delivery)
        if bounce.kind != "soft":
            reason = "bounced" if bounce.kind == "hard" else "complained"
            now = self._clock.now_ms()
            if self._stops.of(address) is None:
                self._count(delivery, reason == "complained", now)
            self._stops.put(address, Stop(reason, now, bounce.parcel_id))
        return Taken(bounce.kind, bounce.parcel_id, bounce.status)

    def _count(self, delivery: Delivery, complained: bool, now: int) -> None:
        endpoints = self._policy().bundle.endpoints
        endpoint = next((one for one in endpoints if one.key == delivery.endpoint), None)
        if endpoint is not None:
            self._sender.endpoints.came_back(endpoint, complained, now)

    async def _told(self, bounce: Bounce, delivery: Delivery) -> None:
        data, now = delivery.parcel.data, self._clock.now_ms()
        complained = bounce.kind == "complaint"
        slot = data["slot"]
        outcome = Outcome(
            outcome_id=f"{bounce.parcel_id}:{'complained' if complained else 'bounced'}",
            kind="complained" if complained else "bounced",
            at=now,
            decision_id=str(data["decisionId"]),
            placement=str(data["placement"]),
            slot=slot if isinstance(slot, int) else 0,
            source_id=SOURCE,
            detail="" if complained else bounce.kind,
        )
        record = Reported(received_at=now, source_id=SOURCE, outcomes=(outcome,))
        await self._intake.append(record)
        if complained:
            purpose = needed_purpose(self._policy(), str(data["channel"]))
            index = int(bounce.parcel_id.rpartition("_")[2])
            way_out = WayOut(str(data["decisionId"]), index, purpose, now)
            await self._unsubscribe.follow(way_out, "complained")
