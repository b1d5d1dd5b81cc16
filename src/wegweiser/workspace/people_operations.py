"""Operations on the people who may sign in: list, let in, change role, give a link, remove."""

from typing import TYPE_CHECKING

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import read, text
from wegweiser.workspace.operator import Operator

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


async def people_list(site: "Site", arguments: JsonObject) -> Json:
    """List who may sign in: role, whether a link still waits, second factor, sessions."""
    return [_told(site, one) for one in site.people.all()]


async def people_add(site: "Site", arguments: JsonObject) -> Json:
    """Let somebody in with a role; gives a one-time link, shown this once.

    `by` names whoever is signed in and does it; at the command line it is nobody.
    """
    name, role = text(arguments, "name"), text(arguments, "role")
    _require_power(site, arguments, role)
    token = site.people.add(name, role, read(arguments, "email", str, ""))
    return _told(site, site.people.get(name)) | {"link": _link(site, token)}


async def people_role(site: "Site", arguments: JsonObject) -> Json:
    """Give somebody another role; it holds at once."""
    name, role = text(arguments, "name"), text(arguments, "role")
    before = site.people.get(name)
    _require_power(site, arguments, before.role, role)
    return _told(site, site.people.set_role(name, role)) | {"role_before": before.role}


async def people_remove(site: "Site", arguments: JsonObject) -> Json:
    """Let somebody in no more; their sessions and links end at once."""
    operator = site.people.get(text(arguments, "name"))
    _require_power(site, arguments, operator.role)
    site.people.remove(operator.name)
    return {"removed": operator.name}


async def people_link(site: "Site", arguments: JsonObject) -> Json:
    """Give somebody a new one-time link, with which they set their password, shown this once."""
    operator = site.people.get(text(arguments, "name"))
    _require_power(site, arguments, operator.role)
    link = operator.provider
    if link is not None and link.gives_role and not operator.password_hash:
        told = wrong("comes_by_provider")
        raise InputRefused("by_provider", told, 409, "name")
    token = site.people.invite(operator.name)
    return {"name": operator.name, "link": _link(site, token)}


async def people_sessions(site: "Site", arguments: JsonObject) -> Json:
    """List who is signed in, or only the sessions of `name`."""
    alive = site.people.sessions.alive(read(arguments, "name", str, ""))
    return [
        {
            "id": session_id,
            "name": session.name,
            "started_at": format_instant(session.started_at),
            "seen_at": format_instant(session.seen_at),
        }
        for session_id, session in alive
    ]


async def people_session_end(site: "Site", arguments: JsonObject) -> Json:
    """End a session by its `id`."""
    wanted = text(arguments, "id")
    found = next((one for key, one in site.people.sessions.alive() if key == wanted), None)
    if found is not None and (operator := site.people.find(found.name)) is not None:
        _require_power(site, arguments, operator.role)
    ended = site.people.sessions.end_by_id(wanted)
    return {"ended": wanted, "name": ended.name}


async def people_factor_drop(site: "Site", arguments: JsonObject) -> Json:
    """Ask somebody for no second factor any more, because their phone is gone."""
    operator = site.people.get(text(arguments, "name"))
    _require_power(site, arguments, operator.role)
    site.people.drop_factor(operator.name)
    return _told(site, site.people.get(operator.name))


def _require_power(site: "Site", arguments: JsonObject, *roles: str) -> None:
    """Raise InputRefused where somebody reaches for more than their own role gives."""
    by = read(arguments, "by", str, "")
    if not by:
        return
    if {"owner", "admin"} & {*roles} and not site.people.get(by).may("owners"):
        told = wrong("only_owners")
        raise InputRefused("too_strong", told, 403, "role")


def _told(site: "Site", operator: Operator) -> JsonObject:
    waits = site.people.waits(operator.name)
    state = "active" if operator.password_hash else "invited" if waits else "link_ended"
    if operator.provider is not None and not operator.password_hash:
        state = "by_provider"
    return {
        "name": operator.name,
        "role": operator.role,
        "email": operator.email,
        "state": state,
        "second_factor": bool(operator.factor),
        "by_provider": operator.provider is not None,
        "created_at": format_instant(operator.created_at),
        "sessions": len(site.people.sessions.alive(operator.name)),
    }


def _link(site: "Site", token: str) -> str:
    return f"{site.address}/welcome/{token}"


OPERATIONS = {
    "people_list": people_list,
    "people_add": people_add,
    "people_role": people_role,
    "people_remove": people_remove,
    "people_link": people_link,
    "people_sessions": people_sessions,
    "people_session_end": people_session_end,
    "people_factor_drop": people_factor_drop,
}
