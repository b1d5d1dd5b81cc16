"""Quick answers to "was this message seen before?"; only a persistent table decides alone."""

from collections.abc import Iterable
from hashlib import blake2b
from math import ceil
from struct import Struct

FINGERPRINT_BYTES = 16
_BITS_PER_KEY = 10
_PROBES = 7
_TWO_WORDS = Struct("<QQ").unpack


def fingerprint(source_id: str, message_id: str) -> bytes:
    """Give the 16 bytes under which a message of a source is remembered.

    >>> fingerprint("web", "m-1") == fingerprint("web", "m-1") != fingerprint("app", "m-1")
    True
    """
    # A NUL cannot stand in a source id, so no two pairs share one text.
    named = f"{source_id}\0{message_id}".encode()
    return blake2b(named, digest_size=FINGERPRINT_BYTES).digest()


class RecentWindow:
    """The newest fingerprints: at least `capacity` of them, at most twice as many.

    >>> window = RecentWindow(capacity=2)
    >>> for name in (b"a", b"b", b"c"): window.mark(name)
    >>> window.seen(b"b"), window.seen(b"x")
    (True, False)
    """

    def __init__(self, capacity: int):
        self._capacity = capacity
        self._young: set[bytes] = set()
        self._old: set[bytes] = set()

    def seen(self, mark: bytes) -> bool:
        """Say whether a fingerprint is among the newest."""
        return mark in self._young or mark in self._old

    def mark(self, mark: bytes) -> None:
        """Remember a fingerprint; the oldest half is forgotten when the window is full."""
        if len(self._young) >= self._capacity:
            self._old = self._young
            self._young = set()
        self._young.add(mark)

    def __len__(self) -> int:
        return len(self._young | self._old)


class DayFilter:
    """A Bloom filter for the fingerprints of one day: "no" is certain, "yes" must be checked.

    About 1 % of wrong "yes" at `capacity` keys with 10 bits each, more beyond it.
    Source: B. H. Bloom (1970), Space/time trade-offs in hash coding with allowable errors;
    double hashing after Kirsch and Mitzenmacher (2006).

    >>> day = DayFilter(capacity=1000)
    >>> day.add(fingerprint("web", "m-1"))
    False
    >>> day.may_contain(fingerprint("web", "m-1")), day.may_contain(fingerprint("web", "m-2"))
    (True, False)
    """

    def __init__(self, capacity: int):
        self._bits = bytearray(max(8, ceil(capacity * _BITS_PER_KEY / 8)))
        self._size = len(self._bits) * 8

    def add(self, mark: bytes) -> bool:
        """Remember a 16-byte fingerprint; False when it was certainly not there before."""
        bits, size = self._bits, self._size
        place, step = _hashes(mark, size)
        missing = 0
        for _ in range(_PROBES):
            spot, bit = place >> 3, 1 << (place & 7)
            if not bits[spot] & bit:
                bits[spot] |= bit
                missing += 1
            place += step
            if place >= size:
                place -= size
        return not missing

    def add_all(self, marks: Iterable[bytes]) -> None:
        """Remember many fingerprints, for example those of a stored day."""
        for mark in marks:
            self.add(mark)

    def may_contain(self, mark: bytes) -> bool:
        """Say no only if the fingerprint was certainly never added."""
        bits, size = self._bits, self._size
        place, step = _hashes(mark, size)
        for _ in range(_PROBES):
            if not bits[place >> 3] & (1 << (place & 7)):
                return False
            place += step
            if place >= size:
                place -= size
        return True


def _hashes(mark: bytes, size: int) -> tuple[int, int]:
    # Below the size from the start: whole numbers of one machine word are the fast ones.
    place, step = _TWO_WORDS(mark)
    return place % size, (step | 1) % size
