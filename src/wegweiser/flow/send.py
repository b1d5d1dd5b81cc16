"""Push messages on their way: parcels from decisions, tries, receipts, outcomes."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import msgspec

from wegweiser.decide.consent import permitted
from wegweiser.deliver.parcel import parcel_of
from wegweiser.deliver.receipt import Delivery, start, step
from wegweiser.deliver.render import Missing, render
from wegweiser.flow.intake import Intake
from wegweiser.flow.tables import DELIVERIES, OUTBOX
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.channel import Channel
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.decision import Decision, Item
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import HOUR_MS
from wegweiser.terms.message import Message, Variant
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.policy import Endpoint
from wegweiser.terms.record import ERASED, Reported

DECISIONS_PER_RUN = 200
# A push that could not begin for three days is worse than none.
STALE_MS = 72 * HOUR_MS
OpenChannel = Callable[[Endpoint], Channel]


class Sender:
    """Hands over what was decided; each parcel is built once, whatever crashes or rebuilds."""

    def __init__(
        self,
        unifier: Unifier,
        intake: Intake,
        views: Views,
        store: OperationalStore,
        clock: Clock,
        open_channel: OpenChannel,
    ):
        self._unifier = unifier
        self._intake = intake
        self._views = views
        self._store = store
        self._clock = clock
        self._open_channel = open_channel
        self._channels: dict[Endpoint, Channel] = {}
        self._pending = {
            key: delivery
            for key, value in store.scan(DELIVERIES)
            if not (delivery := msgspec.json.decode(value, type=Delivery)).over
        }

    async def send_due(self) -> None:
        """Begin new deliveries and try all that are due."""
        self._begin()
        now = self._clock.now_ms()
        for key, delivery in list(self._pending.items()):
            if delivery.next_at is not None and delivery.next_at <= now:
                await self._try_alone(key, delivery, now)

    def deliveries(self) -> Iterator[Delivery]:
        """Yield all deliveries, over or not."""
        for _, value in self._store.scan(DELIVERIES):
            yield msgspec.json.decode(value, type=Delivery)

    def _begin(self) -> None:
        """Build the deliveries of decisions that have none yet, some at a time."""
        for key, _ in islice(self._store.scan(OUTBOX), DECISIONS_PER_RUN):
            decision = self._unifier.decisions.get(key.decode())
            begun = [] if decision is None else list(self._built(decision))
            keys = [delivery.parcel.parcel_id.encode() for delivery in begun]
            known = self._store.get(DELIVERIES, keys)
            fresh = [
                (name, delivery)
                for name, delivery, old in zip(keys, begun, known, strict=True)
                if old is None
            ]
            changes = [self._change(name, delivery) for name, delivery in fresh]
            self._store.commit([*changes, Change(OUTBOX, key, None)])
            self._pending |= {name: found for name, found in fresh if not found.over}

    def _built(self, decision: Decision) -> Iterator[Delivery]:
        policy = self._unifier.policies.of(decision.bundle)
        named = self._unifier.policies.bundle.endpoints
        endpoints = {part.channel: part for part in named if not part.events}
        for index, item in enumerate(decision.items):
            if not self._unifier.is_pushed(decision, item):
                continue
            variant = _variant(policy.messages[item.message], item)
            endpoint = endpoints.get(variant.channel)
            try:
                yield self._delivery(decision, index, variant, endpoint)
            except InputRefused as error:
                yield _blocked(decision, index, variant, error.message)

    def _delivery(
        self, decision: Decision, index: int, variant: Variant, endpoint: Endpoint | None
    ) -> Delivery:
        """Build a delivery; one that cannot or may not be sent ends at once, with the reason."""
        now = self._clock.now_ms()
        if endpoint is None:
            return _blocked(decision, index, variant, "no endpoint takes this channel")
        if now - decision.at > STALE_MS:
            return _blocked(decision, index, variant, "the decision is too old to be sent")
        content = render(variant.content, self._views.values(decision.leaf), variant.format)
        if isinstance(content, Missing):
            return _blocked(decision, index, variant, f"{content.path} is missing")
        return start(parcel_of(decision, index, variant, content), endpoint.key, now)

    async def _try_alone(self, key: bytes, delivery: Delivery, now: int) -> None:
        """Try one delivery; an endpoint that cannot be opened ends it, and no other."""
        try:
            await self._try(key, delivery, now)
        except InputRefused as error:
            self._keep(
                key, msgspec.structs.replace(delivery, state="blocked", detail=error.message)
            )

    async def _try(self, key: bytes, delivery: Delivery, now: int) -> None:
        refusal = self._refusal(delivery)
        if refusal:
            stopped = msgspec.structs.replace(
                delivery, state="blocked", next_at=None, detail=refusal
            )
            self._keep(key, stopped)
            return
        endpoint = self._endpoint(delivery.endpoint)
        assert endpoint is not None
        if endpoint not in self._channels:
            self._channels[endpoint] = self._open_channel(endpoint)
        receipt = await self._channels[endpoint].hand_over(delivery.parcel)
        jitter = int.from_bytes(self._clock.random_bytes(2), "big") / 65_536
        after = step(delivery, receipt, self._clock.now_ms(), jitter)
        if after.state == "delivered":
            # Told first: after a crash it is told again under the same id, and counts once.
            await self._tell(after, now)
        self._keep(key, after)

    def _refusal(self, delivery: Delivery) -> str:
        """Check again, at the last moment, what may have changed since the decision."""
        if self._endpoint(delivery.endpoint) is None:
            return "the endpoint was removed"
        message = self._unifier.policy.messages.get(str(delivery.parcel.data["message"]))
        if message is None or message.stopped:
            return "withdrawn: the message was stopped"
        decision = self._unifier.decisions.get(str(delivery.parcel.data["decisionId"]))
        consent = {} if decision is None else self._views.consent(decision.leaf)
        if not permitted(self._unifier.policy, str(delivery.parcel.data["channel"]), consent):
            return "withdrawn: FILTERED_BY_END_USER_CONSENT"
        if not self._views.purposes.permits(delivery.endpoint, consent):
            return "FILTERED_BY_END_USER_CONSENT: the endpoint needs a purpose that is not granted"
        return ""

    def _endpoint(self, key: str) -> Endpoint | None:
        bundle = self._unifier.policies.bundle
        return next((part for part in bundle.endpoints if part.key == key), None)

    async def _tell(self, delivery: Delivery, at: int) -> None:
        data = delivery.parcel.data
        slot = data["slot"]
        outcome = Outcome(
            outcome_id=f"{delivery.parcel.parcel_id}:delivered",
            kind="delivered",
            at=at,
            decision_id=str(data["decisionId"]),
            placement=str(data["placement"]),
            slot=slot if isinstance(slot, int) else 0,
            source_id=delivery.endpoint,
        )
        record = Reported(received_at=at, source_id=delivery.endpoint, outcomes=(outcome,))
        await self._intake.append(record)

    def forget(self, decision_ids: Iterable[str]) -> None:
        """Drop the deliveries of decisions whose person or account was erased."""
        gone = tuple(f"msg_{decision_id}_".encode() for decision_id in decision_ids)
        for key in [key for key in self._pending if gone and key.startswith(gone)]:
            del self._pending[key]

    def _is_erased(self, delivery: Delivery) -> bool:
        decision = self._unifier.decisions.get(str(delivery.parcel.data["decisionId"]))
        return decision is not None and decision.leaf.startswith(ERASED)

    def _keep(self, key: bytes, delivery: Delivery) -> None:
        if self._is_erased(delivery):
            # It was erased while it was on its way.
            self._pending.pop(key, None)
            return
        self._store.commit([self._change(key, delivery)])
        if delivery.over:
            self._pending.pop(key, None)
        else:
            self._pending[key] = delivery

    def _change(self, key: bytes, delivery: Delivery) -> Change:
        return Change(DELIVERIES, key, msgspec.json.encode(delivery))


def _blocked(decision: Decision, index: int, variant: Variant, reason: str) -> Delivery:
    parcel = parcel_of(decision, index, variant, {})
    return Delivery(parcel=parcel, endpoint="", state="blocked", detail=reason)


def _variant(message: Message, item: Item) -> Variant:
    return next(part for part in message.variants if part.key == item.variant)
