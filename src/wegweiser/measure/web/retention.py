"""The measure `web.retention`: how many of those who came first together come again, and when."""

import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of, text, whole
from wegweiser.measure.statistic import Interval, wilson
from wegweiser.measure.web.funnel_question import UNITS
from wegweiser.measure.web.steps import Step, event_condition, goal_condition, read_steps, values_of
from wegweiser.measure.words import between, both, estimate_of, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "web.retention"
LEAST_UNITS = 30
_QUARTER = "epoch_ms(occurred_at) // 900000"
# Where leaves find their person, and the columns that tell both.
_NAMED = ("leaves", "person_id", "leaf")
_NUMBERED = ("shared_leaves", "person_number", "leaf_number")
CALENDAR = ("week", "month")
_WORDS = {
    "week": both("week", "Woche"),
    "month": both("month", "Monat"),
}


def question(asked: Asked) -> Question:
    """Ask, per cohort and distance in weeks or months, how many units came again.

    A cohort are the units that began in the same calendar week or month of the zone, looked at
    since ever, so that nobody is new twice; distance 0 is the cohort itself. `open` marks what
    is not over yet at `as_of` or goes beyond the period. Who did something in a quarter of an
    hour comes before the calendar: zones differ by whole quarters, and there are fewer of these
    than of events.
    """
    began, back = _read(asked)
    unit, part = UNITS[asked.text("unit")], asked.text("per")
    bucket = f"date_trunc('{part}', timezone($zone, make_timestamptz(quarter * 900000000)))::date"
    ends = f"date_trunc('{part}', timezone($zone, least($end::timestamptz, $as_of::timestamptz)))"
    sql = f"""
with {_active(unit, began, back)},
periods as (
  select unit_id, {bucket} as bucket,
         bool_or(is_begin) as is_begin, bool_or(is_return) as is_return
  from active group by all),
cohorts as (
  select unit_id, min(bucket) as cohort from periods where is_begin group by unit_id),
kept as (
  select * from cohorts
  where cohort >= date_trunc('{part}', timezone($zone, $start::timestamptz))::date
    and cohort < timezone($zone, $end::timestamptz))
select strftime(k.cohort, '%Y-%m-%d') as cohort,
       date_diff('{part}', k.cohort, p.bucket) as distance,
       date_diff('{part}', k.cohort, {ends}::date) as last_distance,
       count(*) as units
from kept k
join periods p on p.unit_id = k.unit_id and p.bucket >= k.cohort
where p.bucket = k.cohort or p.is_return
group by all
order by all
"""
    return asked.question(sql, **values_of((began,), "began"), **values_of((back,), "back"))


def _read(asked: Asked) -> tuple[Step, Step]:
    began = read_steps(asked.text("began"), least=1, option="began")
    back = read_steps(asked.text("back") or asked.text("began"), least=1, option="back")
    return began[0], back[0]


def _active(unit: str, began: Step, back: Step) -> str:
    """Give the CTEs up to `active`: which unit began or came again in which quarter of an hour.

    Persons are only counted, so numbers stand for their names; but where goals count too, a
    unit has to have the name that its goals have.
    """
    begin, again = event_condition(began, "began_a"), event_condition(back, "back_a")
    has_goal = "goal" in (began.kind, back.kind)
    by_leaf = unit == "person_id"
    whose = "leaf" if by_leaf else unit
    leaves, person, leaf = _NAMED if has_goal else _NUMBERED
    sql = f"""{"acting_leaves" if by_leaf else "active"} as (
  select {leaf if by_leaf else f"{unit} as unit_id"},
         {_QUARTER} as quarter,
         bool_or({begin}) as is_begin, bool_or({again}) as is_return
  from {"leaf_events" if by_leaf else "events"}
  where received_at <= $as_of::timestamptz and occurred_at < $end::timestamptz
    and not bot and {whose} <> '' and (({begin}) or ({again}))
  group by all"""
    if by_leaf:
        sql += f"""),
active as (
  select coalesce(l.{person}, a.{leaf}) as unit_id, a.quarter, a.is_begin, a.is_return
  from acting_leaves a
  left join {leaves} l on l.{leaf} = a.{leaf}"""
    if has_goal:
        begin, again = goal_condition(began, "began_a"), goal_condition(back, "back_a")
        sql += f"""
  union all
  select {unit}, {_QUARTER}, bool_or({begin}), bool_or({again})
  from outcomes
  where received_at <= $as_of::timestamptz and occurred_at < $end::timestamptz
    and {unit} <> '' and (({begin}) or ({again}))
  group by all"""
    return sql + ")"


class Cohort:
    """One cohort: how many began, and how many came again at each distance that is over."""

    def __init__(self, began: str, rows: list[Row]):
        self.began = began
        self.returned = {whole(row, "distance"): whole(row, "units") for row in rows}
        self.units = self.returned.get(0, 0)
        # The bucket in which the knowledge ends is not over, so the one before is the last.
        self.last_closed = max(whole(row, "last_distance") for row in rows) - 1

    @property
    def last_shown(self) -> int:
        """Give the last distance that has begun, closed or open."""
        return max(0, self.last_closed + 1)

    def at(self, distance: int) -> int | None:
        """Give how many came again, None while that time is not over."""
        return self.returned.get(distance, 0) if distance <= self.last_closed else None


def answer_retention(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Give the share that came again, per cohort and over all cohorts whose time is over."""
    by_cohort: dict[str, list[Row]] = {}
    for row in rows_of(table):
        by_cohort.setdefault(text(row, "cohort"), []).append(row)
    cohorts = [Cohort(name, by_cohort[name]) for name in sorted(by_cohort)]
    units = sum(cohort.units for cohort in cohorts)
    if units == 0:
        return answer(NAME, asked, asked_question, [_nothing()], [], 0)
    most = min(asked.whole("distances"), max(cohort.last_shown for cohort in cohorts))
    rows = [
        _row(cohort, distance)
        for cohort in cohorts
        for distance in range(min(most, cohort.last_shown) + 1)
    ]
    results = [_result(cohorts, distance, asked) for distance in range(1, max(1, most) + 1)]
    return answer(NAME, asked, asked_question, results, rows, units)


def _share(returned: int, units: int) -> Interval | None:
    return wilson(returned, units) if units >= LEAST_UNITS else None


def _row(cohort: Cohort, distance: int) -> Row:
    returned = cohort.at(distance)
    share = None if returned is None else _share(returned, cohort.units)
    return {
        "cohort": cohort.began,
        "distance": distance,
        "share": None if share is None else share.estimate,
        "share_low": None if share is None else share.low,
        "share_high": None if share is None else share.high,
        "returned": returned,
        "units": cohort.units,
        "returned_so_far": cohort.returned.get(distance, 0),
        "open": returned is None,
    }


def _result(cohorts: list[Cohort], distance: int, asked: Asked) -> Result:
    closed = [cohort for cohort in cohorts if cohort.at(distance) is not None]
    units = sum(cohort.units for cohort in closed)
    returned = sum(cohort.at(distance) or 0 for cohort in closed)
    counts = {"units": units, "goals": returned, "cohorts": len(closed)}
    per = asked.text("per")
    name, unit = f"{NAME}.{per}_{distance}", f"{asked.text('unit')}s per {asked.text('unit')}"
    word = _WORDS[per]
    share = _share(returned, units)
    if share is None:
        early = not closed
        told = both(
            f"No cohort's {word['en']} {distance} is over yet."
            if early
            else f"{units} of {LEAST_UNITS} needed whose {word['en']} {distance} is over.",
            f"Noch ist für keine Kohorte {word['de']} {distance} vorbei."
            if early
            else f"{units} von {LEAST_UNITS} nötigen, deren {word['de']} {distance} vorbei ist.",
        )
        return gated(name, unit, "too_early" if early else "too_little", counts, told)
    said = {lang: estimate_of(share, lang, 100, "%") for lang in ("en", "de")}
    return Result(
        name=name,
        unit=unit,
        n=counts,
        enough_data=True,
        estimate=share.estimate,
        low=share.low,
        high=share.high,
        kind="frequentist",
        sentence=both(
            f"In {word['en']} {distance} after their first, {said['en']} of"
            f" {number(units, 'en')} come again ({between(share, 'en', 100, '%')}).",
            f"In {word['de']} {distance} nach dem ersten Mal kommen {said['de']} von"
            f" {number(units, 'de')} wieder ({between(share, 'de', 100, '%')}).",
        ),
        method="Wilson over units of all cohorts whose time is over",
    )


def _nothing() -> Result:
    return gated(
        f"{NAME}.units",
        "units",
        "no_source",
        {"units": 0},
        both(
            "Nobody began in this period.",
            "In diesem Zeitraum hat niemand begonnen.",
        ),
    )


MEASURE = Measure(
    NAME,
    both("Who comes again", "Wer wiederkommt"),
    (
        Option("per", "text", "week", both("week or month", "Woche oder Monat"), CALENDAR),
        Option("began", "text", "page", both("the step that begins", "Schritt, der beginnt")),
        Option("back", "text", "", both("the step that comes again", "Schritt, der wiederkommt")),
        Option("unit", "text", "person", both("who comes", "wer kommt"), tuple(UNITS)),
        Option("distances", "whole", 12, both("weeks or months shown", "gezeigte Wochen, Monate")),
    ),
    question,
    answer_retention,
)
