"""The measure `web.entry_pages`: where visits begin, and what they are followed by."""

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
from wegweiser.measure.statistic import wilson
from wegweiser.measure.web.visit import visit_steps
from wegweiser.measure.words import between, both, estimate_of, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "web.entry_pages"
LEAST_VISITS = 30


def question(asked: Asked) -> Question:
    """Ask, per entry page, for visits, short and engaged ones, and goals within the window.

    A goal counts when the person of the visit reaches it after the visit began; a visit counts
    as closed when its window has passed. Without a goal both are 0.
    """
    return asked.question(f"""
{visit_steps()},
landed as (
  select *, coalesce(nullif(entry.path, ''), '(unknown)') as entry_path
  from visits),
reached as (
  select person_id, occurred_at from goals
  where goal = $goal and received_at <= $as_of::timestamptz),
followed as (
  select v.leaf, v.visit_no, v.entry_path, v.views, v.engaged_seconds,
         $goal <> '' and v.began + to_days($window_days::integer) <= $as_of::timestamptz as closed,
         count(r.person_id) > 0 as has_goal
  from landed v
  left join reached r
    on r.person_id = v.person_id and r.occurred_at >= v.began
   and r.occurred_at < v.began + to_days($window_days::integer)
  group by all)
select entry_path,
       count(*) as visits,
       count(*) filter (where views = 1) as single_view_visits,
       count(*) filter (where views >= 2 or engaged_seconds >= 10 or has_goal) as engaged_visits,
       count(*) filter (where closed) as closed_visits,
       count(*) filter (where closed and has_goal) as goal_visits,
       count(*) filter (where has_goal) as goal_visits_so_far
from followed
group by entry_path
order by visits desc, entry_path
""")


def answer_entry_pages(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Set popularity and worth side by side; shares and goal rates with Wilson intervals."""
    found = rows_of(table)
    visits = sum(whole(row, "visits") for row in found)
    if visits == 0:
        return answer(NAME, asked, asked_question, [_nothing()], [], 0)
    wanted = asked.text("goal") != ""
    ranked = sorted(found, key=lambda row: (-whole(row, "visits"), text(row, "entry_path")))
    rows = [_row(row, visits, wanted) for row in ranked]
    results = [_popular(ranked[0], visits, len(ranked))]
    if wanted:
        results.append(_goal_rate(found, asked))
    return answer(NAME, asked, asked_question, results, rows[: asked.whole("limit")], visits)


def _row(row: Row, all_visits: int, wanted: bool) -> Row:
    visits = whole(row, "visits")
    share = wilson(visits, all_visits)
    shown: Row = {
        "entry_path": text(row, "entry_path"),
        "visits": visits,
        "share": share.estimate,
        "share_low": share.low,
        "share_high": share.high,
        "single_view_visits": whole(row, "single_view_visits"),
        "engaged_visits": whole(row, "engaged_visits"),
    }
    if wanted:
        shown |= _goals_shown(row)
    return shown


def _goals_shown(row: Row) -> Row:
    closed, reached = whole(row, "closed_visits"), whole(row, "goal_visits")
    rate = wilson(reached, closed) if closed >= LEAST_VISITS else None
    return {
        "closed_visits": closed,
        "goal_visits": reached,
        "goal_visits_so_far": whole(row, "goal_visits_so_far"),
        "goal_rate": None if rate is None else rate.estimate,
        "goal_rate_low": None if rate is None else rate.low,
        "goal_rate_high": None if rate is None else rate.high,
    }


def _popular(first: Row, visits: int, pages: int) -> Result:
    share = wilson(whole(first, "visits"), visits)
    path = text(first, "entry_path")
    percents = {lang: number(100 * share.estimate, lang, 1) + " %" for lang in ("en", "de")}
    return Result(
        name=f"{NAME}.most_visited_share",
        unit="share of visits",
        n={"units": visits, "events": pages},
        enough_data=True,
        estimate=share.estimate,
        low=share.estimate,
        high=share.estimate,
        sentence=both(
            f"Most visits begin on {path}: {percents['en']} of {number(visits, 'en')}"
            f" visits, over {number(pages, 'en')} entry pages.",
            f"Die meisten Besuche beginnen auf {path}: {percents['de']} von"
            f" {number(visits, 'de')} Besuchen, bei {number(pages, 'de')} Einstiegsseiten.",
        ),
        method="full count",
    )


def _goal_rate(found: list[Row], asked: Asked) -> Result:
    closed = sum(whole(row, "closed_visits") for row in found)
    reached = sum(whole(row, "goal_visits") for row in found)
    counts = {"units": closed, "goals": reached}
    goal, days = asked.text("goal"), asked.whole("window_days")
    if closed == 0:
        so_far = sum(whole(row, "goal_visits_so_far") for row in found)
        return gated(
            f"{NAME}.goal_rate",
            "goals per visit",
            "too_early",
            counts,
            both(
                f"No visit is {days} days old yet, so the goal {goal} cannot be rated;"
                f" {number(so_far, 'en')} visits have reached it so far.",
                f"Noch ist kein Besuch {days} Tage alt, daher lässt sich das Ziel {goal} nicht"
                f" bewerten; {number(so_far, 'de')} Besuche haben es bisher erreicht.",
            ),
        )
    if closed < LEAST_VISITS:
        return gated(
            f"{NAME}.goal_rate",
            "goals per visit",
            "too_little",
            counts,
            both(
                f"{closed} of {LEAST_VISITS} visits needed for a goal rate.",
                f"{closed} von {LEAST_VISITS} Besuchen, die für eine Zielquote nötig sind.",
            ),
        )
    rate = wilson(reached, closed)
    said = {lang: estimate_of(rate, lang, 100, "%") for lang in ("en", "de")}
    return Result(
        name=f"{NAME}.goal_rate",
        unit="goals per visit",
        n=counts,
        enough_data=True,
        estimate=rate.estimate,
        low=rate.low,
        high=rate.high,
        kind="frequentist",
        sentence=both(
            f"{said['en']} of visits are followed by {goal} within {days} days"
            f" ({between(rate, 'en', 100, '%')}).",
            f"Auf {said['de']} der Besuche folgt {goal} innerhalb von {days} Tagen"
            f" ({between(rate, 'de', 100, '%')}).",
        ),
        method="Wilson",
    )


def _nothing() -> Result:
    return gated(
        f"{NAME}.most_visited_share",
        "share of visits",
        "no_source",
        {"units": 0, "events": 0},
        both(
            "No visit began in this period.",
            "In diesem Zeitraum hat kein Besuch begonnen.",
        ),
    )


MEASURE = Measure(
    NAME,
    both("Entry pages and what follows", "Einstiegsseiten und was darauf folgt"),
    (
        Option("goal", "text", "", both("goal or event that counts", "Ziel, das zählt")),
        Option("window_days", "whole", 30, both("days for the goal", "Tage bis zum Ziel")),
        Option("limit", "whole", 1_000, both("pages shown", "gezeigte Seiten")),
    ),
    question,
    answer_entry_pages,
)
