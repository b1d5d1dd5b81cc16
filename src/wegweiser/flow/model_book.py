"""The published snapshots: the newest decides, older ones explain what they decided."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from itertools import pairwise

import msgspec

from wegweiser.flow.tables import MODELS, number_key
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.model import Head, Snapshot

# Of snapshots that no decision of so many days refers to, the last one of each day is kept.
KEEP_DAYS = 30
# After so many small ones a whole one is stored, so that reading takes two steps at most.
WHOLE_EVERY = 100
_MOST_READ = 8


class Line(msgspec.Struct, frozen=True):
    """What is told of one stored snapshot; `bytes` is what it takes in the store."""

    number: int
    labels: int
    watermark: int
    digest: str
    bytes: int


class _Mark(msgspec.Struct, frozen=True):
    """Of a stored snapshot no more than tells whether to keep it."""

    number: int = 0
    watermark: int = 0
    base: int = 0


class ModelBook:
    """Snapshots by number, stored as differences from a whole one."""

    def __init__(self, store: OperationalStore):
        self._store = store
        self._numbers = [int.from_bytes(key, "big") for key, _ in store.scan(MODELS)]
        self._read: OrderedDict[int, Snapshot] = OrderedDict()
        self._whole = self._newest_whole()
        self.newest = self.numbered(self._numbers[-1]) if self._numbers else Snapshot()

    def _newest_whole(self) -> Snapshot:
        if not self._numbers:
            return Snapshot()
        found = self._stored(self._numbers[-1])
        return self._stored(found.base) if found.base else found

    def _stored(self, number: int) -> Snapshot:
        [value] = self._store.get(MODELS, [number_key(number)])
        return Snapshot() if value is None else msgspec.json.decode(value, type=Snapshot)

    def numbered(self, number: int) -> Snapshot:
        """Find a snapshot; the nearest one before it that is kept, or an empty one before all."""
        kept = max((one for one in self._numbers if one <= number), default=0)
        if not kept:
            return Snapshot()
        if kept not in self._read:
            found = self._stored(kept)
            self._read[kept] = _whole(found, self._stored(found.base)) if found.base else found
            while len(self._read) > _MOST_READ:
                self._read.popitem(last=False)
        self._read.move_to_end(kept)
        return self._read[kept]

    def publish(self, snapshot: Snapshot) -> None:
        """Let a snapshot decide from here on; what only the next one needs leaves the last one."""
        before = self.newest
        changes = [Change(MODELS, number_key(snapshot.number), self._encoded(snapshot))]
        if before.number and (before.tallies or before.waiting or before.leanings):
            stored = self._stored(before.number)
            slim = msgspec.structs.replace(stored, tallies={}, waiting={}, leanings={})
            changes.append(Change(MODELS, number_key(before.number), msgspec.json.encode(slim)))
            if self._whole.number == before.number:
                self._whole = slim
        self._store.commit(changes)
        self._numbers.append(snapshot.number)
        self._read.clear()
        self._read[snapshot.number] = self.newest = snapshot

    def _encoded(self, snapshot: Snapshot) -> bytes:
        part = _part(snapshot, self._whole)
        if part is None or snapshot.number - self._whole.number >= WHOLE_EVERY:
            self._whole = snapshot
            part = snapshot
        return msgspec.json.encode(part)

    def lines(self) -> Iterator[Line]:
        """Yield what is kept, oldest first."""
        for _, value in self._store.scan(MODELS):
            one = msgspec.json.decode(value, type=Snapshot)
            yield Line(one.number, one.labels, one.watermark, one.digest, len(value))

    def thin(self, now: int) -> int:
        """Drop what no decision of the last 30 days refers to but the last of each day.

        `now` in milliseconds; gives how many were dropped.
        """
        # A day has up to 1,440 of them: whole ones together would fill the memory.
        stored = [msgspec.json.decode(value, type=_Mark) for _, value in self._store.scan(MODELS)]
        wanted = {self.newest.number}
        for one, later in pairwise(stored):
            last_of_day = one.watermark // DAY_MS != later.watermark // DAY_MS
            if last_of_day or later.watermark > now - KEEP_DAYS * DAY_MS:
                wanted.add(one.number)
        wanted |= {one.base for one in stored if one.number in wanted and one.base}
        dropped = [number for number in self._numbers if number not in wanted]
        if dropped:
            self._store.commit([Change(MODELS, number_key(number), None) for number in dropped])
            self._numbers = [number for number in self._numbers if number in wanted]
            self._read.clear()
        return len(dropped)


def newest_snapshot(store: OperationalStore) -> Snapshot:
    """Read the newest snapshot of a store; an empty one before the first."""
    return ModelBook(store).newest


def _part(snapshot: Snapshot, whole: Snapshot) -> Snapshot | None:
    """Leave out of the heads what stands in another snapshot; None where that saves too little."""
    if not whole.number:
        return None
    heads: dict[str, Head] = {}
    left = total = 0
    for name, head in snapshot.heads.items():
        base = whole.heads.get(name, Head())
        mean, variance = _news(head.mean, base.mean), _news(head.variance, base.variance)
        heads[name] = msgspec.structs.replace(head, mean=mean, variance=variance)
        left += len(mean) + len(variance)
        total += len(head.mean) + len(head.variance)
    if 2 * left > total:
        return None
    return msgspec.structs.replace(snapshot, heads=heads, base=whole.number)


def _news(values: Mapping[str, float], before: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in values.items() if before.get(name) != value}


def _whole(part: Snapshot, base: Snapshot) -> Snapshot:
    heads = {
        name: msgspec.structs.replace(
            head,
            mean=base.heads.get(name, Head()).mean | head.mean,
            variance=base.heads.get(name, Head()).variance | head.variance,
        )
        for name, head in part.heads.items()
    }
    return msgspec.structs.replace(part, heads=heads, base=0)
