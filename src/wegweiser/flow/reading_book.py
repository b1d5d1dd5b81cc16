"""When measures were read whose reading is itself a sign: relations monthly, effect quarterly."""

from collections.abc import Iterator

import msgspec

from wegweiser.flow.tables import READINGS
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.instant import DAY_MS, day_of

OF_PRACTICE = ("revenue.relations", "lift", "lift.arms", "watch.effect", "allocate.effort")


class Reading(msgspec.Struct, frozen=True):
    """A measure that somebody read on a day (ms UTC of its beginning); nobody is named."""

    measure: str
    at: int


class ReadingBook:
    """Keeps one reading per measure and day."""

    def __init__(self, store: OperationalStore):
        self._store = store
        self._noted: set[bytes] = set()

    def note(self, measure: str, at_ms: int) -> None:
        """Note that a measure is read; of most it says nothing, and the same day counts once."""
        if measure not in OF_PRACTICE:
            return
        key = f"{day_of(at_ms):09}|{measure}".encode()
        if key not in self._noted:
            self._noted.add(key)
            reading = Reading(measure, day_of(at_ms) * DAY_MS)
            self._store.commit([Change(READINGS, key, msgspec.json.encode(reading))])


def read_readings(store: OperationalStore) -> Iterator[Reading]:
    """Yield all readings, the oldest first."""
    for _, value in store.scan(READINGS):
        yield msgspec.json.decode(value, type=Reading)
