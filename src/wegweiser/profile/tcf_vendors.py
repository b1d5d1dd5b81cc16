"""The vendors in a consent string of the Transparency and Consent Framework, version 2."""

import base64
import binascii
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from wegweiser.profile.tcf import LONGEST_STRING, PURPOSES_READ

# The policy that came with TCF 2.3, which asks for the segment of disclosed vendors.
_DISCLOSING_POLICY = 5
_BEFORE_POLICY = 6 + 36 + 36 + 12 + 12 + 6 + 12 + 12
_POLICY_BITS = 6
_BEFORE_PURPOSES = _BEFORE_POLICY + _POLICY_BITS + 1 + 1 + 12
_PURPOSE_BITS = 24
# Consents, legitimate interests, one treatment of purpose 1, the publisher's country.
_BEFORE_VENDORS = _BEFORE_PURPOSES + 2 * _PURPOSE_BITS + 1 + 12
_DISCLOSED_SEGMENT = 1


class Decoded(msgspec.Struct, frozen=True):
    """What a string says; `disclosed` is None where the policy of its time asked for no list."""

    policy: int
    purposes: tuple[int, ...]
    vendors: tuple[int, ...]
    disclosed: tuple[int, ...] | None


class _Bits:
    """Reads numbers from the left; raises IndexError beyond the end."""

    def __init__(self, data: bytes):
        self._number = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def take(self, count: int) -> int:
        if count > self._left:
            raise IndexError
        self._left -= count
        return self._number >> self._left & ((1 << count) - 1)


def tcf_decoded(text: str) -> Decoded | None:
    """Give purposes and vendors consented to, and vendors disclosed; None for no such string.

    In strings of TCF 2.3 and later no vendor counts as disclosed where the list is missing.

    >>> found = tcf_decoded("COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA")
    >>> found.purposes, found.vendors, found.disclosed
    ((1, 2, 3), (2, 6, 8), None)
    """
    return _decoded(text[:LONGEST_STRING])


@lru_cache(maxsize=512)
def _decoded(text: str) -> Decoded | None:
    core, *others = text.split(".")
    try:
        bits = _Bits(_bytes_of(core))
        if bits.take(6) != 2:
            return None
        bits.take(_BEFORE_POLICY - 6)
        policy = bits.take(_POLICY_BITS)
        bits.take(_BEFORE_PURPOSES - _BEFORE_POLICY - _POLICY_BITS)
        granted = bits.take(_PURPOSE_BITS)
        bits.take(_BEFORE_VENDORS - _BEFORE_PURPOSES - _PURPOSE_BITS)
        vendors = tuple(_vendors(bits))
        disclosed = _disclosed(others)
    except (IndexError, binascii.Error, ValueError):
        return None
    purposes = tuple(one for one in PURPOSES_READ if granted >> (_PURPOSE_BITS - one) & 1)
    if disclosed is None and policy >= _DISCLOSING_POLICY:
        disclosed = ()
    return Decoded(policy, purposes, vendors, disclosed)


def _disclosed(segments: list[str]) -> tuple[int, ...] | None:
    for segment in segments:
        bits = _Bits(_bytes_of(segment))
        if bits.take(3) == _DISCLOSED_SEGMENT:
            return tuple(_vendors(bits))
    return None


def _vendors(bits: _Bits) -> Iterator[int]:
    most, by_ranges = bits.take(16), bits.take(1)
    if not by_ranges:
        yield from (vendor for vendor in range(1, most + 1) if bits.take(1))
        return
    before = 0
    for _ in range(bits.take(12)):
        several, first = bits.take(1), bits.take(16)
        last = min(bits.take(16) if several else first, most)
        if first <= before:
            # Ranges rise; some that overlap would make a short string very long.
            raise ValueError
        yield from range(first, last + 1)
        before = max(last, first)


def _bytes_of(segment: str) -> bytes:
    return base64.b64decode(segment + "=" * (-len(segment) % 4), b"-_", validate=True)
