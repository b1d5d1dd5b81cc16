"""The measure `message.goals`: what people who saw a message clicked and reached."""

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
from wegweiser.measure.statistic import Interval, wilson
from wegweiser.measure.words import between, both, estimate_of, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "message.goals"
LEAST_PEOPLE = 30


def question(asked: Asked) -> Question:
    """Ask, per message, for people who saw it, clicked it, and reached a goal within the window.

    The window runs from a person's first exposure; it is closed when it has passed at `as_of`.
    """
    return asked.question("""
with seen as (
  select decision_id, placement, slot, message, person_id, occurred_at
  from exposures
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz),
clicks as (
  select distinct decision_id, placement, slot from outcomes
  where kind = 'click' and received_at <= $as_of::timestamptz),
clicked as (
  select s.message, s.person_id, s.occurred_at,
         exists (select 1 from clicks c
                 where c.decision_id = s.decision_id
                   and (c.placement = '' or (c.placement = s.placement and c.slot = s.slot)))
           as has_click
  from seen s),
people as (
  select message, person_id, min(occurred_at) as first_at, count(*) as exposures,
         count(*) filter (where has_click) as clicks
  from clicked group by message, person_id),
reached as (
  select person_id, occurred_at from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz),
valued as (
  select p.message, p.person_id, p.exposures, p.clicks,
         p.first_at + to_days($window_days::integer) <= $as_of::timestamptz as closed,
         count(r.person_id) > 0 as has_goal
  from people p
  left join reached r
    on r.person_id = p.person_id and r.occurred_at >= p.first_at
   and r.occurred_at < p.first_at + to_days($window_days::integer)
  group by all)
select message,
       count(*) as people,
       sum(exposures) as exposures,
       sum(clicks) as clicks,
       count(*) filter (where clicks > 0) as people_with_click,
       count(*) filter (where closed) as closed_people,
       count(*) filter (where closed and has_goal) as people_with_goal
from valued
group by message
order by message
""")


def answer_message_goals(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Give click and goal rates per person with Wilson intervals; they say nothing of cause."""
    found = sorted(rows_of(table), key=lambda row: (-whole(row, "people"), text(row, "message")))
    people = sum(whole(row, "people") for row in found)
    if people == 0:
        return answer(NAME, asked, asked_question, [_nothing()], [], 0)
    results = [result for row in found for result in _results(row, asked)]
    return answer(NAME, asked, asked_question, results, [_row(row) for row in found], people)


def _share(row: Row, part: str, of: str) -> Interval | None:
    trials = whole(row, of)
    return wilson(whole(row, part), trials) if trials >= LEAST_PEOPLE else None


def _row(row: Row) -> Row:
    shown: Row = {"message": text(row, "message")}
    for count in ("people", "exposures", "clicks", "people_with_click", "closed_people"):
        shown[count] = whole(row, count)
    shown["people_with_goal"] = whole(row, "people_with_goal")
    for name, part, of in (
        ("click_rate", "people_with_click", "people"),
        ("goal_rate", "people_with_goal", "closed_people"),
    ):
        rate = _share(row, part, of)
        shown[name] = None if rate is None else rate.estimate
        shown[f"{name}_low"] = None if rate is None else rate.low
        shown[f"{name}_high"] = None if rate is None else rate.high
    return shown


def _results(row: Row, asked: Asked) -> list[Result]:
    days = asked.whole("window_days")
    clicked = both("clicked it", "haben sie angeklickt")
    reached = both(f"reached the goal within {days} days", f"erreichten das Ziel in {days} Tagen")
    return [
        _rate(row, "click_rate", "people_with_click", "people", clicked),
        _rate(row, "goal_rate", "people_with_goal", "closed_people", reached),
    ]


def _rate(row: Row, name: str, part: str, of: str, did: dict[str, str]) -> Result:
    message = text(row, "message")
    full_name, unit = f"{NAME}.{name}.{message}", "people per person who saw it"
    trials, successes = whole(row, of), whole(row, part)
    counts = {"units": trials, "goals": successes, "events": whole(row, "exposures")}
    rate = _share(row, part, of)
    if rate is None:
        early = of == "closed_people" and trials == 0
        return gated(
            full_name,
            unit,
            "too_early" if early else "too_little",
            counts,
            _wait(message, trials, early),
        )
    said = {lang: estimate_of(rate, lang, 100, "%") for lang in ("en", "de")}
    return Result(
        name=full_name,
        unit=unit,
        n=counts,
        enough_data=True,
        estimate=rate.estimate,
        low=rate.low,
        high=rate.high,
        kind="frequentist",
        sentence=both(
            f"Of those who saw {message}, {said['en']} {did['en']}"
            f" ({between(rate, 'en', 100, '%')}).",
            f"Von denen, die {message} sahen, {did['de']}: {said['de']}"
            f" ({between(rate, 'de', 100, '%')}).",
        ),
        method="Wilson over people",
    )


def _wait(message: str, trials: int, early: bool) -> dict[str, str]:
    if early:
        return both(
            f"Nobody's time for a goal after {message} is over yet.",
            f"Für niemanden ist die Zeit bis zum Ziel nach {message} schon abgelaufen.",
        )
    return both(
        f"{number(trials, 'en')} of {LEAST_PEOPLE} people needed for a rate of {message}.",
        f"{number(trials, 'de')} von {LEAST_PEOPLE} Personen, die für eine Quote von {message}"
        " nötig sind.",
    )


def _nothing() -> Result:
    return gated(
        f"{NAME}.goal_rate",
        "people per person who saw it",
        "no_source",
        {"units": 0, "goals": 0},
        both(
            "No message was seen in this period. The tag reports exposures by itself;"
            " other channels report them as outcomes.",
            "In diesem Zeitraum wurde keine Botschaft gesehen. Das Tag meldet Sichtkontakte"
            " selbst; andere Kanäle melden sie als Ergebnisse.",
        ),
    )


MEASURE = Measure(
    NAME,
    both("Clicks and goals by message", "Klicks und Ziele je Botschaft"),
    (
        Option("goal", "text", "", both("goal that counts, empty for any", "Ziel, leer für jedes")),
        Option("window_days", "whole", 30, both("days for the goal", "Tage bis zum Ziel")),
    ),
    question,
    answer_message_goals,
)
