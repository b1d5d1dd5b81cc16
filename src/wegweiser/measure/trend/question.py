"""The question behind rising topics: mentions, persons and goals per term and period."""

from wegweiser.measure.form import Asked
from wegweiser.measure.trend.mention import mention_steps
from wegweiser.terms.result import Question


def question(asked: Asked) -> Question:
    """Ask per kind, term, source and whole period for mentions, and for all there could be.

    The rows are of six parts: `mentions` of terms; `total`, what they are a share of; `people`
    of a term in a period and the two before it; `goals` of those who met a term; `common`, from
    when on a word of notes may be told; and `last`, the newest whole period. All add up over
    persons; only words of private notes of fewer than 10 persons stay in the engine.
    """
    per = asked.text("per")
    return asked.question(f"""
{mention_steps(per)},
possible as (
  select kind, '' as term, person_id, source_id, day, period from mentions
  where kind not in ('talk_topic', 'competitor', 'word', 'message')
  union all
  select kind, '', person_id, source_id, day, period
  from told,
       unnest(['talk_topic', 'competitor', 'word']) as of_talks(kind)
  union all
  select 'message', message, person_id, '', day, period from clicked),
of_three as (
  select distinct kind, term, person_id, period + passed * interval 1 {per} as period
  from (select distinct kind, term, person_id, period from mentions),
       unnest([0, 1, 2]) as later(passed)),
first_met as (
  select kind, term, person_id, min(occurred_at) as occurred_at
  from mentions group by kind, term, person_id),
reached as (
  select person_id, occurred_at from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz),
followed as (
  select m.kind, m.term, m.person_id, count(r.person_id) > 0 as has_goal
  from first_met m
  left join reached r
    on r.person_id = m.person_id and r.occurred_at >= m.occurred_at
   and r.occurred_at < m.occurred_at + to_days($window_days::integer)
  where m.occurred_at + to_days($window_days::integer) <= $as_of::timestamptz
  group by m.kind, m.term, m.person_id)
select 'mentions' as part, kind, coalesce(term, '') as term, source_id,
       strftime(period, '%Y-%m-%d') as period, count(distinct (person_id, day)) as n, 0 as goals
from mentions group by all
union all
select 'total', kind, term, source_id, strftime(period, '%Y-%m-%d'),
       count(distinct (person_id, day)), 0
from possible group by all
union all
select 'people', kind, coalesce(term, ''), '', strftime(period, '%Y-%m-%d'), count(*), 0
from of_three, local_time where period + interval 1 {per} <= ends
group by all
union all
select 'goals', kind, coalesce(term, ''), '', '', count(*), count(*) filter (where has_goal)
from followed group by all
union all
select 'common', 'word', term, '', strftime(period, '%Y-%m-%d'), 0, 0 from common_words
union all
select 'last', '', '', '', strftime(date_trunc('{per}', ends) - interval 1 {per}, '%Y-%m-%d'), 0, 0
from local_time
order by all
""")
