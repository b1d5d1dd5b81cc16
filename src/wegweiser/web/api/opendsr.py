"""Requests of people about their data over HTTP, in the shape of OpenDSR 2.0."""

import msgspec

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import Json
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import json_answer
from wegweiser.workspace import subject_requests
from wegweiser.workspace.privacy_desk import OPENDSR
from wegweiser.workspace.site import Site


async def opendsr(site: Site, request: WireRequest) -> WireResponse:
    """Answer one of the routes below /opendsr/v1, signed."""
    parts = request.path.removeprefix(OPENDSR).strip("/").split("/")
    match parts:
        case ["certificate"]:
            _require(request, "GET", "HEAD")
            return _certificate(site)
        case ["discovery"]:
            _require(request, "GET", "HEAD")
            return _signed(site, subject_requests.discovered(site))
        case ["status"]:
            _require(request, "GET", "HEAD")
            return _signed(site, {"status": "ok", "waiting": len(site.privacy.requests.waiting())})
        case ["requests"]:
            _require(request, "POST")
            caller = site.receiver.caller(request, "erase")
            return _signed(site, subject_requests.taken(site, request.body, caller), 201)
        case ["requests", name]:
            return _one(site, request, name)
        case ["requests", name, "results"]:
            _require(request, "GET", "HEAD")
            caller = site.receiver.caller(request, "export")
            return _signed(site, await subject_requests.results(site, name, caller))
    raise NotFound("There is nothing at this path.")


def _certificate(site: Site) -> WireResponse:
    pem = site.receipt_keys.certificate_pem(site.privacy.domain)
    headers = (("content-type", "application/x-pem-file"), ("x-content-type-options", "nosniff"))
    return WireResponse(200, pem.encode(), headers)


def _one(site: Site, request: WireRequest, name: str) -> WireResponse:
    caller = site.receiver.caller(request, "erase")
    if request.method == "DELETE":
        return _signed(site, subject_requests.cancelled(site, name, caller), 202)
    _require(request, "GET", "HEAD")
    return _signed(site, subject_requests.shown(site, name))


def _signed(site: Site, document: Json, status: int = 200) -> WireResponse:
    answer = json_answer(document, status)
    signed = (
        ("x-opendsr-processor-domain", site.privacy.domain),
        ("x-opendsr-signature", site.receipt_keys.sign(answer.body)),
    )
    return msgspec.structs.replace(answer, headers=answer.headers + signed)


def _require(request: WireRequest, *methods: str) -> None:
    if request.method not in methods:
        raise InputRefused("method_not_allowed", f"Use {methods[0]}.", 405)
