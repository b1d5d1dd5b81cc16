"""Today: what changed, and what needs me? Sentences first, then figures, charts and tables."""

import asyncio
from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.result import Answer
from wegweiser.web.charts.figures import Figure, Interval
from wegweiser.web.pages.answers import Wish
from wegweiser.web.pages.desk import Desk, Panel
from wegweiser.web.pages.frame.controls import span_in_words
from wegweiser.web.pages.frame.fields import Faults
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.measure.panel import MeasurePanel
from wegweiser.web.pages.today.charts import Daily, lift_figure, visitors_figure
from wegweiser.web.pages.today.choose import (
    PREFERENCE,
    Choice,
    Refused,
    choices_of,
    choose_figures,
)
from wegweiser.web.pages.today.days import daily_of, told_days
from wegweiser.web.pages.today.figures import Asked, chosen_of, figures_of
from wegweiser.web.pages.today.figures import Figure as Number
from wegweiser.web.pages.today.lift import LiftRow, lift_rows
from wegweiser.web.pages.today.messages import MessageRow, message_rows
from wegweiser.web.pages.today.needs import Need, alarm_said, done_of, needs_of
from wegweiser.web.pages.today.panels import panel_where_known
from wegweiser.web.pages.today.say import Said, sentences_of, visitors_said
from wegweiser.web.pages.today.wishes import Wishes, wishes_of

LIFTS_DRAWN = 12


class TodayPage(msgspec.Struct, frozen=True):
    """Everything on Today; `gate` is empty when there is data, `computing` tells of messages."""

    gate: str
    said: tuple[Said, ...]
    needs: tuple[Need, ...]
    done: tuple[Need, ...]
    figures: tuple[Number, ...]
    choices: tuple[Choice, ...]
    faults: Faults
    days: tuple[Daily, ...]
    visitors: Panel | None
    revenue: MeasurePanel | None
    lifts: tuple[LiftRow, ...]
    lift: Panel | None
    channels: MeasurePanel | None
    messages: tuple[MessageRow, ...]
    computing: bool
    span: str
    then: str
    newest: str
    question: str


async def today(desk: Desk, request: Request) -> Response:
    """Show Today for the period of the address, or keep which figures somebody chose."""
    refused: Refused | None = None
    if request.method == "POST":
        kept = await choose_figures(desk, request)
        if not isinstance(kept, Refused):
            return kept
        refused = kept
    reader, view = desk.reader(request), desk.view(request)
    wishes = wishes_of(view, desk.site.unifier.policies.bundle, reader.zone)
    answers = await desk.answered(request, wishes.all)
    page = await _page(desk, request, view, wishes, answers, refused)
    frame = desk.frame(
        request,
        reader.say("Today"),
        reader.say("What changed, and what needs me?"),
        # To fetch the page anew would take away what somebody has to mend.
        refresh=refused is None and (desk.answers.computing(wishes.all) or _drawing(page)),
    )
    return desk.render(request, "today.html", frame, page, 422 if refused else 200)


def _under_way(desk: Desk) -> Callable[[Wish], bool]:
    return lambda one: desk.answers.computing((one,))


def _drawing(page: TodayPage) -> bool:
    panels = [one.chart for one in (page.revenue, page.channels) if one is not None]
    drawn = (page.visitors, page.lift, *panels)
    return any(panel is not None and panel.drawing is None for panel in drawn)


async def _page(
    desk: Desk,
    request: Request,
    view: View,
    wishes: Wishes,
    answers: dict[Wish, Answer],
    refused: Refused | None,
) -> TodayPage:
    reader, unifier, operator = desk.reader(request), desk.site.unifier, desk.who(request)
    visits = answers.get(wishes.visits)
    # Days are left out by their own counts: one that is kept back is no day without visitors.
    earlier = desk.answers.known(wishes.visits_before) if wishes.visits_before else None
    days = told_days(reader, daily_of(desk.answers.known(wishes.visits), earlier, view))
    lifts = lift_rows(reader, wishes, answers)
    known = frozenset(one.key for one in unifier.policies.bundle.messages)
    messages = message_rows(reader, wishes, answers, known)
    chosen = chosen_of(operator.preferences.get(PREFERENCE, "") if operator else "")
    drawn = _drawn(messages, lifts)
    alarms = await alarm_said(desk, request)
    visitors = visitors_said(reader, visits, days, view.compare)
    # Drawn at the same time: each may be waited for.
    line, forest, revenue, channels = await asyncio.gather(
        _chart(desk, visitors_figure(reader, days, view.compare) if days else None),
        _chart(desk, lift_figure(reader, drawn) if drawn else None),
        panel_where_known(desk, request, wishes.revenue),
        panel_where_known(desk, request, wishes.channels),
    )
    asked = Asked(reader, wishes, answers, desk.site.settings.currency, _under_way(desk))
    return TodayPage(
        gate=_gate(unifier.tally.received, unifier.tally.stored, visits, days, messages),
        said=sentences_of(reader, alarms, messages, lifts, visitors),
        needs=await needs_of(desk, request),
        done=done_of(desk, request),
        figures=figures_of(asked, chosen),
        choices=choices_of(reader, refused.wanted if refused else chosen),
        faults=refused.faults if refused else (),
        days=days,
        visitors=line,
        revenue=revenue,
        lifts=lifts,
        lift=forest,
        channels=channels,
        messages=messages,
        computing=asked.computing(wishes.messages),
        span=span_in_words(reader, view.span),
        then=_then(desk, request, view),
        newest=reader.day_of(unifier.newest_at) if unifier.newest_at else "",
        question=visits.question.sql if visits else "",
    )


async def _chart(desk: Desk, figure: Figure | None) -> Panel | None:
    return None if figure is None else await desk.panel(figure)


def _drawn(messages: tuple[MessageRow, ...], lifts: tuple[LiftRow, ...]) -> list[Interval]:
    """Choose what the forest shows: the messages, or all of them together while none is judged."""
    of_messages = [row.interval for row in messages if row.interval is not None]
    of_all = [row.interval for row in lifts if row.interval is not None]
    return (of_messages or of_all)[:LIFTS_DRAWN]


def _then(desk: Desk, request: Request, view: View) -> str:
    """Say what is compared with; empty where nothing is."""
    reader = desk.reader(request)
    if view.compare == "none":
        return ""
    return reader.say("Year before") if view.compare == "year" else reader.say("Period before")


def _gate(
    received: int,
    stored: int,
    visits: Answer | None,
    days: tuple[Daily, ...],
    messages: tuple[MessageRow, ...],
) -> str:
    if stored == 0:
        return "waiting" if received else "setup"
    if visits is None:
        return "computing"
    return "" if visits.n or days or messages else "quiet"
