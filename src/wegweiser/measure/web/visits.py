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
from wegweiser.measure.web.visit import visit_steps
from wegweiser.measure.words import both, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "web.visits"
CUTS = {
    "day": "strftime(timezone($zone, began), '%Y-%m-%d')",
    "month": "strftime(timezone($zone, began), '%Y-%m')",
    "source": "coalesce(nullif(entry.source, ''), nullif(entry.referrer_host, ''), '(direct)')",
    "medium": "coalesce(nullif(entry.medium, ''),"
    " case when entry.referrer_host <> '' then 'referral' end, '(direct)')",
    "channel": "coalesce(nullif(entry.channel, ''), '(unknown)')",
    "campaign": "coalesce(nullif(entry.campaign, ''), '(none)')",
    "path": "coalesce(nullif(entry.path, ''), '(unknown)')",
    "region": "coalesce(nullif(entry.region, ''), '(unknown)')",
    "device": "coalesce(nullif(entry.device, ''), '(unknown)')",
}
_IN_TIME = ("day", "month")


def question(asked: Asked) -> Question:
    """Ask for visitors, visits and views per value of the cut, and in all."""
    cut = CUTS[asked.text("by")]
    return asked.question(f"""
{visit_steps()},
cut as (
  select {cut} as cut, person_id, views
  from visits)
select coalesce(cut, '') as cut, grouping(cut) = 1 as is_total,
       count(distinct person_id) as visitors,
       count(*) as visits,
       sum(views) as views,
       count(*) filter (where views = 1) as single_view_visits
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
    cut = asked.text("by")
    rows = [_row(cut, text(row, "cut"), row) for row in found if not row["is_total"]]
    if cut == "day":
        rows = _with_quiet_days(rows)
    elif cut not in _IN_TIME:
        rows.sort(key=lambda row: (-whole(row, "visits"), text(row, cut)))
    results = [_figure(name, total) for name in ("visitors", "visits", "views")]
    return answer(NAME, asked, asked_question, results, rows, whole(total, "visits"))


def _row(cut: str, value: str, row: Row) -> Row:
    counts = ("visitors", "visits", "views", "single_view_visits")
    return {cut: value} | {name: whole(row, name) for name in counts}


def _with_quiet_days(rows: list[Row]) -> list[Row]:
    by_day = {text(row, "day"): row for row in rows}
    first, last = date.fromisoformat(min(by_day)), date.fromisoformat(max(by_day))
    days = [
        (first + timedelta(days=passed)).isoformat() for passed in range((last - first).days + 1)
    ]
    quiet = {"visitors": 0, "visits": 0, "views": 0, "single_view_visits": 0}
    return [by_day.get(day, {"day": day, **quiet}) for day in days]


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
        n={"units": whole(total, "visitors"), "events": whole(total, "views")},
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
            tuple(CUTS),
        ),
    ),
    question,
    answer_visits,
)
