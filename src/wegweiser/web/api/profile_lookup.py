"""Finding a profile without its identifier in the address: POST .../profiles:lookup."""

import msgspec

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import json_answer
from wegweiser.web.api.profile_query import COLLECTIONS, SPACE, not_found
from wegweiser.workspace.site import Site

BODY_BYTES = 4 * 1024


class Lookup(msgspec.Struct, frozen=True):
    """The identifier that is looked up."""

    type: str
    id: str | int


async def looked_up(site: Site, request: WireRequest) -> WireResponse:
    """Answer with the id of the person, or of the account; raises InputRefused."""
    if request.method != "POST":
        raise InputRefused("method_not_allowed", "Use POST.", 405)
    steps = request.path.removesuffix("/").split("/")[1:]
    if len(steps) != 6 or steps[2] != SPACE or steps[3] != "collections":
        raise not_found()
    if steps[4] not in COLLECTIONS or steps[5] != "profiles:lookup":
        raise not_found()
    body = site.receiver.value(request, BODY_BYTES)
    try:
        wanted = msgspec.convert(body, Lookup)
    except msgspec.ValidationError as error:
        told = f"Send the identifier as an object with type and id: {error}."
        raise InputRefused("validation_error", told, 400) from error
    position = ("wegweiser-position", str(site.unifier.position))
    name = f"{wanted.type}:{wanted.id}"
    if steps[4] == "users":
        person_id = site.views.find_person(name)
        if person_id is None:
            raise not_found()
        whose = ("wegweiser-person-id", person_id)
        return json_answer({"person_id": person_id}, 200, (position, whose))
    group_id = site.views.find_account(name)
    if group_id is None:
        raise not_found()
    told_account: JsonObject = {"group_id": group_id}
    return json_answer(told_account, 200, (position,))
