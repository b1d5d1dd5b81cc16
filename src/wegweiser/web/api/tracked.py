"""What pictures, links and browsers tell of a decision with its token, without a key."""

from urllib.parse import parse_qs

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.reach import with_cors
from wegweiser.workspace.decision_doors import GIF, is_token
from wegweiser.workspace.site import Site

_GIF_HEADERS = (
    ("content-type", "image/gif"),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
)


async def impression(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET /v1/impression with a picture, whatever the token says; raises ComeAgain."""
    _require_read(request)
    try:
        if request.method == "GET":
            await site.deciding.doors.keyless.seen(_token_in_query(request))
    except InputRefused as error:
        # A refusal would only show a broken picture; it is counted.
        site.receiver.failure(error)
    return with_cors(WireResponse(200, GIF, _GIF_HEADERS))


async def click(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET /v1/click: on to what the variant's own content says, never to anywhere else."""
    _require_read(request)
    keyless, token = site.deciding.doors.keyless, _token_in_query(request)
    counts = request.method == "GET"
    target = await keyless.clicked(token, request) if counts else keyless.target(token)
    headers = (
        ("location", target),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    )
    return with_cors(WireResponse(302, b"", headers))


def token_of(request: WireRequest, root: JsonObject) -> str:
    """Give the token of a report, from its body or its headers; "" where there is none."""
    scheme, _, bearer = request.headers.get("authorization", "").strip().partition(" ")
    stated = (
        root.get("token"),
        bearer.strip() if scheme.lower() == "bearer" else "",
        request.headers.get("x-api-key"),
    )
    return next((text for text in stated if isinstance(text, str) and is_token(text)), "")


def _token_in_query(request: WireRequest) -> str:
    return parse_qs(request.query).get("token", [""])[-1]


def _require_read(request: WireRequest) -> None:
    if request.method not in ("GET", "HEAD"):
        raise InputRefused("method_not_allowed", "Use GET.", 405)
