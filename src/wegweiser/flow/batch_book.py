"""Batches on record: what was asked, how far it is, and whom it is still about."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal

import msgspec

from wegweiser.flow.tables import BATCH_SUBJECTS, BATCHES, number_key
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.decision import Subject
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import JsonObject

KEPT_MS = 30 * DAY_MS
_PAGE = 1_000
State = Literal["running", "done", "cancelled"]
_decode = msgspec.json.Decoder(Subject).decode


class Batch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One batch; times in ms. `done` of `total` subjects are decided, told apart in `counts`."""

    batch_id: str
    source_id: str
    placement: str
    digest: str
    created_at: int
    total: int = 0
    done: int = 0
    state: State = "running"
    counts: dict[str, int] = {}
    segment: str = ""
    shared: JsonObject = {}
    ended_at: int | None = None

    def request_id(self, number: int) -> str:
        """Name the request that decides for the subject of this number, from 0."""
        return f"{self.batch_id}/{number}"

    def told(self) -> JsonObject:
        """Write it as its asker sees it."""
        named: JsonObject = {"segment": self.segment} if self.segment else {}
        return {
            "batch_id": self.batch_id,
            "status": self.state,
            "placement": self.placement,
            **named,
            "total": self.total,
            "done": self.done,
            "left": self.total - self.done,
            "counts": {**self.counts},
            "created_at": format_instant(self.created_at),
            "ended_at": None if self.ended_at is None else format_instant(self.ended_at),
        }


class BatchBook:
    """Keeps batches over a restart and a rebuild; a subject only until it is decided."""

    def __init__(self, store: OperationalStore):
        self._store = store

    def get(self, batch_id: str) -> Batch | None:
        """Find a batch."""
        stored = self._store.get(BATCHES, [batch_id.encode()])[0]
        return None if stored is None else msgspec.json.decode(stored, type=Batch)

    def all(self) -> Iterator[Batch]:
        """Yield all batches, oldest first by their ids."""
        for _, value in self._store.scan(BATCHES):
            yield msgspec.json.decode(value, type=Batch)

    def add_subjects(self, batch_id: str, first: int, subjects: Sequence[Subject]) -> None:
        """Keep subjects of a batch that is not begun yet."""
        self._store.commit(
            [
                Change(BATCH_SUBJECTS, _key(batch_id, first + place), msgspec.json.encode(subject))
                for place, subject in enumerate(subjects)
            ]
        )

    def subjects(self, batch_id: str, most: int) -> list[tuple[int, Subject]]:
        """Give the next subjects that are to be decided, with their numbers."""
        start = _start(batch_id)
        rows = islice(self._store.scan(BATCH_SUBJECTS, start), most)
        return [(int.from_bytes(key[len(start) :], "big"), _decode(value)) for key, value in rows]

    def numbered(self, batch_id: str, numbers: Sequence[int]) -> list[tuple[int, Subject]]:
        """Give those subjects of some numbers that are still to be decided."""
        keys = [_key(batch_id, number) for number in numbers]
        rows = zip(numbers, self._store.get(BATCH_SUBJECTS, keys), strict=True)
        return [(number, _decode(value)) for number, value in rows if value is not None]

    def waiting_for(self, batch_id: str) -> Iterator[tuple[int, Subject]]:
        """Yield everybody whom a batch is still about, with their numbers, read page by page."""
        start = after = _start(batch_id)
        while rows := list(islice(self._store.scan(BATCH_SUBJECTS, start, after), _PAGE)):
            for key, value in rows:
                yield int.from_bytes(key[len(start) :], "big"), _decode(value)
            after = rows[-1][0]

    def put(self, batch: Batch, decided: Iterable[int] = ()) -> None:
        """Keep how far a batch is, and forget the subjects that are decided."""
        gone = [Change(BATCH_SUBJECTS, _key(batch.batch_id, number), None) for number in decided]
        row = Change(BATCHES, batch.batch_id.encode(), msgspec.json.encode(batch))
        self._store.commit([*gone, row])

    def end(self, batch: Batch) -> None:
        """Keep the end of a batch, and forget whom it would still have been about."""
        self.put(batch)
        self.clear(batch.batch_id)

    def clear(self, batch_id: str) -> None:
        """Forget the subjects of a batch, also of one whose beginning was broken off."""
        while rows := self.subjects(batch_id, 1_000):
            gone = [Change(BATCH_SUBJECTS, _key(batch_id, number), None) for number, _ in rows]
            self._store.commit(gone)

    def expire(self, now: int) -> None:
        """Forget what ended 30 days ago."""
        old = [one for one in self.all() if one.ended_at and one.ended_at < now - KEPT_MS]
        self._store.commit([Change(BATCHES, one.batch_id.encode(), None) for one in old])

    def waiting(self) -> Iterator[tuple[bytes, Subject]]:
        """Yield everybody whom a batch is still about, with the key of the row."""
        for key, value in self._store.scan(BATCH_SUBJECTS):
            yield key, _decode(value)


def _start(batch_id: str) -> bytes:
    return batch_id.encode() + b"\0"


def _key(batch_id: str, number: int) -> bytes:
    return _start(batch_id) + number_key(number)
