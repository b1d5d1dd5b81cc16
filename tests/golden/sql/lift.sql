with triggered as (
  select case unit_kind when 'account' then coalesce(account_id, unit_id)
                        else coalesce(person_id, unit_id) end as unit,
         unit_kind, arm, min(occurred_at) as first_at
  from decisions
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and not fallback
  group by all),
placed as (
  select unit, unit_kind, min(first_at) as first_at,
         case when count(*) = 1 then min(arm) else '(two arms)' end as arm
  from triggered
  group by unit, unit_kind),
reached as (
  select person_id as unit, 'person' as unit_kind, occurred_at, value from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
  union all
  select account_id, 'account', occurred_at, value from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
    and account_id is not null),
valued as (
  select p.arm, p.unit, p.unit_kind, p.first_at,
         p.first_at + to_days($window_days::integer) <= $as_of::timestamptz as closed,
         (count(case when r.occurred_at >= p.first_at and r.occurred_at < p.first_at + to_days($window_days::integer) then true end) > 0)::integer as y,
         (count(case when r.occurred_at < p.first_at and r.occurred_at >= p.first_at - interval 28 day then true end) > 0)::integer as x
  from placed p
  left join reached r on r.unit = p.unit and r.unit_kind = p.unit_kind
  group by p.arm, p.unit, p.unit_kind, p.first_at)
select arm, unit_kind,
       count(*) as triggered,
       epoch_ms(min(first_at)) as first_at_ms,
       count(*) filter (where closed) as n,
       count(*) filter (where closed and y <> 0) as reached,
       coalesce(sum(y) filter (where closed), 0) as sum_y,
       coalesce(sum(y * y) filter (where closed), 0) as sum_yy,
       coalesce(sum(x) filter (where closed), 0) as sum_x,
       coalesce(sum(x * x) filter (where closed), 0) as sum_xx
from valued
group by arm, unit_kind
order by arm, unit_kind
