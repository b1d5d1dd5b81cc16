"""Changes that no single log record tells: who entered a segment, was joined, parted or erased.

Each gets the log position at which it was noticed and a number that only rises, and is committed
with the fold, so that whoever reads on after a position misses none.
"""

from collections.abc import Iterable, Iterator

import msgspec

from wegweiser.flow.segment_standing import Move
from wegweiser.flow.tables import FEED_JOURNAL, number_key
from wegweiser.flow.unify import Unifier
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.identity import identifier
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.lineage import Lineage
from wegweiser.terms.profile_change import ChangeType, FeedCursor, ProfileChange

# Numbers of the journal come after all changes that one record can tell.
JOURNAL_FROM = 1 << 24
KEPT_DAYS = 30
MOST_KEPT = 200_000
_LOOKED_AT_ONCE = 1_000
_FLOOR = b"f"
_ROW = b"r"
_UNTOLD = ("rebuild", "erasure")
_LINEAGE: dict[str, ChangeType] = {
    "Identity Merged": "identity.merged",
    "Identity Split": "identity.split",
}
_decode = msgspec.json.Decoder(ProfileChange).decode


class FeedJournal:
    """Keeps 30 days of such changes."""

    def __init__(self, unifier: Unifier, store: OperationalStore, clock: Clock):
        self._unifier = unifier
        self._store = store
        self._clock = clock
        self._fresh: list[ProfileChange] = []
        self._number, self._kept = JOURNAL_FROM, 0
        for key, _ in store.scan(FEED_JOURNAL, _ROW):
            # Positions and numbers rise together, so that the last one is the greatest.
            self._number, self._kept = _cursor_in(key).number, self._kept + 1
        self._drained = self.committed = self._number
        unifier.beside.append(self)

    @property
    def floor(self) -> FeedCursor:
        """Up to where changes are no longer kept."""
        stored = self._store.get(FEED_JOURNAL, [_FLOOR])[0]
        return FeedCursor() if stored is None else msgspec.json.decode(stored, type=FeedCursor)

    def note_move(self, move: Move) -> None:
        """Take note of somebody who entered or left a segment."""
        if move.reason in _UNTOLD:
            return
        told: JsonObject = {
            "audience_key": move.segment,
            "version": move.version,
            "reason": move.reason,
            "caused_by": move.position,
        }
        kind: ChangeType = "audience.entered" if move.entered else "audience.exited"
        self._fresh.append(self._change(kind, move.subject, move.at, told))

    def note_lineage(self, lineage: Lineage) -> None:
        """Take note of persons who were joined or parted."""
        kind = _LINEAGE.get(lineage.event)
        if kind is None:
            return
        previous: list[Json] = [one.person_id for one in lineage.previous]
        told: JsonObject = {
            "previous": previous,
            "reason": lineage.reason,
            "message_id": lineage.message_id,
        }
        subject = identifier("person_id", lineage.person_id)
        self._fresh.append(self._change(kind, subject, lineage.at, told))

    def _change(self, kind: ChangeType, subject: str, at: int, told: JsonObject) -> ProfileChange:
        self._number += 1
        cursor = FeedCursor(self._unifier.position, self._number)
        return ProfileChange(cursor, kind, subject, at, told)

    def after(self, cursor: FeedCursor, upto: int) -> Iterator[ProfileChange]:
        """Yield the committed changes after a cursor, up to a log position, in order."""
        for key, value in self._store.scan(FEED_JOURNAL, _ROW, _key(cursor)):
            if _cursor_in(key).position > upto:
                return
            yield _decode(value)

    def drain(self) -> list[Change]:
        """Hand over what is not yet committed, and let go of what is old."""
        fresh, self._fresh = self._fresh, []
        self._drained = self._number
        self._kept += len(fresh)
        rows = [Change(FEED_JOURNAL, _key(one.cursor), msgspec.json.encode(one)) for one in fresh]
        return [*rows, *self._old()] if fresh else []

    def _old(self) -> list[Change]:
        """Give the deletions of what was kept for long enough, some at a time."""
        before = self._clock.now_ms() - KEPT_DAYS * DAY_MS
        gone: list[Change] = []
        floor = None
        for key, value in self._store.scan(FEED_JOURNAL, _ROW):
            excess = self._kept - len(gone) > MOST_KEPT
            if len(gone) == _LOOKED_AT_ONCE or not (excess or _decode(value).at < before):
                break
            gone.append(Change(FEED_JOURNAL, key, None))
            floor = _cursor_in(key)
        self._kept -= len(gone)
        if floor is None:
            return []
        return [*gone, Change(FEED_JOURNAL, _FLOOR, msgspec.json.encode(floor))]

    def evict(self) -> None:
        """Let what is committed now be read."""
        self.committed = self._drained

    def erased(self, person_ids: Iterable[str], accounts: Iterable[str]) -> list[Change]:
        """Forget what is told of the erased, and tell that they are; gives what is to commit."""
        persons = {identifier("person_id", one) for one in person_ids}
        gone = persons.union(accounts)
        self._fresh = [one for one in self._fresh if one.subject not in gone]
        rows = [
            Change(FEED_JOURNAL, key, None)
            for key, value in self._store.scan(FEED_JOURNAL, _ROW)
            if _decode(value).subject in gone
        ]
        now = self._clock.now_ms()
        told = [self._change("erasure.finished", one, now, {}) for one in sorted(persons)]
        self._drained = self._number
        self._kept += len(told) - len(rows)
        rows += [Change(FEED_JOURNAL, _key(one.cursor), msgspec.json.encode(one)) for one in told]
        return rows


def _key(cursor: FeedCursor) -> bytes:
    return _ROW + number_key(cursor.position, max(cursor.number, 0))


def _cursor_in(key: bytes) -> FeedCursor:
    return FeedCursor(int.from_bytes(key[1:9], "big"), int.from_bytes(key[9:], "big"))
