"""An account: who belongs to it, what is known of it, what its people did."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import NotFound
from wegweiser.terms.profile import AccountProfile, Member
from wegweiser.web.pages.conversation import TalkForm, talk_form
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import (
    Fact,
    Share,
    account_name,
    facts_of,
    interests_of,
    person_name,
    person_path,
)
from wegweiser.web.pages.moments import date_of, seen_ago
from wegweiser.web.pages.stage import StageCard, stage_card
from wegweiser.web.text import Reader
from wegweiser.web.words import EVENTS, STATES, named

MEMBERS_AT_MOST = 100


class MemberRow(msgspec.Struct, frozen=True):
    """One person of the account."""

    name: str
    path: str
    role: str
    status: str
    seen: str


class AccountPage(msgspec.Struct, frozen=True):
    """Everything on the page of an account."""

    sentence: str
    members: tuple[MemberRow, ...]
    more: int
    facts: tuple[Fact, ...]
    interests: tuple[Share, ...]
    engagement: str
    counters: tuple[tuple[str, str], ...]
    first_seen: str
    last_seen: str
    talk: TalkForm
    stage: StageCard


async def account(desk: Desk, request: Request) -> Response:
    """Show an account by its group id."""
    reader = desk.reader(request)
    group_id = desk.site.views.find_account(f"group_id:{request.path_params['group_id']}")
    if group_id is None:
        raise NotFound(reader.say("No account is known under this id."))
    profile = desk.site.views.account(group_id)
    frame = desk.frame(
        request,
        account_name(profile),
        reader.say("Who belongs to it, and what do they want?"),
        crumbs=(("/profiles", reader.say("Profiles")),),
    )
    return desk.render(request, "account.html", frame, _page(desk, request, reader, profile))


def _page(desk: Desk, request: Request, reader: Reader, profile: AccountProfile) -> AccountPage:
    members = _members(profile)
    rows = tuple(_member(desk, reader, one) for one in members[:MEMBERS_AT_MOST])
    ids = [f"person_id:{one.person_id}" for one in members]
    group_id = next((one.value for one in profile.identifiers if one.type == "group_id"), "")
    largest = sorted(profile.counters.items(), key=lambda one: (-one[1], one[0]))[:12]
    return AccountPage(
        sentence=_sentence(reader, profile),
        members=rows,
        more=max(0, len(members) - MEMBERS_AT_MOST),
        facts=facts_of(profile.traits),
        interests=interests_of(reader, profile.interests),
        engagement=reader.number(profile.engagement, 1),
        counters=tuple((named(reader, EVENTS, name), reader.number(n)) for name, n in largest),
        first_seen=date_of(reader, profile.first_seen_at),
        last_seen=date_of(reader, profile.last_seen_at),
        talk=talk_form(
            reader,
            request,
            [(name, row.name) for name, row in zip(ids, rows, strict=False)],
            [(group_id, account_name(profile))],
        ),
        stage=stage_card(
            reader,
            desk.site.views.stage_of_account(group_id),
            desk.site.journeys.journey.names,
        ),
    )


def _members(profile: AccountProfile) -> list[Member]:
    """List the people; a claim is left out where the same person is confirmed."""
    confirmed = {one.person_id for one in profile.members if one.status == "confirmed"}
    return [
        one
        for one in profile.members
        if one.status == "confirmed" or one.person_id not in confirmed
    ]


def _sentence(reader: Reader, profile: AccountProfile) -> str:
    seen = seen_ago(reader, profile.last_seen_at) or reader.say("never")
    return reader.count(
        "{count} person belongs to this account, last active {seen}.",
        "{count} people belong to this account, last active {seen}.",
        len({member.person_id for member in profile.members}),
        seen=seen,
    )


def _member(desk: Desk, reader: Reader, member: Member) -> MemberRow:
    profile = desk.site.views.person(member.person_id)
    return MemberRow(
        person_name(reader, profile),
        person_path(member.person_id),
        member.role,
        named(reader, STATES, member.status),
        seen_ago(reader, profile.last_seen_at),
    )
