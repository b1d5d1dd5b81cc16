"""HMAC-SHA256 under keys that are used again and again: what depends on the key is done once."""

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash

_BLOCK_BYTES = 64
_INNER, _OUTER = 0x36, 0x5C


def keyed_hash(key: bytes, message: bytes) -> bytes:
    """Give the 32 bytes of HMAC-SHA256 (RFC 2104).

    >>> keyed_hash(b"key", b"The quick brown fox jumps over the lazy dog").hex()[:16]
    'f7bc83f430538424'
    """
    begun_inner, begun_outer = _begun(key)
    inner, outer = begun_inner.copy(), begun_outer.copy()
    inner.update(message)
    outer.update(inner.digest())
    return outer.digest()


@lru_cache(maxsize=16)
def _begun(key: bytes) -> "tuple[_Hash, _Hash]":
    block = key if len(key) <= _BLOCK_BYTES else hashlib.sha256(key).digest()
    padded = block.ljust(_BLOCK_BYTES, b"\0")
    return _padded(padded, _INNER), _padded(padded, _OUTER)


def _padded(block: bytes, pad: int) -> "_Hash":
    return hashlib.sha256(bytes(byte ^ pad for byte in block))
