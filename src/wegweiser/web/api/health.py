"""Health for machines: alive, ready, and counts for Prometheus."""

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import json_answer
from wegweiser.workspace.site import Site

_LOOPBACK = ("127.0.0.1", "::1", "")


async def alive(site: Site, request: WireRequest) -> WireResponse:
    """Say that the process turns."""
    _require_read(request)
    return json_answer({"status": "ok"})


async def ready(site: Site, request: WireRequest) -> WireResponse:
    """Say whether an append can be synced now; 503 with the reason when not."""
    _require_read(request)
    reason = await site.not_ready_because()
    if reason:
        return json_answer({"status": "not ready", "reason": reason}, 503, (("retry-after", "5"),))
    return json_answer({"status": "ok"})


async def metrics(site: Site, request: WireRequest) -> WireResponse:
    """Give the counts as Prometheus text, to callers on this machine or with an admin key."""
    _require_read(request)
    if request.client not in _LOOPBACK:
        site.receiver.caller(request, "admin")
    text = site.metrics_text()
    return WireResponse(200, text, (("content-type", "text/plain; version=0.0.4; charset=utf-8"),))


def _require_read(request: WireRequest) -> None:
    if request.method not in ("GET", "HEAD"):
        raise InputRefused("method_not_allowed", "Use GET.", 405)
