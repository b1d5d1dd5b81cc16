"""The measure `events.seen`: which events and fields arrive, of which type, from which source."""

import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of, text, whole
from wegweiser.measure.words import both, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "events.seen"


def question(asked: Asked) -> Question:
    """Ask, per source, call and event name, for each field of properties or traits and its types.

    A row with an empty `field` counts the events themselves. Fields are those of the first
    level; whole and broken numbers are both "number".
    """
    return asked.question("""
with own as (
  select source_id, type as call, case when type = 'track' then name else '' end as name,
         occurred_at, properties, traits
  from events
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz),
fields as (
  select source_id, call, name, occurred_at, 'properties' as part, key as field,
         json_type(value) as stored
  from own, json_each(own.properties)
  union all
  select source_id, call, name, occurred_at, 'traits', key, json_type(value)
  from own, json_each(own.traits)
  union all
  select source_id, call, name, occurred_at, '', '', 'OBJECT' from own)
select source_id, call, name, part, field,
       case when part = '' then ''
            when stored = 'VARCHAR' then 'string'
            when stored in ('UBIGINT', 'BIGINT', 'DOUBLE', 'HUGEINT') then 'number'
            else lower(stored) end as value_type,
       count(*) as events,
       epoch_ms(min(occurred_at)) as first_at_ms, epoch_ms(max(occurred_at)) as last_at_ms
from fields
group by all
order by source_id, call, name, part, field, value_type
""")


def answer_seen(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """List what arrived; the estimate is the number of different events."""
    found = rows_of(table)
    kinds = [row for row in found if text(row, "part") == ""]
    if not kinds:
        return answer(NAME, asked, asked_question, [_nothing()], [], 0)
    events = sum(whole(row, "events") for row in kinds)
    shown = [_row(row) for row in found[: asked.whole("limit")]]
    return answer(NAME, asked, asked_question, [_total(len(kinds), events)], shown, events)


def _row(row: Row) -> Row:
    names = ("source_id", "call", "name", "part", "field", "value_type")
    counts = ("events", "first_at_ms", "last_at_ms")
    return {name: text(row, name) for name in names} | {name: whole(row, name) for name in counts}


def _total(kinds: int, events: int) -> Result:
    return Result(
        name=f"{NAME}.kinds",
        unit="events",
        n={"events": events, "units": kinds},
        enough_data=True,
        estimate=kinds,
        low=kinds,
        high=kinds,
        sentence=both(
            f"{number(kinds, 'en')} different events arrived, {number(events, 'en')} times.",
            f"{number(kinds, 'de')} verschiedene Ereignisse kamen {number(events, 'de')}-mal an.",
        ),
        method="full count",
    )


def _nothing() -> Result:
    return gated(
        f"{NAME}.kinds",
        "events",
        "no_source",
        {"events": 0, "units": 0},
        both("No event arrived in this period.", "In diesem Zeitraum kam kein Ereignis an."),
    )


MEASURE = Measure(
    NAME,
    both("Events and fields that arrive", "Ereignisse und Felder, die ankommen"),
    (Option("limit", "whole", 100_000, both("rows shown", "gezeigte Zeilen")),),
    question,
    answer_seen,
)
