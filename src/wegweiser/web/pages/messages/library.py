"""The library of messages: goal, topic, state, who saw them, and what they do."""

from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.message import Message
from wegweiser.web.pages.answers import wish
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import cut
from wegweiser.web.pages.frame.table import Cell, Row, Table, paged, sortable
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.goal_names import goal_name
from wegweiser.web.pages.messages.lift import (
    SEEN,
    VERDICT,
    Seen,
    Verdict,
    seen_of,
    verdict_wish,
    verdicts_of,
)
from wegweiser.web.pages.messages.standing import (
    STATES,
    DraftTold,
    drafts,
    message_path,
    state_of,
)
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import CHANNELS, named

FILTERS = (
    ("state", mark("State")),
    ("goal", mark("Goal")),
    ("topic", mark("Topic")),
    ("channel", mark("Channel")),
)


class Line(msgspec.Struct, frozen=True):
    """One message of the library, before it is written."""

    key: str
    goal: str = ""
    topic: str = ""
    channels: tuple[str, ...] = ()
    state: str = "draft"
    waits: str = ""
    seen: Seen | None = None
    verdict: Verdict | None = None
    goal_name: str = ""


class LibraryPage(msgspec.Struct, frozen=True):
    """The list, and one sentence about it."""

    sentence: str
    table: Table
    may_define: bool


async def library(desk: Desk, request: Request) -> Response:
    """Show all messages and drafts."""
    reader, view = desk.reader(request), desk.view(request)
    bundle = desk.site.unifier.policies.bundle
    asked = (verdict_wish(bundle), wish(SEEN, {**view.span.options, "zone": reader.zone}))
    answers = await desk.answered(request, asked)
    verdicts = verdicts_of(reader, answers.get(asked[0]))
    seen = seen_of(reader, answers.get(asked[1]))
    waiting = await drafts(desk, request)
    lines = [
        msgspec.structs.replace(
            _line(one, reader.now, waiting, seen, verdicts),
            goal_name=goal_name(bundle.goals, one.goal),
        )
        for one in bundle.messages
    ]
    known = {one.key for one in bundle.messages}
    lines += [
        Line(key, state=told.status) for key, told in sorted(waiting.items()) if key not in known
    ]
    page = LibraryPage(
        _sentence(reader, lines),
        _table(reader, view, lines, frozenset(one.measure for one in answers)),
        desk.may(request, "define"),
    )
    frame = desk.frame(
        request,
        reader.say("Messages"),
        reader.say("What may we say, to whom, how often?"),
        refresh=desk.answers.computing(asked),
    )
    return desk.render(request, "messages/library.html", frame, page)


def _line(
    message: Message,
    now: int,
    waiting: dict[str, DraftTold],
    seen: dict[str, Seen],
    verdicts: dict[str, Verdict],
) -> Line:
    draft = waiting.get(message.key)
    return Line(
        message.key,
        message.goal,
        message.topic,
        tuple(dict.fromkeys(one.channel for one in message.variants)),
        state_of(message, now),
        draft.status if draft else "",
        seen.get(message.key),
        verdicts.get(message.key),
    )


def _sentence(reader: Reader, lines: list[Line]) -> str:
    live = sum(one.state == "live" for one in lines)
    waiting = sum(
        bool(one.waits) or one.state in ("draft", "submitted", "approved") for one in lines
    )
    return reader.count(
        "{count} message is live; drafts that wait: {waiting}.",
        "{count} messages are live; drafts that wait: {waiting}.",
        live,
        waiting=reader.number(waiting),
    )


_ORDERS: dict[str, Callable[[Line], str | float]] = {
    "name": lambda one: one.key,
    "goal": lambda one: one.goal_name,
    "topic": lambda one: one.topic,
    "state": lambda one: one.state,
    "seen": lambda one: one.seen.exposures_number if one.seen else 0.0,
}


def _table(reader: Reader, view: View, lines: list[Line], answered: frozenset[str]) -> Table:
    kept = [one for one in lines if _passes(view, one)]
    by, falling = view.sorted_by
    if by in _ORDERS:
        kept.sort(key=_ORDERS[by], reverse=falling)
    shown, pages = paged(reader, view, kept)
    columns = (
        sortable(view, "name", reader.say("Message")),
        sortable(view, "state", reader.say("State")),
        sortable(view, "goal", reader.say("Goal")),
        sortable(view, "topic", reader.say("Topic")),
        sortable(view, "seen", reader.say("Seen by"), number=True),
        msgspec.structs.replace(sortable(view, "", reader.say("Click rate"), number=True), sort=""),
        msgspec.structs.replace(sortable(view, "", reader.say("Lift")), sort=""),
    )
    nothing = reader.say("No message is here. Write the first one with the button above.")
    return Table(columns, tuple(_row(reader, one, answered) for one in shown), nothing, pages=pages)


def _passes(view: View, one: Line) -> bool:
    stated = {
        "state": (one.state, one.waits),
        "goal": (one.goal, one.goal_name),
        "topic": (one.topic,),
        "channel": one.channels,
    }
    return all(
        not wanted or set(wanted) & set(has)
        for name, has in stated.items()
        if (wanted := view.values_of(name)) is not None
    )


def _row(reader: Reader, one: Line, answered: frozenset[str]) -> Row:
    waits = (
        reader.say("with a draft: {state}", state=reader.say(STATES[one.waits]))
        if one.waits
        else ""
    )
    state = Cell(reader.say(STATES[one.state]), note=waits)
    channels = ", ".join(named(reader, CHANNELS, channel) for channel in one.channels)
    draft_only = one.state in ("draft", "submitted", "approved")
    path = message_path(one.key, "/edit" if draft_only else "")
    people, click_rate, lift = _judged(reader, one, answered)
    if draft_only:
        people = click_rate = lift = Cell(reader.say("not sent yet"), tone="muted")
    return Row(
        (
            Cell(cut(one.key), path, note=channels),
            state,
            Cell(cut(one.goal_name) or "–"),
            Cell(cut(one.topic) or "–"),
            people,
            click_rate,
            lift,
        )
    )


def _judged(reader: Reader, one: Line, answered: frozenset[str]) -> tuple[Cell, Cell, Cell]:
    """Write who saw a message, how many clicked and its lift; where there is none, why."""
    computing = Cell(reader.say("Computing"), tone="muted")
    too_few = Cell(reader.say("too little data"), tone="muted")
    nobody = Cell(reader.number(0))
    unseen = Cell(reader.say("not seen in this period"), tone="muted")
    uncompared = Cell(reader.say("not compared yet"), tone="muted")
    if reader.sight == "counts":
        # What is not there may have been kept back for being small.
        nobody = unseen = uncompared = too_few
    people, click_rate = (nobody, unseen) if SEEN in answered else (computing, computing)
    if one.seen is not None:
        people = Cell(one.seen.people)
        click_rate = Cell(one.seen.click_rate) if one.seen.click_rate else too_few
    lift = uncompared if VERDICT in answered else computing
    if (verdict := one.verdict) is not None:
        lift = Cell(verdict.words, verdict=True, tone=verdict.tone, note=verdict.between)
    return people, click_rate, lift
