"""Answers of the API: JSON, and errors in the one shape that every client understands."""

from http import HTTPStatus

import msgspec

from wegweiser.terms.errors import ComeAgain, InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wire import WireResponse
from wegweiser.web.api.ofrep_refusal import flag_refusal
from wegweiser.web.reach import allowed_methods, may_be_called_by_pages
from wegweiser.workspace.site import Site

JSON_HEADERS = (
    ("content-type", "application/json; charset=utf-8"),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
)
_PROBLEMS = (
    *("/v1/decide", "/v1/admin/", "/v1/outcomes", "/v1/decisions", "/v1/simulations"),
    *("/v1/stream", "/v1/click", "/v1/impression"),
    *("/v1/bundles", "/v1/drafts", "/v1/rules", "/v1/measures", "/v1/reports"),
    "/v1/alarms",
)


def json_answer(
    document: object, status: int = 200, headers: tuple[tuple[str, str], ...] = ()
) -> WireResponse:
    """Write a document as a JSON answer."""
    return WireResponse(status, msgspec.json.encode(document), JSON_HEADERS + headers)


def refusal(site: Site, error: InputRefused | ComeAgain, path: str) -> WireResponse:
    """Write an error as wire.md section 1 asks: code and message at the top and below error."""
    answer = site.receiver.failure(error, allowed_methods(path))
    if path.startswith("/ofrep/"):
        return flag_refusal(answer, error, path)
    if path.startswith(_PROBLEMS):
        answer = msgspec.structs.replace(answer, body=_with_problem(answer))
    if may_be_called_by_pages(path):
        return answer
    kept = tuple(header for header in answer.headers if not header[0].startswith("access-control"))
    return msgspec.structs.replace(answer, headers=kept)


def _with_problem(answer: WireResponse) -> bytes:
    """Add the members of RFC 9457 to an error."""
    body = msgspec.json.decode(answer.body, type=JsonObject)
    problem: JsonObject = {
        "type": "about:blank",
        "title": HTTPStatus(answer.status).phrase,
        "status": answer.status,
        "detail": body["message"],
    }
    return msgspec.json.encode(body | problem)
