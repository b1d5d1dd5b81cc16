select d.decision_id, d.placement, d.slot,
       min(x.occurred_at) as occurred_at, min(x.received_at) as received_at,
       any_value(d.message) as message, any_value(d.variant) as variant,
       any_value(d.channel) as channel,
       any_value(d.person_id) as person_id, any_value(d.account_id) as account_id
from archived_exposures x
join decisions d
  on d.decision_id = x.decision_id
 and (x.placement = '' or (d.placement = x.placement and d.slot = x.slot))
where d.message <> ''
group by d.decision_id, d.placement, d.slot
