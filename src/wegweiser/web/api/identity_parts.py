"""The parts of a profile that tell of its identity: what it is called, and why it is one."""

from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.api.profile_query import Asked, Found, not_found
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site


async def shown(site: Site, found: Found, asked: Asked) -> Json:
    """Give the identity of a profile: identifiers, older ids, statements about it."""
    return site.identity.reader.of_person(_person(found))


async def evidence(site: Site, found: Found, asked: Asked) -> Json:
    """Tell why two identifiers are, or are not, one person; `b` may be any of the profile's."""
    _person(found)
    pair: JsonObject = {"a": asked.query("a"), "b": asked.query("b")}
    return await operations.run(site, "identity_why", pair)


def _person(found: Found) -> str:
    if not found.person_id:
        raise not_found()
    return found.person_id


PARTS = {"identity": shown, "evidence": evidence}
