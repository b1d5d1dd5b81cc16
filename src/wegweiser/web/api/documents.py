"""What SDKs in browsers and apps fetch before they send: settings, scripts; and their metrics."""

import asyncio
import re
from pathlib import Path

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import JSON_HEADERS, json_answer
from wegweiser.web.reach import allowed_methods, with_cors
from wegweiser.web.tag.script import tag_script
from wegweiser.workspace.site import Site

_SETTINGS = re.compile(r"(?:/v1)?/projects/([^/]+)/settings/?")
_SNIPPET = re.compile(r"/analytics\.js/v1/([^/]+)/analytics(?:\.min)?\.js/?")
_BUNDLE = re.compile(r"/analytics-next/bundles/([\w.-]+)/?")
_TYPES = {".js": "text/javascript; charset=utf-8", ".map": "application/json; charset=utf-8"}
_KEPT = ("cache-control", "public, max-age=300")
_OWN_SCRIPT = "standalone.js"
# analytics.js keeps the name of a chunk for ever: it holds the hash of what is in it.
_KEPT_FOR_EVER = ("cache-control", "public, max-age=31536000, immutable")


async def segment_settings(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET /v1/projects/KEY/settings; 404 for an unknown key, which starts nothing."""
    found = _matched(_SETTINGS, request)
    document = site.sdk_settings.for_segment(found, site.address)
    answer = json_answer(document)
    kept = tuple(_KEPT if header[0] == "cache-control" else header for header in JSON_HEADERS)
    return with_cors(WireResponse(200, answer.body, kept))


async def rudderstack_settings(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET /sourceConfig with the key in the query or as Basic user name."""
    _require_get(request)
    return with_cors(json_answer(site.sdk_settings.for_rudderstack(request)))


async def snippet(site: Site, request: WireRequest) -> WireResponse:
    """Answer what a pasted Segment snippet loads: our tag, or the operator's analytics.js.

    404 for an unknown key: without settings analytics.js would report that to its vendor.
    """
    site.sdk_settings.require_known(_matched(_SNIPPET, request))
    folder = site.settings.analytics_js_dir
    script = await asyncio.to_thread(_read, folder, _OWN_SCRIPT) if folder else None
    return _script(tag_script() if script is None else script, _OWN_SCRIPT, _KEPT)


async def bundle(site: Site, request: WireRequest) -> WireResponse:
    """Answer a chunk of the operator's analytics.js."""
    name = _matched(_BUNDLE, request)
    folder = site.settings.analytics_js_dir
    script = await asyncio.to_thread(_read, folder, name) if folder else None
    if script is None:
        raise NotFound("There is no such file in the folder analytics_js_dir.")
    return _script(script, name, _KEPT_FOR_EVER)


async def metrics(site: Site, request: WireRequest) -> WireResponse:
    """Read what SDKs measure of themselves and throw it away."""
    if request.method != "POST":
        raise InputRefused("method_not_allowed", "This path takes POST, OPTIONS only.", 405)
    return with_cors(WireResponse(200, b'{"success": true}', JSON_HEADERS))


def _matched(pattern: re.Pattern[str], request: WireRequest) -> str:
    """Give the part of the path that a pattern asks for; raises NotFound, and 405."""
    found = pattern.fullmatch(request.path)
    if found is None:
        raise NotFound("There is nothing at this path.")
    _require_get(request)
    return found[1]


def _require_get(request: WireRequest) -> None:
    if request.method not in ("GET", "HEAD"):
        allowed = allowed_methods(request.path)
        raise InputRefused("method_not_allowed", f"This path takes {allowed} only.", 405)


def _read(folder: str, name: str) -> bytes | None:
    """Read a script of the operator; None where it is none, or leads out of the folder."""
    try:
        whole = Path(folder).resolve()
        file = (whole / name).resolve()
        if file.parent != whole or file.suffix not in _TYPES or not file.is_file():
            return None
        return file.read_bytes()
    except OSError:
        # Anybody may ask for a name that is longer than a disk can hold.
        return None


def _script(content: bytes, name: str, kept: tuple[str, str]) -> WireResponse:
    content_type = ("content-type", _TYPES[Path(name).suffix])
    return with_cors(
        WireResponse(200, content, (content_type, kept, ("x-content-type-options", "nosniff")))
    )
