"""CloudEvents 1.0 in their three HTTP modes, as elements of the Segment kind."""

import hashlib
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

import msgspec

from wegweiser.collect.decode import Decoded, decode_list, decode_value
from wegweiser.terms.errors import BodyRefused
from wegweiser.terms.json import Json, JsonObject

_PREFIX = "ce-"
# The ids of what a public key sends: it cannot take the place of a server's event.
_PUBLIC_ID, _TRUSTED_ID = "public-ce-", "ce-"
_MEDIA_TYPE = "application/cloudevents"
_OWN_CALL = re.compile(r"wegweiser\.(track|identify|page|screen|group|alias)\.v1")
_NEEDED = ("id", "source", "type")
_NO_ATTRIBUTES = ("data", "data_base64", "specversion")
# Where a repair stands in the element, by where it stood in the CloudEvent.
_MOVED = {"userid": "userId", "anonymousid": "anonymousId", "subject": "userId"}


def read_cloudevents(headers: Mapping[str, str], body: bytes) -> Decoded:
    """Read the CloudEvents of a request, not yet turned into elements; header names lower case.

    Raises BodyRefused `bad_json`, `bad_encoding`, `bad_shape` (no CloudEvent), `too_large`.

    >>> read_cloudevents({}, b'{"specversion": "1.0", "id": "7"}').elements
    [{'specversion': '1.0', 'id': '7'}]
    """
    declared = headers.get("content-type", "").strip().lower().startswith(_MEDIA_TYPE)
    if not declared and _PREFIX + "specversion" in headers:
        return decode_list(_structured(headers, body))
    found = decode_list(body)
    if not declared and not any(_is_cloudevent(event) for event in found.elements):
        raise BodyRefused("bad_shape", "The request holds no CloudEvent: it has no specversion.")
    return found


def elements_of(events: Decoded, trusted: bool) -> Decoded:
    """Turn CloudEvents into elements; only a `trusted` sender names a person by `subject`.

    `wegweiser.{call}.v1` carries an element as its data, every other type becomes a track
    event of that name; what is no CloudEvent is kept as it came, with its fault.

    >>> event = {"specversion": "1.0", "id": "7", "source": "/shop", "type": "paid",
    ...          "userid": "u-1", "data": {"total": 5}}
    >>> found = elements_of(Decoded({}, [event], [99]), trusted=False).elements[0]
    >>> found["event"], found["userId"], found["properties"]
    ('paid', 'u-1', {'total': 5})
    """
    elements: list[Json] = []
    faults = dict(events.faults)
    repairs: dict[int, tuple[str, ...]] = {}
    for index, event in enumerate(events.elements):
        element, fault = (event, faults[index]) if index in faults else _element(event, trusted)
        elements.append(event if fault else element)
        if fault:
            faults[index] = fault
        if index in events.repairs:
            own = isinstance(event, dict) and _call(event) is not None
            repairs[index] = tuple(_moved(repair, own) for repair in events.repairs[index])
    return Decoded({}, elements, events.sizes, repairs, faults)


def _structured(headers: Mapping[str, str], body: bytes) -> bytes:
    """Write a CloudEvent whose attributes stand in headers as one JSON object."""
    event: JsonObject = {
        name.removeprefix(_PREFIX): _header_text(value)
        for name, value in headers.items()
        if name.startswith(_PREFIX)
    }
    if "content-type" in headers:
        event["datacontenttype"] = headers["content-type"]
    if not body.strip():
        return msgspec.json.encode(event)
    whole = decode_list(body) if body.strip()[:1] in (b"{", b"[") else decode_value(body)
    if not isinstance(whole, Decoded):
        return msgspec.json.encode(event | {"data": whole})
    # As it came, so that the parser sees and notes what needs repair.
    return msgspec.json.encode(event)[:-1] + b',"data":' + body.strip() + b"}"


def _header_text(value: str) -> str:
    return unquote_to_bytes(value.encode("latin-1")).decode("utf-8", "replace")


def _is_cloudevent(event: Json) -> bool:
    return isinstance(event, dict) and "specversion" in event


def _call(event: JsonObject) -> str | None:
    stated = event.get("type")
    found = _OWN_CALL.fullmatch(stated) if isinstance(stated, str) else None
    return found[1] if found else None


def _element(event: Json, trusted: bool) -> tuple[JsonObject, str]:
    """Give the element of one CloudEvent and the code of its fault, empty when it has none."""
    if not isinstance(event, dict) or event.get("specversion") != "1.0":
        return {}, "bad_cloudevent"
    attributes = {name: event[name] for name in event if name not in _NO_ATTRIBUTES}
    if not all(isinstance(event.get(name), str) and event[name] for name in _NEEDED):
        return {}, "bad_cloudevent"
    data = _data(event)
    call = _call(event)
    if call is None:
        return _track(event, attributes, data, trusted), ""
    if not isinstance(data, dict):
        return {}, "bad_shape"
    if data.get("type", call) != call:
        return {}, "bad_type"
    stated: JsonObject = {"messageId": _message_id(event, trusted)}
    if "originalTimestamp" not in data:
        stated["timestamp"] = event.get("time")
    return stated | {"type": call} | data, ""


def _track(event: JsonObject, attributes: JsonObject, data: Json, trusted: bool) -> JsonObject:
    user_id, anonymous_id = event.get("userid"), event.get("anonymousid")
    if trusted and user_id in (None, "") and anonymous_id in (None, ""):
        user_id = event.get("subject")
    return {
        "type": "track",
        "event": event["type"],
        "messageId": _message_id(event, trusted),
        "timestamp": event.get("time"),
        "userId": user_id,
        "anonymousId": anonymous_id,
        "properties": data,
        "context": {"cloudevent": attributes},
    }


def _message_id(event: JsonObject, trusted: bool) -> str:
    """Name the message by what makes a CloudEvent unique: its source and its id."""
    named = msgspec.json.encode([event["source"], event["id"]])
    begins = _TRUSTED_ID if trusted else _PUBLIC_ID
    return begins + hashlib.blake2b(named, digest_size=20).hexdigest()


def _data(event: JsonObject) -> Json:
    packed = event.get("data_base64")
    if "data" in event or not isinstance(packed, str):
        return event.get("data")
    try:
        return decode_value(b64decode(packed, validate=True))
    except (NotBase64, ValueError, BodyRefused):
        return packed


def _moved(repair: str, own: bool) -> str:
    code, blank, path = repair.partition(" /")
    field, slash, rest = path.partition("/")
    if field == "data":
        return f"{code}{blank}{rest}" if own else f"{code}{blank}properties{slash}{rest}"
    return f"{code}{blank}{_MOVED.get(field, field)}{slash}{rest}"
