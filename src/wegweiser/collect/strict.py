"""The fast parser: reads what needs no repair and refuses everything else.

The types below make the C decoder prove, while it reads, that no key is too long, no integer
too large and nothing too deep. What it refuses is not wrong; the lenient parser looks again.
"""

import re
from types import GenericAlias
from typing import Annotated, Any

import msgspec

from wegweiser.collect.limit import INTEGER, KEY_CHARACTERS
from wegweiser.terms.json import Json, JsonObject

_Key = Annotated[str, msgspec.Meta(max_length=KEY_CHARACTERS)]
_Whole = Annotated[int, msgspec.Meta(ge=-INTEGER, le=INTEGER)]

# Levels below the element that real clients use; deeper elements take the lenient way.
_LEVELS = 5


def _value_type(levels: int) -> Any:  # a type made at run time
    scalar: Any = None | bool | _Whole | float | str
    if levels == 0:
        return scalar
    inner = _value_type(levels - 1)
    return scalar | GenericAlias(list, (inner,)) | GenericAlias(dict, (_Key, inner))


_VALUE: Any = _value_type(_LEVELS)
_OBJECT: Any = GenericAlias(dict, (_Key, _VALUE))
_SHAPE: Any = _OBJECT | GenericAlias(list, (_VALUE,))


class _Batch(msgspec.Struct, forbid_unknown_fields=True, rename="camel", omit_defaults=True):
    batch: list[msgspec.Raw]
    context: _OBJECT | None = None
    integrations: _OBJECT | None = None
    sent_at: _VALUE = None
    timestamp: _VALUE = None
    write_key: _VALUE = None


_read_batch = msgspec.json.Decoder(_Batch).decode
_read_object = msgspec.json.Decoder(_OBJECT).decode
_read_shape = msgspec.json.Decoder(_SHAPE).decode

# A NUL escape, a negative zero and a negative underflow are read without complaint but need
# repair; dates, ids and prose rarely match by accident, and then only lose the fast way.
_NUL_ESCAPE = b"\\u0000"
# Looked behind last, since a pattern that begins with letters is searched for much faster.
_NEGATIVE_ZERO = re.compile(rb"-0(?=[.eE,}\]\s])(?<=[:,\[\s]-0)")
_UNDERFLOW = re.compile(rb"e-\d{3,}[\s,}\]]")
_UNDERFLOW_CAPITAL = re.compile(rb"E-\d{3,}[\s,}\]]")

REFUSALS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class NeedsRepair(Exception):
    """The bytes hold something that the fast parser would let through unrepaired."""


def needs_repair(body: bytes) -> bool:
    """Say whether bytes may hold a NUL or a negative zero.

    >>> needs_repair(b'{"at": "2026-01-0e", "x": 1}'), needs_repair(b'{"x": -0.0}')
    (False, True)
    """
    return (
        _NUL_ESCAPE in body
        or _NEGATIVE_ZERO.search(body) is not None
        or _UNDERFLOW.search(body) is not None
        or _UNDERFLOW_CAPITAL.search(body) is not None
    )


def read_object(body: bytes | msgspec.Raw) -> JsonObject:
    """Read one JSON object that needs no repair; raises one of REFUSALS for anything else."""
    found: JsonObject = _read_object(body)
    return found


def read_object_or_list(body: bytes) -> Json:
    """Read a JSON object or array that needs no repair; raises one of REFUSALS for anything else.

    A bare value is refused: a negative zero is found by what stands before it.
    """
    found: Json = _read_shape(body)
    return found


def split_batch(body: bytes) -> tuple[JsonObject, list[msgspec.Raw]]:
    """Read a batch's root and cut its elements apart, unread; raises one of REFUSALS."""
    batch = _read_batch(body)
    root: dict[str, Json] = {
        "context": batch.context,
        "integrations": batch.integrations,
        "sentAt": batch.sent_at,
        "writeKey": batch.write_key,
    }
    return root, batch.batch
