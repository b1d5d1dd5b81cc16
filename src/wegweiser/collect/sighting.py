"""The body of an anonymous count: what was seen, never who saw it."""

import re

import msgspec

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject

PATH_CHARACTERS = 255
HOST_CHARACTERS = 253
NAME_CHARACTERS = 100
_HOST = re.compile(r"[a-z0-9_.:\[\]-]*")


class Sighting(msgspec.Struct, frozen=True, order=True):
    """A page view, or an event where `event` names one; "" is unknown."""

    path: str
    referrer_host: str = ""
    campaign: str = ""
    event: str = ""


def read_sighting(body: Json) -> Sighting:
    """Read the body of `POST /v1/count`; a query or fragment in the path is cut off.

    Raises InputRefused `bad_shape` or `bad_value` naming the field.

    >>> read_sighting({"path": "/prices?mail=me", "referrer_host": "www.example.org"})
    Sighting(path='/prices', referrer_host='www.example.org', campaign='', event='')
    """
    if not isinstance(body, dict):
        raise InputRefused("bad_shape", "The body is not a JSON object.")
    path = re.split("[?#]", _text(body, "path", PATH_CHARACTERS), maxsplit=1)[0]
    if not path.startswith("/"):
        raise InputRefused("bad_value", "`path` does not begin with a slash.", field="path")
    host = _text(body, "referrer_host", HOST_CHARACTERS).lower()
    return Sighting(
        path,
        host if _HOST.fullmatch(host) else "",
        _text(body, "campaign", NAME_CHARACTERS),
        _text(body, "event", NAME_CHARACTERS),
    )


def _text(body: JsonObject, name: str, most: int) -> str:
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputRefused("bad_value", f"`{name}` is not text.", field=name)
    return "".join(letter for letter in value if letter.isprintable())[:most]
