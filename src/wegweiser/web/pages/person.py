"""A person: who is this, how do we know, what happened, and why was what said?"""

from collections.abc import Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import NotFound
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.profile import PersonProfile
from wegweiser.web.pages.conversation import TalkForm, talk_form
from wegweiser.web.pages.desk import Desk, Notice
from wegweiser.web.pages.facts import (
    Fact,
    Share,
    account_name,
    account_path,
    interests_of,
    person_name,
    person_path,
    seen_facts,
)
from wegweiser.web.pages.frame.sight import confirmed_in, is_open, named_to, note_read
from wegweiser.web.pages.frame.story import WORD, kept
from wegweiser.web.pages.identity import Graph, Link, graph_of, links_of
from wegweiser.web.pages.identity_change import Operation, may_change, operations_of
from wegweiser.web.pages.insight import InsightCard, person_insight
from wegweiser.web.pages.moments import date_of, seen_ago
from wegweiser.web.pages.people.happened import Happened, happened
from wegweiser.web.pages.people.rights import Rights, rights_of
from wegweiser.web.pages.people.scores import ScoreRow, score_rows
from wegweiser.web.pages.people.strip import Strip, strip_of
from wegweiser.web.pages.people.value import Value, value_of_person
from wegweiser.web.pages.people.wishes import Wish, wishes_of
from wegweiser.web.pages.person_reason import ask_why
from wegweiser.web.pages.stage import StageCard, stage_card
from wegweiser.web.pages.suggestions import Perhaps, perhaps_of
from wegweiser.web.text import Reader
from wegweiser.web.words import BUYING_ROLES, EVENTS, KINDS, PURPOSES, STATES, named
from wegweiser.workspace.segment_operations import stays_of


class Account(msgspec.Struct, frozen=True):
    """One account of the person."""

    name: str
    path: str
    role: str
    status: str


class PersonPage(msgspec.Struct, frozen=True):
    """Everything on the page of a person."""

    sentence: str
    facts: tuple[Fact, ...]
    first_seen: str
    last_seen: str
    consent: tuple[tuple[str, str, str], ...]
    wishes: tuple[Wish, ...]
    accounts: tuple[Account, ...]
    segments: tuple[tuple[str, str, str], ...]
    interests: tuple[Share, ...]
    engagement: str
    sessions: str
    counters: tuple[tuple[str, str], ...]
    identifiers: tuple[tuple[str, str, str], ...]
    links: tuple[Link, ...]
    perhaps: tuple[Perhaps, ...]
    operations: tuple[Operation, ...]
    may_change: bool
    change_path: str
    graph: Graph | None
    happened: Happened
    talk: TalkForm
    stage: StageCard
    strip: Strip
    scores: tuple[ScoreRow, ...]
    value: Value
    rights: Rights
    insight: InsightCard


async def person(desk: Desk, request: Request) -> Response:
    """Show a person; an id that was joined into another leads to that one."""
    asked = request.path_params["person_id"]
    person_id = desk.site.views.find_person(f"person_id:{asked}")
    reader = desk.reader(request)
    if person_id is None:
        raise NotFound(_gone(desk, reader, asked))
    if person_id != asked:
        told = reader.say("That profile was joined with another one. This is what they are now.")
        return desk.done(request, person_path(person_id), Notice(told))
    profile = desk.site.views.person(person_id)
    if not is_open(desk, request, person_id, confirmed_in(profile)):
        return ask_why(desk, request, person_id)
    note_read(desk, request, person_id)
    frame = desk.frame(
        request,
        person_name(named_to(reader), profile),
        reader.say("Who is this, and how do we know?"),
        crumbs=(("/profiles", reader.say("Profiles")),),
    )
    timeline = await happened(desk, request, named_to(reader), profile)
    value = await value_of_person(desk, reader, person_id)
    page = _page(desk, request, reader, profile, timeline, value)
    return desk.render(request, "person.html", frame, page)


def _gone(desk: Desk, reader: Reader, person_id: str) -> str:
    """Say that nobody has an id; where its person was erased, when that was."""
    erased_at = desk.site.privacy.erased_at(person_id)
    if erased_at is None:
        return reader.say(
            "Nobody is known under this id. If the person was erased, only the receipt remains."
        )
    day = reader.day_of(erased_at)
    return reader.say("This person was erased on {day}; only the receipt remains.", day=day)


def _page(
    desk: Desk,
    request: Request,
    reader: Reader,
    profile: PersonProfile,
    told: Happened,
    value: Value,
) -> PersonPage:
    views = desk.site.views
    # Somebody else who stands on the page is not opened by it.
    others, reader = reader, named_to(reader)
    own = {f"{one.type}:{one.value}" for one in profile.identifiers}
    evidence = tuple(views.links(profile.person_id))

    def reader_of(name: str) -> Reader:
        return reader if name in own else others

    accounts = _accounts(desk, reader, profile)
    return PersonPage(
        sentence=sentence(reader, profile, accounts[0].name if accounts else ""),
        facts=seen_facts(reader, profile.traits),
        first_seen=date_of(reader, profile.first_seen_at),
        last_seen=date_of(reader, profile.last_seen_at),
        consent=tuple(_consent(reader, *one) for one in sorted(profile.consent.items())),
        wishes=wishes_of(desk, reader, profile),
        accounts=accounts,
        segments=_segments(desk, reader, profile.person_id),
        interests=interests_of(reader, profile.interests),
        engagement=reader.number(profile.engagement, 1),
        sessions=reader.number(profile.sessions),
        counters=_counters(reader, profile.counters),
        identifiers=tuple(
            (
                named(reader, KINDS, one.type),
                reader.private(one.value),
                named(reader, STATES, one.status),
            )
            for one in profile.identifiers
        ),
        links=links_of(reader, evidence, desk.site.callers.sources(), reader_of),
        operations=operations_of(others, desk.site.identity.desk.operations_of(profile.person_id)),
        may_change=may_change(desk, request),
        change_path=kept(
            f"{person_path(profile.person_id)}/identity", request.query_params.get(WORD, "")
        ),
        graph=graph_of(reader, evidence, reader_of),
        happened=told,
        talk=_talk(desk, request, reader, profile),
        stage=stage_card(
            reader,
            views.stage_of_person(profile.person_id),
            desk.site.journeys.journey.names,
        ),
        strip=_strip(desk, reader, profile),
        scores=_scores(desk, reader, profile.person_id),
        value=value,
        rights=rights_of(desk, request, profile),
        insight=person_insight(desk, reader, profile.person_id),
        perhaps=perhaps_of(desk.site, others, profile.person_id),
    )


def _talk(desk: Desk, request: Request, reader: Reader, profile: PersonProfile) -> TalkForm:
    themselves = (f"person_id:{profile.person_id}", person_name(reader, profile))
    return talk_form(reader, request, [themselves], _talked_for(desk, profile))


def _accounts(desk: Desk, reader: Reader, profile: PersonProfile) -> tuple[Account, ...]:
    """List the accounts; a claim is left out where the same account is confirmed."""
    confirmed = {link.group_id for link in profile.accounts if link.status == "confirmed"}
    return tuple(
        Account(
            account_name(desk.site.views.account(link.group_id)),
            account_path(link.group_id),
            named(reader, BUYING_ROLES, link.role),
            named(reader, STATES, link.status),
        )
        for link in profile.accounts
        if link.status == "confirmed" or link.group_id not in confirmed
    )


def _talked_for(desk: Desk, profile: PersonProfile) -> list[tuple[str, str]]:
    """List the accounts, by group id and name, each once."""
    group_ids = dict.fromkeys(link.group_id for link in profile.accounts)
    return [(one, account_name(desk.site.views.account(one))) for one in group_ids]


def _consent(reader: Reader, purpose: str, state: str) -> tuple[str, str, str]:
    tone = "good" if state == "granted" else ""
    return named(reader, PURPOSES, purpose), named(reader, STATES, state), tone


def _counters(reader: Reader, counters: dict[str, int]) -> tuple[tuple[str, str], ...]:
    largest = sorted(counters.items(), key=lambda one: (-one[1], one[0]))[:12]
    return tuple((named(reader, EVENTS, name), reader.number(count)) for name, count in largest)


def _segments(desk: Desk, reader: Reader, person_id: str) -> tuple[tuple[str, str, str], ...]:
    """List the segments, by name, page and since when."""
    rows = stays_of(desk.site, f"person_id:{person_id}")["segments"]
    return tuple(
        (str(row["name"]), f"/segments/{row['key']}", date_of(reader, str(row["entered_at"])))
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict)
    )


def _scores(desk: Desk, reader: Reader, person_id: str) -> tuple[ScoreRow, ...]:
    return score_rows(desk, reader, desk.site.knowing.insights.person(person_id).scores)


def _strip(desk: Desk, reader: Reader, profile: PersonProfile) -> Strip:
    def stages_at(marks: Sequence[int]) -> Sequence[str]:
        return desk.site.views.course_of_person(profile.person_id, marks).stages

    since = parse_instant(profile.first_seen_at or profile.created_at) or 0
    return strip_of(reader, stages_at, desk.site.journeys.journey.names, since)


def sentence(reader: Reader, profile: PersonProfile, account: str) -> str:
    """Say in one sentence who this is."""
    seen = seen_ago(reader, profile.last_seen_at) or reader.say("never")
    strongest = max(profile.interests.items(), key=lambda one: one[1], default=("", 0.0))[0]
    values = {"account": account, "topic": strongest, "seen": seen}
    if not profile.known:
        if strongest:
            return reader.say(
                "Visitor without a name, most interested in {topic}, last seen {seen}.", **values
            )
        return reader.say("Visitor without a name, last seen {seen}.", **values)
    if account and strongest:
        return reader.say(
            "Person at {account}, most interested in {topic}, last seen {seen}.", **values
        )
    if account:
        return reader.say("Person at {account}, last seen {seen}.", **values)
    if strongest:
        return reader.say("Person, most interested in {topic}, last seen {seen}.", **values)
    return reader.say("Person, last seen {seen}.", **values)
