"""The SELECT behind targeting: units with equal score and outcome, in two halves drawn by lot."""

from wegweiser.measure.arms import placed_steps
from wegweiser.measure.form import Asked
from wegweiser.measure.lift_question import sum_steps
from wegweiser.measure.lift_segments_question import NONE, bound_by, segment_steps
from wegweiser.measure.pace import RECENT_DAYS
from wegweiser.terms.result import Question

EXPECTED = "expected"
_EXPECTED_STEPS = f"""\
known as (
  select case s.unit_kind when 'account' then coalesce(s.account_id, s.unit_id)
                          else coalesce(s.person_id, s.unit_id) end as unit,
         s.unit_kind,
         printf('%.4f', arg_min(s.expected, (s.occurred_at, s.decision_id, s.slot))) as segment
  from slots s
  where s.received_at <= $as_of::timestamptz
    and s.occurred_at >= $epoch_start::timestamptz and s.occurred_at < $end::timestamptz
    and s.expected is not null
  group by all),
segmented as (
  select p.*, coalesce(k.segment, '{NONE}') as segment
  from placed p left join known k on k.unit = p.unit and k.unit_kind = p.unit_kind)"""


def question(asked: Asked) -> Question:
    """Ask for units of both arms by half, score and outcome; ids stay in the engine.

    Units with equal values are one row with a count; people of one account are one row per score,
    known by a code of their account only, and always in the same half. `expected` is what the
    engine expected of its first choice at that moment, for held-out units as for others.
    """
    by = asked.text("by")
    steps = _EXPECTED_STEPS if by == EXPECTED else segment_steps(by)
    return asked.question(
        f"""
{placed_steps()},
{steps},
{sum_steps(asked.text("metric"), ("segment",), "segmented")},
shared as (
  select cluster from valued group by cluster having count(*) > 1)
select v.arm, v.unit_kind, v.segment,
       substr(md5(v.cluster), 1, 1) < '8' as learns,
       case when s.cluster is null then '' else md5(v.cluster) end as cluster_code,
       case when s.cluster is null then v.y end as y,
       count(*) as triggered,
       count(*) filter (where v.first_at > $as_of::timestamptz - interval {RECENT_DAYS} day)
         as recent,
       epoch_ms(min(v.first_at)) as first_at_ms,
       count(*) filter (where v.closed) as n,
       count(*) filter (where v.closed and v.y <> 0) as reached,
       coalesce(sum(v.y) filter (where v.closed), 0)::double as sum_y,
       coalesce(sum(v.y * v.y) filter (where v.closed), 0)::double as sum_yy,
       coalesce(sum(v.x) filter (where v.closed), 0)::double as sum_x,
       coalesce(sum(v.x * v.x) filter (where v.closed), 0)::double as sum_xx,
       coalesce(sum(v.x * v.y) filter (where v.closed), 0)::double as sum_xy
from valued v
left join shared s on s.cluster = v.cluster
group by all
order by all
""",
        **bound_by(by),
    )
