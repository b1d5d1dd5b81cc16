"""Who goes first when more comes than can be done.

Each kind of request is taken until the oldest record has waited for so many times the setting
`longest_wait_seconds`. Decisions go before events of trusted senders, these before events of
browsers, then come the pages for people, then exports.
"""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable
from math import inf

from wegweiser.web.reach import API

DECIDE = 5.0
TRUSTED = 1.5
PUBLIC = 1.0
PAGES = 0.75
EXPORT = 0.5
LEAST = EXPORT
_ASKED = ("/v1/decide", "/ofrep/")
_SECRET = "wgw_sk_"
_KEY_HEADERS = (b"x-write-key", b"x-api-key")
Headers = Iterable[tuple[bytes, bytes]]
# Watchers must see an overloaded server, and its operator must be able to act.
_WATCHED = ("/healthz", "/readyz", "/metrics")
_ALWAYS = (*_WATCHED, "/v1/admin/")
# The same for everybody, whatever was decided.
_SETTINGS = ("/v1/projects/", "/projects/", "/sourceConfig", "/analytics.js/", "/analytics-next/")
_APART = (*_WATCHED, *_SETTINGS, "/wegweiser.js", "/tag/", "/static/", "/sign-in")


def asks(path: str) -> bool:
    """Tell whether somebody waits for a decision.

    >>> asks("/v1/decide"), asks("/v1/decide/batch")
    (True, False)
    """
    return path.startswith(_ASKED) and not path.startswith("/v1/decide/batch")


def tells_of_decisions(path: str, method: str) -> bool:
    """Tell whether an answer may be about decisions that were taken before.

    >>> tells_of_decisions("/v1/outcomes", "POST"), tells_of_decisions("/wegweiser.js", "GET")
    (True, False)
    """
    return method != "OPTIONS" and not asks(path) and not path.startswith(_APART)


def patience(path: str, headers: Headers) -> float:
    """Give the multiple for a request by its path and key.

    >>> patience("/v1/decide", [])
    5.0
    >>> patience("/v1/track", [(b"x-write-key", b"wgw_sk_1")])
    1.5
    >>> patience("/healthz", [])
    inf
    """
    if asks(path):
        return DECIDE
    if path.startswith("/v1/admin/export/"):
        return EXPORT
    if path.startswith(_ALWAYS):
        return inf
    if not path.startswith(API):
        return PAGES
    return TRUSTED if _says_secret(headers) else PUBLIC


def _says_secret(headers: Headers) -> bool:
    """Tell whether the key looks secret; whether it is one is checked where it is used."""
    return any(_key(name, value).startswith(_SECRET) for name, value in headers)


def _key(name: bytes, value: bytes) -> str:
    if name in _KEY_HEADERS:
        return value.decode("latin-1").strip()
    if name != b"authorization":
        return ""
    scheme, _, rest = value.decode("latin-1").strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    try:
        return b64decode(rest).decode("latin-1")
    except (NotBase64, ValueError):
        return ""
