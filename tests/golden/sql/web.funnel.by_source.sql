with happened as (
  select person_id as unit_id, occurred_at, type in ('page', 'screen') and path = $step_a as is_a, type in ('page', 'screen') and starts_with(path, $step_b) as is_b, type = 'track' and name = $step_c as is_c, false as is_d
  from events
  where received_at <= $as_of::timestamptz and occurred_at >= $start::timestamptz
    and occurred_at < $end::timestamptz + to_days($window_days::integer) and not bot and person_id <> ''
    and ((type in ('page', 'screen') and path = $step_a) or (type in ('page', 'screen') and starts_with(path, $step_b)) or (type = 'track' and name = $step_c))
  union all
  select person_id, occurred_at, false, false, false, kind = 'goal' and goal = $step_d
  from outcomes
  where received_at <= $as_of::timestamptz and occurred_at >= $start::timestamptz
    and occurred_at < $end::timestamptz + to_days($window_days::integer) and person_id <> '' and ((kind = 'goal' and goal = $step_d))),
attempt_a as (
  select distinct unit_id, occurred_at as at_a
  from happened where is_a and occurred_at < $end::timestamptz),
attempt_b as (
  select a.*, case when s.occurred_at <= a.at_a + to_days($window_days::integer) then s.occurred_at end as at_b
  from attempt_a a
  asof left join (select distinct unit_id, occurred_at from happened where is_b) s
    on s.unit_id = a.unit_id and a.at_a < s.occurred_at),
attempt_c as (
  select a.*, case when s.occurred_at <= a.at_a + to_days($window_days::integer) then s.occurred_at end as at_c
  from attempt_b a
  asof left join (select distinct unit_id, occurred_at from happened where is_c) s
    on s.unit_id = a.unit_id and a.at_b <= s.occurred_at),
attempt_d as (
  select a.*, case when s.occurred_at <= a.at_a + to_days($window_days::integer) then s.occurred_at end as at_d
  from attempt_c a
  asof left join (select distinct unit_id, occurred_at from happened where is_d) s
    on s.unit_id = a.unit_id and a.at_c <= s.occurred_at),
best as (
  select unit_id, at_a + to_days($window_days::integer) <= $as_of::timestamptz as closed,
         [at_a, at_b, at_c, at_d] as moments,
         len(list_filter([at_a, at_b, at_c, at_d], lambda moment: moment is not null)) as depth
  from attempt_d
  qualify row_number() over (partition by unit_id order by closed desc, depth desc, at_a) = 1),
firsts as (
  select person_id as unit_id, first(coalesce(nullif(entry.source, ''), nullif(entry.referrer_host, ''), '(direct)') order by occurred_at, position, idx) as cut
  from events entry
  where received_at <= $as_of::timestamptz and occurred_at >= $start::timestamptz
    and occurred_at < $end::timestamptz and not bot and type in ('page', 'screen')
  group by person_id),
origins as (
  select b.unit_id, coalesce(f.cut, '(unknown)') as cut
  from best b left join firsts f on f.unit_id = b.unit_id),
reached as (
  select unit_id, closed, moments, unnest(range(1, depth + 1)) as step from best),
timed as (
  select o.cut, r.closed, r.step, epoch_ms(r.moments[1]) as first_at_ms,
         case when r.step = 1 then 0
              else epoch_ms(r.moments[r.step]) - epoch_ms(r.moments[r.step - 1])
         end as milliseconds,
         count(*) over () as all_measured
  from reached r
  join origins o on o.unit_id = r.unit_id)
select cut, closed, step,
       case when all_measured < 1000000 or milliseconds < 1000
            then round(milliseconds / 1000, 2)
            else round(milliseconds / 1000, (2 - floor(log10(milliseconds / 1000)))::integer)
       end as seconds,
       count(*) as units,
       min(first_at_ms) as first_at_ms
from timed
group by all
order by all
