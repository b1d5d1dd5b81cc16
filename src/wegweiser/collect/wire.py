"""How ingest answers: bodies and headers that satisfy all clients at once."""

import re
from collections.abc import Sequence

import msgspec

from wegweiser.collect.key import written_keys
from wegweiser.collect.limit import TOLD_ENTRIES
from wegweiser.collect.read import Repaired, Told
from wegweiser.collect.route import METHODS_ALLOWED, Route, route_of
from wegweiser.terms.errors import ComeAgain, InputRefused
from wegweiser.terms.wire import WireResponse

__all__ = [
    "Route",
    "broken",
    "failure",
    "preflight",
    "route_of",
    "success",
    "written_keys",
]

LONGEST_WAIT_S = 60
Headers = tuple[tuple[str, str], ...]
CORS: Headers = (
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "Retry-After, ETag, Request-Id, Wegweiser-Position"),
)
_JSON: Headers = (
    ("content-type", "application/json; charset=utf-8"),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    *CORS,
)
# Each is listed, since "*" excludes `authorization`, and a missing one blocks every retry.
_REQUEST_HEADERS = (
    "authorization, content-type, x-write-key, x-api-key, x-retry-count, anonymousid, sentat, "
    "rsa-retry-attempt, rsa-retry-reason, rsa-since-first-attempt, rsa-since-last-attempt, "
    "if-none-match, last-event-id"
)
# A RudderStack library says of a retry how it came to be, with names that grow with its versions.
_GROWING = re.compile(r"rsa-[a-z-]{1,40}")
MOST_GROWING = 16


def success(
    duplicates: int = 0,
    repaired: Sequence[Repaired] = (),
    quarantined: Sequence[Told] = (),
    rejected: Sequence[Told] = (),
    *,
    position: int | None = None,
    request_id: str = "",
) -> WireResponse:
    """Answer 200: every element was dealt with; lists are cut at 100 entries.

    `position` is where the body stands in the log.

    >>> success(duplicates=1).body
    b'{"success": true, "duplicates":1}'
    """
    headers = _JSON + _placed(position) + _named(request_id)
    if not (duplicates or repaired or quarantined or rejected):
        return WireResponse(200, b'{"success": true}', headers)
    lists = (("repaired", repaired), ("quarantined", quarantined), ("rejected", rejected))
    told: dict[str, object] = {"duplicates": duplicates} if duplicates else {}
    told |= {name: entries[:TOLD_ENTRIES] for name, entries in lists if entries}
    return WireResponse(200, b'{"success": true, ' + msgspec.json.encode(told)[1:], headers)


def failure(
    error: InputRefused | ComeAgain,
    jitter: float,
    *,
    allow: str = METHODS_ALLOWED,
    request_id: str = "",
) -> WireResponse:
    """Answer an error in the shape that every client understands.

    `jitter` in [0, 1) spreads the moments at which senders come again: `Retry-After` lies
    between the time asked for and twice that, in whole seconds from 1 to 60.

    >>> dict(failure(ComeAgain("The disk is full.", 5), jitter=0.5).headers)["retry-after"]
    '7'
    """
    if isinstance(error, ComeAgain):
        wait_s = error.retry_after_s + round(error.retry_after_s * jitter)
        retry = ("retry-after", str(min(LONGEST_WAIT_S, max(1, wait_s))))
        body = _error_body("come_again", error.reason, None)
        return WireResponse(429, body, (*_JSON, retry, *_named(request_id)))
    more: Headers = (("allow", allow),) if error.status == 405 else ()
    body = _error_body(error.code, error.message, error.field)
    return WireResponse(error.status, body, (*_JSON, *more, *_named(request_id)))


def broken(request_id: str = "") -> WireResponse:
    """Answer 500: the fault is ours; nothing of it is shown."""
    body = _error_body("internal", "Something went wrong on our side.", None)
    return WireResponse(500, body, (*_JSON, *_named(request_id)))


def preflight(asked: str = "") -> WireResponse:
    """Answer a browser's question whether it may send, for every path alike.

    `asked` are the headers it wants to send, as in `Access-Control-Request-Headers`: of those
    that are not known, what a newer library says of its retries is allowed (ADR 0028).

    >>> dict(preflight("rsa-recovered").headers)["access-control-allow-headers"][-14:]
    ' rsa-recovered'
    """
    headers: Headers = (
        *CORS,
        ("access-control-allow-methods", "GET, POST, OPTIONS"),
        ("access-control-allow-headers", ", ".join([_REQUEST_HEADERS, *_newer(asked)])),
        ("access-control-max-age", "7200"),
    )
    return WireResponse(200, b"", headers)


def _error_body(code: str, message: str, field: str | None) -> bytes:
    error = {"code": code, "message": message, "field": field}
    return msgspec.json.encode({"success": False, "code": code, "message": message, "error": error})


def _newer(asked: str) -> list[str]:
    names = {name.strip().lower() for name in asked.split(",")}
    known = _REQUEST_HEADERS.split(", ")
    newer = (name for name in names.difference(known) if _GROWING.fullmatch(name))
    return sorted(newer)[:MOST_GROWING]


def _placed(position: int | None) -> Headers:
    return () if position is None else (("wegweiser-position", str(position)),)


def _named(request_id: str) -> Headers:
    return (("request-id", request_id),) if request_id else ()
