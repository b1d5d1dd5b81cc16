"""An account: who belongs to it, what is known of it, what its people did."""

from collections.abc import Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.errors import NotFound
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.profile import AccountProfile
from wegweiser.web.pages.conversation import TalkForm, talk_form
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import (
    Fact,
    Share,
    account_name,
    account_path,
    facts_of,
    interests_of,
)
from wegweiser.web.pages.frame.sight import named_to, require_own
from wegweiser.web.pages.frame.table import Table
from wegweiser.web.pages.insight import InsightCard, account_insight
from wegweiser.web.pages.membership import MembersPart, members_part, say_membership
from wegweiser.web.pages.moments import date_of, seen_ago
from wegweiser.web.pages.people.account_parts import (
    Budget,
    activity_table,
    budget_of,
)
from wegweiser.web.pages.people.next_step import NextStep, next_step_part
from wegweiser.web.pages.people.opportunities import opportunities_of
from wegweiser.web.pages.people.scores import ScoreRow, score_rows
from wegweiser.web.pages.people.strip import Strip, strip_of
from wegweiser.web.pages.people.value import Value, value_of
from wegweiser.web.pages.stage import StageCard, stage_card
from wegweiser.web.text import Reader
from wegweiser.web.words import EVENTS, KINDS, named


class Family(msgspec.Struct, frozen=True):
    """A name of the account, or another one above or below it."""

    kind: str
    name: str
    path: str = ""


class AccountPage(msgspec.Struct, frozen=True):
    """Everything on the page of an account."""

    sentence: str
    members: MembersPart
    family: tuple[Family, ...]
    facts: tuple[Fact, ...]
    interests: tuple[Share, ...]
    engagement: str
    counters: tuple[tuple[str, str], ...]
    first_seen: str
    last_seen: str
    talk: TalkForm
    stage: StageCard
    strip: Strip
    insight: InsightCard
    scores: tuple[ScoreRow, ...]
    activity: Table
    opportunities: tuple[tuple[str, str], ...]
    value: Value
    budget: Budget
    next_step: NextStep


async def account(desk: Desk, request: Request) -> Response:
    """Show an account by its group id."""
    reader = desk.reader(request)
    asked = request.path_params["group_id"]
    group_id = desk.site.views.find_account(f"group_id:{asked}")
    if group_id is None:
        raise NotFound(reader.say("No account is known under this id."))
    require_own(desk, request, group_id)
    if request.method == "POST":
        return await say_membership(desk, request, group_id)
    if group_id != asked:
        return RedirectResponse(account_path(group_id), 303)
    profile = desk.site.views.account(group_id)
    frame = desk.frame(
        request,
        account_name(profile),
        reader.say("Who belongs to it, and what do they want?"),
        crumbs=(("/profiles", reader.say("Profiles")),),
    )
    # Whose account it is knows its people by name; who needs a reason for each does not.
    seen = named_to(reader) if reader.sight == "own" else reader
    value = await value_of(desk, seen, group_id)
    opportunities = await opportunities_of(desk, seen, profile)
    page = _page(desk, request, seen, profile, value, opportunities)
    return desk.render(request, "account.html", frame, page)


def _page(
    desk: Desk,
    request: Request,
    reader: Reader,
    profile: AccountProfile,
    value: Value,
    opportunities: tuple[tuple[str, str], ...],
) -> AccountPage:
    group_id = next((one.value for one in profile.identifiers if one.type == "group_id"), "")
    members = members_part(desk, request, reader, group_id)
    people = dict.fromkeys((row.person, row.name) for row in members.rows)
    largest = sorted(profile.counters.items(), key=lambda one: (-one[1], one[0]))[:12]
    return AccountPage(
        sentence=_sentence(reader, profile),
        members=members,
        family=_family(desk, reader, group_id),
        facts=facts_of(reader, profile.traits),
        interests=interests_of(reader, profile.interests),
        engagement=reader.number(profile.engagement, 1),
        counters=tuple((named(reader, EVENTS, name), reader.number(n)) for name, n in largest),
        first_seen=date_of(reader, profile.first_seen_at),
        last_seen=date_of(reader, profile.last_seen_at),
        talk=talk_form(
            reader,
            request,
            [*people],
            [(group_id, account_name(profile))],
        ),
        stage=stage_card(
            reader,
            desk.site.views.stage_of_account(group_id),
            desk.site.journeys.journey.names,
        ),
        strip=_strip(desk, reader, profile, group_id),
        insight=account_insight(desk, reader, group_id),
        scores=score_rows(desk, reader, desk.site.knowing.insights.account(group_id).scores),
        activity=activity_table(desk, request, reader, group_id),
        opportunities=opportunities,
        value=value,
        budget=budget_of(desk, reader, group_id, _people(profile)),
        next_step=next_step_part(desk, request, reader, group_id, (*people,)),
    )


def _people(profile: AccountProfile) -> tuple[str, ...]:
    return tuple(dict.fromkeys(member.person_id for member in profile.members))


def _strip(desk: Desk, reader: Reader, profile: AccountProfile, group_id: str) -> Strip:
    def stages_at(marks: Sequence[int]) -> Sequence[str]:
        return desk.site.views.course_of_account(group_id, marks).stages

    since = parse_instant(profile.first_seen_at or profile.created_at) or 0
    return strip_of(reader, stages_at, desk.site.journeys.journey.names, since)


def _family(desk: Desk, reader: Reader, group_id: str) -> tuple[Family, ...]:
    """List what the account is called, the accounts above it, and those below it."""
    book = desk.site.unifier.directory.account_book

    def linked(name: str, groups: list[str]) -> list[Family]:
        found = [(account_name(desk.site.views.account(one)), account_path(one)) for one in groups]
        return [Family(name, said, path) for said, path in found]

    known = desk.site.views.account(group_id).identifiers
    return (
        *(Family(named(reader, KINDS, one.type), one.value) for one in known),
        *linked(reader.say("Belongs to"), _alive(desk, book.above(group_id))),
        *linked(reader.say("Below it"), _alive(desk, book.below(group_id))),
    )


def _alive(desk: Desk, groups: list[str]) -> list[str]:
    return [one for one in groups if desk.site.views.find_account(f"group_id:{one}") is not None]


def _sentence(reader: Reader, profile: AccountProfile) -> str:
    seen = seen_ago(reader, profile.last_seen_at) or reader.say("never")
    return reader.count(
        "{count} person belongs to this account, last active {seen}.",
        "{count} people belong to this account, last active {seen}.",
        len({member.person_id for member in profile.members}),
        seen=seen,
    )
