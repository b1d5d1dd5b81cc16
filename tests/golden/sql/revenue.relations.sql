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
         1 + count(*) filter (where pause > interval 30 minute) as visits,
         coalesce(first(account_id order by occurred_at, event_id)
                    filter (where account_id <> ''), unit_id) as cluster
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
  select f.unit_id, d.source, d.device, d.region, d.cluster,
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
    and x.occurred_at >= f.first_at and x.occurred_at < f.landmark_at),
plain as (
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
from units group by all),
totals as (
  select cluster, count(*) as tn, count(*) filter (where has_goal) as ty,
         sum(value)::double as tv
  from units group by cluster),
having_it as (
  select f.kind, f.feature, u.cluster, count(*) as hn,
         count(*) filter (where u.has_goal) as hy, sum(u.value)::double as hv
  from features f join units u on u.unit_id = f.unit_id
  where (f.kind, f.feature) in (select (kind, feature) from plain)
  group by f.kind, f.feature, u.cluster)
select *, null::bigint as clusters, null::bigint as whole_clusters,
       null::bigint as goal_clusters,
       null::double as hn_hn, null::double as hn_hy, null::double as hy_hy, null::double as hn_tn, null::double as hn_ty, null::double as hy_tn, null::double as hy_ty, null::double as hn_hv, null::double as hv_hv, null::double as hn_tv, null::double as hv_tn, null::double as hv_tv, null::double as tn_tn, null::double as tn_ty, null::double as ty_ty, null::double as tn_tv, null::double as tv_tv
from plain
union all by name
select kind, feature, -1 as fold, count(*) as clusters,
       count(*) filter (where hn = tn) as whole_clusters,
       sum(hn * hn)::double as hn_hn, sum(hn * hy)::double as hn_hy, sum(hy * hy)::double as hy_hy, sum(hn * tn)::double as hn_tn, sum(hn * ty)::double as hn_ty, sum(hy * tn)::double as hy_tn, sum(hy * ty)::double as hy_ty, sum(hn * hv)::double as hn_hv, sum(hv * hv)::double as hv_hv, sum(hn * tv)::double as hn_tv, sum(hv * tn)::double as hv_tn, sum(hv * tv)::double as hv_tv
from having_it join totals using (cluster)
group by kind, feature
union all by name
select '(all)' as kind, '' as feature, -1 as fold, count(*) as clusters,
       count(*) filter (where ty > 0) as goal_clusters,
       sum(tn * tn)::double as tn_tn, sum(tn * ty)::double as tn_ty, sum(ty * ty)::double as ty_ty, sum(tn * tv)::double as tn_tv, sum(tv * tv)::double as tv_tv
from totals
having count(*) > 0
order by all
