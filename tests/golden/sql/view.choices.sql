select s.decision_id, s.placement, s.slot, s.occurred_at, s.received_at,
       s.person_id, s.account_id, s.unit_id, s.unit_kind, s.arm, s.ghost, s.how, s.pi, s.bundle,
       s.status = 'fallback' as fallback,
       coalesce(c.channel, s.channel) as channel,
       coalesce(c.message, case when s.candidate is null then nullif(s.message, '(held out)') end,
                '') as message,
       coalesce(c.variant, '') as variant,
       c.cost,
       c.attributes
from slots s
left join archived_candidates c
  on c.idx = s.candidate and c.bundle = try_cast(split_part(s.bundle, '#', 2) as bigint)
