"""Telling the recipients of somebody's data that it was erased here (Art. 19 GDPR)."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterator

import msgspec

from wegweiser.deliver.receipt import Delivery, start, step
from wegweiser.flow.erasure_subject import Erasable
from wegweiser.flow.tables import DELIVERIES, ERASURE_NOTICES
from wegweiser.flow.unify import Unifier
from wegweiser.ports.channel import Channel, Parcel
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.identity import kind_of, value_of
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.policy import Endpoint

ERASED_EVENT = "erasure.finished"
# Behind these is no system that could delete anything: a mailbox, a chat.
_READ_BY_PEOPLE = ("smtp", "slack")
_SPLIT = "\0"
_STATES = {"pending": "RUNNING", "delivered": "FINISHED"}
_log = logging.getLogger(__name__)
_decode = msgspec.json.Decoder(Delivery).decode


class ErasureNotices:
    """One signed call per erasure and recipient, at least once; names go once it is over."""

    def __init__(
        self,
        unifier: Unifier,
        store: OperationalStore,
        clock: Clock,
        open_channel: Callable[[Endpoint], Channel],
    ):
        self._unifier = unifier
        self._store = store
        self._clock = clock
        self._open_channel = open_channel
        self._channels: dict[Endpoint, Channel] = {}
        found = ((key, _decode(value)) for key, value in store.scan(ERASURE_NOTICES))
        self._waiting = {key: one for key, one in found if not one.over}
        self._leaves_traces = False

    def rows(self, request_id: str, at: int, erasable: Erasable) -> list[Change]:
        """Give what is to be committed with an erasure; call `begin` once it is finished.

        What lies in a folder of ours must hold no name: files tell the ids of persons alone.
        """
        names: list[Json] = [
            {"type": kind_of(name), "value": value_of(name)} for name in sorted(erasable.all_names)
        ]
        told: JsonObject = {
            "request_id": request_id,
            "person_ids": [*sorted(erasable.person_ids)],
            "identifiers": names,
        }
        nameless: JsonObject = {**told, "identifiers": []}
        return [
            _row(request_id, at, one.key, nameless if one.via == "file" else told)
            for one in self._recipients(erasable)
        ]

    def _recipients(self, erasable: Erasable) -> list[Endpoint]:
        """Name the endpoints that ask for it, hear of audiences, or got messages about them."""
        endpoints = self._unifier.policies.bundle.endpoints
        reached = {delivery.endpoint for delivery in self._handed_over(erasable)}
        able = [one for one in endpoints if one.via not in _READ_BY_PEOPLE]
        told = [one for one in able if one.events or one.key in reached]
        return sorted(told, key=lambda one: one.key)

    def _handed_over(self, erasable: Erasable) -> Iterator[Delivery]:
        leaves = {*erasable.names, *(share.leaf for share in erasable.shares)}
        for leaf in leaves:
            for decision in self._unifier.decisions.of_leaf(leaf):
                prefix = f"msg_{decision.decision_id}_".encode()
                for _, value in self._store.scan(DELIVERIES, prefix):
                    delivery = _decode(value)
                    if delivery.endpoint and delivery.tries:
                        yield delivery

    def begin(self, request_id: str) -> None:
        """Begin to tell of an erasure that is finished."""
        found = self._store.scan(ERASURE_NOTICES, f"{request_id}{_SPLIT}".encode())
        read = ((key, _decode(value)) for key, value in found)
        self._waiting |= {key: one for key, one in read if not one.over}

    @property
    def waiting(self) -> int:
        """How many recipients are still to be told."""
        return len(self._waiting)

    def states(self, request_id: str) -> dict[str, str]:
        """Give by endpoint how far it is: RUNNING, FINISHED or FAILED."""
        prefix = f"{request_id}{_SPLIT}".encode()
        return {
            key[len(prefix) :].decode(): _STATES.get(_decode(value).state, "FAILED")
            for key, value in self._store.scan(ERASURE_NOTICES, prefix)
        }

    async def run(self) -> None:
        """Tell what is due; once all are over nothing of the names is left on storage."""
        now = self._clock.now_ms()
        for key, delivery in list(self._waiting.items()):
            if delivery.next_at is not None and delivery.next_at <= now:
                after = await self._tried(delivery)
                self._keep(key, after)
                self._leaves_traces = self._leaves_traces or after.over
        if self._leaves_traces and not self._waiting:
            await asyncio.to_thread(self._store.scrub)
            self._leaves_traces = False

    async def _tried(self, delivery: Delivery) -> Delivery:
        bundle = self._unifier.policies.bundle
        endpoint = next((one for one in bundle.endpoints if one.key == delivery.endpoint), None)
        if endpoint is None:
            return msgspec.structs.replace(delivery, state="blocked", detail="it was removed")
        try:
            if endpoint not in self._channels:
                self._channels[endpoint] = self._open_channel(endpoint)
            receipt = await self._channels[endpoint].hand_over(delivery.parcel)
        except InputRefused as error:
            return msgspec.structs.replace(delivery, state="blocked", detail=error.message)
        jitter = int.from_bytes(self._clock.random_bytes(2), "big") / 65_536
        return step(delivery, receipt, self._clock.now_ms(), jitter)

    def _keep(self, key: bytes, delivery: Delivery) -> None:
        if delivery.over:
            del self._waiting[key]
            if delivery.state != "delivered":
                _log.error("endpoint %s was not told of an erasure", delivery.endpoint)
            delivery = _nameless(delivery)
        else:
            self._waiting[key] = delivery
        self._store.commit([Change(ERASURE_NOTICES, key, msgspec.json.encode(delivery))])


def _row(request_id: str, at: int, endpoint: str, data: JsonObject) -> Change:
    named = hashlib.sha256(f"{request_id}{_SPLIT}{endpoint}".encode()).hexdigest()[:32]
    delivery = start(Parcel(f"msg_{named}", ERASED_EVENT, at, data), endpoint, at)
    key = f"{request_id}{_SPLIT}{endpoint}".encode()
    return Change(ERASURE_NOTICES, key, msgspec.json.encode(delivery))


def _nameless(delivery: Delivery) -> Delivery:
    data = {**delivery.parcel.data, "identifiers": [], "person_ids": []}
    parcel = msgspec.structs.replace(delivery.parcel, data=data)
    return msgspec.structs.replace(delivery, parcel=parcel)
