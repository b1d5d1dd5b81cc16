"""Hands alarms over to people and systems: noted on disk first, tried again, never mailed twice."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Sequence

import msgspec

from wegweiser.deliver.receipt import Delivery, attempting, interrupted, start, step
from wegweiser.flow.tables import ALARM_SENDS
from wegweiser.ports.channel import Channel, OnceChannel, Parcel, Receipt
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import InputRefused, WegweiserError
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import JsonObject

TYPE = "alarm.raised"
KEPT_MS = 400 * DAY_MS
_decode = msgspec.json.Decoder(Delivery).decode
_log = logging.getLogger(__name__)
Open = Callable[[Parcel, str], Channel]


class AlarmPost:
    """`parcel` prepares a hand-over to be committed with its alarms; `run` tries what is due."""

    def __init__(self, store: OperationalStore, clock: Clock, open_channel: Open):
        self._store = store
        self._clock = clock
        self._open = open_channel
        self._working = asyncio.Lock()
        for key, value in store.scan(ALARM_SENDS):
            delivery = _decode(value)
            if not delivery.over:
                # A mail that a crash cut off may have arrived; a webhook knows its id again.
                again = "to" not in delivery.parcel.data
                self._keep(key, interrupted(delivery, again, clock.now_ms()))

    def parcel(self, about: str, data: JsonObject, endpoint: str) -> Change:
        """Write a hand-over down; the same about the same to the same place is one."""
        now = self._clock.now_ms()
        named = hashlib.sha256(f"{about}\0{endpoint}\0{data.get('to', '')}".encode()).hexdigest()
        parcel = Parcel(f"alm_{named[:32]}", TYPE, now, data)
        key = f"{now:016x}\0{parcel.parcel_id}".encode()
        return Change(ALARM_SENDS, key, msgspec.json.encode(start(parcel, endpoint, now)))

    def sends(self) -> list[Delivery]:
        """List what became of hand-overs, newest first."""
        return [_decode(value) for _, value in self._store.scan(ALARM_SENDS)][::-1]

    async def run(self) -> None:
        """Try what is due, and forget what is very old."""
        async with self._working:
            now = self._clock.now_ms()
            old: list[Change] = []
            for key, value in list(self._store.scan(ALARM_SENDS)):
                delivery = _decode(value)
                if delivery.is_due(now):
                    self._keep(key, await self._tried(key, delivery))
                elif delivery.over and delivery.parcel.at < now - KEPT_MS:
                    old.append(Change(ALARM_SENDS, key, None))
            if old:
                self._store.commit(old)

    async def _tried(self, key: bytes, delivery: Delivery) -> Delivery:
        try:
            channel = self._open(delivery.parcel, delivery.endpoint)
        except InputRefused as error:
            return self._stepped(delivery, _receipt(delivery, "blocked", error.message))
        except (WegweiserError, OSError, RuntimeError) as error:
            return self._stepped(delivery, _receipt(delivery, "failed", str(error)))

        def attempt() -> None:
            self._keep(key, attempting(delivery, self._clock.now_ms()))

        if isinstance(channel, OnceChannel):
            receipt = await channel.hand_over_once(delivery.parcel, attempt)
        else:
            attempt()
            receipt = await channel.hand_over(delivery.parcel)
        return self._stepped(delivery, receipt)

    def _stepped(self, delivery: Delivery, receipt: Receipt) -> Delivery:
        jitter = int.from_bytes(self._clock.random_bytes(2), "big") / 65_536
        after = step(delivery, receipt, self._clock.now_ms(), jitter)
        if after.over and after.state != "delivered":
            _log.error("an alarm was not handed over to %s: %s", after.endpoint, after.detail)
        return after

    def _keep(self, key: bytes, after: Delivery) -> None:
        self._store.commit([Change(ALARM_SENDS, key, msgspec.json.encode(after))])


def of_alarms(sends: Sequence[Delivery], alarm_id: str) -> list[Delivery]:
    """Give the hand-overs that told of an alarm."""
    return [one for one in sends if alarm_id in _ids(one)]


def _ids(delivery: Delivery) -> list[str]:
    found = delivery.parcel.data.get("alarmIds")
    return [str(one) for one in found] if isinstance(found, list) else []


def _receipt(delivery: Delivery, state: str, detail: str) -> Receipt:
    return msgspec.convert(
        {"parcel_id": delivery.parcel.parcel_id, "state": state, "status": 0, "detail": detail},
        Receipt,
    )
