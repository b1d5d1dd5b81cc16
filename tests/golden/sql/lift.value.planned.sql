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
first_placed as (
  select *, (row_number() over (order by arm = '(two arms)', first_at, md5(unit), unit_kind)
               <= $planned_units)::integer as first_units
  from placed),
reached as (
  select person_id as unit, 'person' as unit_kind, occurred_at, value from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
  union all
  select account_id, 'account', occurred_at, value from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
    and account_id is not null),
valued as (
  select p.arm, p.unit, p.unit_kind, p.first_at, p.cluster, p.first_units,
         p.first_at + to_days($window_days::integer) <= $as_of::timestamptz as closed,
         coalesce(sum(case when case when r.occurred_at >= p.first_at and r.occurred_at < p.first_at + to_days($window_days::integer) then true end then r.value end), 0) as y,
         coalesce(sum(case when case when r.occurred_at < p.began_at and r.occurred_at >= p.began_at - interval 28 day then true end then r.value end), 0) as x
  from first_placed p
  left join reached r on r.unit = p.unit and r.unit_kind = p.unit_kind
  group by p.arm, p.unit, p.unit_kind, p.first_at, p.began_at, p.cluster, p.first_units),
clustered as (
  select arm, unit_kind, cluster,
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
         coalesce(sum(x * y) filter (where closed), 0)::double as xy,
         coalesce(sum(first_units) filter (where closed), 0)::double as first_units
  from valued
  group by arm, unit_kind, cluster),
cuts as (
  select quantile_cont(y, 0.995) filter (where closed and arm in ($arm, $control)) as cut
  from valued),
cut_valued as (
  select v.* replace (least(v.y, c.cut) as y, least(v.x, c.cut) as x)
  from valued v, cuts c),
cut_clustered as (
  select arm, unit_kind, cluster,
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
         coalesce(sum(x * y) filter (where closed), 0)::double as xy,
         coalesce(sum(first_units) filter (where closed), 0)::double as first_units
  from cut_valued
  group by arm, unit_kind, cluster),
placed_by_size as (
  select arm, unit_kind, y,
         row_number() over (partition by arm, unit_kind order by abs(y) desc) as place,
         count(*) over (partition by arm, unit_kind) as units
  from valued
  where closed),
largest as (
  select arm, unit_kind, count(*) as n, sum(y)::double as y, sum(y * y)::double as yy
  from placed_by_size
  where place <= ceil(0.01 * units)
  group by arm, unit_kind)
select 'all' as part, s.*, l.n as largest_n, l.y as largest_y, l.yy as largest_yy,
       null::double as cut
from (
select arm, unit_kind,
       sum(triggered) as triggered,
       sum(recent) as recent,
       epoch_ms(min(first_at)) as first_at_ms,
       sum(n) as n,
       sum(reached) as reached,
       sum(y) as sum_y, sum(yy) as sum_yy,
       sum(x) as sum_x, sum(xx) as sum_xx, sum(xy) as sum_xy,
       count(*) filter (where n > 0) as clusters,
       sum(n * n) as cluster_nn, sum(n * y) as cluster_ny, sum(n * x) as cluster_nx,
       sum(y * y) as cluster_yy, sum(x * x) as cluster_xx, sum(x * y) as cluster_xy,
       sum(first_units) as first_units
from clustered
group by arm, unit_kind) s
left join largest l on l.arm = s.arm and l.unit_kind = s.unit_kind
union all
select 'cut', s.*, null, null, null, c.cut
from cuts c, (
select arm, unit_kind,
       sum(triggered) as triggered,
       sum(recent) as recent,
       epoch_ms(min(first_at)) as first_at_ms,
       sum(n) as n,
       sum(reached) as reached,
       sum(y) as sum_y, sum(yy) as sum_yy,
       sum(x) as sum_x, sum(xx) as sum_xx, sum(xy) as sum_xy,
       count(*) filter (where n > 0) as clusters,
       sum(n * n) as cluster_nn, sum(n * y) as cluster_ny, sum(n * x) as cluster_nx,
       sum(y * y) as cluster_yy, sum(x * x) as cluster_xx, sum(x * y) as cluster_xy,
       sum(first_units) as first_units
from cut_clustered
group by arm, unit_kind) s
order by part, arm, unit_kind
