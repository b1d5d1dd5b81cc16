with seen as (
  select *, person_id as unit_id from events
  where received_at <= $as_of::timestamptz and not bot and person_id <> ''),
firsts as (
  select unit_id, min(occurred_at) as first_at,
         min(occurred_at) + to_days($landmark_days::integer) as landmark_at
  from seen group by unit_id
  having min(occurred_at) >= $start::timestamptz and min(occurred_at) < $end::timestamptz),
early as (
  select s.*, s.occurred_at - lag(s.occurred_at) over (
              partition by s.unit_id order by s.occurred_at, s.event_id) as pause
  from seen s join firsts f on f.unit_id = s.unit_id
  where s.occurred_at < f.landmark_at),
described as (
  select unit_id,
         first(coalesce(nullif(source, ''), nullif(referrer_host, ''), '(direct)') order by occurred_at, event_id) as source,
         coalesce(nullif(first(device order by occurred_at, event_id), ''), '(unknown)') as device,
         coalesce(nullif(first(region order by occurred_at, event_id), ''), '(unknown)') as region,
         1 + count(*) filter (where pause > interval 30 minute) as visits
  from early group by unit_id),
reached as (
  select person_id as unit_id, occurred_at from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz),
earned as (
  select person_id as unit_id, occurred_at, amount from ledger
  where amount is not null and currency in ('', $currency)),
firsts_reached as (
  select f.unit_id, min(r.occurred_at) as goal_at
  from firsts f
  join reached r on r.unit_id = f.unit_id
   and r.occurred_at >= f.landmark_at
   and r.occurred_at < f.landmark_at + to_days($window_days::integer)
  group by f.unit_id),
units as (
  select f.unit_id, d.source, d.device, d.region,
         case when d.visits <= 2 then d.visits::varchar when d.visits <= 5 then '3 to 5'
              else '6 and more' end as visits,
         (md5_number(f.unit_id) % 5)::integer as fold,
         g.goal_at is not null as has_goal,
         coalesce(g.goal_at < f.landmark_at + to_days($landmark_days::integer), false) as is_soon,
         coalesce((select sum(e.amount) from earned e where e.unit_id = f.unit_id
                   and e.occurred_at >= f.landmark_at
                   and e.occurred_at < f.landmark_at + to_days($window_days::integer)), 0)::double
           as value
  from firsts f
  join described d on d.unit_id = f.unit_id
  left join firsts_reached g on g.unit_id = f.unit_id
  where f.landmark_at + to_days($window_days::integer) <= $as_of::timestamptz
    and not exists (select 1 from reached r
                    where r.unit_id = f.unit_id and r.occurred_at < f.landmark_at)),
features as (
  select unit_id, 'page' as kind, path as feature from early
  where type in ('page', 'screen') and path <> ''
  union
  select unit_id, 'topic', unnest(from_json(topics, '["VARCHAR"]')) from early where topics <> ''
  union
  select unit_id, 'source', source from described
  union
  select unit_id, 'region', region from described
  union
  select unit_id, 'search', lower(trim(search_query)) from early where search_query <> ''
  union
  select unit_id, 'download', file_name from early where file_name <> ''
  union
  select unit_id, 'event', name from early
  where type = 'track' and name <> $goal and name not in ('Engaged Time', 'Search Performed', 'File Downloaded', 'Link Clicked', 'Page Left')
  union
  select x.person_id, 'message', x.message
  from exposures x join firsts f on f.unit_id = x.person_id
  where x.received_at <= $as_of::timestamptz
    and x.occurred_at >= f.first_at and x.occurred_at < f.landmark_at)
select f.kind, f.feature, u.fold, u.source, u.device, u.region, u.visits,
       count(*) as units, count(*) filter (where u.has_goal) as goals,
       sum(u.value)::double as value, sum(u.value * u.value)::double as squares,
       count(*) filter (where not u.is_soon) as later_units,
       count(*) filter (where u.has_goal and not u.is_soon) as later_goals
from features f join units u on u.unit_id = f.unit_id
where (f.kind, f.feature) in (
  select (kind, feature) from features join units using (unit_id)
  group by kind, feature having count(*) >= $least::integer)
group by all
union all
select '(all)', '', fold, source, device, region, visits,
       count(*), count(*) filter (where has_goal), sum(value)::double, sum(value * value)::double,
       count(*) filter (where not is_soon), count(*) filter (where has_goal and not is_soon)
from units group by all
order by all
