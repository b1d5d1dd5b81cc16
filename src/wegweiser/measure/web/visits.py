"""The measure `web.visits`: visitors, visits and views, by day or by another cut."""

from datetime import date, timedelta

import pyarrow as pa

from wegweiser.measure.form import (
    Asked,
    Measure,
    Option,
    Row,
    answer,
    gated,
    rows_of,
    text,
    whole,
)
from wegweiser.measure.web.followed import GOAL, WINDOW, followed_steps
from wegweiser.measure.web.goal_rate import RATE_COUNTS, goal_rate, rates_shown
from wegweiser.measure.web.pause import PAUSE, pause_of
from wegweiser.measure.web.visit import CUTS, ENGAGED, cut_by_column, visit_steps
from wegweiser.measure.words import both, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "web.visits"
IN_TIME = {
    "day": "strftime(timezone($zone, began), '%Y-%m-%d')",
    "week": "strftime(date_trunc('week', timezone($zone, began)), '%Y-%m-%d')",
    "month": "strftime(timezone($zone, began), '%Y-%m')",
}
_COUNTS = ("visitors", "visits", "views", "single_view_visits", "engaged_visits")


def question(asked: Asked) -> Question:
    """Ask for visitors, visits and views per value of the cut, and in all.

    With a goal also for visits that were followed by it. Events of bots are only counted.
    """
    by = asked.text("by")
    cut, fields = (IN_TIME[by], ()) if by in IN_TIME else cut_by_column(by)
    goal = asked.text("goal") != ""
    steps = f",\n{followed_steps()}" if goal else ""
    source = "followed" if goal else "visits"
    ended = "closed, has_goal" if goal else "false as closed, false as has_goal"
    return asked.question(f"""
{visit_steps(fields=fields, pause=pause_of(asked))}{steps},
cut as (
  select {cut} as cut, person_id, views, {ENGAGED} as is_engaged, {ended}
  from {source}),
bots as (
  select count(*) as events from leaf_events
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz and bot)
select coalesce(cut, '') as cut, grouping(cut) = 1 as is_total,
       count(distinct person_id) as visitors,
       count(*) as visits,
       sum(views) as views,
       count(*) filter (where views = 1) as single_view_visits,
       count(*) filter (where is_engaged) as engaged_visits,
       count(*) filter (where closed) as closed_visits,
       count(*) filter (where closed and has_goal) as goal_visits,
       count(*) filter (where has_goal) as goal_visits_so_far,
       case when grouping(cut) = 1 then (select events from bots) else 0 end as bot_events
from cut
group by grouping sets ((cut), ())
order by is_total, cut
""")


def answer_visits(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Say how many people came how often; a full count has no sampling error."""
    found = rows_of(table)
    total = next((row for row in found if row["is_total"]), None)
    if total is None or whole(total, "visits") == 0:
        return answer(NAME, asked, asked_question, [_nothing()], [], 0)
    cut, wanted = asked.text("by"), asked.text("goal") != ""
    rows = [_row(cut, row, wanted) for row in found if not row["is_total"]]
    if cut == "day":
        rows = _with_quiet_days(rows)
    elif cut not in IN_TIME:
        rows.sort(key=lambda row: (-whole(row, "visits"), text(row, cut)))
    results = [_figure(name, total) for name in ("visitors", "visits", "views")]
    if wanted:
        results.append(goal_rate(NAME, total, asked))
    return answer(NAME, asked, asked_question, results, rows, whole(total, "visits"))


def _row(cut: str, row: Row, wanted: bool) -> Row:
    shown: Row = {cut: text(row, "cut")} | {name: whole(row, name) for name in _COUNTS}
    return shown | rates_shown(row) if wanted else shown


def _with_quiet_days(rows: list[Row]) -> list[Row]:
    by_day = {text(row, "day"): row for row in rows}
    first, last = date.fromisoformat(min(by_day)), date.fromisoformat(max(by_day))
    days = [
        (first + timedelta(days=passed)).isoformat() for passed in range((last - first).days + 1)
    ]
    counts = set(_COUNTS) | set(RATE_COUNTS)
    quiet: Row = {name: 0 if name in counts else None for name in rows[0]}
    return [by_day.get(day, quiet | {"day": day}) for day in days]


_SENTENCES_OF_ONE = {
    "visitors": ("{} person visited.", "{} Person war zu Besuch."),
    "visits": ("There was {} visit.", "Es gab {} Besuch."),
    "views": ("{} page was viewed.", "{} Seite wurde angesehen."),
}
_SENTENCES = {
    "visitors": ("{} people visited.", "{} Personen waren zu Besuch."),
    "visits": ("There were {} visits.", "Es gab {} Besuche."),
    "views": ("{} pages were viewed.", "{} Seiten wurden angesehen."),
}


def _figure(name: str, total: Row) -> Result:
    count = whole(total, name)
    english, german = (_SENTENCES_OF_ONE if count == 1 else _SENTENCES)[name]
    return Result(
        name=f"{NAME}.{name}",
        unit=name,
        n={
            "units": whole(total, "visitors"),
            "events": whole(total, "views"),
            "bot_events_left_out": whole(total, "bot_events"),
        },
        enough_data=True,
        estimate=count,
        low=count,
        high=count,
        sentence=both(english.format(number(count, "en")), german.format(number(count, "de"))),
        method="full count",
    )


def _nothing() -> Result:
    return gated(
        f"{NAME}.visits",
        "visits",
        "no_source",
        {"units": 0, "events": 0},
        both(
            "No page view arrived in this period. Put the tag on your pages, or load a file.",
            "In diesem Zeitraum kam kein Seitenaufruf an. Bauen Sie das Tag in Ihre Seiten ein"
            " oder laden Sie eine Datei.",
        ),
    )


MEASURE = Measure(
    NAME,
    both("Visitors, visits and page views", "Personen, Besuche und Seitenaufrufe"),
    (
        Option(
            "by",
            "text",
            "day",
            both("what to count by", "wonach gezählt wird"),
            (*IN_TIME, *CUTS),
        ),
        GOAL,
        WINDOW,
        PAUSE,
    ),
    question,
    answer_visits,
)
