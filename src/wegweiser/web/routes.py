"""Which handler answers which path of the API, by exact path or by the way it begins.

Which paths are API at all, their methods and CORS stand in reach.py.
"""

from collections.abc import Awaitable, Callable

from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api import (
    accounts,
    alarms,
    bundles,
    cloudevents,
    conversations,
    decision_batches,
    decision_list,
    decision_records,
    decisions,
    documents,
    health,
    identity,
    inbound,
    measures,
    ofrep,
    openapi,
    opendsr,
    pixels,
    regulations,
    reports,
    simulations,
    tag,
    tracked,
    unsubscribe,
)
from wegweiser.workspace.site import Site

Handler = Callable[[Site, WireRequest], Awaitable[WireResponse]]

EXACT: dict[str, Handler] = {
    "/v1/decide": decisions.decide,
    "/v1/outcomes": decisions.outcomes,
    "/v1/impression": tracked.impression,
    "/v1/click": tracked.click,
    "/v1/decide/batch": decision_batches.create,
    "/v1/decisions": decision_list.listed,
    "/v1/openapi.json": openapi.document,
    "/v1/m": documents.metrics,
    "/v1/count": tag.count,
    "/v1/cookie": tag.cookie,
    "/wegweiser.js": tag.newest,
    "/cloudevents": cloudevents.cloudevents,
    "/v1/cloudevents": cloudevents.cloudevents,
    "/sourceConfig": documents.rudderstack_settings,
    "/v1/conversations": conversations.log,
    "/v1/simulations": simulations.simulate,
    "/v1/measures": measures.listed,
    "/v1/reports": reports.listed,
    "/v1/alarms": alarms.listed,
    alarms.QUALITY: alarms.quality,
    alarms.MISSES: alarms.miss,
    "/regulations": regulations.regulations,
    "/suppressions": regulations.suppressions,
    "/v1/receipts/public-key": regulations.public_key,
    "/healthz": health.alive,
    "/readyz": health.ready,
    "/metrics": health.metrics,
    **bundles.EXACT,
}
BEGINNING: dict[str, Handler] = {
    unsubscribe.PATH: unsubscribe.unsubscribe,
    "/ofrep/": ofrep.flags,
    "/v1/decide/batch/": decision_batches.one,
    "/v1/inbound/": inbound.deliver,
    measures.BEGINNING: measures.one,
    reports.BEGINNING: reports.one,
    alarms.BEGINNING: alarms.said,
    "/regulations/": regulations.one,
    "/opendsr/v1/": opendsr.opendsr,
    accounts.PROFILES: accounts.anything,
    decision_records.BEGINNING: decision_records.one,
    "/v1/spaces/": identity.anything,
    "/v1/pixel/": pixels.pixel,
    "/pixel/": pixels.pixel,
    "/v1/projects/": documents.segment_settings,
    "/projects/": documents.segment_settings,
    "/analytics.js/": documents.snippet,
    "/analytics-next/": documents.bundle,
    "/tag/": tag.hashed,
    **bundles.BEGINNING,
}
_STARTS = tuple(BEGINNING)


def handler_of(path: str) -> Handler | None:
    """Find the handler of a path, with or without a slash at its end; None for the collect API."""
    found = EXACT.get(path) or EXACT.get(path.removesuffix("/"))
    if found is not None or not path.startswith(_STARTS):
        return found
    return next((BEGINNING[start] for start in BEGINNING if path.startswith(start)), None)
