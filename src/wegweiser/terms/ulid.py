"""Sortable random names: 48 bits of time and 80 bits of randomness in Crockford's base 32."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ulid(at_ms: int, randomness: bytes) -> str:
    """Write a ULID from a moment and 10 bytes (github.com/ulid/spec).

    >>> ulid(1469918176385, bytes(10))
    '01ARYZ6S410000000000000000'
    """
    number = (at_ms << 80) | int.from_bytes(randomness[:10], "big")
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))
