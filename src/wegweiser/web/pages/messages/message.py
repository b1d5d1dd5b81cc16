"""One message: what it does, where it is chosen, against whom it loses, and its history."""

from itertools import pairwise

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.errors import NotFound
from wegweiser.terms.message import Message
from wegweiser.web.pages.answers import wish
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import cut
from wegweiser.web.pages.goal_names import goal_name
from wegweiser.web.pages.messages.course import CourseShown, course_of
from wegweiser.web.pages.messages.lift import (
    CONTESTS,
    SEEN,
    Rival,
    Seen,
    Verdict,
    rivals_of,
    seen_of,
    verdict_wish,
    verdicts_of,
)
from wegweiser.web.pages.messages.standing import (
    STATES,
    draft_of,
    message_path,
    published,
    simulate_path,
    state_of,
)
from wegweiser.web.text import Reader
from wegweiser.web.words import CHANNELS, named

VERSIONS = 50


class Version(msgspec.Struct, frozen=True):
    """One published form of the message; `number` is the bundle that can be taken up again."""

    number: int
    at: str
    by: str
    reason: str
    current: bool


class MessagePage(msgspec.Struct, frozen=True):
    """Everything on the page of a message."""

    key: str
    state: str
    standing: str
    paused: bool
    draft: str
    simulated: str
    verdict: Verdict | None
    seen: Seen | None
    facts: tuple[tuple[str, str], ...]
    rules: tuple[str, ...]
    course: CourseShown
    variants: tuple[tuple[str, str, str], ...]
    rivals: tuple[Rival, ...]
    versions: tuple[Version, ...]
    may_define: bool
    may_publish: bool


async def message(desk: Desk, request: Request) -> Response:
    """Show a message; one that is only a draft leads to its editor."""
    reader, view = desk.reader(request), desk.view(request)
    key = request.path_params["key"]
    found, draft = published(desk, key), await draft_of(desk, request, key)
    if found is None:
        if draft is None:
            raise NotFound(reader.say("There is no message of this name."))
        return RedirectResponse(message_path(key, "/edit"), 303)
    period = {**view.span.options, "zone": reader.zone}
    asked = (
        verdict_wish(desk.site.unifier.policies.bundle),
        wish(SEEN, period),
        wish(CONTESTS, period),
    )
    answers = await desk.answered(request, asked)
    page = MessagePage(
        key=key,
        state=reader.say(STATES[state_of(found, reader.now)]),
        standing=_standing(reader, found),
        paused=found.stopped,
        draft=reader.say(STATES[draft[0].status]) if draft else "",
        simulated=simulate_path(draft[0].name if draft else ""),
        verdict=verdicts_of(reader, answers.get(asked[0])).get(key),
        seen=seen_of(reader, answers.get(asked[1])).get(key),
        facts=_facts(desk, reader, found),
        rules=tuple(one.when for one in found.rules),
        course=await course_of(desk, request, key),
        variants=tuple(
            (one.key, named(reader, CHANNELS, one.channel), one.locale) for one in found.variants
        ),
        rivals=rivals_of(reader, answers.get(asked[2]), key),
        versions=_versions(desk, reader, key),
        may_define=desk.may(request, "define"),
        may_publish=desk.may(request, "publish"),
    )
    frame = desk.frame(
        request,
        cut(key),
        reader.say("What does this message do, and for whom?"),
        crumbs=(("/messages", reader.say("Messages")),),
        refresh=desk.answers.computing(asked),
    )
    return desk.render(request, "messages/message.html", frame, page)


def _standing(reader: Reader, found: Message) -> str:
    """Say what a state means for whoever looks; empty while it is live."""
    match state_of(found, reader.now):
        case "paused":
            return reader.say("It pauses: nobody gets it until somebody lets it go on.")
        case "archived":
            at = reader.moment(found.ends_at or 0)
            return reader.say(
                "It ended on {moment} and is archived: nobody gets it, its results stay.", moment=at
            )
        case "planned":
            at = reader.moment(found.starts_at or 0)
            return reader.say("It begins on {moment}; nobody gets it before.", moment=at)
    return ""


def _facts(desk: Desk, reader: Reader, found: Message) -> tuple[tuple[str, str], ...]:
    days = [reader.moment(at) if at is not None else "" for at in (found.starts_at, found.ends_at)]
    service = reader.say("service, without advertising") if found.service else reader.say("normal")
    goals = desk.site.unifier.policies.bundle.goals
    told = (
        (reader.say("Goal"), cut(goal_name(goals, found.goal))),
        (reader.say("Topic"), cut(found.topic)),
        (
            reader.say("Worth of one response"),
            reader.money(found.value, desk.site.settings.currency),
        ),
        (reader.say("Class"), service),
        (reader.say("From"), days[0]),
        (reader.say("Until"), days[1]),
        (reader.say("Lever"), reader.number(found.lever, 2)),
        (reader.say("Looked after by"), cut(found.owner)),
    )
    return tuple((name, value) for name, value in told if value)


def _reason(reader: Reader, reason: str, erased_at: int) -> str:
    """Give why something was published, and whether an erasure changed it later (ms, 0 never)."""
    if not erased_at:
        return reason
    told = reader.say("Changed by an erasure on {day}.", day=reader.moment(erased_at))
    return f"{reason} {told}".strip()


def _versions(desk: Desk, reader: Reader, key: str) -> tuple[Version, ...]:
    """List the published forms of a message, the newest first, each with who published it."""
    policies = desk.site.unifier.policies
    told = policies.publications()
    forms = [
        (one, next((m for m in policies.numbered(one.number).messages if m.key == key), None))
        for one in told
    ]
    changed = [
        (one, form)
        for (one, form), (_, before) in pairwise([*forms, (None, None)])
        if form != before
    ]
    current = published(desk, key)
    return tuple(
        Version(
            one.number,
            reader.moment(one.at) if one.at else "",
            one.by,
            _reason(reader, one.reason, one.erased_at)
            if form is not None
            else reader.say("taken out"),
            form == current,
        )
        for one, form in changed[:VERSIONS]
        if one is not None
    )
