"""Distinct counts: a set of hashes up to 256, then HyperLogLog with 4,096 registers.

A state is a function of the set of what was counted alone, so that it merges in any order.
Source of the estimate: Flajolet, Fusy, Gandouet, Meunier (2007), with linear counting below
2.5 times the number of registers; relative standard error 1.04 / sqrt(4096) = 1.6 %.
"""

from collections.abc import Iterable
from hashlib import blake2b
from math import log

import msgspec

MOST_EXACT = 256
PRECISION = 12
REGISTERS = 1 << PRECISION
_ALPHA = 0.7213 / (1 + 1.079 / REGISTERS)
_REST_BITS = 64 - PRECISION


class Distinct(msgspec.Struct, array_like=True):
    """Sorted hashes of what was counted; once there are too many, registers in their place."""

    hashes: list[int] = msgspec.field(default_factory=list)
    registers: bytes = b""

    @property
    def is_exact(self) -> bool:
        """True as long as nothing is estimated."""
        return not self.registers


def hash_of(value: str) -> int:
    """Give 64 bits that stand for a value."""
    digest = blake2b(value.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def counting(values: Iterable[str]) -> Distinct:
    """Count values.

    >>> size(counting(["a", "b", "a"]))
    2
    """
    return _of({hash_of(value) for value in values})


def include(held: Distinct, value: str) -> Distinct:
    """Count one more value; gives the state that counts it."""
    new = hash_of(value)
    if held.registers:
        place, rank = _place_and_rank(new)
        if held.registers[place] >= rank:
            return held
        registers = bytearray(held.registers)
        registers[place] = rank
        return Distinct([], bytes(registers))
    return held if new in held.hashes else _of({*held.hashes, new})


def union(a: Distinct, b: Distinct) -> Distinct:
    """Count what either has counted.

    >>> size(union(counting(["a", "b"]), counting(["b", "c"])))
    3
    """
    if not a.registers and not b.registers:
        return _of({*a.hashes, *b.hashes})
    left, right = _registers(a), _registers(b)
    return Distinct([], bytes(map(max, left, right)))


def size(held: Distinct) -> int:
    """Give how many distinct values were counted; an estimate where `is_exact` is false."""
    if held.is_exact:
        return len(held.hashes)
    empty = held.registers.count(0)
    raw = _ALPHA * REGISTERS**2 / sum(2.0**-rank for rank in held.registers)
    if empty and raw <= 2.5 * REGISTERS:
        return round(REGISTERS * log(REGISTERS / empty))
    return round(raw)


def _of(hashes: set[int]) -> Distinct:
    if len(hashes) <= MOST_EXACT:
        return Distinct(sorted(hashes))
    return Distinct([], _registers(Distinct([*hashes])))


def _registers(held: Distinct) -> bytes:
    if held.registers:
        return held.registers
    registers = bytearray(REGISTERS)
    for one in held.hashes:
        place, rank = _place_and_rank(one)
        registers[place] = max(registers[place], rank)
    return bytes(registers)


def _place_and_rank(one: int) -> tuple[int, int]:
    rest = one & ((1 << _REST_BITS) - 1)
    return one >> _REST_BITS, _REST_BITS - rest.bit_length() + 1
