"""Which handler answers which path of the API, by exact path or by the way it begins."""

from collections.abc import Awaitable, Callable

from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api import decisions, health, spaces
from wegweiser.workspace.site import Site

Handler = Callable[[Site, WireRequest], Awaitable[WireResponse]]

API = ("/v1/", "/beacon/", "/healthz", "/readyz", "/metrics")
EXACT: dict[str, Handler] = {
    "/v1/decide": decisions.decide,
    "/v1/outcomes": decisions.outcomes,
    "/healthz": health.alive,
    "/readyz": health.ready,
    "/metrics": health.metrics,
}
BEGINNING: dict[str, Handler] = {
    "/v1/spaces/": spaces.read,
}


def handler_of(path: str) -> Handler | None:
    """Find the handler of a path, with or without a slash at its end; None for the collect API."""
    found = EXACT.get(path) or EXACT.get(path.rstrip("/"))
    if found is not None:
        return found
    return next((BEGINNING[start] for start in BEGINNING if path.startswith(start)), None)
