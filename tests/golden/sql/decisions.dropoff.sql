with asked as (
  select * from drops
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and ($arm = 'all' or arm = $arm)),
decided as (
  select count(distinct decision_id) as decisions from slots
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and ($arm = 'all' or arm = $arm)),
newest as (
  select distinct rule, label from rules
  where received_at <= $as_of::timestamptz
    and bundle = (select max(bundle) from rules where received_at <= $as_of::timestamptz)),
fired as (
  select step, reason, rule,
         split_part(reason, ':', 1) as label,
         sum(candidates) as drops, sum(sole) as sole_drops,
         count(distinct decision_id) as in_decisions
  from asked group by all),
each as (
  select step, reason, rule, drops, sole_drops, in_decisions, false as never_fires,
         reason like '%:unknown'
           and not exists (select 1 from fired g
                           where g.rule = f.rule and g.label = f.label
                             and g.reason not like '%:unknown') as always_unknown
  from fired f
  union all
  select 'eligibility', n.label, n.rule, 0, 0, 0, true, false
  from newest n
  where not exists (select 1 from fired f where f.rule = n.rule))
select step, reason, rule, drops, sole_drops, in_decisions, always_unknown, never_fires, decisions
from each, decided
where drops > 0 or decisions > 0
order by drops desc, step, reason, rule
