"""Push messages on their way: parcels from decisions, tries, receipts, outcomes."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice

import msgspec

from wegweiser.deliver.receipt import Delivery, attempting, ended, interrupted, step
from wegweiser.deliver.schedule import delays_of
from wegweiser.flow.delivery_outcomes import outcome_of
from wegweiser.flow.endpoint_states import EndpointStates
from wegweiser.flow.intake import Intake
from wegweiser.flow.last_check import Check, LastCheck, item_of
from wegweiser.flow.parcels import Packer
from wegweiser.flow.tables import DELIVERIES, OUTBOX
from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import Unifier
from wegweiser.ports.channel import Channel, OnceChannel, Receipt
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.decision import Decision, Item
from wegweiser.terms.errors import ComeAgain, InputRefused
from wegweiser.terms.policy import Endpoint
from wegweiser.terms.record import ERASED, Reported

DECISIONS_PER_RUN = 200
AT_ONCE = 8
# How long a run waits for slow endpoints; they go on beside the next one.
PATIENCE_S = 1.0
OpenChannel = Callable[[Endpoint], Channel]
DecideAgain = Callable[[Decision, Item], Awaitable[None]]
_decode = msgspec.json.Decoder(Delivery).decode
_log = logging.getLogger(__name__)


class _Withdrawn(Exception):
    """The last check failed while the hand-over was being prepared."""


async def _decide_no_more(decision: Decision, item: Item) -> None:
    """Leave it at the withdrawal."""


class Sender:
    """Hands over what was decided; each parcel is built once, whatever crashes or rebuilds.

    Every endpoint has a line of its own, so that a slow one delays no other. One process works
    on a folder at a time (its lock); within it a delivery is tried by one task at a time.
    """

    def __init__(
        self,
        unifier: Unifier,
        intake: Intake,
        store: OperationalStore,
        clock: Clock,
        open_channel: OpenChannel,
        packer: Packer,
        last_check: LastCheck,
        endpoints: EndpointStates,
        decide_again: DecideAgain = _decide_no_more,
    ):
        self._unifier = unifier
        self._intake = intake
        self._store = store
        self._clock = clock
        self._open_channel = open_channel
        self._packer = packer
        self._last_check = last_check
        self._decide_again = decide_again
        self.endpoints = endpoints
        self.attempts: Counter[tuple[str, str]] = Counter()
        self.ended: Counter[str] = Counter()
        self._channels: dict[Endpoint, Channel] = {}
        self._lines: dict[str, asyncio.Task[None]] = {}
        self._busy: set[bytes] = set()
        self._pending: dict[bytes, Delivery] = {}
        # What is over, but could not be told to the log yet; it is not tried meanwhile.
        self._untold: dict[bytes, Delivery] = {}
        # What was erased while it was on its way.
        self._gone: set[bytes] = set()
        self._beginning = asyncio.Lock()

    def open(self) -> None:
        """Read what is not over, after the log was folded.

        What was interrupted in the middle of a hand-over is unknown from now on.
        """
        now = self._clock.now_ms()
        for key, value in self._store.scan(DELIVERIES):
            delivery = _decode(value)
            if delivery.tried_at:
                again = delivery.tries > 1 and delivery.state != "delivered"
                self.endpoints.pace(delivery.endpoint).note(delivery.tried_at, again)
            if not delivery.over:
                self._pending[key] = delivery
        for key, delivery in list(self._pending.items()):
            if delivery.state == "attempting":
                self._keep(key, interrupted(delivery, self._may_repeat(delivery), now))

    async def send_due(self) -> None:
        """Begin new deliveries and try all that are due."""
        for done in [key for key, line in self._lines.items() if line.done()]:
            self._lines.pop(done).result()
        with suppress(ComeAgain):
            for key, delivery in list(self._untold.items()):
                if key not in self._busy:
                    await self._end(key, delivery)
        async with self._beginning:
            await self._begin(DECISIONS_PER_RUN)
        due = self._due(self._clock.now_ms())
        for endpoint, keys in due.items():
            if endpoint not in self._lines:
                self._lines[endpoint] = asyncio.create_task(self._work(endpoint, keys))
        if self._lines:
            await asyncio.wait(self._lines.values(), timeout=PATIENCE_S)

    async def begin(self) -> None:
        """Build the deliveries of all decisions that are committed; none is tried."""
        async with self._beginning:
            await self._begin(None)

    async def stop(self) -> None:
        """Leave off; what is in the middle of a hand-over is known by its attempt."""
        lines, self._lines = list(self._lines.values()), {}
        for line in lines:
            line.cancel()
        await asyncio.gather(*lines, return_exceptions=True)

    def deliveries(self) -> Iterator[Delivery]:
        """Yield all deliveries, over or not."""
        for _, value in self._store.scan(DELIVERIES):
            yield _decode(value)

    def one(self, parcel_id: str) -> Delivery | None:
        """Find a delivery by the id of its parcel."""
        found = self._store.get(DELIVERIES, [parcel_id.encode()])[0]
        return None if found is None else _decode(found)

    def is_busy(self, parcel_id: str) -> bool:
        """Tell whether a delivery is being handed over at this moment."""
        return parcel_id.encode() in self._busy

    def put(self, delivery: Delivery) -> None:
        """Begin anew a delivery that is not being handed over."""
        self._keep(delivery.parcel.parcel_id.encode(), delivery)

    async def end(self, delivery: Delivery) -> None:
        """End a delivery that is not being handed over, as a person decided."""
        await self._end(delivery.parcel.parcel_id.encode(), delivery)

    @property
    def checks(self) -> list[Check]:
        """What is asked right before every hand-over besides consent; others may add theirs."""
        return self._last_check.checks

    @property
    def pending(self) -> Iterable[Delivery]:
        """What is still to be handed over."""
        return self._pending.values()

    async def cleared(self, endpoint: Endpoint) -> list[Delivery]:
        """Give what is due at an endpoint and may begin now; what may not is withdrawn."""
        now = self._clock.now_ms()
        cleared: list[Delivery] = []
        for key, delivery in list(self._pending.items()):
            if delivery.endpoint != endpoint.key or not delivery.is_due(now):
                continue
            refusal = self._last_check.refusal(delivery, endpoint, now)
            if refusal:
                await self._withdraw(key, delivery, refusal)
            else:
                cleared.append(delivery)
        # While one was withdrawn another may have been erased, or leased to another file.
        return [one for one in cleared if self._pending.get(one.parcel.parcel_id.encode()) is one]

    def lease(self, deliveries: Sequence[Delivery], beside: Change) -> None:
        """Note in one commit that deliveries lie in a file, and the file that they lie in."""
        now = self._clock.now_ms()
        leased = [
            msgspec.structs.replace(one, state="leased", next_at=None, tries=1, tried_at=now)
            for one in deliveries
        ]
        keyed = [(one.parcel.parcel_id.encode(), one) for one in leased]
        self._store.commit([*(self._change(key, one) for key, one in keyed), beside])
        self._pending |= dict(keyed)

    def _due(self, now: int) -> dict[str, list[bytes]]:
        endpoints = self._unifier.policies.bundle.endpoints
        filed = {one.key for one in endpoints if one.format}
        held = self._busy | self._untold.keys()
        waiting = (
            (key, delivery)
            for key, delivery in self._pending.items()
            if delivery.endpoint not in filed and delivery.is_due(now) and key not in held
        )
        mailed = {one.key for one in endpoints if one.via == "smtp"}
        return self.endpoints.lined_up(waiting, mailed, now)

    async def _begin(self, most: int | None) -> None:
        """Build the deliveries of decisions that have none yet, of all or of the first."""
        turns = Turns()
        for key, _ in islice(self._store.scan(OUTBOX), most):
            await turns.pause()
            # Somebody may have been erased meanwhile.
            if self._store.get(OUTBOX, [key])[0] is None:
                continue
            decision = self._unifier.decisions.get(key.decode())
            begun = [] if decision is None else list(self._packer.built(decision))
            keys = [delivery.parcel.parcel_id.encode() for delivery in begun]
            known = self._store.get(DELIVERIES, keys)
            fresh = [
                (name, delivery)
                for name, delivery, old in zip(keys, begun, known, strict=True)
                if old is None and not self._arrived(delivery)
            ]
            for _, delivery in fresh:
                await self._tell(delivery)
            if decision != self._unifier.decisions.get(key.decode()):
                # Somebody was erased meanwhile; what is left of it is looked at in the next run.
                continue
            changes = [self._change(name, delivery) for name, delivery in fresh]
            self._store.commit([*changes, Change(OUTBOX, key, None)])
            self._pending |= {name: found for name, found in fresh if not found.over}

    def _arrived(self, delivery: Delivery) -> bool:
        """Tell whether whoever asked has delivered the message, and said so before we began."""
        data = delivery.parcel.data
        told = self._unifier.outcomes.of_decision(str(data["decisionId"]))
        place = (data["placement"], data["slot"])
        return any(one.kind == "delivered" and (one.placement, one.slot) == place for one in told)

    async def _work(self, name: str, keys: Sequence[bytes]) -> None:
        """Try what is due at one endpoint, some at a time, at its pace."""
        for start in range(0, len(keys), AT_ONCE):
            now = self._clock.now_ms()
            endpoint = self._endpoint(name)
            part = keys[start : start + AT_ONCE]
            if endpoint is not None:
                if self.endpoints.is_paused(name, now):
                    return
                room = self.endpoints.pace(name).room(endpoint, now)
                part = part if room is None else part[:room]
            if not part:
                return
            await asyncio.gather(*(self._try_alone(key, endpoint) for key in part))

    async def _try_alone(self, key: bytes, endpoint: Endpoint | None) -> None:
        """Try one delivery; an endpoint that cannot be opened ends it, and no other."""
        delivery = self._pending.get(key)
        if delivery is None or key in self._busy:
            return
        self._busy.add(key)
        try:
            await self._try_or_withdraw(key, delivery, endpoint)
        except ComeAgain:
            # The log takes nothing now: what became of it is told as soon as it does.
            return
        except Exception as error:  # noqa: BLE001 - one must not hold up the others
            _log.exception("a hand-over broke off")
            await self._broken(key, delivery, type(error).__name__)
        finally:
            self._busy.discard(key)
            self._gone.discard(key)

    async def _try_or_withdraw(
        self, key: bytes, delivery: Delivery, endpoint: Endpoint | None
    ) -> None:
        try:
            await self._try(key, delivery, endpoint)
        except _Withdrawn as withdrawn:
            await self._withdraw(key, delivery, str(withdrawn))
        except InputRefused as error:
            await self._end(key, ended(delivery, "blocked", error.message))

    async def _broken(self, key: bytes, delivery: Delivery, name: str) -> None:
        """Count a try that broke off; where it may have arrived it is left at that."""
        now = self._clock.now_ms()
        current = self._pending.get(key, delivery)
        if current.state == "attempting":
            await self._end(key, interrupted(current, self._may_repeat(delivery), now))
            return
        receipt = Receipt(delivery.parcel.parcel_id, "failed", 0, f"it broke off: {name}")
        endpoint = self._endpoint(delivery.endpoint)
        delays_s = delays_of("" if endpoint is None else endpoint.via)
        await self._end(key, step(delivery, receipt, now, delays_s=delays_s))

    async def _try(self, key: bytes, delivery: Delivery, endpoint: Endpoint | None) -> None:
        self._require(delivery, endpoint)
        assert endpoint is not None
        if (off := self.endpoints.off(endpoint)) is not None:
            await self._end(key, ended(delivery, "disabled", off.detail))
            return
        pace, tried = self.endpoints.pace(endpoint.key), delivery.tries > 0
        pace.note(self._clock.now_ms(), tried)
        receipt = await self._handedended(key, delivery, endpoint)
        now = self._clock.now_ms()
        self.attempts[delivery.endpoint, receipt.state] += 1
        if tried and receipt.state == "delivered":
            pace.arrived()
        self.endpoints.heard(endpoint, receipt, now)
        jitter = int.from_bytes(self._clock.random_bytes(2), "big") / 65_536
        await self._end(key, step(delivery, receipt, now, jitter, delays_of(endpoint.via)))

    async def _handedended(self, key: bytes, delivery: Delivery, endpoint: Endpoint) -> Receipt:
        if endpoint not in self._channels:
            self._channels[endpoint] = self._open_channel(endpoint)
        channel = self._channels[endpoint]
        if not isinstance(channel, OnceChannel):
            return await channel.hand_over(delivery.parcel)

        def attempt() -> None:
            # Asked once more: signing in at a mail server may have taken its time.
            self._require(delivery, self._endpoint(delivery.endpoint))
            self._keep(key, attempting(delivery, self._clock.now_ms()))

        receipt = await channel.hand_over_once(delivery.parcel, attempt)
        if receipt.state == "unknown" and self._may_repeat(delivery):
            return msgspec.structs.replace(receipt, state="failed")
        return receipt

    def _require(self, delivery: Delivery, endpoint: Endpoint | None) -> None:
        """Raise when a delivery must not begin now."""
        refusal = self._last_check.refusal(delivery, endpoint, self._clock.now_ms())
        if delivery.parcel.parcel_id.encode() in self._gone:
            refusal = "somebody was erased"
        if refusal:
            raise _Withdrawn(refusal)

    def _may_repeat(self, delivery: Delivery) -> bool:
        """Tell whether two copies are better than none: by choice, and for service alone."""
        endpoint = self._endpoint(delivery.endpoint)
        message = self._unifier.policy.messages.get(str(delivery.parcel.data["message"]))
        chosen = endpoint is not None and endpoint.at_least_once
        return chosen and message is not None and message.service

    async def _withdraw(self, key: bytes, delivery: Delivery, reason: str) -> None:
        """Give the reservation back and decide again: something else may be right by now."""
        endpoint = self._endpoint(delivery.endpoint)
        lapsed = self._last_check.lapsed(delivery, endpoint, self._clock.now_ms())
        await self._end(key, ended(delivery, "withdrawn", f"withdrawn: {reason}"))
        if not lapsed or delivery.perhaps:
            return
        decision = self._unifier.decisions.get(str(delivery.parcel.data["decisionId"]))
        item = None if decision is None else item_of(decision, delivery.parcel.data)
        if decision is not None and item is not None and not decision.leaf.startswith(ERASED):
            await self._decide_again(decision, item)

    def _endpoint(self, key: str) -> Endpoint | None:
        bundle = self._unifier.policies.bundle
        return next((part for part in bundle.endpoints if part.key == key), None)

    async def _end(self, key: bytes, after: Delivery) -> None:
        self._untold[key] = after
        await self._tell(after)
        if self._untold.pop(key, None) is not None:
            self._keep(key, after)

    async def _tell(self, delivery: Delivery) -> None:
        """Tell first, then keep: after a crash it is told again under one id, and counts once."""
        now = self._clock.now_ms()
        outcome = outcome_of(delivery, now)
        if outcome is not None:
            record = Reported(received_at=now, source_id=delivery.endpoint, outcomes=(outcome,))
            await self._intake.append(record)

    def forget(self, decision_ids: Iterable[str]) -> None:
        """Drop the deliveries of decisions whose person or account was erased."""
        gone = tuple(f"msg_{decision_id}_".encode() for decision_id in decision_ids)
        held = {*self._pending, *self._untold, *self._busy}
        for key in [key for key in held if gone and key.startswith(gone)]:
            self._pending.pop(key, None)
            self._untold.pop(key, None)
            if key in self._busy:
                self._gone.add(key)

    def _is_erased(self, delivery: Delivery) -> bool:
        decision = self._unifier.decisions.get(str(delivery.parcel.data["decisionId"]))
        return decision is not None and decision.leaf.startswith(ERASED)

    def _keep(self, key: bytes, delivery: Delivery) -> None:
        if key in self._gone or self._is_erased(delivery):
            # It was erased while it was on its way: what is left in the store stays as it is.
            self._pending.pop(key, None)
            return
        self._store.commit([self._change(key, delivery)])
        if delivery.over:
            self.ended[delivery.state] += 1
            self._pending.pop(key, None)
        else:
            self._pending[key] = delivery

    def _change(self, key: bytes, delivery: Delivery) -> Change:
        return Change(DELIVERIES, key, msgspec.json.encode(delivery))
