"""Leaving an account over HTTP; everything else below accounts is read like other profiles."""

from urllib.parse import parse_qs

from wegweiser.terms.errors import ComeAgain, InputRefused, KeyRefused
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api import identity, spaces
from wegweiser.web.api.answer import json_answer
from wegweiser.workspace.site import Site

PROFILES = "/v1/spaces/default/collections/accounts/profiles/"
_MEMBERS = "/members/"


async def anything(site: Site, request: WireRequest) -> WireResponse:
    """Answer what stands below the accounts of a space; reading is left to others."""
    if request.method != "DELETE":
        return await identity.anything(site, request)
    try:
        return await _leave(site, request)
    except (InputRefused, ComeAgain) as error:
        return spaces.refused(error)


async def _leave(site: Site, request: WireRequest) -> WireResponse:
    """Let somebody leave an account: `?role=` only in one role."""
    caller = identity.allowed(site, request, "ingest:trusted")
    if "profile:read" not in caller.scopes:
        # The answer tells whether somebody is known, and belongs.
        told = "To let somebody leave, a key needs the scopes ingest:trusted and profile:read."
        raise KeyRefused("forbidden", told, 403)
    path = request.path.removeprefix(PROFILES).removesuffix("/")
    account, between, person = path.partition(_MEMBERS)
    if not between or not person or ":" not in account:
        raise InputRefused("method_not_allowed", "Use GET, HEAD.", 405)
    role = parse_qs(request.query).get("role", [""])[-1]
    message_id = await site.accounts.desk.leave(account, person, role, caller)
    return json_answer({"success": True, "message_id": message_id})
