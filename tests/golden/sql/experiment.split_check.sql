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
  group by unit, unit_kind)
select arm, count(*) as units
from placed
group by arm
order by arm
