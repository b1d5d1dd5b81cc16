"""What foreign systems post, as one JSON value: JSON, forms, or plain text."""

from collections.abc import Sequence
from urllib.parse import parse_qsl

from wegweiser.collect.decode import decode_value
from wegweiser.collect.form_parts import read_parts
from wegweiser.terms.errors import BodyRefused
from wegweiser.terms.json import Json, JsonObject

MOST_FIELDS = 1_000
HANDSHAKE_BYTES = 16_384
KEPT_HEADER_CHARACTERS = 1_000
_FORM = "application/x-www-form-urlencoded"
_PARTS = "multipart/form-data"
# Who carries a delivery, and what proves who sent it, is no part of what it says.
_NEVER_KEPT = frozenset(
    (
        *("authorization", "proxy-authorization", "cookie", "x-api-key", "x-write-key", "host"),
        *("connection", "content-length", "transfer-encoding", "accept-encoding", "accept"),
        *("x-forwarded-for", "x-real-ip", "forwarded", "cf-connecting-ip", "true-client-ip"),
        *("webhook-signature", "svix-signature"),
    )
)


def read_body(raw: bytes, content_type: str, json_fields: Sequence[str] = ()) -> Json:
    """Read a body of any shape; what is neither JSON nor a form stays text.

    A form becomes an object of texts, of lists where a name comes twice; its `json_fields`
    are read as JSON.

    >>> read_body(b'{"id": 1}', "text/plain")
    {'id': 1}
    >>> read_body(b"a=1&b=%7B%7D", "application/x-www-form-urlencoded", ["b"])
    {'a': '1', 'b': {}}
    >>> read_body(b"<note/>", "text/xml")
    '<note/>'
    """
    if not raw.strip():
        return None
    kind = content_type.partition(";")[0].strip().lower()
    looks_like_json = raw.lstrip()[:1] in b"{["
    if kind == _FORM and not looks_like_json:
        return read_fields(raw.decode("utf-8", "replace"), json_fields)
    if kind == _PARTS and (parts := read_parts(raw, content_type, MOST_FIELDS)):
        return _fields(parts, json_fields)
    found = _json_or_none(raw) if looks_like_json or kind != _PARTS else None
    return raw.decode("utf-8", "replace").replace("\0", "\ufffd") if found is None else found


def read_handshake(raw: bytes) -> Json:
    """Read what somebody unknown posted: JSON of at most 16 KiB, and nothing else.

    >>> read_handshake(b'{"type": "hello"}'), read_handshake(b"type=hello")
    ({'type': 'hello'}, None)
    """
    return _json_or_none(raw) if 0 < len(raw) <= HANDSHAKE_BYTES else None


def read_fields(text: str, json_fields: Sequence[str] = ()) -> JsonObject:
    """Read the fields of a form or a query; the first thousand count."""
    first = "&".join(text.split("&", MOST_FIELDS)[:MOST_FIELDS])
    return _fields(parse_qsl(first, keep_blank_values=True), json_fields)


def _fields(pairs: Sequence[tuple[str, str]], json_fields: Sequence[str]) -> JsonObject:
    fields: JsonObject = {}
    for name, value in pairs:
        plain = value.replace("\0", "\ufffd")
        held = _json_or_none(plain.encode()) if name in json_fields else None
        read: Json = plain if held is None else held
        before = fields.get(name)
        if before is None:
            fields[name] = read
        else:
            fields[name] = [*before, read] if isinstance(before, list) else [before, read]
    return fields


def _json_or_none(raw: bytes) -> Json:
    try:
        return decode_value(raw)
    except BodyRefused:
        return None


def kept_headers(headers: dict[str, str], private: frozenset[str]) -> JsonObject:
    """Give the headers that a mapping may read; what proves the sender is left out."""
    return {
        name: value[:KEPT_HEADER_CHARACTERS]
        for name, value in sorted(headers.items())
        if name not in _NEVER_KEPT and name not in private
    }
