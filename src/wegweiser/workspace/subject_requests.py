"""Requests of people about their data as OpenDSR words them, for the doors."""

import base64
from typing import TYPE_CHECKING

from wegweiser.flow.opendsr import SubjectRequest, discovery, status_of
from wegweiser.terms.errors import NotFound
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.source import Caller
from wegweiser.workspace.audited import who_is
from wegweiser.workspace.privacy_desk import OPENDSR

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


def discovered(site: "Site") -> JsonObject:
    """Write what may be asked for, and how."""
    return discovery(f"{site.address}{OPENDSR}/certificate")


def taken(site: "Site", body: bytes, caller: Caller) -> JsonObject:
    """Take a request; the same again gets the same answer."""
    requests = site.privacy.requests
    before = len(requests.waiting())
    found = requests.take(body, caller.source_id, who_is(caller))
    if len(requests.waiting()) > before:
        site.audit.note(f"request.{found.type}", caller.source_id, detail=_named(found))
        site.privacy.changed(found)
    return {
        "controller_id": found.controller_id,
        "expected_completion_time": format_instant(found.expected_at),
        "received_time": format_instant(found.received_at),
        "encoded_request": base64.b64encode(body).decode(),
        "subject_request_id": found.subject_request_id,
    }


def shown(site: "Site", name: str) -> JsonObject:
    """Write how far a request is."""
    found = site.privacy.requests.get(name)
    return status_of(found, site.privacy.results_url(found))


def cancelled(site: "Site", name: str, caller: Caller) -> JsonObject:
    """Take back a request that is pending."""
    found = site.privacy.changed(site.privacy.requests.cancel(name))
    site.audit.note("request.cancel", caller.source_id, detail=_named(found))
    return {
        "controller_id": found.controller_id,
        "received_time": format_instant(found.received_at),
        "subject_request_id": found.subject_request_id,
        "api_version": "2.0",
    }


async def results(site: "Site", name: str, caller: Caller) -> JsonObject:
    """Give the documents of a completed access, once they are released where that is needed."""
    found = site.privacy.requests.get(name)
    if found.status != "completed" or found.type == "erasure":
        raise NotFound("There are no results.")
    for request_id in found.releases:
        site.privacy.releases.released(request_id)
    site.audit.note("person.access", caller.source_id, detail=_named(found))
    await site.settle()
    known = site.unifier.directory.known
    documents = [await site.privacy.document(one) for one in found.persons if known(one)]
    return {"subject_request_id": found.subject_request_id, "persons": [*documents]}


def _named(request: SubjectRequest) -> JsonObject:
    return {"id": request.subject_request_id}
