with own as (
  select source_id, type as call, case when type = 'track' then name else '' end as name,
         occurred_at, properties, traits
  from events
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz),
fields as (
  select source_id, call, name, occurred_at, 'properties' as part, key as field,
         json_type(value) as stored
  from own, json_each(own.properties)
  union all
  select source_id, call, name, occurred_at, 'traits', key, json_type(value)
  from own, json_each(own.traits)
  union all
  select source_id, call, name, occurred_at, '', '', 'OBJECT' from own)
select source_id, call, name, part, field,
       case when part = '' then ''
            when stored = 'VARCHAR' then 'string'
            when stored in ('UBIGINT', 'BIGINT', 'DOUBLE', 'HUGEINT') then 'number'
            else lower(stored) end as value_type,
       count(*) as events,
       epoch_ms(min(occurred_at)) as first_at_ms, epoch_ms(max(occurred_at)) as last_at_ms
from fields
group by all
order by source_id, call, name, part, field, value_type
