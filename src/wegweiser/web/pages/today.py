"""Today: what changed, and what needs me? Sentences first, then figures, charts and tables."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.result import Answer
from wegweiser.web.pages.answers import Wish
from wegweiser.web.pages.desk import Desk, Panel
from wegweiser.web.pages.frame.controls import span_in_words
from wegweiser.web.pages.measure.panel import MeasurePanel
from wegweiser.web.pages.period import Span, read_span
from wegweiser.web.pages.today_charts import Daily, lift_figure, visitors_figure
from wegweiser.web.pages.today_days import daily_of, sparks_of
from wegweiser.web.pages.today_lift import LiftRow, lift_rows
from wegweiser.web.pages.today_messages import MessageRow, message_rows
from wegweiser.web.pages.today_needs import Need, alarm_said, needs_of
from wegweiser.web.pages.today_revenue import revenue_panel, revenue_wish
from wegweiser.web.pages.today_say import (
    SENTENCES_AT_MOST,
    Figure,
    Said,
    figures_of,
    sentences_of,
)
from wegweiser.web.pages.today_wishes import Wishes, wishes_of


class TodayPage(msgspec.Struct, frozen=True):
    """Everything on Today; `gate` is empty when there is data."""

    gate: str
    said: tuple[Said, ...]
    needs: tuple[Need, ...]
    figures: tuple[Figure, ...]
    days: tuple[Daily, ...]
    visitors: Panel | None
    revenue: MeasurePanel | None
    lifts: tuple[LiftRow, ...]
    lift: Panel | None
    messages: tuple[MessageRow, ...]
    span: str
    newest: str
    as_of: str
    question: str


async def today(desk: Desk, request: Request) -> Response:
    """Show Today for the period of the address."""
    reader = desk.reader(request)
    span = read_span(request.query_params.get("period", ""), reader.now, reader.zone)
    wishes = wishes_of(span, desk.site.unifier.policies.bundle, reader.zone)
    asked = (*wishes.all, revenue_wish(span, reader.zone))
    answers = await desk.answers.get(asked)
    page = await _page(desk, request, span, wishes, answers)
    frame = desk.frame(
        request,
        reader.say("Today"),
        reader.say("What changed, and what needs me?"),
        refresh=desk.answers.computing(asked) or _drawing(page),
    )
    return desk.render(request, "today.html", frame, page)


def _drawing(page: TodayPage) -> bool:
    drawn = (page.visitors, page.lift, page.revenue.chart if page.revenue else None)
    return any(panel is not None and panel.drawing is None for panel in drawn)


async def _page(
    desk: Desk, request: Request, span: Span, wishes: Wishes, answers: dict[Wish, Answer]
) -> TodayPage:
    reader = desk.reader(request)
    visits, before = answers.get(wishes.visits), answers.get(wishes.visits_before)
    days = daily_of(visits, before, span)
    lifts = lift_rows(reader, wishes, answers)
    messages = message_rows(reader, answers.get(wishes.messages))
    drawn = [row.interval for row in lifts if row.interval is not None]
    tally = desk.site.unifier.tally
    newest = desk.site.unifier.newest_at
    alarms = await alarm_said(desk, request)
    return TodayPage(
        gate=_gate(tally.received, tally.stored, visits, days, messages),
        said=(*alarms, *sentences_of(reader, span, visits, days, lifts))[:SENTENCES_AT_MOST],
        needs=await needs_of(desk, request),
        figures=figures_of(reader, wishes, answers, sparks_of(visits)),
        days=days,
        visitors=await desk.panel(visitors_figure(reader, days)) if days else None,
        revenue=await revenue_panel(desk, request, revenue_wish(span, reader.zone)),
        lifts=lifts,
        lift=await desk.panel(lift_figure(reader, drawn)) if drawn else None,
        messages=messages,
        span=span_in_words(reader, span),
        newest=reader.day_of(newest) if newest else "",
        as_of=reader.moment(min((answer.as_of for answer in answers.values()), default=reader.now)),
        question=visits.question.sql if visits else "",
    )


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
