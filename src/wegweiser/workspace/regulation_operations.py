"""Operations on regulations: requests to erase or suppress many people at once."""

from typing import TYPE_CHECKING, Any, get_args

from wegweiser.flow.regulations import Regulation, RegulationType, SubjectType
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import read, text

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

SPACE = "default"


async def regulation_create(site: "Site", arguments: JsonObject) -> Json:
    """Take a request to erase or suppress (`regulationType`, `subjectType`, `subjectIds`)."""
    kind = _choice(arguments, "regulationType", RegulationType)
    subject_type = _choice(arguments, "subjectType", SubjectType)
    subjects = read(arguments, "subjectIds", list[str], [])
    source = str(arguments.get("source") or "")
    taken = site.privacy.regulations.create(kind, subject_type, subjects, source)
    return {"regulateId": taken.regulate_id}


def _choice(arguments: JsonObject, name: str, kind: Any) -> Any:
    value = text(arguments, name)
    if value not in get_args(kind):
        told = wrong("one_from", name=name, known=", ".join(get_args(kind)))
        raise InputRefused("bad_input", told, 400, name)
    return value


async def regulation_list(site: "Site", arguments: JsonObject) -> Json:
    """List all requests, newest first."""
    return [summary(site, one) for one in site.privacy.regulations.all()]


async def regulation_show(site: "Site", arguments: JsonObject) -> Json:
    """Give one request with how far each recipient of the data was told."""
    return shown(site, site.privacy.regulations.get(text(arguments, "id")))


async def regulation_delete(site: "Site", arguments: JsonObject) -> Json:
    """Take back a request that was not begun."""
    site.privacy.regulations.delete(text(arguments, "id"))
    return {"status": "SUCCESS"}


def summary(site: "Site", regulation: Regulation) -> JsonObject:
    """Write a request as lists do."""
    return {
        "id": regulation.regulate_id,
        "regulationType": regulation.type,
        "subjectType": regulation.subject_type,
        "subjects": [*regulation.subjects],
        "count": regulation.count,
        "status": site.privacy.regulations.state_of(regulation),
        "createdAt": format_instant(regulation.created_at),
    }


def shown(site: "Site", regulation: Regulation) -> JsonObject:
    """Write a request with its recipients."""
    told: list[Json] = [
        {
            "id": endpoint,
            "name": endpoint,
            "status": state,
            "errString": "The recipient did not answer." if state == "FAILED" else "",
            "finishedAt": None,
        }
        for endpoint, state in site.privacy.regulations.destinations(regulation).items()
    ]
    finished = regulation.finished_at
    return {
        **summary(site, regulation),
        "workspaceId": SPACE,
        "overallStatus": site.privacy.regulations.state_of(regulation),
        "finishedAt": None if finished is None else format_instant(finished),
        "error": regulation.error,
        "persons": regulation.persons,
        "failed": regulation.failed,
        "erasures": [*regulation.erasures],
        "streamStatus": [{"id": SPACE, "destinationStatus": told}],
    }


OPERATIONS = {
    "regulation_create": regulation_create,
    "regulation_list": regulation_list,
    "regulation_show": regulation_show,
    "regulation_delete": regulation_delete,
}
