"""Conversations over HTTP, from programs and from people who are signed in (wire, section 8)."""

from http.cookies import CookieError, SimpleCookie

import msgspec

from wegweiser.terms.errors import InputRefused, KeyRefused
from wegweiser.terms.source import Caller
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import JSON_HEADERS
from wegweiser.web.auth import Cookie, same_origin
from wegweiser.workspace.site import Site

BODY_BYTES = 64 * 1024


async def log(site: Site, request: WireRequest) -> WireResponse:
    """Answer POST /v1/conversations with the ids of the events."""
    if request.method != "POST":
        raise InputRefused("method_not_allowed", "Use POST.", 405)
    caller = _caller(site, request)
    logged = await site.conversations.log(site.receiver.value(request, BODY_BYTES), caller)
    told = msgspec.json.encode({"message_ids": logged.message_ids})
    return WireResponse(200, b'{"success": true, ' + told[1:], JSON_HEADERS)


def _caller(site: Site, request: WireRequest) -> Caller | None:
    """Tell whose key it is; None for somebody who is signed in and asks from our own pages."""
    by_key = "authorization" in request.headers
    if not by_key and _signed_in(site, request.headers.get("cookie", "")):
        if not same_origin(request.headers):
            raise KeyRefused("forbidden", "This was not sent from this site.", 403)
        return None
    return site.receiver.caller(request, "ingest:trusted")


def _signed_in(site: Site, header: str) -> bool:
    try:
        cookies = SimpleCookie(header)
    except CookieError:
        return False
    tokens = [cookies.get(Cookie(secure).name) for secure in (True, False)]
    return any(token is not None and site.people.session_of(token.value) for token in tokens)
