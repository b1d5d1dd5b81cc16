"""Anonymous counts: sums per hour of what was seen on a website, without person or address."""

import asyncio
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

import msgspec

from wegweiser.collect.sighting import Sighting, read_sighting
from wegweiser.flow.tables import ANONYMOUS_COUNTS, number_key
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.instant import DAY_MS, HOUR_MS
from wegweiser.terms.json import Json, JsonObject

# More different sightings of one source in an hour or a day are summed under one path.
ROWS_PER_HOUR = 2_000
ROWS_PER_DAY = 10_000
KEPT_MONTHS = 25
ROWS_PER_COMMIT = 500
HOURS_PER_DAY = DAY_MS // HOUR_MS
OTHER = Sighting("(other)")


class Counted(msgspec.Struct, frozen=True, array_like=True):
    """What one sum is about."""

    source_id: str
    sighting: Sighting


class Owner(msgspec.Struct, frozen=True, array_like=True):
    """Whose a sum is, read without the rest of it."""

    source_id: str


class HourlySum(msgspec.Struct, frozen=True):
    """How often something was seen in the hour that begins at `hour` (ms)."""

    hour: int
    counted: Counted
    count: int


class AnonymousCounts:
    """Sums of the running hour in memory, on disk before a count is acknowledged."""

    def __init__(self, store: OperationalStore, clock: Clock):
        self._store = store
        self._clock = clock
        self._hour = -1
        self._sums: dict[Counted, int] = {}
        self._rows: dict[str, int] = {}
        self._day = -1
        self._rows_of_day: dict[str, int] = {}
        self._changed: dict[bytes, int] = {}
        self._saving = asyncio.Lock()

    async def add(self, source_id: str, body: Json) -> None:
        """Count the sighting in a body of POST /v1/count; returns when the sum is on disk.

        Raises InputRefused for a body that says nothing, ComeAgain on a full disk.
        """
        key = self._count(source_id, read_sighting(body))
        async with self._saving:
            if key not in self._changed:
                return
            changed, self._changed = self._changed, {}
            try:
                await asyncio.to_thread(self._store.commit, _changes(changed))
            except BaseException:
                self._changed = changed | self._changed
                raise

    def _count(self, source_id: str, sighting: Sighting) -> bytes:
        self._turn_to(self._clock.now_ms() // HOUR_MS)
        counted = Counted(source_id, sighting)
        if counted not in self._sums and self._is_full(source_id):
            counted = Counted(source_id, OTHER)
        if counted not in self._sums:
            self._rows_of_day[source_id] = self._rows_of_day.get(source_id, 0) + 1
        self._note(counted, self._sums.get(counted, 0) + 1)
        key = _key(self._hour, counted)
        self._changed[key] = self._sums[counted]
        return key

    def _is_full(self, source_id: str) -> bool:
        """Tell whether a source may have no more rows of its own this hour, or this day."""
        return (
            self._rows.get(source_id, 0) >= ROWS_PER_HOUR
            or self._rows_of_day.get(source_id, 0) >= ROWS_PER_DAY
        )

    def _turn_to(self, hour: int) -> None:
        """Read the sums of an hour that has begun, or was begun before a restart."""
        if hour == self._hour:
            return
        if hour // HOURS_PER_DAY != self._day:
            self._day, self._rows_of_day = hour // HOURS_PER_DAY, {}
            end = number_key((self._day + 1) * HOURS_PER_DAY)
            for key in self._keys(self._day * HOURS_PER_DAY, end):
                owner = msgspec.json.decode(key[8:], type=Owner).source_id
                self._rows_of_day[owner] = self._rows_of_day.get(owner, 0) + 1
        self._hour, self._sums, self._rows = hour, {}, {}
        for row in self.sums(hour * HOUR_MS, (hour + 1) * HOUR_MS):
            self._note(row.counted, row.count)

    def _note(self, counted: Counted, count: int) -> None:
        if counted not in self._sums:
            self._rows[counted.source_id] = self._rows.get(counted.source_id, 0) + 1
        self._sums[counted] = count

    def sums(self, start: int, end: int) -> Iterator[HourlySum]:
        """Yield the sums of all hours that begin in [start, end), both in ms, by hour."""
        after = number_key(max(0, -(-start // HOUR_MS)))
        for key, value in self._store.scan(ANONYMOUS_COUNTS, after=after):
            hour = int.from_bytes(key[:8], "big") * HOUR_MS
            if hour >= end:
                return
            counted = msgspec.json.decode(key[8:], type=Counted)
            yield HourlySum(hour, counted, int(value))

    def _keys(self, hour: int, end: bytes) -> Iterator[bytes]:
        """Yield the keys of all sums from an hour (since 1970) on that come before a key."""
        for key, _ in self._store.scan(ANONYMOUS_COUNTS, after=number_key(hour)):
            if key >= end:
                return
            yield key

    async def expire(self) -> None:
        """Delete the sums of days that are more than 25 months ago, some at a time."""
        end = number_key(_months_before(self._clock.now_ms(), KEPT_MONTHS) // HOUR_MS)
        while gone := [*islice(self._keys(0, end), ROWS_PER_COMMIT)]:
            changes = [Change(ANONYMOUS_COUNTS, key, None) for key in gone]
            await asyncio.to_thread(self._store.commit, changes)


def _months_before(now: int, months: int) -> int:
    """Give the first moment (ms) of the day some months before a moment, in UTC.

    >>> from wegweiser.terms.instant import format_instant, parse_instant
    >>> format_instant(_months_before(parse_instant("2026-03-31T12:00:00Z"), 25))
    '2024-02-29T00:00:00.000Z'
    """
    today = datetime.fromtimestamp(now / 1000, UTC).date()
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    day = min(today.day, monthrange(year, month + 1)[1])
    return round(datetime(year, month + 1, day, tzinfo=UTC).timestamp()) * 1000


def hourly_row(row: HourlySum, source: str, written_hour: str) -> JsonObject:
    """Write a sum as readers see it."""
    seen: JsonObject = msgspec.structs.asdict(row.counted.sighting)
    return {"hour": written_hour, "source": source, **seen, "count": row.count}


def _key(hour: int, counted: Counted) -> bytes:
    return number_key(hour) + msgspec.json.encode(counted)


def _changes(changed: dict[bytes, int]) -> list[Change]:
    return [Change(ANONYMOUS_COUNTS, key, str(count).encode()) for key, count in changed.items()]
