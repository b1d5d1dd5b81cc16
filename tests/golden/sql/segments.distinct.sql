with bounds as (
  select least($end::timestamptz, $as_of::timestamptz) as end_at,
         least($end::timestamptz, $as_of::timestamptz) - to_days($window_days::integer)
           as landmark_at),
seen as (
  select *, person_id as unit_id from events, bounds
  where received_at <= $as_of::timestamptz and not bot and person_id <> ''
    and occurred_at >= $start::timestamptz and occurred_at < end_at),
early as (
  select * from seen where occurred_at < landmark_at),
earned as (
  select person_id as unit_id,
         sum(case when occurred_at >= landmark_at then amount else 0 end)::double as money_after,
         sum(case when occurred_at < landmark_at then amount else 0 end)::double as money_before
  from ledger, bounds
  where amount is not null and currency in ('', $currency) and occurred_at < end_at
    and occurred_at >= landmark_at - to_days($window_days::integer)
  group by 1),
units as (
  select s.unit_id, (md5_number(s.unit_id) % 100)::integer as bucket,
         coalesce(any_value(e.money_after), 0) as money_after,
         coalesce(any_value(e.money_before), 0) as money_before,
         coalesce(bool_or(s.occurred_at < s.landmark_at and s.occurred_at >=
                          s.landmark_at - to_days($window_days::integer)), false) as was_here,
         bool_or(s.occurred_at >= s.landmark_at) as is_here
  from seen s left join earned e on e.unit_id = s.unit_id
  group by s.unit_id
  having bool_or(s.occurred_at < s.landmark_at)),
cuts as (
  select case when $value_from::double > 0 then $value_from::double
              else quantile_disc(money_after, 0.8) filter (where money_after > 0) end
           as least_money
  from units),
said_traits as (
  select unit_id, occurred_at, landmark_at, event_id, traits, unnest(json_keys(traits)) as trait
  from seen where type = 'identify' and traits like '{%'),
valued_traits as (
  select unit_id, occurred_at, landmark_at, event_id, trait,
         json_extract_string(traits, '$."' || trait || '"') as value
  from said_traits
  where json_type(traits, '$."' || trait || '"') not in ('ARRAY', 'OBJECT', 'NULL')
    and trait not in ('id', 'email', 'phone', 'name', 'username', 'avatar', 'birthday', 'address', 'first_name', 'firstName', 'last_name', 'lastName')),
members as (
  select u.unit_id, u.bucket, coalesce(u.money_after > 0 and u.money_after >= c.least_money, false) as is_inside
  from units u, cuts c
  where true),
known_traits as (
  select unit_id, trait, arg_max(value, (occurred_at, event_id)) as value
  from valued_traits where occurred_at < landmark_at and trait <> $trait
  group by unit_id, trait),
features as (
  select unit_id, 'page' as kind, path as feature from early
  where type in ('page', 'screen') and path <> ''
  union
  select unit_id, 'topic', unnest(from_json(topics, '["VARCHAR"]')) from early where topics <> ''
  union
  select unit_id, 'source', first(coalesce(nullif(source, ''), nullif(referrer_host, ''), '(direct)') order by occurred_at, event_id)
  from early group by unit_id
  union
  select unit_id, 'campaign', campaign from early where campaign <> ''
  union
  select unit_id, 'channel', channel from early where channel <> ''
  union
  select unit_id, 'region', region from early where region <> ''
  union
  select unit_id, 'device', device from early where device <> ''
  union
  select unit_id, 'search', lower(trim(search_query)) from early where search_query <> ''
  union
  select unit_id, 'download', file_name from early where file_name <> ''
  union
  select unit_id, 'event', name from early where type = 'track' and name not in ('Engaged Time', 'Search Performed', 'File Downloaded', 'Link Clicked', 'Page Left')
  union
  select unit_id, 'trait', trait || ' ' || value from known_traits where value <> ''
  union
  select x.person_id, 'message', x.message from exposures x, bounds
  where x.received_at <= $as_of::timestamptz and x.occurred_at >= $start::timestamptz
    and x.occurred_at < landmark_at),
counted as (
  select kind, feature, count(*) as units from features join members using (unit_id)
  group by kind, feature),
named as (
  select distinct f.unit_id, f.kind,
         case when c.units >= $least_units::integer then f.feature else '(other)' end as feature
  from features f join counted c on c.kind = f.kind and c.feature = f.feature)
select n.kind, n.feature, m.bucket, m.is_inside, count(*) as units
from named n join members m on m.unit_id = n.unit_id
group by all
union all
select '(all)', '', bucket, is_inside, count(*) from members group by all
order by all
