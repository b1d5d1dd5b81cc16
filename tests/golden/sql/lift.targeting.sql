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
  select p.*, coalesce(k.segment, '(none)') as segment
  from placed p left join known k on k.unit = p.unit and k.unit_kind = p.unit_kind),
reached as (
  select person_id as unit, 'person' as unit_kind, occurred_at, value from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
  union all
  select account_id, 'account', occurred_at, value from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
    and account_id is not null),
valued as (
  select p.arm, p.unit, p.unit_kind, p.first_at, p.cluster, p.segment,
         p.first_at + to_days($window_days::integer) <= $as_of::timestamptz as closed,
         (count(case when r.occurred_at >= p.first_at and r.occurred_at < p.first_at + to_days($window_days::integer) then true end) > 0)::integer as y,
         (count(case when r.occurred_at < p.began_at and r.occurred_at >= p.began_at - interval 28 day then true end) > 0)::integer as x
  from segmented p
  left join reached r on r.unit = p.unit and r.unit_kind = p.unit_kind
  group by p.arm, p.unit, p.unit_kind, p.first_at, p.began_at, p.cluster, p.segment),
clustered as (
  select segment, arm, unit_kind, cluster,
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
  group by segment, arm, unit_kind, cluster),
shared as (
  select cluster from valued group by cluster having count(*) > 1)
select v.arm, v.unit_kind, v.segment,
       substr(md5(v.cluster), 1, 1) < '8' as learns,
       case when s.cluster is null then '' else md5(v.cluster) end as cluster_code,
       case when s.cluster is null then v.y end as y,
       count(*) as triggered,
       count(*) filter (where v.first_at > $as_of::timestamptz - interval 28 day)
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
