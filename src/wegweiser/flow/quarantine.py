"""Elements that were set aside: kept whole by the fold until something replaces them."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from wegweiser.collect.read import Reading, Told
from wegweiser.flow.tables import META, QUARANTINE, number_key
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.event import Refused
from wegweiser.terms.source import SourceKind, Trust

ROWS_AT_ONCE = 256
PLACE_DIGITS = 19
_COUNTS = b"quarantine"
Place = tuple[int, int]
"""Where an element stands: the log position of its request, and its index there."""


class Quarantined(msgspec.Struct, frozen=True, rename="camel"):
    """An element set aside, with where it came from."""

    received_at: int
    source_id: str
    refused: Refused
    trust: Trust = Trust.PUBLIC
    kind: SourceKind = "live"


class Counts(msgspec.Struct):
    """Bytes kept now by source, how many of them are the public's, and elements ever by code."""

    bytes_of: dict[str, int] = msgspec.field(default_factory=dict)
    public_bytes_of: dict[str, int] = msgspec.field(default_factory=dict)
    ever: dict[str, int] = msgspec.field(default_factory=dict)


class QuarantineBook:
    """What is set aside, as the log says: an element leaves when a later record replaces it."""

    def __init__(self, store: OperationalStore):
        self._store = store
        self._fresh: dict[bytes, bytes | None] = {}
        # Handed over, but perhaps not yet committed.
        self._leaving: dict[bytes, bytes | None] = {}
        stored = store.get(META, [_COUNTS])[0]
        if stored is None:
            self.counts = Counts()
            for _, value in store.scan(QUARANTINE):
                self._count(msgspec.json.decode(value, type=Quarantined), len(value))
        else:
            self.counts = msgspec.json.decode(stored, type=Counts)
            if b'"public_bytes_of"' not in stored:
                self._count_public()

    def add(self, position: int, kept: Quarantined) -> None:
        """Set an element aside that came with the request at a log position."""
        value = msgspec.json.encode(kept)
        self._fresh[number_key(position, kept.refused.index)] = value
        self._count(kept, len(value))

    def _count(self, kept: Quarantined, size: int) -> None:
        ever = self.counts.ever
        ever[kept.refused.code] = ever.get(kept.refused.code, 0) + 1
        self._weigh(kept, size)

    def _weigh(self, kept: Quarantined, added: int) -> None:
        counts, source_id = self.counts, kept.source_id
        counts.bytes_of[source_id] = counts.bytes_of.get(source_id, 0) + added
        if kept.trust < Trust.SERVER:
            public = counts.public_bytes_of
            public[source_id] = public.get(source_id, 0) + added

    def _count_public(self) -> None:
        """Count what is kept of the public: the counts are of a time when nobody did."""
        public = self.counts.public_bytes_of
        for _, value in self._store.scan(QUARANTINE):
            kept = msgspec.json.decode(value, type=Quarantined)
            if kept.trust < Trust.SERVER:
                public[kept.source_id] = public.get(kept.source_id, 0) + len(value)

    def get(self, place: Place) -> Quarantined | None:
        """Find an element, None when there is none or it has left."""
        value = self._value(number_key(*place))
        return None if value is None else msgspec.json.decode(value, type=Quarantined)

    def _value(self, key: bytes) -> bytes | None:
        for pending in (self._fresh, self._leaving):
            if key in pending:
                return pending[key]
        return self._store.get(QUARANTINE, [key])[0]

    def holds(self, places: Sequence[Place]) -> bool:
        """Tell whether all these elements are still set aside."""
        return all(self._value(number_key(*place)) is not None for place in places)

    def release(self, places: Sequence[Place]) -> list[Quarantined]:
        """Let elements go that are set aside; gives them."""
        released: list[Quarantined] = []
        for place in places:
            key = number_key(*place)
            value = self._value(key)
            if value is not None:
                kept = msgspec.json.decode(value, type=Quarantined)
                self._fresh[key] = None
                self._weigh(kept, -len(value))
                released.append(kept)
        return released

    def blank(self, places: Mapping[Place, tuple[str, Refused]]) -> list[Change]:
        """Empty elements, given the code that each had, and hand over the changes; counts follow.

        Only while nothing else is waiting to be handed over.
        """
        for place, (code, left) in places.items():
            kept = self.get(place)
            if kept is None or kept.refused.code != left.code:
                ever = self.counts.ever
                ever[code] = ever.get(code, 0) - 1
                if ever[code] <= 0:
                    del ever[code]
                ever[left.code] = ever.get(left.code, 0) + 1
            if kept is not None:
                value = msgspec.json.encode(msgspec.structs.replace(kept, refused=left))
                old = self._value(number_key(*place)) or b""
                self._weigh(kept, len(value) - len(old))
                self._fresh[number_key(*place)] = value
        return self.drain()

    def rows(self, after: Place | None = None) -> Iterator[tuple[Place, Quarantined]]:
        """Yield the next committed elements in order of the log, at most 256 of them."""
        start = b"" if after is None else number_key(*after)
        # Read at once, so that the store is not held while whoever asks lets others run.
        for key, value in [*islice(self._store.scan(QUARANTINE, after=start), ROWS_AT_ONCE)]:
            place = (int.from_bytes(key[:8], "big"), int.from_bytes(key[8:], "big"))
            yield place, msgspec.json.decode(value, type=Quarantined)

    def bytes_of(self, source_id: str) -> int:
        """Give the bytes that are kept for a source."""
        return self.counts.bytes_of.get(source_id, 0)

    def room(self, source_id: str, trust: Trust, most_bytes: int) -> int:
        """Give the bytes that may still be set aside for a source and senders of a trust.

        Half of `most_bytes` is for servers alone: nobody who read a public key off a page can
        take the room of what a server sends.
        """
        room = most_bytes - self.bytes_of(source_id)
        if trust >= Trust.SERVER:
            return room
        return min(room, most_bytes // 2 - self.counts.public_bytes_of.get(source_id, 0))

    def drain(self) -> list[Change]:
        """Hand over what is not yet committed."""
        if not self._fresh:
            return []
        fresh, self._fresh = self._fresh, {}
        self._leaving |= fresh
        changes = [Change(QUARANTINE, key, value) for key, value in fresh.items()]
        return [*changes, Change(META, _COUNTS, msgspec.json.encode(self.counts))]

    def evict(self) -> None:
        """Forget what was handed over; only after it is committed."""
        self._leaving = {}


def quarantine_id(place: Place) -> str:
    """Name an element for people.

    >>> quarantine_id((12, 3))
    'q-12-3'
    """
    return f"q-{place[0]}-{place[1]}"


def place_of(text: str) -> Place | None:
    """Read the name of an element; None when it is none.

    >>> place_of("q-12-3"), place_of("12")
    ((12, 3), None)
    """
    mark, *numbers = text.split("-")
    if mark != "q" or len(numbers) != 2 or not all(part.isdecimal() for part in numbers):
        return None
    if any(len(part) > PLACE_DIGITS for part in numbers):
        return None
    position, index = (int(part) for part in numbers)
    return (position, index) if max(position, index) < 1 << 63 else None


def within_room(reading: Reading, room_bytes: int) -> Reading:
    """Keep of the refused elements what there is room for; the others are rejected."""
    kept: list[Refused] = []
    full: list[Told] = []
    for refused in reading.record.refused:
        room_bytes -= len(msgspec.json.encode(refused))
        if room_bytes >= 0:
            kept.append(refused)
        else:
            full.append(Told(refused.index, refused.message_id, "quarantine_full"))
    if not full:
        return reading
    lost = {told.index for told in full}
    return msgspec.structs.replace(
        reading,
        record=msgspec.structs.replace(
            reading.record,
            refused=tuple(kept),
            rejected=reading.record.rejected + len(full),
        ),
        quarantined=tuple(told for told in reading.quarantined if told.index not in lost),
        rejected=tuple(sorted([*reading.rejected, *full], key=lambda told: told.index)),
    )
