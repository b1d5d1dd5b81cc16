"""Which state a whole page is in, from what arrived, what is published, and what was decided."""

from itertools import islice

from starlette.requests import Request

from wegweiser.terms.instant import DAY_MS, parse_instant
from wegweiser.terms.role import SMALLEST_CELL, Right
from wegweiser.web.pages.beginning.example import example_of
from wegweiser.web.pages.beginning.sources import has_sources
from wegweiser.web.pages.data.reasons import reason_of
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.gate import OPEN, Gate, listening, little, waiting
from wegweiser.web.pages.frame.rests import Ground, Rests
from wegweiser.web.pages.frame.start import Start
from wegweiser.web.pages.rows import rows_in, text_in
from wegweiser.web.pages.small_counts import shown
from wegweiser.web.text import Reader

# Of fewer a share says nothing about others.
LEAST = SMALLEST_CELL
# Whoever stored more has had enough people, or will not miss the sentence.
STORED_AT_MOST = 1_000


async def started(desk: Desk, request: Request, rests: Rests) -> Start | None:
    """Give what stands above or instead of a page; None where it has its data."""
    gate = await _gate_of(desk, request, rests.on, desk.reader(request).say(rests.will))
    if gate.state == "data":
        return None
    example = example_of(desk.reader(request), rests.example) if gate.state == "setup" else None
    return Start(gate, example, shut=gate.state not in rests.stays)


async def _gate_of(desk: Desk, request: Request, on: Ground, will: str) -> Gate:
    if on in ("messages", "decisions"):
        return await _messages(desk, request, will, on == "decisions")
    tally = desk.site.unifier.tally
    if tally.stored == 0 and not (on == "arrivals" and tally.received):
        return await _events(desk, request, will)
    return _few_people(desk, desk.reader(request)) if on == "people" else OPEN


async def _events(desk: Desk, request: Request, will: str) -> Gate:
    """Nothing could be used yet: there is no source, or it is listened to."""
    reader = desk.reader(request)
    if not has_sources(desk):
        words = (reader.say("Connect a source"), "/data/start")
        name = reader.say("Nothing has arrived yet")
        return _setup(desk, request, (name, will), words, "senders")
    if desk.site.unifier.tally.quarantined:
        groups = rows_in(await desk.run(request, "quarantine_groups", {}))
        newest = max(groups, key=lambda one: text_in(one, "newest_at"), default={})
        path = f"/data/quarantine/{text_in(newest, 'newest')}"
        reason = reason_of(reader, text_in(newest, "code"))
        return waiting(reader, reason, path if desk.may(request, "raw") else "")
    return _next(desk, request, listening(reader), "figures")


async def _messages(desk: Desk, request: Request, will: str, only_decisions: bool) -> Gate:
    """No message is there, or nobody asked for one, or not often enough.

    Where `only_decisions` count, it does not matter whether the messages of then are still there.
    """
    reader, count = desk.reader(request), _decided(desk)
    if count and only_decisions:
        return _few_decisions(reader, count)
    messages = desk.site.unifier.policies.bundle.messages
    if not messages and not rows_in(await desk.run(request, "draft_list", {})):
        words = (reader.say("New message"), "/messages/new")
        name = reader.say("No message is published yet")
        return _setup(desk, request, (name, will), words, "define")
    if count:
        return _few_decisions(reader, count)
    told = reader.say("No decision yet. A website asks for one by its tag, other systems by HTTP.")
    step = reader.say("Set up website tag")
    gate = Gate("waiting", reader.say("Listening"), told, more=step, more_path="/data/tag")
    return _next(desk, request, gate, "senders")


def _setup(
    desk: Desk, request: Request, said: tuple[str, str], step: tuple[str, str], right: Right
) -> Gate:
    """Offer one step to whoever may take it; whoever may not learns whom to ask."""
    reader, (name, will) = desk.reader(request), said
    if desk.may(request, right):
        return Gate("setup", name, will, button=step[0], path=step[1])
    asked = reader.say("Ask whoever may do this: {step}.", step=step[0])
    return Gate("setup", name, f"{will} {asked}")


def _next(desk: Desk, request: Request, gate: Gate, right: Right) -> Gate:
    """Leave the way on out for whoever may not go it."""
    if desk.may(request, right):
        return gate
    return Gate(gate.state, gate.name, gate.sentence)


def _decided(desk: Desk) -> int:
    """Count decisions, no further than it takes to say that there are enough."""
    book = desk.site.unifier.decisions
    held = {one.decision_id for one in islice(book.held(), LEAST)}
    if len(held) < LEAST:
        held |= {one.decision_id for one in islice(book.since(""), LEAST)}
    return min(len(held), LEAST)


def _few_decisions(reader: Reader, count: int) -> Gate:
    if count >= LEAST:
        return OPEN
    told = reader.say(
        "Decisions so far: {count}. Before there are about {needed}, shares say little.",
        count=shown(reader, count),
        needed=reader.number(LEAST),
    )
    return Gate("little", reader.say("Too little data"), told)


def _few_people(desk: Desk, reader: Reader) -> Gate:
    if desk.site.unifier.tally.stored > STORED_AT_MOST:
        return OPEN
    persons = desk.site.views.recent_persons(limit=LEAST)
    if len(persons) >= LEAST:
        return OPEN
    if reader.sight == "counts":
        # A day would tell how many there are.
        told = reader.say(
            "Fewer than {count} people so far; before there are as many, shares say little.",
            count=reader.number(LEAST),
        )
        return Gate("little", reader.say("Too little data"), told)
    seen = [parse_instant(one.first_seen_at) for one in persons if one.first_seen_at]
    days = (reader.now - min((at for at in seen if at is not None), default=0)) / DAY_MS
    return little(reader, len(persons), LEAST, len(persons) / max(days, 1.0))
