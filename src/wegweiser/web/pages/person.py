"""A person: who is this, how do we know, what happened, and why was what said?"""

import itertools

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.errors import NotFound
from wegweiser.terms.profile import PersonProfile
from wegweiser.web.pages.conversation import TalkForm, talk_form
from wegweiser.web.pages.desk import Desk
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
from wegweiser.web.pages.frame.sight import is_open
from wegweiser.web.pages.frame.story import WORD, kept
from wegweiser.web.pages.identity import Graph, Link, graph_of, links_of
from wegweiser.web.pages.identity_change import Operation, may_change, operations_of
from wegweiser.web.pages.insight import InsightCard, person_insight
from wegweiser.web.pages.moments import date_of, seen_ago
from wegweiser.web.pages.person_reason import ask_why
from wegweiser.web.pages.stage import StageCard, stage_card
from wegweiser.web.pages.suggestions import Perhaps, perhaps_of
from wegweiser.web.pages.timeline import Day, timeline_of
from wegweiser.web.text import Reader
from wegweiser.web.words import EVENTS, KINDS, PURPOSES, STATES, named

OUTCOMES_AT_MOST = 200


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
    accounts: tuple[Account, ...]
    segments: tuple[str, ...]
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
    days: tuple[Day, ...]
    talk: TalkForm
    stage: StageCard
    insight: InsightCard


async def person(desk: Desk, request: Request) -> Response:
    """Show a person; an id that was joined into another leads to that one."""
    asked = request.path_params["person_id"]
    person_id = desk.site.views.find_person(f"person_id:{asked}")
    reader = desk.reader(request)
    if person_id is None:
        raise NotFound(reader.say("Nobody is known under this id."))
    if person_id != asked:
        return RedirectResponse(person_path(person_id), 303)
    profile = desk.site.views.person(person_id)
    if not is_open(desk, request, person_id, (link.group_id for link in profile.accounts)):
        return ask_why(desk, request, person_id)
    frame = desk.frame(
        request,
        person_name(reader, profile),
        reader.say("Who is this, and how do we know?"),
        crumbs=(("/profiles", reader.say("Profiles")),),
    )
    return desk.render(request, "person.html", frame, _page(desk, request, reader, profile))


def _page(desk: Desk, request: Request, reader: Reader, profile: PersonProfile) -> PersonPage:
    views = desk.site.views
    evidence = tuple(views.links(profile.person_id))
    accounts = _accounts(desk, reader, profile)
    return PersonPage(
        sentence=sentence(reader, profile, accounts[0].name if accounts else ""),
        facts=seen_facts(reader, profile.traits),
        first_seen=date_of(reader, profile.first_seen_at),
        last_seen=date_of(reader, profile.last_seen_at),
        consent=tuple(_consent(reader, *one) for one in sorted(profile.consent.items())),
        accounts=accounts,
        segments=profile.segments,
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
        links=links_of(reader, evidence, desk.site.callers.sources()),
        operations=operations_of(reader, desk.site.identity.desk.operations_of(profile.person_id)),
        may_change=may_change(desk, request),
        change_path=kept(
            f"{person_path(profile.person_id)}/identity", request.query_params.get(WORD, "")
        ),
        graph=graph_of(reader, evidence),
        days=_timeline(desk, reader, profile.person_id),
        talk=talk_form(
            reader,
            request,
            [(f"person_id:{profile.person_id}", person_name(reader, profile))],
            _talked_for(desk, profile),
        ),
        stage=stage_card(
            reader,
            views.stage_of_person(profile.person_id),
            desk.site.journeys.journey.names,
        ),
        insight=person_insight(desk, reader, profile.person_id),
        perhaps=perhaps_of(desk.site, reader, profile.person_id),
    )


def _accounts(desk: Desk, reader: Reader, profile: PersonProfile) -> tuple[Account, ...]:
    """List the accounts; a claim is left out where the same account is confirmed."""
    confirmed = {link.group_id for link in profile.accounts if link.status == "confirmed"}
    return tuple(
        Account(
            account_name(desk.site.views.account(link.group_id)),
            account_path(link.group_id),
            link.role,
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


def _timeline(desk: Desk, reader: Reader, person_id: str) -> tuple[Day, ...]:
    views, book = desk.site.views, desk.site.unifier.outcomes
    decisions = views.decisions(person_id)
    outcomes = itertools.chain.from_iterable(book.of_decision(one.decision_id) for one in decisions)
    return timeline_of(
        reader,
        views.timeline(person_id),
        decisions,
        itertools.islice(outcomes, OUTCOMES_AT_MOST),
    )


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
