with triggered as (
  select case unit_kind when 'account' then coalesce(account_id, unit_id)
                        else coalesce(person_id, unit_id) end as unit,
         unit_kind, arm, min(occurred_at) as began_at,
         min(occurred_at) filter (where occurred_at >= $start::timestamptz) as first_at,
         min(account_id) as account
  from decisions
  where received_at <= $as_of::timestamptz
    and occurred_at >= $epoch_start::timestamptz and occurred_at < $end::timestamptz
    and not fallback
  group by all),
placed as (
  select unit, unit_kind, min(first_at) as first_at, min(began_at) as began_at,
         coalesce(min(account) filter (where first_at is not null), unit) as cluster,
         case when count(first_at) = 1 then min(arm) filter (where first_at is not null)
              else '(two arms)' end as arm
  from triggered
  group by unit, unit_kind
  having count(first_at) > 0
     and not list_contains(string_split($leave_out, ','), strftime(timezone($zone, min(first_at)), '%Y-%m-%d'))),
first_placed as (
  select *, (row_number() over (order by arm = '(two arms)', first_at, md5(unit), unit_kind)
               <= $planned_units)::integer as first_units
  from placed),
reached as (
  select person_id as unit, 'person' as unit_kind, occurred_at, value from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
  union all
  select account_id, 'account', occurred_at, value from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
    and account_id is not null),
counted as (
  select person_id as unit, 'person' as unit_kind, occurred_at from events e
  where e.type in ('page', 'screen') and not bot and received_at <= $as_of::timestamptz
  union all
  select account_id, 'account', occurred_at from events e
  where e.type in ('page', 'screen') and not bot and received_at <= $as_of::timestamptz
    and account_id is not null),
closed as (
  select * from first_placed p
  where p.first_at + to_days($window_days::integer) <= $as_of::timestamptz),
tops as (
  select p.unit, p.unit_kind, coalesce(sum(case when r.occurred_at >= p.first_at and r.occurred_at < p.first_at + to_days($window_days::integer) then r.value end), 0) as y
  from closed p left join reached r on r.unit = p.unit and r.unit_kind = p.unit_kind
  group by p.unit, p.unit_kind),
bottoms as (
  select p.unit, p.unit_kind, count(*) as x
  from closed p join counted c on c.unit = p.unit and c.unit_kind = p.unit_kind
   and c.occurred_at >= p.first_at and c.occurred_at < p.first_at + to_days($window_days::integer)
  group by p.unit, p.unit_kind),
clustered as (
  select p.arm, p.cluster, count(*) as units,
         sum(t.y)::double as y, coalesce(sum(b.x), 0)::double as x,
         count(*) filter (where t.y <> 0) as events, sum(p.first_units) as first_units
  from closed p
  join tops t on t.unit = p.unit and t.unit_kind = p.unit_kind
  left join bottoms b on b.unit = p.unit and b.unit_kind = p.unit_kind
  group by p.arm, p.cluster)
select arm, sum(units) as units, count(*) as clusters, sum(events) as events,
       sum(y) as sum_y, sum(x) as sum_x,
       sum(y * y) as sum_yy, sum(x * x) as sum_xx, sum(x * y) as sum_xy, sum(first_units) as first_units
from clustered
group by arm
order by arm
