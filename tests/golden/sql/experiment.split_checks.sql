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
         arg_min(channel, (occurred_at, decision_id)) as channel
  from decisions
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and occurred_at >= $epoch_start::timestamptz
    and not fallback
  group by all)
select cast(timezone($zone, p.first_at) as date) as day,
       coalesce(b.source, '') as source, coalesce(b.channel, '') as channel, p.arm,
       count(*) as units
from placed p
left join began b on b.unit = p.unit and b.unit_kind = p.unit_kind
where p.arm <> '(two arms)'
group by all
order by all
