"""One way to write a value as bytes: equal content gives equal bytes."""

import msgspec

_encode = msgspec.msgpack.Encoder(order="deterministic").encode


def canonical_bytes(value: object) -> bytes:
    """Write a value as MessagePack with sorted keys.

    >>> canonical_bytes({"b": 1, "a": 2}) == canonical_bytes({"a": 2, "b": 1})
    True
    """
    return _encode(value)
