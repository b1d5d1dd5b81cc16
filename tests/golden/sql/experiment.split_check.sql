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
  having count(first_at) > 0),
began as (
  select case unit_kind when 'account' then coalesce(account_id, unit_id)
                        else coalesce(person_id, unit_id) end as unit,
         unit_kind,
         arg_min(source_id, (occurred_at, decision_id)) as source,
         arg_min(channel, (occurred_at, decision_id)) as channel,
         arg_min(bundle, (occurred_at, decision_id)) as version,
         arg_min(leaf, (occurred_at, decision_id)) as leaf
  from decisions
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and occurred_at >= $epoch_start::timestamptz
    and not fallback
  group by all),
devices as (
  select leaf, arg_max(device, (occurred_at, event_id)) as device
  from events
  where received_at <= $as_of::timestamptz and occurred_at < $end::timestamptz and device <> ''
  group by leaf),
seen as (
  select distinct case d.unit_kind when 'account' then coalesce(d.account_id, d.unit_id)
                                   else coalesce(d.person_id, d.unit_id) end as unit,
         d.unit_kind
  from exposures x join decisions d on d.decision_id = x.decision_id
  where x.received_at <= $as_of::timestamptz
    and x.occurred_at >= $start::timestamptz and x.occurred_at < $end::timestamptz),
reached as (
  select person_id as unit, 'person' as unit_kind, occurred_at from goals
  where declared and received_at <= $as_of::timestamptz
  union all
  select account_id, 'account', occurred_at from goals
  where declared and received_at <= $as_of::timestamptz and account_id is not null),
valued as (
  select p.arm, p.unit, p.unit_kind, p.began_at as first_at, count(r.unit) as x
  from placed p
  left join reached r
    on r.unit = p.unit and r.unit_kind = p.unit_kind
   and r.occurred_at < p.began_at and r.occurred_at >= p.began_at - interval 28 day
  group by p.arm, p.unit, p.unit_kind, p.began_at)
select v.arm, cast(timezone($zone, v.first_at) as date) as day,
       coalesce(b.source, '') as source, coalesce(b.channel, '') as channel,
       coalesce(b.version, '') as version, coalesce(d.device, '') as device,
       count(*) as units,
       count(s.unit) as exposed,
       sum(v.x) as sum_x, sum(v.x * v.x) as sum_xx
from valued v
left join began b on b.unit = v.unit and b.unit_kind = v.unit_kind
left join devices d on d.leaf = b.leaf
left join seen s on s.unit = v.unit and s.unit_kind = v.unit_kind
group by all
order by all
