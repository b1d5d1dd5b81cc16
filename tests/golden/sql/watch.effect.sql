with triggered as (
  select case unit_kind when 'account' then coalesce(account_id, unit_id)
                        else coalesce(person_id, unit_id) end as unit,
         unit_kind, arm, occurred_at, account_id,
         strftime(timezone($zone, occurred_at), '%Y-%m') as month
  from decisions
  where received_at <= $as_of::timestamptz
    and occurred_at >= greatest($start::timestamptz, $epoch_start::timestamptz)
    and occurred_at < $end::timestamptz and not fallback
    and not list_contains(string_split($leave_out, ','),
                          strftime(timezone($zone, occurred_at), '%Y-%m-%d'))),
by_month as (
  select unit, unit_kind, month, min(occurred_at) as first_at,
         min(arm) as first_arm, max(arm) as last_arm, min(account_id) as account_id
  from triggered group by unit, unit_kind, month),
monthly as (
  select unit, unit_kind, month, first_at, min(first_at) over so_far as began_at,
         coalesce(min(account_id) over so_far, unit) as cluster,
         case when min(first_arm) over so_far = max(last_arm) over so_far
              then min(first_arm) over so_far else '(two arms)' end as arm,
         first_at < min(first_at) over so_far + interval 14 day as is_fresh
  from by_month
  window so_far as (partition by unit, unit_kind order by month rows unbounded preceding)),
reached as (
  select person_id as unit, 'person' as unit_kind, occurred_at, value from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
  union all
  select account_id, 'account', occurred_at, value from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
    and account_id is not null),
valued as (
  select p.arm, p.unit, p.unit_kind, p.first_at, p.cluster, p.month, p.is_fresh,
         p.first_at + to_days($window_days::integer) <= $as_of::timestamptz as closed,
         (count(case when r.occurred_at >= p.first_at and r.occurred_at < p.first_at + to_days($window_days::integer) then true end) > 0)::integer as y,
         (count(case when r.occurred_at < p.began_at and r.occurred_at >= p.began_at - interval 28 day then true end) > 0)::integer as x
  from monthly p
  left join reached r on r.unit = p.unit and r.unit_kind = p.unit_kind
  group by p.arm, p.unit, p.unit_kind, p.first_at, p.began_at, p.cluster, p.month, p.is_fresh),
clustered as (
  select month, is_fresh, arm, unit_kind, cluster,
         count(*) as triggered,
         count(*) filter (where first_at > $as_of::timestamptz - interval 28 day)
           as recent,
         min(first_at) as first_at,
         count(*) filter (where closed) as n,
         count(*) filter (where closed and y <> 0) as reached,
         coalesce(sum(y) filter (where closed), 0)::double as y,
         coalesce(sum(y * y) filter (where closed), 0)::double as yy,
         coalesce(sum(x) filter (where closed), 0)::double as x,
         coalesce(sum(x * x) filter (where closed), 0)::double as xx,
         coalesce(sum(x * y) filter (where closed), 0)::double as xy
  from valued
  group by month, is_fresh, arm, unit_kind, cluster),
foretold as (
  select s.decision_id, s.placement, s.slot, s.expected, min(x.occurred_at) as seen_at
  from slots s
  join exposures x
    on x.decision_id = s.decision_id and x.placement = s.placement and x.slot = s.slot
  where s.expected is not null and not s.ghost and s.message not in ('', '(held out)')
    and x.received_at <= $as_of::timestamptz
    and x.occurred_at >= $start::timestamptz and x.occurred_at < $end::timestamptz
  group by all),
answered as (
  select distinct f.decision_id, f.placement, f.slot
  from foretold f
  join outcomes o on o.decision_id = f.decision_id
   and (o.placement = '' or (o.placement = f.placement and o.slot = f.slot))
  where o.kind in ('click', 'done') and o.received_at <= $as_of::timestamptz
    and o.occurred_at >= f.seen_at and o.occurred_at < f.seen_at + interval 3 day)
select month, is_fresh, arm, sum(triggered)::double as triggered,
       sum(n)::double as n, sum(reached)::double as reached,
       sum(y) as sum_y, sum(yy) as sum_yy,
       count(*) filter (where n > 0)::double as clusters,
       sum(n * n)::double as cluster_nn, sum(n * y) as cluster_ny, sum(y * y) as cluster_yy
from clustered
group by month, is_fresh, arm
union all
select strftime(timezone($zone, f.seen_at), '%Y-%m'), false, '(predicted)',
       0.0, count(*)::double, count(a.decision_id)::double, count(a.decision_id)::double,
       sum(f.expected::decimal(38, 12))::double, 0.0, 0.0, 0.0, 0.0
from foretold f
left join answered a using (decision_id, placement, slot)
where f.seen_at + interval 3 day <= $as_of::timestamptz
group by 1
order by month, is_fresh, arm
