"""Why this message? One decision from all candidates to the chosen one, and the proof."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import NotFound
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.message import Goal
from wegweiser.terms.ulid import moment_of
from wegweiser.web.pages.decisions.again import as_of_now
from wegweiser.web.pages.decisions.explanation import (
    DroppedOne,
    Explanation,
    Reason,
    read_explanation,
)
from wegweiser.web.pages.decisions.levers import Levers, levers_of
from wegweiser.web.pages.decisions.naming import naming_of
from wegweiser.web.pages.decisions.reasons import caps_of, value_found, why
from wegweiser.web.pages.decisions.weighed import SlotPart, slot_of
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import cut, person_name, person_path
from wegweiser.web.pages.frame.sight import confirmed_in, is_open, named_to, note_read
from wegweiser.web.pages.goal_names import goal_name
from wegweiser.web.pages.moments import date_of
from wegweiser.web.pages.person_reason import ask_why
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import ARMS, CHANNELS, STEPS, named

DROPPED_AT_MOST = 200
ERASED = "erased"
# What the decision was not to know of a person whose device proves nothing.
WITHHELD = {
    "sensitive_traits": mark(
        "The device only claims to belong to this person. So the decision knew none of their"
        " sensitive traits, and nothing that rests on them."
    ),
    "other_devices": mark(
        "The device only claims to belong to this person. So the decision knew nothing but what"
        " happened on this device."
    ),
}


class FunnelRow(msgspec.Struct, frozen=True):
    """One step with what was left; `share` is a step from 0 to 20 for the bar.

    `path` leads to the first of those who were dropped at it.
    """

    name: str
    left: str
    dropped: str
    share: int
    last: bool
    path: str = ""


class DropRow(msgspec.Struct, frozen=True):
    """One dropped candidate and why; the first of each step has an anchor."""

    candidate: str
    reasons: tuple[tuple[str, str, str], ...]
    anchor: str = ""


class DecisionPage(msgspec.Struct, frozen=True):
    """Everything on the page of a decision."""

    sentence: str
    facts: tuple[tuple[str, str, str], ...]
    funnel: tuple[FunnelRow, ...]
    dropped: tuple[DropRow, ...]
    more: int
    slots: tuple[SlotPart, ...]
    proof: str
    proven: bool
    not_before: str
    flips: tuple[str, ...]
    withheld: str
    notes: tuple[str, ...]
    levers: Levers
    may_ask_again: bool
    again: tuple[str, ...]


async def decision(desk: Desk, request: Request) -> Response:
    """Show why a decision came out as it did."""
    reader = desk.reader(request)
    decision_id = request.path_params["decision_id"]
    found = desk.site.unifier.decisions.get(decision_id)
    naming = naming_of(desk, reader, "" if found is None else found.bundle)
    told = desk.site.explain(decision_id, naming)
    if found is None or told is None:
        raise NotFound(_unknown(desk, reader, decision_id))
    if (other := _closed(desk, request, found)) is not None:
        return other
    # Whom it was about may be looked at now.
    reader = named_to(reader)
    note_read(desk, request, found.person_id)
    explanation = read_explanation(told)
    levers = await levers_of(desk, request, decision_id, explanation)
    page = _page(desk, request, reader, found, explanation, levers)
    page = msgspec.structs.replace(page, again=await as_of_now(desk, request, found))
    frame = desk.frame(
        request,
        reader.say("Why this message?"),
        reader.say("What was said, and why?"),
        crumbs=_crumbs(desk, reader, found),
    )
    return desk.render(request, "decision.html", frame, page)


def _closed(desk: Desk, request: Request, found: Decision) -> Response | None:
    """Give what stands instead where the reader may not see whom it was about."""
    person_id = desk.site.views.find_person(f"person_id:{found.person_id}")
    groups = confirmed_in(desk.site.views.person(person_id)) if person_id else []
    if is_open(desk, request, person_id or "", groups):
        return None
    return ask_why(desk, request, person_id) if person_id else RedirectResponse("/profiles", 303)


def _crumbs(desk: Desk, reader: Reader, found: Decision) -> tuple[tuple[str, str], ...]:
    first = ("/profiles", reader.say("Profiles"))
    person_id = desk.site.views.find_person(f"person_id:{found.person_id}")
    if not found.person_id or person_id is None:
        return (first,)
    return (first, (person_path(person_id), person_name(reader, desk.site.views.person(person_id))))


def _unknown(desk: Desk, reader: Reader, decision_id: str) -> str:
    """Say why a decision is not there: an old one was taken out, of another nobody knows."""
    at = moment_of(decision_id.removeprefix("dec_"))
    days = desk.site.settings.retention_days
    if at is None or days is None or at >= reader.now - days * DAY_MS:
        return reader.say("No decision is known under this id.")
    return reader.say(
        "This decision of {day} is older than the {days} days for which they are kept; its record"
        " is gone. What decisions came to then still counts in the measures.",
        day=reader.day_of(at),
        days=reader.number(days),
    )


def _page(
    desk: Desk,
    request: Request,
    reader: Reader,
    found: Decision,
    told: Explanation,
    levers: Levers,
) -> DecisionPage:
    view, currency = desk.view(request), desk.site.settings.currency
    dropped = _drops(reader, told, caps_of(desk, reader, found.bundle))
    return DecisionPage(
        sentence=told.sentence[reader.language],
        facts=_facts(desk, reader, found),
        funnel=_funnel(reader, told, frozenset(row.anchor for row in dropped)),
        dropped=dropped,
        more=len(told.dropped) - len(dropped),
        slots=tuple(slot_of(reader, view, one, currency) for one in told.chosen),
        proof=_proof(reader, told),
        proven=told.verified is True,
        not_before=date_of(reader, told.not_before),
        flips=tuple(one.words[reader.language] for one in told.flips),
        withheld=named(reader, WITHHELD, told.withheld),
        notes=tuple(_notes(reader, told, desk.site.unifier.policies.bundle.goals)),
        levers=levers,
        may_ask_again=told.replayable is True and bool(found.asked),
        again=(),
    )


def _facts(desk: Desk, reader: Reader, found: Decision) -> tuple[tuple[str, str, str], ...]:
    crumbs = _crumbs(desk, reader, found)
    who = [(reader.say("Person"), crumbs[1][1], crumbs[1][0])] if len(crumbs) > 1 else []
    places = ", ".join(dict.fromkeys(draw.placement for draw in found.draws))
    return (
        (reader.say("Time"), reader.moment(found.at), ""),
        *who,
        (reader.say("Channel"), named(reader, CHANNELS, found.channel), ""),
        (reader.say("Placement"), cut(places) or "–", ""),
        (reader.say("Arm"), named(reader, ARMS, found.arm), ""),
        (reader.say("Rules"), found.bundle or "–", ""),
        (reader.say("Decision"), found.decision_id, ""),
        *_undone(desk, reader, found),
    )


def _undone(desk: Desk, reader: Reader, found: Decision) -> Iterator[tuple[str, str, str]]:
    """Say so where the person decided about was taken apart; the decision stays as it was."""
    then = desk.site.views.find_person(f"person_id:{found.person_id}")
    now = desk.site.unifier.person_of(found.leaf) if found.leaf else None
    if then is not None and now is not None and then != now:
        told = reader.say("Decided about two people taken for one; that join is undone today.")
        yield (reader.say("Note"), told, person_path(now))


def _funnel(reader: Reader, told: Explanation, anchors: frozenset[str]) -> tuple[FunnelRow, ...]:
    left = [step.left for step in told.funnel]
    most = max(left, default=0)
    # A candidate with several reasons counts at the first of them, so that the rows add up.
    rows = [
        FunnelRow(
            name=named(reader, STEPS, step.step),
            left=reader.number(step.left),
            dropped=reader.number(before - step.left) if before > step.left else "",
            share=round(20 * step.left / most) if most else 0,
            last=False,
            path=f"#{anchor_of(step.step)}" if anchor_of(step.step) in anchors else "#dropped",
        )
        for before, step in zip([most, *left], told.funnel, strict=False)
    ]
    shown = 0 if told.ghost else len(told.chosen)
    share = max(1, round(20 * shown / most)) if most and shown else 0
    return (*rows, FunnelRow(reader.say("Chosen"), reader.number(shown), "", share, True))


def anchor_of(step: str) -> str:
    """Name the place of those who were dropped at a step."""
    return f"dropped-{step}"


def _drops(reader: Reader, told: Explanation, caps: Mapping[str, str]) -> tuple[DropRow, ...]:
    """List who was dropped in the order of the steps, each at the first step that dropped them."""
    ordered = sorted(told.dropped, key=_place)[:DROPPED_AT_MOST]
    rows, begun = [], set[str]()
    for one in ordered:
        anchor = anchor_of(_first_step(one))
        reasons = tuple(_reason(reader, reason, caps) for reason in one.reasons)
        rows.append(DropRow(cut(one.candidate), reasons, "" if anchor in begun else anchor))
        begun.add(anchor)
    return tuple(rows)


def _first_step(one: DroppedOne) -> str:
    order = [*STEPS]
    steps = [reason.step for reason in one.reasons if reason.step in order]
    return min(steps, key=order.index, default="")


def _place(one: DroppedOne) -> tuple[int, str]:
    step = _first_step(one)
    return ([*STEPS].index(step) if step else len(STEPS), one.candidate)


def _reason(reader: Reader, one: Reason, caps: Mapping[str, str]) -> tuple[str, str, str]:
    return why(reader, one, caps), cut(one.failing or one.rule), value_found(reader, one)


def _notes(reader: Reader, told: Explanation, goals: Sequence[Goal]) -> Iterator[str]:
    """Say how sure the figures are."""
    if told.chosen and told.increment == "assumed":
        yield reader.say(
            "What messages cause is assumed here; too few were held out to measure it."
        )
    if told.guard:
        parts = ", ".join(cut(guarded_in_words(reader, one, goals)) for one in told.guard)
        yield reader.say(
            "For {parts} the forecasts of the model did not come true well enough: the rate that"
            " was observed stands in.",
            parts=parts,
        )


def guarded_in_words(reader: Reader, slice_key: str, goals: Sequence[Goal]) -> str:
    """Name a slice of the model by its goal and channel.

    >>> guarded_in_words(Reader("de", "UTC", 0), "goal:demo-booked|channel:email", ())
    'Demo booked · E-Mail'
    """
    told = []
    for part in slice_key.split("|"):
        kind, _, key = part.partition(":")
        name = goal_name(goals, key) if kind == "goal" else named(reader, CHANNELS, key)
        told.append(name if key else part)
    return " · ".join(told)


def _proof(reader: Reader, told: Explanation) -> str:
    if ERASED in str(told.replayable):
        return reader.say(
            "The person was erased: what was chosen and how likely is left, what was known is gone."
        )
    if told.verified:
        return reader.say("Computed again from the record: the same choice.")
    if told.verified is None:
        return reader.say("This record holds too little to compute the choice again.")
    return reader.say("Computed again from the record: another choice. Report this.")
