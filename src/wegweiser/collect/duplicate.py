"""Quick answers to "was this message seen before?"; only a persistent table decides alone."""

from collections.abc import Callable, Sequence
from hashlib import blake2b
from itertools import islice
from math import ceil
from struct import Struct

import numpy as np

from wegweiser.terms.event import Refused

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


def mark_of_refused(source_id: str, refused: Refused) -> bytes:
    """Give the mark under which a record that could not be mapped is known; empty for others.

    >>> mark_of_refused("shop", Refused(0, "unknown_type", "No such type.", None))
    b''
    """
    # No id that a sender may state holds a NUL.
    name = f"\0{refused.mapping}\0{refused.message_id}"
    return fingerprint(source_id, name) if refused.mapping else b""


class RecentWindow:
    """The newest fingerprints, oldest first; the caller takes out what is beyond a capacity.

    >>> window = RecentWindow()
    >>> for name in (b"a", b"b", b"c"): window.mark(name)
    >>> window.take_excess(2), window.seen(b"a"), window.seen(b"c")
    ([b'a'], False, True)
    """

    def __init__(self) -> None:
        self._marks: dict[bytes, None] = {}
        self.seen = self._marks.__contains__
        # Remembers a fingerprint: bare, as every event pays for it.
        self.mark: Callable[[bytes], None] = self._marks.setdefault

    def __len__(self) -> int:
        return len(self._marks)

    def take_excess(self, capacity: int) -> list[bytes]:
        """Forget the oldest fingerprints beyond a capacity, and give them."""
        excess = list(islice(self._marks, max(0, len(self._marks) - capacity)))
        for mark in excess:
            del self._marks[mark]
        return excess


class MarkFilter:
    """A Bloom filter for fingerprints: "no" is certain, "yes" must be checked.

    About 1 % of wrong "yes" at `capacity` keys with 10 bits each, more beyond it.
    Source: B. H. Bloom (1970), Space/time trade-offs in hash coding with allowable errors;
    double hashing after Kirsch and Mitzenmacher (2006).

    >>> old = MarkFilter(capacity=1000)
    >>> old.add_all([fingerprint("web", "m-1")])
    >>> old.may_contain(fingerprint("web", "m-1")), old.may_contain(fingerprint("web", "m-2"))
    (True, False)
    """

    def __init__(self, capacity: int):
        self._bits = bytearray(max(8, ceil(capacity * _BITS_PER_KEY / 8)))
        self._size = len(self._bits) * 8

    @classmethod
    def of(cls, bits: bytes) -> "MarkFilter":
        """Give the filter whose `bits` were kept."""
        kept = cls(0)
        kept._bits = bytearray(bits)
        kept._size = len(bits) * 8
        return kept

    @property
    def bits(self) -> bytearray:
        """All that the filter knows."""
        return self._bits

    def add_all(self, marks: Sequence[bytes]) -> None:
        """Remember many 16-byte fingerprints at once."""
        self.add_joined(b"".join(marks))

    def add_joined(self, marks: bytes) -> None:
        """Remember fingerprints that stand one after the other."""
        bits = np.frombuffer(self._bits, np.uint8)
        words = np.frombuffer(marks, "<u8").reshape(-1, 2)
        place = words[:, 0] % self._size
        step = (words[:, 1] | 1) % self._size
        for _ in range(_PROBES):
            np.bitwise_or.at(bits, place >> 3, (1 << (place & 7)).astype(np.uint8))
            place = (place + step) % self._size

    def may_contain(self, mark: bytes) -> bool:
        """Say no only if the fingerprint was certainly never added."""
        bits, size = self._bits, self._size
        place, step = _TWO_WORDS(mark)
        # Below the size from the start: whole numbers of one machine word are the fast ones.
        place %= size
        step = (step | 1) % size
        for _ in range(_PROBES):
            if not bits[place >> 3] & (1 << (place & 7)):
                return False
            place += step
            if place >= size:
                place -= size
        return True
