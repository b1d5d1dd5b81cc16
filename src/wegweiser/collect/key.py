"""The write key of a request: the places where clients put it, and what they must agree on."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import parse_qs

from wegweiser.terms.errors import KeyRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Caller
from wegweiser.terms.wire import WireRequest

_MASK = "***"
_SECRET_PREFIX = "wgw_sk_"
_OUR_PREFIX = "wgw_"
_HEADERS_KEPT = 256
_PIXEL_PATHS = ("/pixel/", "/v1/pixel/")
_QUERY_PATHS = ("/beacon/", *_PIXEL_PATHS, "/sourceConfig")


def written_keys(request: WireRequest, root: JsonObject, elements: Sequence[Json] = ()) -> str:
    """Give the one key that a request carries in headers, URL or the body's root.

    Where none of them holds one, the first key in an element of the batch speaks for all.

    Raises KeyRefused: `unknown_key` (401) without a key, `key_mismatch` (403) where two
    differ, `forbidden` (403) for a secret key in a URL.

    >>> written_keys(WireRequest("POST", "/v1/b", headers={"x-write-key": "k1"}), {})
    'k1'
    """
    in_headers = header_keys(request)
    if len(in_headers) == 1 and not request.query and root.get("writeKey") is None:
        return in_headers[0]
    found = dict.fromkeys((*in_headers, *filter(None, _url_keys(request))))
    in_body = key_text(root.get("writeKey"))
    if in_body.startswith(_SECRET_PREFIX) and request.path.startswith(_PIXEL_PATHS):
        raise _secret_in_url()
    if in_body:
        found[in_body] = None
    if not found:
        found = dict.fromkeys(_element_keys(elements))
    if not found:
        raise KeyRefused(
            "unknown_key", "No write key: send it as the user name of Basic authorization."
        )
    if len(found) > 1:
        raise KeyRefused("key_mismatch", "The request carries two keys that differ.", 403)
    return next(iter(found))


def _element_keys(elements: Sequence[Json]) -> list[str]:
    for element in elements:
        if isinstance(element, dict) and (key := key_text(element.get("writeKey"))):
            return [key]
    return []


def header_keys(request: WireRequest) -> tuple[str, ...]:
    """Give the keys that stand in headers, before the body is read.

    >>> header_keys(WireRequest("POST", "/v1/b", headers={"authorization": "Basic azE6"}))
    ('k1',)
    """
    get = request.headers.get
    stated = get("authorization", ""), get("x-write-key", ""), get("x-api-key", "")
    # Every request of a sender carries the same headers.
    short = sum(map(len, stated)) <= _HEADERS_KEPT
    return _known_headers(*stated) if short else _keys_of_headers(*stated)


def key_text(value: Json) -> str:
    """Give a key, trimmed; "" for what is empty, masked or no text.

    >>> key_text(" k1 "), key_text("key1:***")
    ('k1', '')
    """
    if not isinstance(value, str) or _MASK in value:
        return ""
    return value.strip()


def refuse_secret_in_browser(request: WireRequest, caller: Caller) -> None:
    """Refuse a secret key that a web page sent. Raises KeyRefused `secret_in_browser` (403)."""
    if not caller.public and "origin" in request.headers:
        raise KeyRefused(
            "secret_in_browser", "A secret key does not belong into a web page: revoke it.", 403
        )


def _keys_of_headers(authorization: str, write_key: str, api_key: str) -> tuple[str, ...]:
    stated = _authorization_key(authorization), key_text(write_key), key_text(api_key)
    return tuple(key for key in stated if key)


_known_headers = lru_cache(maxsize=1_024)(_keys_of_headers)


def _authorization_key(header: str) -> str:
    scheme, _, value = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        # Other systems' tokens travel in the same place; only our own count.
        return key_text(value) if value.strip().startswith(_OUR_PREFIX) else ""
    if scheme.lower() != "basic":
        return ""
    try:
        user_and_password = b64decode(value.strip(), validate=True).decode()
    except (NotBase64, ValueError):
        return ""
    return key_text(user_and_password.partition(":")[0])


def _url_keys(request: WireRequest) -> list[str]:
    if "writeKey" not in request.query or not request.path.startswith(_QUERY_PATHS):
        return []
    keys = [key_text(key) for key in parse_qs(request.query).get("writeKey", [])]
    if any(key.startswith(_SECRET_PREFIX) for key in keys):
        raise _secret_in_url()
    return keys


def public_key_in_path(text: str) -> str:
    """Give a key that stands in a path. Raises KeyRefused `forbidden` (403) for a secret one."""
    if text.startswith(_SECRET_PREFIX):
        raise _secret_in_url()
    return key_text(text)


def _secret_in_url() -> KeyRefused:
    return KeyRefused("forbidden", "A secret key does not belong into a URL.", 403)
