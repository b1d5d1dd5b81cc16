"""The question behind retention: how many of each cohort came again at which distance."""

from collections.abc import Callable

import msgspec

from wegweiser.measure.form import Asked
from wegweiser.measure.web.funnel_question import UNITS
from wegweiser.measure.web.steps import (
    Step,
    event_condition,
    goal_condition,
    read_steps,
    values_of,
)
from wegweiser.terms.result import Question

# Zones differ by whole quarters of an hour.
_QUARTER = "epoch_us(occurred_at) // 900000000"
_ZONED = "timezone($zone, make_timestamptz(quarter * 900000000))"
# Where leaves find their person, and the columns that tell both.
_NAMED = ("leaves", "person_id", "leaf")
_NUMBERED = ("shared_leaves", "person_number", "leaf_number")
# A number of 64 bits holds one bit for each of so many weeks or months.
MOST_BITS = 62
_LEAST_DAYS = {"week": 7, "month": 28}


class _Told(msgspec.Struct, frozen=True):
    """What is told of a unit from its events: columns, their values, and what these need."""

    columns: tuple[str, ...]
    values: Callable[[str, str], tuple[str, ...]]
    join: str = ""


def question(asked: Asked) -> Question:
    """Ask, per cohort and distance in weeks or months, how many units came again.

    A cohort are the units that began in the same calendar week or month of the zone, looked at
    since ever, so that nobody is new twice; distance 0 is the cohort itself.
    """
    fits = most_buckets(asked) <= MOST_BITS
    return question_in_bits(asked) if fits else question_in_rows(asked)


def most_buckets(asked: Asked) -> int:
    """Give how many calendar weeks or months the period touches at most.

    One more than by their usual length: clocks that go forward make one shorter.
    """
    return int(asked.period.days / _LEAST_DAYS[asked.text("per")]) + 3


def question_in_bits(asked: Asked) -> Question:
    """Ask with one number per unit, whose bits are the weeks or months in which it came again.

    Bucket 0 is the first of the period, and what came earlier is -1. The calendar begins so long
    before the period that all of bucket 0 is in it, in whatever zone. Units whose numbers are
    equal are counted first, so that only a few numbers are taken apart.
    """
    per = asked.text("per")
    first = f"date_trunc('{per}', timezone($zone, $start::timestamptz))::date"
    sql = f"""
with quarters as (
  select unnest(range(epoch_us($start::timestamptz - interval 33 days) // 900000000,
                      epoch_us($end::timestamptz) // 900000000 + 1)) as quarter),
numbered as (
  select quarter, date_diff('{per}', {first}, date_trunc('{per}', {_ZONED})::date) as bucket
  from quarters),
calendar as (
  select quarter, bucket, 1::bigint << bucket as bit from numbered where bucket >= 0),
{_active(asked, _IN_BITS)},
units as (
  select min(cohort) as cohort, bit_or(back) as back from active group by unit_id),
alike as (
  select cohort, back, count(*) as units from units where cohort >= 0 group by all),
followed as (
  select ({first} + to_{per}s(a.cohort::integer))::date as began, a.units,
         a.cohort, a.back, unnest(range(a.cohort, $buckets::bigint)) as bucket
  from alike a)
select strftime(began, '%Y-%m-%d') as cohort,
       bucket - f.cohort as distance,
       date_diff('{per}', began, {_last_of(per)}::date) as last_distance,
       sum(units)::bigint as units
from followed f
where began < timezone($zone, $end::timestamptz)
  and (bucket = f.cohort or (back >> bucket) & 1 = 1)
group by all
order by all
"""
    return _bound(asked, sql)


def question_in_rows(asked: Asked) -> Question:
    """Ask with one row per unit and bucket, of which a period may have any number.

    Who did something in a quarter of an hour comes before the calendar, as there are fewer of
    these than of events.
    """
    per = asked.text("per")
    sql = f"""
with {_active(asked, _IN_ROWS)},
periods as (
  select unit_id, date_trunc('{per}', {_ZONED})::date as bucket,
         bool_or(is_begin) as is_begin, bool_or(is_return) as is_return
  from active group by all),
cohorts as (
  select unit_id, min(bucket) as cohort from periods where is_begin group by unit_id),
kept as (
  select * from cohorts
  where cohort >= date_trunc('{per}', timezone($zone, $start::timestamptz))::date
    and cohort < timezone($zone, $end::timestamptz))
select strftime(k.cohort, '%Y-%m-%d') as cohort,
       date_diff('{per}', k.cohort, p.bucket) as distance,
       date_diff('{per}', k.cohort, {_last_of(per)}::date) as last_distance,
       count(*) as units
from kept k
join periods p on p.unit_id = k.unit_id and p.bucket >= k.cohort
where p.bucket = k.cohort or p.is_return
group by all
order by all
"""
    return _bound(asked, sql)


def _bits(begin: str, again: str) -> tuple[str, ...]:
    """Give the bucket of the beginning and the bits of those with a return."""
    one, other = ("", "") if begin == again else (f" filter ({begin})", f" filter ({again})")
    return f"min(coalesce(c.bucket, -1)){one}", f"bit_or(c.bit){other}"


def _rows(begin: str, again: str) -> tuple[str, ...]:
    return _QUARTER, f"bool_or({begin})", f"bool_or({again})"


_IN_BITS = _Told(("cohort", "back"), _bits, f"\n  left join calendar c on c.quarter = {_QUARTER}")
_IN_ROWS = _Told(("quarter", "is_begin", "is_return"), _rows)


def _last_of(per: str) -> str:
    """Give the bucket in which the period or the knowledge ends."""
    return f"date_trunc('{per}', timezone($zone, least($end::timestamptz, $as_of::timestamptz)))"


def _bound(asked: Asked, sql: str) -> Question:
    began, back = _steps(asked)
    return asked.question(
        sql,
        **values_of((began,), "began"),
        **values_of((back,), "back"),
        buckets=most_buckets(asked),
    )


def _steps(asked: Asked) -> tuple[Step, Step]:
    began = read_steps(asked.text("began"), least=1, option="began")
    back = read_steps(asked.text("back") or asked.text("began"), least=1, option="back")
    return began[0], back[0]


def _active(asked: Asked, told: _Told) -> str:
    """Give the CTEs up to `active`: what is told of each unit, in one row or several.

    Persons are only counted, so numbers stand for their names; but where goals count too, a
    unit has to have the name that its goals have.
    """
    began, back = _steps(asked)
    unit = UNITS[asked.text("unit")]
    has_goal = "goal" in (began.kind, back.kind)
    by_leaf = unit == "person_id"
    leaves, person, leaf = _NAMED if has_goal else _NUMBERED
    begin = event_condition(began, "began_a")
    again = begin if back == began else event_condition(back, "back_a")
    if by_leaf:
        passed_on = ", ".join(f"a.{column}" for column in told.columns)
        acting = _acting(told, "leaf_events", leaf, "leaf", begin, again)
        sql = f"""acting_leaves as ({acting}),
active as (
  select coalesce(l.{person}, a.{leaf}) as unit_id, {passed_on}
  from acting_leaves a
  left join {leaves} l on l.{leaf} = a.{leaf}"""
    else:
        sql = f"active as ({_acting(told, 'events', f'{unit} as unit_id', unit, begin, again)}"
    if has_goal:
        begin = goal_condition(began, "began_a")
        again = begin if back == began else goal_condition(back, "back_a")
        sql += f"\n  union all{_acting(told, 'outcomes', f'{unit} as unit_id', unit, begin, again)}"
    return sql + ")"


def _acting(told: _Told, view: str, named: str, whose: str, begin: str, again: str) -> str:
    """Select what is told of each unit or leaf that did one of both things."""
    values = zip(told.values(begin, again), told.columns, strict=True)
    columns = "".join(f",\n         {value} as {column}" for value, column in values)
    what = f"({begin})" if begin == again else f"(({begin}) or ({again}))"
    person = "" if view == "outcomes" else "not bot and "
    return f"""
  select {named}{columns}
  from {view}{told.join}
  where received_at <= $as_of::timestamptz and occurred_at < $end::timestamptz
    and {person}{whose} <> '' and {what}
  group by all"""
