"""The SELECT behind the lift of segments: sums per arm, cut by what was known before the start."""

import re

from wegweiser.measure.arms import placed_steps
from wegweiser.measure.form import Asked
from wegweiser.measure.lift_question import sum_select, sum_steps
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json
from wegweiser.terms.result import Question
from wegweiser.terms.wrong import wrong

NONE = "(none)"
OF_DECISIONS = {"source": "source_id", "channel": "channel"}
OF_EVENTS = ("device", "country", "region")
TRAIT = "trait:"
SEGMENT = "segment:"
_NAME = re.compile(r"[\w][\w .-]*")
_KEY = r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}"
_KEYS = re.compile(f"{_KEY}(,{_KEY})*")


def question(asked: Asked) -> Question:
    """Ask for the sums of `lift` once for each value of a cut.

    A unit's value is that of its first trigger, or the last one told by then: nothing that came
    later, which the arm may have caused, decides where a unit belongs.
    """
    by = asked.text("by")
    sql = f"""
{placed_steps()},
{segment_steps(by)},
{sum_steps(asked.text("metric"), ("segment",), "segmented")}
{sum_select(("segment",))}
order by segment, arm, unit_kind
"""
    return asked.question(sql, **bound_by(by))


def bound_by(by: str) -> dict[str, Json]:
    """Give what the steps of a cut bind: the name of its trait, its segments in their order.

    >>> bound_by("segment:key-customers,partners")
    {'trait': '', 'segments': ['key-customers', 'partners']}
    """
    trait = by.removeprefix(TRAIT) if by.startswith(TRAIT) else ""
    segments = by.removeprefix(SEGMENT).split(",") if by.startswith(SEGMENT) else []
    return {"trait": trait, "segments": [*segments]}


def segment_steps(by: str) -> str:
    """Give the CTEs `known` and `segmented`: placed units with their value of a cut.

    Of several declared segments that a unit was in, the one that is named first is its value.
    Raises InputRefused for a cut that does not exist.
    """
    return f"""\
{_known(by)},
segmented as (
  select p.*, coalesce(nullif(k.segment, ''), '{NONE}') as segment
  from placed p left join known k on k.unit = p.unit and k.unit_kind = p.unit_kind)"""


def _known(by: str) -> str:
    if by in OF_DECISIONS:
        return _of_decisions(OF_DECISIONS[by])
    if by in OF_EVENTS:
        return _of_events(f"e.{by}", f"e.{by} <> ''")
    if by.startswith(TRAIT) and _NAME.fullmatch(by.removeprefix(TRAIT)):
        told = "json_extract_string(try_cast(e.traits as json), '$.\"' || $trait || '\"')"
        return _of_events(told, f"e.type in ('identify', 'group') and {told} is not null")
    if by.startswith(SEGMENT) and _KEYS.fullmatch(by.removeprefix(SEGMENT)):
        return _OF_SEGMENTS
    cuts = ", ".join((*OF_DECISIONS, *OF_EVENTS))
    raise InputRefused("bad_option", wrong("cut_by", known=cuts, given=repr(by)), 422, "by")


_OF_SEGMENTS = """\
known as (
  select p.unit, p.unit_kind,
         arg_min(s.segment, list_position($segments, s.segment)) as segment
  from placed p
  join segment_stays s
    on s.unit_id = p.unit and s.unit_kind = p.unit_kind and list_contains($segments, s.segment)
   and s.entered_at <= p.began_at and (s.left_at is null or s.left_at > p.began_at)
  group by p.unit, p.unit_kind)"""


def _of_decisions(column: str) -> str:
    return f"""\
known as (
  select case unit_kind when 'account' then coalesce(account_id, unit_id)
                        else coalesce(person_id, unit_id) end as unit,
         unit_kind, arg_min({column}, (occurred_at, decision_id)) as segment
  from decisions
  where received_at <= $as_of::timestamptz
    and occurred_at >= $epoch_start::timestamptz and occurred_at < $end::timestamptz
    and not fallback
  group by all)"""


def _of_events(value: str, stated: str) -> str:
    return f"""\
told as (
  select e.person_id, e.account_id, e.occurred_at, e.event_id, {value} as value
  from events e
  where e.received_at <= $as_of::timestamptz and not e.bot and {stated}),
known as (
  select p.unit, p.unit_kind, arg_max(t.value, (t.occurred_at, t.event_id)) as segment
  from placed p
  join told t
    on case p.unit_kind when 'account' then t.account_id else t.person_id end = p.unit
   and t.occurred_at <= p.began_at
  group by p.unit, p.unit_kind)"""
