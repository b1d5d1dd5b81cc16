"""Which requests were surely never answered, so that most need no look into the store."""

from collections.abc import Iterable
from hashlib import blake2b
from itertools import islice

from wegweiser.collect.duplicate import FINGERPRINT_BYTES, MarkFilter
from wegweiser.flow.tables import REQUESTS
from wegweiser.ports.operational_store import OperationalStore

FIRST_ROOM = 250_000
GROWTH = 4
# A few milliseconds each time.
ROWS_AT_ONCE = 2_000


class RequestMarks:
    """A filter of all requests that the store holds; until it was read anything may be there."""

    def __init__(self, store: OperationalStore, room: int = FIRST_ROOM):
        """`room` is for how many requests it is made at first."""
        self._store = store
        self._room = room
        self.begin(())

    def begin(self, held: Iterable[bytes]) -> None:
        """Read the store anew; `held` are keys that may not be committed yet."""
        self._filter: MarkFilter | None = None
        self._count = 0
        self._after = b""
        self.complete = False
        self.add(held)

    def may_hold(self, key: bytes) -> bool:
        """Say no only if the store certainly holds no request of this key."""
        if not self.complete:
            return True
        return self._filter is not None and self._filter.may_contain(_mark(key))

    def add(self, keys: Iterable[bytes]) -> None:
        """Remember keys that are about to be committed."""
        marks = [_mark(key) for key in keys]
        if marks:
            if self._filter is None:
                self._filter = MarkFilter(self._room)
            self._filter.add_all(marks)
            self._count += len(marks)

    def read_on(self, held: Iterable[bytes], rows: int = ROWS_AT_ONCE) -> None:
        """Read some more of the store; `held` are keys that may not be committed yet."""
        if self._count > self._room:
            self._room *= GROWTH
            self.begin(held)
        if not self.complete:
            keys = [key for key, _ in islice(self._store.scan(REQUESTS, after=self._after), rows)]
            self.add(keys)
            self._after = keys[-1] if keys else self._after
            self.complete = len(keys) < rows


def _mark(key: bytes) -> bytes:
    return blake2b(key, digest_size=FINGERPRINT_BYTES).digest()
