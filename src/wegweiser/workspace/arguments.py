"""Arguments of operations read with a clear refusal, and results as plain JSON."""

from typing import TypeVar

import msgspec

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong

T = TypeVar("T")


def plain(value: object) -> Json:
    """Turn terms into plain JSON values."""
    converted: Json = msgspec.json.decode(msgspec.json.encode(value))
    return converted


def read(arguments: JsonObject, name: str, kind: type[T], default: Json = None) -> T:
    """Read an argument as this type; raises InputRefused that names it."""
    try:
        return msgspec.convert(arguments.get(name, default), kind)
    except msgspec.ValidationError as error:
        raise InputRefused(
            "bad_input", wrong("argument", name=name, why=str(error)), 422, name
        ) from error


def text(arguments: JsonObject, name: str) -> str:
    """Read an argument that must be a text; raises InputRefused that names it."""
    value = arguments.get(name)
    if not isinstance(value, str) or not value:
        raise InputRefused("bad_input", wrong("argument_missing", name=name), 422, name)
    return value
