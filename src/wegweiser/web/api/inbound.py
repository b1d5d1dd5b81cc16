"""Webhooks of other systems over HTTP (wire, section 8)."""

import msgspec

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import JSON_HEADERS, json_answer
from wegweiser.workspace.site import Site

_PLAIN = (
    ("content-type", "text/plain; charset=utf-8"),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
)


async def deliver(site: Site, request: WireRequest) -> WireResponse:
    """Answer one delivery: 200 for all that was kept, since senders give up on anything else."""
    if request.method not in ("GET", "POST"):
        raise InputRefused("method_not_allowed", "Use POST or GET.", 405)
    delivered = await site.hooks.receive(request)
    if isinstance(delivered.answer, str):
        return WireResponse(200, delivered.answer.encode(), _PLAIN)
    if delivered.answer is not None:
        return json_answer(delivered.answer)
    counts = {
        name: count for name, count in msgspec.structs.asdict(delivered.tally).items() if count
    }
    more = b", " + msgspec.json.encode(counts)[1:] if counts else b"}"
    placed = (("wegweiser-position", str(delivered.position)),)
    return WireResponse(200, b'{"success": true' + more, JSON_HEADERS + placed)
