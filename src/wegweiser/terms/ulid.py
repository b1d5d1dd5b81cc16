"""Sortable random names: 48 bits of time and 80 bits of randomness in Crockford's base 32."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = 26
_LETTERS_OF_TIME = 10
# Two letters at once: names are made for every identifier that is ever seen.
_PAIRS = [one + other for one in _ALPHABET for other in _ALPHABET]
_SHIFTS = tuple(range(120, -1, -10))
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}


def ulid(at_ms: int, randomness: bytes) -> str:
    """Write a ULID from a moment and 10 bytes (github.com/ulid/spec).

    >>> ulid(1469918176385, bytes(10))
    '01ARYZ6S410000000000000000'
    """
    number = (at_ms << 80) | int.from_bytes(randomness[:10], "big")
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in _SHIFTS])


def moment_of(name: str) -> int | None:
    """Give the moment (ms) that a ULID was made of, None for what is no ULID.

    >>> moment_of("01ARYZ6S410000000000000000"), moment_of("01ARYZ6S41"), moment_of("u" * 26)
    (1469918176385, None, None)
    """
    if len(name) != _LETTERS:
        return None
    moment = 0
    for letter in name[:_LETTERS_OF_TIME]:
        value = _VALUES.get(letter)
        if value is None:
            return None
        moment = moment << 5 | value
    return moment
