"""Which paths are API, which methods each takes, and which of them pages of any origin may call."""

from wegweiser.terms.wire import WireResponse

API = (
    *("/v1/", "/beacon/", "/pixel/", "/projects/", "/sourceConfig", "/cloudevents"),
    *("/analytics.js/", "/analytics-next/", "/wegweiser.js", "/tag/", "/ofrep/"),
    *("/regulations", "/suppressions", "/opendsr/"),
    *("/healthz", "/readyz", "/metrics", "/u/"),
)
_READ_BY_PAGES = "GET, HEAD, OPTIONS"
_POST = "POST, OPTIONS"
# By the way a path begins; whatever is not named here takes POST.
_METHODS = (
    ("/v1/spaces/", "GET, HEAD, POST, DELETE"),
    ("/u/", "GET, HEAD, POST"),
    ("/v1/decisions/", "GET, HEAD"),
    *((start, "POST") for start in ("/v1/bundles:", "/v1/rules:")),
    *((start, "GET, HEAD, POST") for start in ("/v1/bundles/",)),
    ("/v1/drafts/", "GET, HEAD, POST, DELETE"),
    *((start, "GET, HEAD") for start in ("/v1/bundles", "/v1/drafts", "/v1/rules")),
    *((start, "GET, HEAD") for start in ("/v1/admin/export/", "/v1/openapi.json")),
    *((start, "GET, HEAD") for start in ("/healthz", "/readyz", "/metrics")),
    *((start, "GET, OPTIONS") for start in ("/v1/pixel/", "/pixel/")),
    *((start, _READ_BY_PAGES) for start in ("/v1/projects/", "/projects/", "/sourceConfig")),
    *((start, _READ_BY_PAGES) for start in ("/analytics.js/", "/analytics-next/")),
    *((start, _READ_BY_PAGES) for start in ("/wegweiser.js", "/tag/")),
    *((start, "GET, OPTIONS") for start in ("/v1/stream", "/ofrep/v1/events")),
    *((start, _READ_BY_PAGES) for start in ("/v1/impression", "/v1/click")),
    ("/v1/decide/batch/", "GET, HEAD, DELETE"),
    ("/v1/decide/batch", "POST"),
    ("/v1/decisions", "GET, HEAD"),
    ("/v1/measures/", "GET, HEAD, POST"),
    *((start, "GET, HEAD") for start in ("/v1/measures", "/v1/reports")),
    ("/v1/alarms/quality", "GET, HEAD"),
    ("/v1/alarms/", "POST"),
    ("/v1/alarms", "GET, HEAD"),
    ("/v1/inbound/", "GET, POST, OPTIONS"),
    *((start, "GET, HEAD") for start in ("/suppressions", "/v1/receipts/")),
    *((f"/opendsr/v1/{end}", "GET, HEAD") for end in ("discovery", "status", "certificate")),
    *((start, "POST") for start in ("/regulations/sources/", "/regulations/cloudsources/")),
    ("/regulations/", "GET, HEAD, DELETE"),
    ("/regulations", "GET, HEAD, POST"),
    ("/opendsr/v1/requests/", "GET, HEAD, DELETE"),
    ("/opendsr/v1/requests", "POST"),
)
_NOT_FOR_PAGES = (
    *("/v1/spaces/", "/v1/admin/", "/v1/conversations", "/regulations", "/suppressions"),
    *("/opendsr/", "/v1/receipts/", "/v1/simulations", "/v1/decisions"),
    *("/v1/decide/batch", "/v1/bundles", "/v1/drafts", "/v1/rules"),
    *("/v1/measures", "/v1/reports", "/v1/alarms", "/u/", "/healthz", "/readyz", "/metrics"),
)
CORS = (
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "Retry-After, ETag, Request-Id, Wegweiser-Position"),
)


def allowed_methods(path: str) -> str:
    """Give the methods that a path takes, as the header Allow says them.

    >>> allowed_methods("/v1/projects/k/settings/"), allowed_methods("/v1/track")
    ('GET, HEAD, OPTIONS', 'POST, OPTIONS')
    """
    return next((methods for start, methods in _METHODS if path.startswith(start)), _POST)


def may_be_called_by_pages(path: str) -> bool:
    """Say whether pages of any origin may call a path, so that its answers carry CORS headers.

    >>> may_be_called_by_pages("/v1/track"), may_be_called_by_pages("/v1/spaces/default")
    (True, False)
    """
    return path.startswith(API) and not path.startswith(_NOT_FOR_PAGES)


def with_cors(answer: WireResponse) -> WireResponse:
    """Add what lets pages of any origin read an answer."""
    return WireResponse(answer.status, answer.body, answer.headers + CORS)
