"""The contact ledger of a person or account over HTTP."""

from wegweiser.terms.json import Json
from wegweiser.web.api.profile_query import Asked, Found
from wegweiser.workspace.contact_operations import MOST_ENTRIES
from wegweiser.workspace.site import Site

USUAL_ENTRIES = 100


async def contacts(site: Site, found: Found, asked: Asked) -> Json:
    """Give the contacts, newest first, what caps leave, and what holds further ones back."""
    limit = asked.limit(USUAL_ENTRIES, MOST_ENTRIES)
    report = site.deciding.contacts.report
    if found.person_id:
        return report.of_person(found.person_id, limit)
    return report.of_account(found.group_id, limit)


PARTS = {"contacts": contacts}
