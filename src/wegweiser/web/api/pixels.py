"""Pixels over HTTP (wire, section 1)."""

from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.workspace.site import Site


async def pixel(site: Site, request: WireRequest) -> WireResponse:
    """Answer with a picture of one point."""
    return await site.pixels.receive(request)
