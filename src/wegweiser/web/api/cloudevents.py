"""CloudEvents over HTTP (wire, section 11)."""

from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.workspace.site import Site


async def cloudevents(site: Site, request: WireRequest) -> WireResponse:
    """Answer POST /cloudevents in any of its three modes."""
    return await site.cloudevents.receive(request)
