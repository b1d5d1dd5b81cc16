"""Entering and leaving of segments told to other systems: at least once, in order per member."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator

import msgspec

from wegweiser.decide.consent import google_signals, permitted
from wegweiser.deliver.receipt import Delivery, start, step
from wegweiser.flow.segment_standing import Move
from wegweiser.flow.tables import SEGMENT_NEWS, number_key
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.channel import Channel, Parcel
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.identity import kind_of, value_of
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.policy import Endpoint
from wegweiser.terms.profile_change import NAMELESS

PERSON = "person_id"
TRIES_PER_RUN = 200
# Nothing moved: it was only counted in another way.
UNTOLD = ("rebuild", "erasure")
_log = logging.getLogger(__name__)
_decode = msgspec.json.Decoder(Delivery).decode


class SegmentFeed:
    """Tells endpoints that ask for it; what is to be told is committed with the membership."""

    def __init__(
        self,
        unifier: Unifier,
        views: Views,
        store: OperationalStore,
        clock: Clock,
        open_channel: Callable[[Endpoint], Channel],
    ):
        self._unifier = unifier
        self._views = views
        self._store = store
        self._clock = clock
        self._open_channel = open_channel
        self._channels: dict[Endpoint, Channel] = {}
        self._waiting = {key: _decode(value) for key, value in store.scan(SEGMENT_NEWS)}
        self._number = max((int.from_bytes(key, "big") for key in self._waiting), default=0)
        self._fresh: dict[bytes, Delivery] = {}
        self._drained: dict[bytes, Delivery] = {}
        self.given_up = 0
        self.filtered = 0
        unifier.beside.append(self)

    @property
    def waiting(self) -> int:
        """How many moves are still to be told."""
        return len(self._waiting) + len(self._drained) + len(self._fresh)

    def note(self, move: Move) -> None:
        """Take note of a move for every endpoint that asks for it."""
        kind = "audience.entered" if move.entered else "audience.exited"
        for endpoint in self._unifier.policies.bundle.endpoints:
            wanted = not endpoint.segments or move.segment in endpoint.segments
            if kind in endpoint.events and wanted and move.reason not in UNTOLD:
                parcel = Parcel(_name_of(move, endpoint.key), kind, move.at, _data_of(move))
                self.tell(parcel, endpoint.key)

    def tell(self, parcel: Parcel, endpoint: str) -> None:
        """Put a parcel about a `subject` into the line of an endpoint."""
        self._number += 1
        self._fresh[number_key(self._number)] = start(parcel, endpoint, parcel.at)

    def waiting_for(self, endpoint: str) -> int:
        """How much is still to be told to an endpoint."""
        lines = (one for line in self._lines() for one in line.values())
        return sum(one.endpoint == endpoint for one in lines)

    async def run(self) -> None:
        """Tell what is due; of one member nothing overtakes what is told later."""
        now, tries, behind = self._clock.now_ms(), 0, set[tuple[str, str]]()
        for key, delivery in list(self._waiting.items()):
            line = (delivery.endpoint, str(delivery.parcel.data["subject"]))
            due = delivery.next_at is not None and delivery.next_at <= now
            if line in behind or not due or tries == TRIES_PER_RUN:
                behind.add(line)
                continue
            tries += 1
            after = await self._tried(delivery)
            if key in self._waiting:
                self._keep(key, after)
            if not after.over:
                behind.add(line)

    async def _tried(self, delivery: Delivery) -> Delivery:
        """Try once; without an endpoint, consent or member there is nothing to try."""
        endpoint = self._endpoint(delivery.endpoint)
        if endpoint is None:
            return msgspec.structs.replace(delivery, state="blocked", detail="it was removed")
        told = self._told(delivery.parcel, endpoint)
        if told is None:
            self.filtered += 1
            return msgspec.structs.replace(
                delivery, state="blocked", detail="FILTERED_BY_END_USER_CONSENT"
            )
        try:
            if endpoint not in self._channels:
                self._channels[endpoint] = self._open_channel(endpoint)
            receipt = await self._channels[endpoint].hand_over(told)
        except InputRefused as error:
            return msgspec.structs.replace(delivery, state="blocked", detail=error.message)
        jitter = int.from_bytes(self._clock.random_bytes(2), "big") / 65_536
        return step(delivery, receipt, self._clock.now_ms(), jitter)

    def _told(self, parcel: Parcel, endpoint: Endpoint) -> Parcel | None:
        """Say who it is only with consent; that somebody left is told without a name."""
        subject = str(parcel.data["subject"])
        data = {name: value for name, value in parcel.data.items() if name != "subject"}
        if kind_of(subject) != PERSON:
            return msgspec.structs.replace(parcel, data={**data, "group_id": value_of(subject)})
        data["person_id"] = value_of(subject)
        if self._views.find_person(subject) == value_of(subject):
            person = self._views.person(value_of(subject))
            consent = self._views.consent_of(value_of(subject))
            allowed = permitted(self._unifier.policy, endpoint.channel, consent)
            if allowed and self._views.purposes.permits(endpoint.key, consent):
                data["consent"] = google_signals(consent)
                known: list[Json] = [
                    {"type": one.type, "value": one.value} for one in person.identifiers
                ]
                return msgspec.structs.replace(parcel, data={**data, "identifiers": known})
        return msgspec.structs.replace(parcel, data=data) if parcel.type in NAMELESS else None

    def _endpoint(self, key: str) -> Endpoint | None:
        bundle = self._unifier.policies.bundle
        return next((part for part in bundle.endpoints if part.key == key), None)

    def _keep(self, key: bytes, delivery: Delivery) -> None:
        if delivery.over:
            del self._waiting[key]
            if delivery.state not in ("delivered", "blocked"):
                self.given_up += 1
                _log.error("endpoint %s was not told of a segment", delivery.endpoint)
        else:
            self._waiting[key] = delivery
        value = None if delivery.over else msgspec.json.encode(delivery)
        self._store.commit([Change(SEGMENT_NEWS, key, value)])

    def drain(self) -> list[Change]:
        """Hand over what is not yet committed."""
        fresh, self._fresh = self._fresh, {}
        self._drained |= fresh
        return [
            Change(SEGMENT_NEWS, key, msgspec.json.encode(delivery))
            for key, delivery in fresh.items()
        ]

    def evict(self) -> None:
        """Begin to tell what is committed now."""
        self._waiting |= self._drained
        self._drained = {}

    def erased(self, person_ids: Iterable[str], accounts: Iterable[str]) -> list[Change]:
        """Tell nothing more of who was erased; gives what is to be committed at once."""
        gone = {*(f"{PERSON}:{one}" for one in person_ids), *accounts}
        return [change for line in self._lines() for change in _dropped(line, gone)]

    def _lines(self) -> Iterator[dict[bytes, Delivery]]:
        yield from (self._waiting, self._drained, self._fresh)


def _dropped(line: dict[bytes, Delivery], gone: set[str]) -> list[Change]:
    theirs = [key for key, one in line.items() if one.parcel.data["subject"] in gone]
    for key in theirs:
        del line[key]
    return [Change(SEGMENT_NEWS, key, None) for key in theirs]


def _name_of(move: Move, endpoint: str) -> str:
    """Name a move so that telling it again is known as the same."""
    parts = (endpoint, move.segment, move.version, move.subject, *move.cause, move.entered)
    return "msg_" + hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _data_of(move: Move) -> JsonObject:
    # The key of the segment first: named like one of the others, it must not replace it.
    return {
        move.segment: move.entered,
        "subject": move.subject,
        "audience_key": move.segment,
        "version": move.version,
        "reason": move.reason,
        "caused_by": move.position,
    }
