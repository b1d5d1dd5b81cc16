"""The website tag: its script, its anonymous counts, and the cookie that a server sets."""

import re

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import JSON_HEADERS
from wegweiser.web.reach import allowed_methods, with_cors
from wegweiser.web.tag.script import packed_tag, tag_hash, tag_script
from wegweiser.workspace.site import Site

BODY_BYTES = 8 * 1024
_HOUR = ("cache-control", "public, max-age=3600")
_FOR_EVER = ("cache-control", "public, max-age=31536000, immutable")
_STORED = WireResponse(200, b'{"success": true}', JSON_HEADERS)
_VISITOR = re.compile(r"[\w.-]{1,100}", re.ASCII)
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.IGNORECASE)
LONGEST_DAYS = 400


async def newest(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET /wegweiser.js: the tag of this release."""
    return _script(request, _HOUR)


async def hashed(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET /tag/{hash}/wegweiser.js: only this tag, for pages that check its hash."""
    if request.path.removesuffix("/") != f"/tag/{tag_hash()}/wegweiser.js":
        raise NotFound("There is no tag with this hash; the newest is at /wegweiser.js.")
    return _script(request, _FOR_EVER)


def _script(request: WireRequest, kept: tuple[str, str]) -> WireResponse:
    if request.method not in ("GET", "HEAD"):
        allowed = allowed_methods(request.path)
        raise InputRefused("method_not_allowed", f"This path takes {allowed} only.", 405)
    etag = f'"{tag_hash()}"'
    headers: tuple[tuple[str, str], ...] = (
        ("content-type", "text/javascript; charset=utf-8"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("vary", "accept-encoding"),
        ("etag", etag),
        kept,
    )
    if etag in request.headers.get("if-none-match", ""):
        return with_cors(WireResponse(304, b"", headers))
    taken = {
        coding.partition(";")[0].strip()
        for coding in request.headers.get("accept-encoding", "").split(",")
    }
    for coding in ("br", "gzip"):
        if coding in taken:
            packed = (*headers, ("content-encoding", coding))
            return with_cors(WireResponse(200, packed_tag(coding), packed))
    return with_cors(WireResponse(200, tag_script(), headers))


async def count(site: Site, request: WireRequest) -> WireResponse:
    """Answer POST /v1/count: one more in the sum of this hour, on disk before the answer."""
    body = _body(site, request)
    caller = site.receiver.caller(request, "ingest", body)
    await site.counts.add(caller.source_id, body)
    return with_cors(_STORED)


async def cookie(site: Site, request: WireRequest) -> WireResponse:
    """Answer POST /v1/cookie of a page on our own origin: Set-Cookie, which browsers keep longer.

    The cookie can be read by the page's scripts, since the tag must know it.
    """
    body = _body(site, request)
    if not site.settings.server_cookie:
        raise InputRefused("forbidden", "The setting server_cookie is off.", 403)
    if request.headers.get("sec-fetch-site") != "same-origin":
        raise InputRefused("forbidden", "Only pages of this very origin may ask for it.", 403)
    site.receiver.caller(request, "ingest", body)
    forwarded = request.headers.get("x-forwarded-proto", "")
    secure = forwarded == "https" or site.address.startswith("https:")
    set_cookie = ("set-cookie", _cookie(body) + ("; Secure" if secure else ""))
    return WireResponse(200, _STORED.body, (*JSON_HEADERS, set_cookie))


def _body(site: Site, request: WireRequest) -> JsonObject:
    if request.method != "POST":
        raise InputRefused("method_not_allowed", "This path takes POST, OPTIONS only.", 405)
    body = site.receiver.value(request, BODY_BYTES)
    if not isinstance(body, dict):
        raise InputRefused("bad_shape", "The body is not a JSON object.")
    return body


def _cookie(body: JsonObject) -> str:
    visitor, domain, days = (body.get(name) for name in ("anonymousId", "domain", "days"))
    if not isinstance(visitor, str) or not _VISITOR.fullmatch(visitor):
        raise InputRefused("bad_id", "`anonymousId` is no id.", field="anonymousId")
    named = str(days) if isinstance(days, str | int) else ""
    kept_days = int(named) if named.isascii() and named.isdigit() and len(named) < 5 else 365
    parts = [f"wgw_aid={visitor}", "Path=/", f"Max-Age={min(kept_days, LONGEST_DAYS) * 86_400}"]
    if isinstance(domain, str) and domain:
        if not _DOMAIN.fullmatch(domain):
            raise InputRefused("bad_value", "`domain` is no domain.", field="domain")
        parts.append(f"Domain={domain}")
    return "; ".join([*parts, "SameSite=Lax"])
