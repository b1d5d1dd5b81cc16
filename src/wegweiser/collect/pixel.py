"""A pixel: an event in the address of a picture, as base64 of JSON or as dotted names."""

from base64 import b64decode
from binascii import Error as NotBase64
from urllib.parse import parse_qsl

import msgspec

from wegweiser.collect.decode import Decoded, decode
from wegweiser.collect.limit import DEPTH
from wegweiser.terms.errors import BodyRefused
from wegweiser.terms.json import JsonObject

# One transparent point, 43 bytes.
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00"
    b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


def read_pixel(query: str) -> Decoded:
    """Read the event of a pixel; what cannot be read at all stands as text, with its fault.

    >>> read_pixel("userId=u-1&properties.subject=news").root
    {'userId': 'u-1', 'properties': {'subject': 'news'}}
    >>> read_pixel("data=e30").root, read_pixel("data=%25").faults
    ({}, {0: 'bad_json'})
    """
    fields = parse_qsl(query, keep_blank_values=True)
    data = dict(fields).get("data")
    try:
        body = msgspec.json.encode(_nested(fields)) if data is None else _unpacked(data)
        return decode(body, batch=False)
    except BodyRefused as refusal:
        text = query if data is None else data
        return Decoded({}, [text], [len(text)], faults={0: refusal.code})


def _unpacked(data: str) -> bytes:
    # A plus sign that nobody encoded arrives as a blank.
    digits = data.strip().rstrip("=").replace(" ", "+").replace("-", "+").replace("_", "/")
    try:
        return b64decode(digits + "=" * (-len(digits) % 4), validate=True)
    except (NotBase64, ValueError):
        raise BodyRefused("bad_json", "`data` is not base64 of JSON.") from None


def _nested(fields: list[tuple[str, str]]) -> JsonObject:
    """Turn dotted names into objects; of names that contradict each other the last wins."""
    root: JsonObject = {}
    for name, value in fields:
        # Deeper than any event may be, so that a hostile name costs no more than a refusal.
        *above, last = name.split(".", DEPTH + 1)
        place = root
        for part in above:
            inner = place.get(part)
            if not isinstance(inner, dict):
                inner = place[part] = {}
            place = inner
        place[last] = value
    return root
