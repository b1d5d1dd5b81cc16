"""The measure `web.pages`: how often each page is viewed, begun on, left from, and how long."""

import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of, text, whole
from wegweiser.measure.statistic import wilson
from wegweiser.measure.web.visit import ENGAGED, visit_steps
from wegweiser.measure.words import both, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "web.pages"
LEAST_VIEWS = 30
LEAST_MEASURED = 30
_COUNTS = ("views", "visits", "entries", "exits", "bounces", "measured_views")


def question(asked: Asked) -> Question:
    """Ask, per page, for views, visits, entries, exits, bounces and engaged time.

    A bounce is a visit with one view and less than 10 engaged seconds. Engaged time is what the
    tag measured, in whole milliseconds, of the views that it measured.
    """
    return asked.question(f"""
{visit_steps(fields=("path",))},
beats as (
  select page_view_id, sum(round(engaged_seconds * 1000)::bigint) as milliseconds
  from observed
  where page_view_id <> '' and engaged_seconds between 0 and 86400
  group by page_view_id),
viewed as (
  select n.leaf, n.visit_no, coalesce(nullif(n.path, ''), '(unknown)') as path, b.milliseconds,
         lag(n.leaf) over own_views is null as is_entry,
         lead(n.leaf) over own_views is null as is_exit
  from numbered n
  left join beats b on b.page_view_id = n.page_view_id
  where n.is_view
  window own_views as (
    partition by n.leaf, n.visit_no order by n.occurred_at, n.position, n.idx)),
visited as (
  select v.path, v.leaf, v.visit_no, count(*) as views,
         count(*) filter (where v.is_entry) as entries,
         count(*) filter (where v.is_exit) as exits,
         count(*) filter (where v.is_entry and not t.is_engaged) as bounces,
         count(v.milliseconds) as measured_views,
         sum(v.milliseconds) as engaged_ms
  from viewed v
  join (select leaf, visit_no, {ENGAGED} as is_engaged from visits) t
    on t.leaf = v.leaf and t.visit_no = v.visit_no
  group by v.path, v.leaf, v.visit_no)
select path,
       sum(views) as views, count(*) as visits, sum(entries) as entries, sum(exits) as exits,
       sum(bounces) as bounces, sum(measured_views) as measured_views,
       sum(engaged_ms)::double as engaged_ms
from visited
group by path
order by views desc, path
""")


def answer_pages(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """List pages by views; shares of exits and bounces with Wilson intervals."""
    found = sorted(rows_of(table), key=lambda row: (-whole(row, "views"), text(row, "path")))
    if not found:
        return answer(NAME, asked, asked_question, [_nothing()], [], 0)
    rows = [_row(row) for row in found[: asked.whole("limit")]]
    views = sum(whole(row, "views") for row in found)
    entries = sum(whole(row, "entries") for row in found)
    bounces = sum(whole(row, "bounces") for row in found)
    results = [_most_viewed(found, views), _bounced(bounces, entries)]
    return answer(NAME, asked, asked_question, results, rows, views)


def _row(row: Row) -> Row:
    measured = whole(row, "measured_views")
    seconds = whole(row, "engaged_ms") / 1000
    shown: Row = {"path": text(row, "path")} | {name: whole(row, name) for name in _COUNTS}
    return (
        shown
        | _share(row, "exit_share", "exits", "views")
        | _share(row, "bounce_rate", "bounces", "entries")
        | {
            "share_measured": measured / whole(row, "views"),
            "engaged_s": seconds,
            "mean_engaged_s": seconds / measured if measured >= LEAST_MEASURED else None,
        }
    )


def _share(row: Row, name: str, part: str, of: str) -> Row:
    trials = whole(row, of)
    share = wilson(whole(row, part), trials) if trials >= LEAST_VIEWS else None
    return {
        name: None if share is None else share.estimate,
        f"{name}_low": None if share is None else share.low,
        f"{name}_high": None if share is None else share.high,
    }


def _most_viewed(found: list[Row], views: int) -> Result:
    path, count = text(found[0], "path"), whole(found[0], "views")
    said = {lang: number(100 * count / views, lang, 1) for lang in ("en", "de")}
    return Result(
        name=f"{NAME}.most_viewed_share",
        unit="share of views",
        n={"units": len(found), "events": views},
        enough_data=True,
        estimate=count / views,
        low=count / views,
        high=count / views,
        sentence=both(
            f"{path} is viewed most: {said['en']}% of {number(views, 'en')} views, over"
            f" {number(len(found), 'en')} pages.",
            f"{path} wird am meisten angesehen: {said['de']} % von {number(views, 'de')} Aufrufen,"
            f" bei {number(len(found), 'de')} Seiten.",
        ),
        method="full count",
    )


def _bounced(bounces: int, visits: int) -> Result:
    said = {lang: number(100 * bounces / visits, lang, 1) for lang in ("en", "de")}
    return Result(
        name=f"{NAME}.bounce_rate",
        unit="share of visits",
        n={"units": visits, "goals": bounces},
        enough_data=True,
        estimate=bounces / visits,
        low=bounces / visits,
        high=bounces / visits,
        sentence=both(
            f"{said['en']}% of {number(visits, 'en')} visits ended after one view of less than"
            " 10 engaged seconds.",
            f"{said['de']} % von {number(visits, 'de')} Besuchen endeten nach einem Aufruf mit"
            " weniger als 10 Sekunden Beschäftigung.",
        ),
        method="full count",
    )


def _nothing() -> Result:
    return gated(
        f"{NAME}.most_viewed_share",
        "share of views",
        "no_source",
        {"units": 0, "events": 0},
        both(
            "No page was viewed in this period.",
            "In diesem Zeitraum wurde keine Seite angesehen.",
        ),
    )


MEASURE = Measure(
    NAME,
    both("Views, entries and exits by page", "Aufrufe, Einstiege und Ausstiege je Seite"),
    (Option("limit", "whole", 1_000, both("pages shown", "gezeigte Seiten")),),
    question,
    answer_pages,
)
