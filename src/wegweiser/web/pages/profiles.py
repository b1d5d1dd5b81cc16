"""Profiles: find a person or an account, and see who was active last."""

from collections.abc import Iterable, Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.profile import AccountProfile, PersonProfile
from wegweiser.terms.role import Sight
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import account_path, person_path
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.sight import CONFIRMED, is_owner, may_open, named_to, owns
from wegweiser.web.pages.people.found import NOTHING, Found, search
from wegweiser.web.pages.people.listed import (
    Listed,
    beside_of,
    listed_account,
    listed_person,
    names_of,
)
from wegweiser.web.pages.people.rising import rising
from wegweiser.web.text import Reader
from wegweiser.workspace.recent import accounts_of, recent_accounts

SHOWN = 25
# How many accounts are looked through for those of one reader, and for those whose intent rises.
LOOKED_AT = 500
COMPARED = 100
# Tried in this order for a search without a type.
KINDS = ("email", "user_id", "anonymous_id", "phone", "person_id")


class ProfilesPage(msgspec.Struct, frozen=True):
    """The search with what it found, the two lists, and the accounts with rising intent.

    `compared` is how many accounts were looked through for these.
    """

    looked_for: str
    found: Found
    persons: tuple[Listed, ...]
    accounts: tuple[Listed, ...]
    rising: tuple[Listed, ...]
    compared: str
    sight: Sight


async def profiles(desk: Desk, request: Request) -> Response:
    """Show the lists, or look for somebody; search words never stand in an address."""
    looked_for, hits = "", NOTHING
    if request.method == "POST":
        looked_for = (await read_form(request, desk.form_limits)).get("search", "").strip()[:200]
        found = find(desk, request, looked_for)
        if found:
            return RedirectResponse(found, 303)
        hits = await search(desk, request, looked_for)
    reader = desk.reader(request)
    compared = await _accounts(desk, request, reader)
    accounts = compared[:SHOWN]
    seen, persons = named_to(reader), _persons(desk, reader, accounts)
    names = await _names(desk, reader, persons, compared)
    page = ProfilesPage(
        looked_for,
        hits,
        tuple(listed_person(seen, one, names) for one in persons),
        tuple(listed_account(reader, one) for one in accounts),
        rising(desk, reader, compared),
        reader.number(len(compared)),
        reader.sight,
    )
    frame = desk.frame(
        request, reader.say("Profiles"), reader.say("Who is this, and how do we know?")
    )
    missed = looked_for and not hits.rows
    return desk.render(request, "profiles.html", frame, page, 404 if missed else 200)


def find(desk: Desk, request: Request, looked_for: str) -> str:
    """Give the page of a person or account found by any identifier, empty when there is none.

    Nobody learns from a search that somebody is known whom they may not look at.
    """
    if not looked_for:
        return ""
    views, is_own = desk.site.views, desk.reader(request).sight == "own"
    names = [looked_for] if ":" in looked_for else []
    names += [f"{kind}:{looked_for}" for kind in KINDS]
    for name in names:
        person_id = views.find_person(name)
        if person_id is not None and (not is_own or may_open(desk, request, person_id)):
            return person_path(person_id)
    for name in (looked_for, f"group_id:{looked_for}"):
        group_id = views.find_account(name)
        if group_id is not None and (not is_own or owns(desk, request, group_id)):
            return account_path(group_id)
    return ""


async def _accounts(desk: Desk, request: Request, reader: Reader) -> list[AccountProfile]:
    """List accounts that were active last: all, or only those of whoever is signed in."""
    if reader.sight != "own":
        return await recent_accounts(desk.site, COMPARED)
    found = await recent_accounts(desk.site, LOOKED_AT)
    return [one for one in found if is_owner(desk, request, one)][:COMPARED]


async def _names(
    desk: Desk, reader: Reader, persons: Sequence[PersonProfile], read: Sequence[AccountProfile]
) -> dict[str, str]:
    """Name the accounts of persons; whoever sees the own accounts only learns no other names."""
    names = names_of(read)
    if reader.sight == "own":
        return names
    wanted = dict.fromkeys(one.group_id for person in persons for one in beside_of(person))
    lacking = [one for one in wanted if one not in names]
    return names | names_of(await accounts_of(desk.site, lacking[:SHOWN]))


def _persons(desk: Desk, reader: Reader, accounts: Iterable[AccountProfile]) -> list[PersonProfile]:
    """List persons that were active last; nobody where each is seen for a reason only."""
    views = desk.site.views
    if reader.sight == "own":
        members = [
            member.person_id
            for one in accounts
            for member in one.members
            if member.status == CONFIRMED
        ]
        return [views.person(person_id) for person_id in dict.fromkeys(members)][:SHOWN]
    return list(views.recent_persons(limit=SHOWN)) if reader.sight in ("whole", "masked") else []
