"""Profiles: find a person or an account, and see who was active last."""

from collections.abc import Iterable

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.profile import AccountProfile, PersonProfile
from wegweiser.terms.role import Sight
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import account_name, account_path, person_name, person_path
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.sight import is_owner
from wegweiser.web.pages.moments import seen_ago
from wegweiser.web.text import Reader

SHOWN = 25
# How many accounts are looked through for those of one reader.
LOOKED_AT = 500
# Tried in this order for a search without a type.
KINDS = ("email", "user_id", "anonymous_id", "phone", "person_id")


class Listed(msgspec.Struct, frozen=True):
    """One line of a list: who it is, where the page is, and what stands beside it."""

    name: str
    path: str
    beside: str
    seen: str


class ProfilesPage(msgspec.Struct, frozen=True):
    """The search with what it did not find, and the two lists."""

    looked_for: str
    persons: tuple[Listed, ...]
    accounts: tuple[Listed, ...]
    sight: Sight


async def profiles(desk: Desk, request: Request) -> Response:
    """Show the lists, or look for somebody; search words never stand in an address."""
    looked_for = ""
    if request.method == "POST":
        looked_for = (await read_form(request, desk.form_limits)).get("search", "").strip()[:200]
        found = find(desk, looked_for)
        if found:
            return RedirectResponse(found, 303)
    reader = desk.reader(request)
    accounts = _accounts(desk, request, reader)
    page = ProfilesPage(
        looked_for,
        tuple(_person(reader, one) for one in _persons(desk, reader, accounts)),
        tuple(_account(reader, one) for one in accounts),
        reader.sight,
    )
    frame = desk.frame(
        request, reader.say("Profiles"), reader.say("Who is this, and how do we know?")
    )
    return desk.render(request, "profiles.html", frame, page, 404 if looked_for else 200)


def find(desk: Desk, looked_for: str) -> str:
    """Give the page of a person or account found by any identifier, empty when there is none."""
    if not looked_for:
        return ""
    views = desk.site.views
    names = [looked_for] if ":" in looked_for else []
    names += [f"{kind}:{looked_for}" for kind in KINDS]
    for name in names:
        person_id = views.find_person(name)
        if person_id is not None:
            return person_path(person_id)
    for name in (looked_for, f"group_id:{looked_for}"):
        group_id = views.find_account(name)
        if group_id is not None:
            return account_path(group_id)
    return ""


def _accounts(desk: Desk, request: Request, reader: Reader) -> list[AccountProfile]:
    """List accounts that were active last: all, or only those of whoever is signed in."""
    if reader.sight != "own":
        return list(desk.site.views.recent_accounts(limit=SHOWN))
    recent = desk.site.views.recent_accounts(limit=LOOKED_AT)
    return [one for one in recent if is_owner(desk, request, one)][:SHOWN]


def _persons(desk: Desk, reader: Reader, accounts: Iterable[AccountProfile]) -> list[PersonProfile]:
    """List persons that were active last; nobody where each is seen for a reason only."""
    views = desk.site.views
    if reader.sight == "own":
        members = [member.person_id for one in accounts for member in one.members]
        return [views.person(person_id) for person_id in dict.fromkeys(members)][:SHOWN]
    return list(views.recent_persons(limit=SHOWN)) if reader.sight in ("whole", "masked") else []


def _person(reader: Reader, person: PersonProfile) -> Listed:
    beside = ", ".join(dict.fromkeys(link.group_id for link in person.accounts[:4]))
    return Listed(
        person_name(reader, person),
        person_path(person.person_id),
        beside,
        seen_ago(reader, person.last_seen_at),
    )


def _account(reader: Reader, account: AccountProfile) -> Listed:
    members = {member.person_id for member in account.members}
    people = reader.count("{count} person", "{count} people", len(members))
    group_id = next((one.value for one in account.identifiers if one.type == "group_id"), "")
    return Listed(
        account_name(account),
        account_path(group_id),
        people,
        seen_ago(reader, account.last_seen_at),
    )
