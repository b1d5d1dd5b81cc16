"""What may be kept of an element that is set aside: neither write keys nor proofs of identity."""

import re

import msgspec

from wegweiser.terms.json import Json

WRITE_KEY = "writeKey"
USER_HASH = "userHash"
USER_HASH_EXPIRES = "userHashExp"
_SECRET = (WRITE_KEY, USER_HASH)
_IN_BYTES = tuple(f'"{name}"'.encode() for name in _SECRET)
_IN_TEXT = re.compile(rf'("(?:{"|".join(_SECRET)})"\s*:\s*)"[^"\\]*(?:\\.[^"\\]*)*"?')


def keepable(element: Json) -> Json:
    """Give a refused element without the fields that would let its reader send in its name.

    One that is nested too deep stands as its own text.

    >>> keepable({"type": "odd", "writeKey": "wgw_sk_1", "context": {"userHash": "5e", "x": 1}})
    {'type': 'odd', 'context': {'x': 1}}
    >>> keepable('{"writeKey": "wgw_sk_1", "x": 1}')
    '{"writeKey": "***", "x": 1}'
    """
    if isinstance(element, str):
        return _IN_TEXT.sub(r'\1"***"', element)
    encoded = msgspec.json.encode(element)
    if not any(name in encoded for name in _IN_BYTES):
        return element
    return _without(element)


def _without(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _without(held) for name, held in value.items() if name not in _SECRET}
    return [_without(held) for held in value] if isinstance(value, list) else value
