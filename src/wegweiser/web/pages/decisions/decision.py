"""Why this message? One decision from all candidates to the chosen one, and the proof."""

from collections.abc import Iterator, Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import NotFound
from wegweiser.web.pages.decisions.explanation import (
    Chosen,
    Contribution,
    DroppedOne,
    Explanation,
    Reason,
    Weighed,
    read_explanation,
)
from wegweiser.web.pages.decisions.levers import Levers, levers_of
from wegweiser.web.pages.decisions.reasons import value_found, why
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import cut, person_name, person_path
from wegweiser.web.pages.frame.sight import is_open
from wegweiser.web.pages.moments import date_of
from wegweiser.web.pages.person_reason import ask_why
from wegweiser.web.text import Reader
from wegweiser.web.words import ARMS, CHANNELS, HOW, STEPS, named

DROPPED_AT_MOST = 200


class FunnelRow(msgspec.Struct, frozen=True):
    """One step with what was left; `share` is a step from 0 to 20 for the bar."""

    name: str
    left: str
    dropped: str
    share: int
    last: bool


class DropRow(msgspec.Struct, frozen=True):
    """One dropped candidate and why."""

    candidate: str
    reasons: tuple[tuple[str, str, str], ...]


class PriorityRow(msgspec.Struct, frozen=True):
    """One candidate's priority and its factors."""

    candidate: str
    chosen: bool
    response: str
    value: str
    lever: str
    increment: str
    cost: str
    priority: str


class SlotPart(msgspec.Struct, frozen=True):
    """What was chosen for one slot."""

    title: str
    how: str
    probability: str
    rows: tuple[PriorityRow, ...]
    contributions: tuple[tuple[str, str, str], ...]


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
    notes: tuple[str, ...]
    levers: Levers


async def decision(desk: Desk, request: Request) -> Response:
    """Show why a decision came out as it did."""
    reader = desk.reader(request)
    decision_id = request.path_params["decision_id"]
    found = desk.site.unifier.decisions.get(decision_id)
    told = desk.site.explain(decision_id)
    if found is None or told is None:
        raise NotFound(reader.say("No decision is known under this id."))
    if (other := _closed(desk, request, found)) is not None:
        return other
    explanation = read_explanation(told)
    levers = await levers_of(desk, request, decision_id, explanation)
    page = _page(desk, reader, found, explanation, levers)
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
    links = desk.site.views.person(person_id).accounts if person_id else ()
    if is_open(desk, request, person_id or "", (link.group_id for link in links)):
        return None
    return ask_why(desk, request, person_id) if person_id else RedirectResponse("/profiles", 303)


def _crumbs(desk: Desk, reader: Reader, found: Decision) -> tuple[tuple[str, str], ...]:
    first = ("/profiles", reader.say("Profiles"))
    person_id = desk.site.views.find_person(f"person_id:{found.person_id}")
    if not found.person_id or person_id is None:
        return (first,)
    return (first, (person_path(person_id), person_name(reader, desk.site.views.person(person_id))))


def _page(
    desk: Desk, reader: Reader, found: Decision, told: Explanation, levers: Levers
) -> DecisionPage:
    dropped = [_drop(reader, one) for one in told.dropped[:DROPPED_AT_MOST]]
    return DecisionPage(
        sentence=told.sentence[reader.language],
        facts=_facts(desk, reader, found),
        funnel=_funnel(reader, told),
        dropped=tuple(dropped),
        more=len(told.dropped) - len(dropped),
        slots=tuple(_slot(reader, one, desk.site.settings.currency) for one in told.chosen),
        proof=_proof(reader, told),
        proven=told.verified is True,
        not_before=date_of(reader, told.not_before),
        flips=tuple(one.words[reader.language] for one in told.flips),
        notes=tuple(_notes(reader, told)),
        levers=levers,
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


def _funnel(reader: Reader, told: Explanation) -> tuple[FunnelRow, ...]:
    most = max((step.left for step in told.funnel), default=0)
    rows = [
        FunnelRow(
            name=named(reader, STEPS, step.step),
            left=reader.number(step.left),
            dropped=reader.number(step.dropped) if step.dropped else "",
            share=round(20 * step.left / most) if most else 0,
            last=False,
        )
        for step in told.funnel
    ]
    shown = 0 if told.ghost else len(told.chosen)
    share = max(1, round(20 * shown / most)) if most and shown else 0
    return (*rows, FunnelRow(reader.say("Chosen"), reader.number(shown), "", share, True))


def _drop(reader: Reader, one: DroppedOne) -> DropRow:
    return DropRow(cut(one.candidate), tuple(_reason(reader, reason) for reason in one.reasons))


def _reason(reader: Reader, one: Reason) -> tuple[str, str, str]:
    return why(reader, one), cut(one.failing or one.rule), value_found(reader, one)


def _slot(reader: Reader, chosen: Chosen, currency: str) -> SlotPart:
    rows = [_priority(reader, chosen, True, currency)]
    if chosen.runner_up is not None:
        rows.append(_priority(reader, chosen.runner_up, False, currency))
    return SlotPart(
        title=reader.say(
            "{placement}, place {number}",
            placement=chosen.placement,
            number=reader.number(chosen.slot + 1),
        ),
        how=named(reader, HOW, chosen.how),
        probability=reader.percent(chosen.pi),
        rows=tuple(rows),
        contributions=_contributions(reader, chosen),
    )


def _priority(reader: Reader, one: Weighed, chosen: bool, currency: str) -> PriorityRow:
    return PriorityRow(
        candidate=cut(one.candidate),
        chosen=chosen,
        response=reader.percent(one.p_response, 2),
        value=reader.money(one.value, currency),
        lever=reader.number(one.lever, 2),
        increment=reader.number(one.increment, 2),
        cost=reader.money(one.cost, currency),
        priority=reader.money(one.utility, currency, 3),
    )


def _contributions(reader: Reader, chosen: Chosen) -> tuple[tuple[str, str, str], ...]:
    heads: Sequence[Contribution] = chosen.contributions.get("engage", ())
    strongest = sorted(heads, key=lambda one: -abs(one.points))[:10]
    return tuple(
        (one.feature, reader.number(one.weight, 2), reader.number(one.points, 2))
        for one in strongest
    )


def _notes(reader: Reader, told: Explanation) -> Iterator[str]:
    """Say how sure the figures are."""
    if told.chosen and told.increment == "assumed":
        yield reader.say(
            "What messages cause is assumed here; too few were held out to measure it."
        )
    if told.guard:
        parts = ", ".join(cut(one) for one in told.guard)
        yield reader.say("The model is not trusted for {parts}: its rate stands in.", parts=parts)


def _proof(reader: Reader, told: Explanation) -> str:
    if told.verified:
        return reader.say("Computed again from the record: the same choice.")
    if told.verified is None:
        return reader.say("This record holds too little to compute the choice again.")
    return reader.say("Computed again from the record: another choice. Report this.")
