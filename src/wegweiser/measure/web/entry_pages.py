"""The measure `web.entry_pages`: where visits begin, and what they are followed by."""

import math

import numpy as np
import pyarrow as pa

from wegweiser.measure.form import (
    Asked,
    Measure,
    Option,
    Row,
    answer,
    gated,
    real,
    rows_of,
    text,
    whole,
)
from wegweiser.measure.statistic import Interval, mean_with_t, wilson
from wegweiser.measure.web.followed import GOAL, WINDOW, followed_steps
from wegweiser.measure.web.goal_rate import LEAST_VISITS, RATE_COUNTS, goal_rate, rates_shown
from wegweiser.measure.web.pause import PAUSE, pause_of
from wegweiser.measure.web.rank import rank_ends, seed_of
from wegweiser.measure.web.visit import ENGAGED, visit_steps
from wegweiser.measure.words import between, both, estimate_of, number, percent
from wegweiser.terms.result import Answer, Question, Result

NAME = "web.entry_pages"


def question(asked: Asked) -> Question:
    """Ask, per entry page, for visits, short and engaged ones, goals and their value.

    A goal counts when the person of the visit reaches it after the visit began, its value for
    the last visit before it. Without a goal both are 0.
    """
    return asked.question(f"""
{visit_steps(fields=("path",), pause=pause_of(asked))},
{followed_steps()},
landed as (
  select coalesce(nullif(entry_path, ''), '(unknown)') as entry_path, views,
         {ENGAGED} or has_goal as is_engaged, closed, has_goal,
         case when closed then value else 0 end as value
  from followed)
select entry_path,
       count(*) as visits,
       count(*) filter (where views = 1) as single_view_visits,
       count(*) filter (where is_engaged) as engaged_visits,
       count(*) filter (where closed) as closed_visits,
       count(*) filter (where closed and has_goal) as goal_visits,
       count(*) filter (where has_goal) as goal_visits_so_far,
       sum(try_cast(value as decimal(38, 6)))::double as value,
       sum(try_cast(value * value as decimal(38, 6)))::double as value_squares
from landed
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
    chance = np.random.default_rng(seed_of(asked_question))
    ends = rank_ends([whole(row, "visits") for row in ranked], chance)
    shown = min(asked.whole("limit"), len(ranked))
    rows = [
        _row(place, ranked[place - 1], visits, ends[place - 1], wanted)
        for place in range(1, shown + 1)
    ]
    results = [_popular(ranked[0], visits, len(ranked))]
    if wanted:
        results += [goal_rate(NAME, _added(found), asked), _worth(_added(found), asked)]
    return answer(NAME, asked, asked_question, results, rows, visits)


def _added(found: list[Row]) -> Row:
    counts = (*RATE_COUNTS, "value", "value_squares")
    return {name: math.fsum(real(row, name) for row in found) for name in counts}


def _row(place: int, row: Row, all_visits: int, ends: tuple[int, int], wanted: bool) -> Row:
    visits = whole(row, "visits")
    share = wilson(visits, all_visits)
    engaged = wilson(whole(row, "engaged_visits"), visits) if visits >= LEAST_VISITS else None
    shown: Row = {
        "entry_path": text(row, "entry_path"),
        "visits": visits,
        "share": share.estimate,
        "share_low": share.low,
        "share_high": share.high,
        "rank": place,
        "rank_low": ends[0],
        "rank_high": ends[1],
        "single_view_visits": whole(row, "single_view_visits"),
        "engaged_visits": whole(row, "engaged_visits"),
        "engaged_rate": None if engaged is None else engaged.estimate,
        "engaged_rate_low": None if engaged is None else engaged.low,
        "engaged_rate_high": None if engaged is None else engaged.high,
    }
    return shown | rates_shown(row) | _worth_shown(row) if wanted else shown


def _worth_of(row: Row) -> Interval | None:
    closed = whole(row, "closed_visits")
    if closed < LEAST_VISITS:
        return None
    return mean_with_t(closed, real(row, "value"), real(row, "value_squares"))


def _worth_shown(row: Row) -> Row:
    worth = _worth_of(row)
    return {
        "value": real(row, "value"),
        "value_per_visit": None if worth is None else worth.estimate,
        "value_per_visit_low": None if worth is None else worth.low,
        "value_per_visit_high": None if worth is None else worth.high,
    }


def _worth(total: Row, asked: Asked) -> Result:
    name, unit = f"{NAME}.value_per_visit", "value per visit"
    counts = {"units": whole(total, "closed_visits"), "goals": whole(total, "goal_visits")}
    worth = _worth_of(total)
    if worth is None or real(total, "value") == 0.0:
        told = both(
            f"No visit that is over was followed by {asked.text('goal')} with a value.",
            f"Auf keinen abgeschlossenen Besuch folgte {asked.text('goal')} mit einem Wert.",
        )
        return gated(name, unit, "too_little", counts, told)
    return Result(
        name=name,
        unit=unit,
        n=counts,
        enough_data=True,
        estimate=worth.estimate,
        low=worth.low,
        high=worth.high,
        kind="frequentist",
        sentence=both(
            f"A visit is worth {estimate_of(worth, 'en')} on average, {between(worth, 'en')}.",
            f"Ein Besuch ist im Mittel {estimate_of(worth, 'de')} wert, {between(worth, 'de')}.",
        ),
        method="Student's t over visits; a goal's value counts for the last visit before it",
    )


def _popular(first: Row, visits: int, pages: int) -> Result:
    share = wilson(whole(first, "visits"), visits)
    path = text(first, "entry_path")
    percents = {lang: percent(share.estimate, lang) for lang in ("en", "de")}
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
        GOAL,
        WINDOW,
        PAUSE,
        Option("limit", "whole", 1_000, both("pages shown", "gezeigte Seiten")),
    ),
    question,
    answer_entry_pages,
)
