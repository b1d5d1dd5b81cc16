"""Callbacks on each change of a request, signed, at least once, in order per address."""

from collections.abc import Callable

import msgspec

from wegweiser.deliver.receipt import Delivery, start, step
from wegweiser.flow.opendsr import SubjectRequest, status_of
from wegweiser.flow.tables import SUBJECT_CALLBACKS, number_key
from wegweiser.ports.channel import Channel, Parcel
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import InputRefused

CALLBACK = "opendsr.status"
_decode = msgspec.json.Decoder(Delivery).decode


class Callbacks:
    """What is still to be told to the senders of requests; `open_channel` opens an address."""

    def __init__(
        self, store: OperationalStore, clock: Clock, open_channel: Callable[[str], Channel]
    ):
        self._store = store
        self._clock = clock
        self._open_channel = open_channel
        self._waiting = {key: _decode(value) for key, value in store.scan(SUBJECT_CALLBACKS)}
        self._number = max((int.from_bytes(key, "big") for key in self._waiting), default=0)

    def note(self, request: SubjectRequest, name: str, results_url: str = "") -> None:
        """Tell every address of a request how far it is now."""
        now, changes = self._clock.now_ms(), []
        for address in request.callbacks:
            data = {**status_of(request, results_url), "status_callback_url": address}
            self._number += 1
            key = number_key(self._number)
            delivery = start(Parcel(f"{name}_{self._number}", CALLBACK, now, data), address, now)
            self._waiting[key] = delivery
            changes.append(Change(SUBJECT_CALLBACKS, key, msgspec.json.encode(delivery)))
        if changes:
            self._store.commit(changes)

    async def run(self) -> None:
        """Tell what is due; at one address nothing overtakes what was to be told before."""
        now, behind = self._clock.now_ms(), set[str]()
        for key, delivery in list(self._waiting.items()):
            due = delivery.next_at is not None and delivery.next_at <= now
            if delivery.endpoint in behind or not due:
                behind.add(delivery.endpoint)
                continue
            after = await self._tried(delivery)
            self._keep(key, after)
            if not after.over:
                behind.add(delivery.endpoint)

    async def _tried(self, delivery: Delivery) -> Delivery:
        try:
            receipt = await self._open_channel(delivery.endpoint).hand_over(delivery.parcel)
        except InputRefused as error:
            return msgspec.structs.replace(delivery, state="blocked", detail=error.message)
        jitter = int.from_bytes(self._clock.random_bytes(2), "big") / 65_536
        return step(delivery, receipt, self._clock.now_ms(), jitter)

    def _keep(self, key: bytes, delivery: Delivery) -> None:
        if delivery.over:
            del self._waiting[key]
        else:
            self._waiting[key] = delivery
        value = None if delivery.over else msgspec.json.encode(delivery)
        self._store.commit([Change(SUBJECT_CALLBACKS, key, value)])
