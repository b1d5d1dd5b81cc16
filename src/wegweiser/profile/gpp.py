"""What a string of the Global Privacy Platform says: an opt-out from sale, sharing, targeting.

The string is a header, then one section per law; the header says which they are. Only two kinds
of sections speak of what is asked here: that of the Transparency and Consent Framework, which is
read as such, and those of the United States, where people opt out and nobody has to opt in.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache

import msgspec

from wegweiser.profile.tcf import LONGEST_STRING

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_VALUE_OF = {sign: value for value, sign in enumerate(_ALPHABET)}
_SIX = 6
_HEADER_TYPE, _HEADER_VERSION = 3, 1
_MOST_SECTIONS = 64
EUROPE, _UNITED_STATES_TEXT = 2, 6
# After six bits for the version come fields of two bits; these are the places of opting out of
# sale, sharing or targeted advertising. What is not said otherwise has them at 3 and 4.
_OPT_OUTS: Mapping[int, tuple[int, ...]] = {
    **dict.fromkeys(range(8, 23), (3, 4)),
    7: (6, 7, 8),
    11: (4, 5),
    18: (4, 5),
}
_OPTED_OUT = 1
# A further part of such a section, which repeats the signal of Global Privacy Control.
_CONTROL_PART = 1


class Gpp(msgspec.Struct, frozen=True):
    """`sections` by number, those that say that somebody opts out, and the European string."""

    sections: tuple[int, ...]
    tcf: str
    opted_out: tuple[int, ...]


def gpp_decoded(text: str) -> Gpp | None:
    """Read a string; None for one that cannot be read.

    >>> gpp_decoded("DBABMA~COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA").sections
    (2,)
    >>> gpp_decoded("DBABTA~1YYN").opted_out
    (6,)
    >>> gpp_decoded("consent!") is None
    True
    """
    return _decoded(text) if len(text) <= LONGEST_STRING else None


@lru_cache(maxsize=512)
def _decoded(text: str) -> Gpp | None:
    header, *parts = text.split("~")
    try:
        sections = tuple(_sections(_Bits(header)))
    except (KeyError, IndexError):
        return None
    if not sections or len(sections) != len(parts):
        return None
    held = dict(zip(sections, parts, strict=True))
    opted_out = tuple(number for number, part in held.items() if _opts_out(number, part))
    return Gpp(sections, held.get(EUROPE, ""), opted_out)


class _Bits:
    """Reads the bits of signs of six bits each; raises KeyError or IndexError."""

    def __init__(self, text: str):
        self._bits = "".join(f"{_VALUE_OF[sign]:06b}" for sign in text)
        self._place = 0

    def take(self, count: int) -> int:
        if self._place + count > len(self._bits):
            raise IndexError
        self._place += count
        return int(self._bits[self._place - count : self._place], 2)

    def fibonacci(self) -> int:
        """Read a number as a sum of Fibonacci numbers, which ends where two ones meet."""
        total, before, weight, last = 0, 1, 1, 0
        while True:
            bit = self.take(1)
            if bit and last:
                return total
            total += bit * weight
            before, weight, last = weight, before + weight, bit


def _sections(bits: _Bits) -> Iterator[int]:
    """Yield the numbers of all sections in their order; raises IndexError for another header."""
    if (bits.take(_SIX), bits.take(_SIX)) != (_HEADER_TYPE, _HEADER_VERSION):
        raise IndexError
    number = 0
    for _ in range(bits.take(2 * _SIX)):
        is_range = bits.take(1)
        number += bits.fibonacci()
        last = number + (bits.fibonacci() if is_range else 0)
        if last > _MOST_SECTIONS:
            raise IndexError
        yield from range(number, last + 1)
        number = last


def _opts_out(number: int, part: str) -> bool:
    """Tell whether a section of the United States says that somebody opts out of anything."""
    if number == _UNITED_STATES_TEXT:
        return len(part) == 4 and part[2] in "Yy"
    if number not in _OPT_OUTS:
        return False
    core, *others = part.split(".")
    try:
        bits = _Bits(core)
        bits.take(_SIX)
        fields = [bits.take(2) for _ in range(max(_OPT_OUTS[number]) + 1)]
        controlled = any(_is_controlled(other) for other in others)
    except (KeyError, IndexError):
        return False
    return controlled or any(fields[place] == _OPTED_OUT for place in _OPT_OUTS[number])


def _is_controlled(part: str) -> bool:
    bits = _Bits(part)
    return bits.take(2) == _CONTROL_PART and bits.take(1) == 1
