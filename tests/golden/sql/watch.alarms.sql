with observed as (
  select *, type in ('page', 'screen') as is_view
  from leaf_events
  where received_at <= $as_of::timestamptz
    and occurred_at >= date_trunc('year', $start::timestamptz) - interval 3 year and occurred_at < $end::timestamptz
    and not bot and (type in ('page', 'screen') or trust <= 1)),
ordered as (
  select *,
         occurred_at - lag(occurred_at) over own_events as pause,
         lead(occurred_at) over own_events as next_at
  from observed
  window own_events as (partition by leaf order by occurred_at, position, idx)),
numbered as (
  select *,
         sum(case when pause is null or pause > interval 30 minute then 1 else 0 end)
           over own_events as visit_no,
         sum(case when is_view then 1 else 0 end) over own_events as view_no
  from ordered
  window own_events as (partition by leaf order by occurred_at, position, idx)),
slices as (
  select leaf, epoch_us(occurred_at) // 1800000000 as slice,
         epoch_us(min(occurred_at)) // 1000 as began_ms,
         epoch_us(max(occurred_at)) // 1000 as ended_ms,
         count(*) filter (where is_view) as views,
         sum(engaged_seconds) as engaged_seconds,
         
         arg_min({'channel': channel, 'path': path, 'device': device, 'region': region, 'source': source, 'referrer_host': referrer_host}, {'at': occurred_at, 'position': position, 'idx': idx}) filter (where is_view) as entry
  from observed
  group by leaf, slice),
parted_slices as (
  select *, began_ms - lag(ended_ms) over (partition by leaf order by slice) as pause_ms
  from slices),
numbered_slices as (
  select *,
         sum(case when pause_ms is null or pause_ms > 1800000 then 1 else 0 end)
           over (partition by leaf order by slice) as visit_no
  from parted_slices),
leaf_visits as (
  select leaf, visit_no,
         make_timestamptz(1000 * min(began_ms)) as began,
         sum(views)::bigint as views,
         coalesce(sum(engaged_seconds), 0) as engaged_seconds,
         
         arg_min(entry, slice) filter (where views > 0) as entry
  from numbered_slices
  group by leaf, visit_no
  having sum(views) > 0),
visits as (
  select v.* exclude (entry), coalesce(l.person_id, v.leaf) as person_id
         , v.entry.channel as entry_channel, v.entry.path as entry_path, v.entry.device as entry_device, v.entry.region as entry_region, v.entry.source as entry_source, v.entry.referrer_host as entry_referrer_host
  from leaf_visits v
  left join leaves l on l.leaf = v.leaf),
visited as (
  select person_id, began, strftime(timezone($zone, began), '%Y-%m-%d') as day,
         left(coalesce(nullif(entry_channel, ''), '(unknown)'), 60) as channel,
         left(coalesce(nullif(entry_path, ''), '(unknown)'), 60) as path,
         left(coalesce(nullif(entry_device, ''), '(unknown)'), 60) as device,
         left(coalesce(nullif(entry_region, ''), '(unknown)'), 60) as region,
         left(coalesce(nullif(entry_source, ''), nullif(entry_referrer_host, ''), '(direct)'), 60) as source
  from visits),
arrived as (
  select strftime(timezone($zone, occurred_at), '%Y-%m-%d') as day, coalesce(source_id, '') as source_id,
         case when type = 'track' then coalesce(name, '') else type end as event,
         case when received_at > timezone($zone, date_trunc('day', timezone($zone, occurred_at))) + interval 2 day then 1 else 0 end as late,
         coalesce(len(json_keys(try_cast(properties as json))), 0)::double as fields
  from events where received_at <= $as_of::timestamptz and occurred_at >= date_trunc('year', $start::timestamptz) - interval 3 year and occurred_at < $end::timestamptz),
visits_facts as (
  select day, 1.0 as hits, 1.0 as tries, 0 as late, channel, path, device, region, source
  from visited),
reached as (
  select person_id, occurred_at from goals
  where received_at <= $as_of::timestamptz and occurred_at >= date_trunc('year', $start::timestamptz) - interval 3 year and occurred_at < $end::timestamptz
    and (goal = $goal or ($goal = '' and declared))),
last_visits as (
  select person_id, began, min(channel) as channel, min(path) as path, min(device) as device, min(region) as region, min(source) as source
  from visited group by person_id, began),
conversion_facts as (
  select strftime(timezone($zone, r.occurred_at), '%Y-%m-%d') as day, 1.0 as hits, 0.0 as tries, 0 as late,
         coalesce(v.channel, '(unknown)') as channel, coalesce(v.path, '(unknown)') as path, coalesce(v.device, '(unknown)') as device, coalesce(v.region, '(unknown)') as region, coalesce(v.source, '(unknown)') as source
  from reached r
  asof left join last_visits v on v.person_id = r.person_id and r.occurred_at >= v.began
  union all
  select day, 0.0, 1.0, 0, channel, path, device, region, source from visited),
shown as (
  select decision_id, placement, slot, occurred_at, coalesce(message, '') as message,
         coalesce(channel, '') as channel, person_id
  from exposures where received_at <= $as_of::timestamptz and occurred_at >= date_trunc('year', $start::timestamptz) - interval 3 year and occurred_at < $end::timestamptz),
clicks as (
  select decision_id, placement, slot, min(occurred_at) as occurred_at
  from outcomes where kind = 'click' and received_at <= $as_of::timestamptz and occurred_at >= date_trunc('year', $start::timestamptz) - interval 3 year and occurred_at < $end::timestamptz
  group by decision_id, placement, slot),
response_facts as not materialized (
  select person_id, strftime(timezone($zone, occurred_at), '%Y-%m-%d') as day,
         0.0 as hits, 1.0 as tries, 0 as late,
         channel, message, placement
  from shown
  union all
  select s.person_id, strftime(timezone($zone, c.occurred_at), '%Y-%m-%d'),
         1.0, 0.0, 0, s.channel, s.message, s.placement
  from shown s
  join clicks c on c.decision_id = s.decision_id
   and (c.placement = '' or (c.placement = s.placement and c.slot = s.slot))),
sent as (
  select decision_id, any_value(channel) as channel, any_value(message) as message,
         any_value(person_id) as person_id
  from decisions where received_at <= $as_of::timestamptz
  group by decision_id),
deliverability_facts as not materialized (
  select s.person_id, strftime(timezone($zone, o.occurred_at), '%Y-%m-%d') as day,
         case when o.kind = 'delivered' then 1.0 else 0.0 end as hits, 1.0 as tries, 0 as late,
         coalesce(s.channel, '') as channel, coalesce(s.message, '') as message
  from outcomes o
  left join sent s on s.decision_id = o.decision_id
  where o.kind in ('delivered', 'bounced') and o.received_at <= $as_of::timestamptz and o.occurred_at >= date_trunc('year', $start::timestamptz) - interval 3 year
    and o.occurred_at < $end::timestamptz),
cost_facts as (
  select strftime(timezone($zone, occurred_at), '%Y-%m-%d') as day, 1.0 as hits, 0.0 as tries, 0 as late,
         '' as channel
  from goals
  where received_at <= $as_of::timestamptz and occurred_at >= date_trunc('year', $start::timestamptz) - interval 3 year and occurred_at < $end::timestamptz and (goal = $goal or ($goal = '' and declared))
  union all
  select strftime(day, '%Y-%m-%d'), 0.0, amount::double, 0, coalesce(channel, '')
  from costs
  where currency = $currency and received_at <= $as_of::timestamptz
    and timezone($zone, day::timestamp) >= date_trunc('year', $start::timestamptz) - interval 3 year
    and timezone($zone, day::timestamp) < $end::timestamptz),
foretold as (
  select s.decision_id, s.placement, s.slot, s.message, s.channel, s.expected, s.person_id,
         min(x.occurred_at) as seen_at
  from slots s
  join exposures x
    on x.decision_id = s.decision_id and x.placement = s.placement and x.slot = s.slot
  where s.expected is not null and not s.ghost and s.message not in ('', '(held out)')
    and x.received_at <= $as_of::timestamptz and x.occurred_at >= date_trunc('year', $start::timestamptz) - interval 3 year
    and x.occurred_at < $end::timestamptz
  group by all),
answered as (
  select distinct f.decision_id, f.placement, f.slot
  from foretold f
  join outcomes o on o.decision_id = f.decision_id
   and (o.placement = '' or (o.placement = f.placement and o.slot = f.slot))
  where o.kind in ('click', 'done') and o.received_at <= $as_of::timestamptz
    and o.occurred_at >= f.seen_at and o.occurred_at < f.seen_at + interval 3 day),
calibration_facts as not materialized (
  select f.person_id, strftime(timezone($zone, f.seen_at), '%Y-%m-%d') as day,
         case when a.decision_id is not null then 1.0 else 0.0 end as hits,
         round(f.expected, 9) as tries, 0 as late,
         coalesce(f.channel, '') as channel, coalesce(f.message, '') as message
  from foretold f
  left join answered a using (decision_id, placement, slot)
  where f.seen_at + interval 3 day <= $as_of::timestamptz),
sources_facts as (
  select day, 1.0 as hits, 1.0 as tries, late, source_id as source,
         left(source_id || ' · ' || event, 60) as event
  from arrived),
fields_facts as (
  select day, fields as hits, 1.0 as tries, late, source_id as source,
         left(source_id || ' · ' || event, 60) as event
  from arrived),
visits_people as (
  select person_id, day, 1.0 as hits, 1.0 as tries, 0 as late from visited),
conversion_people as (
  select person_id, strftime(timezone($zone, occurred_at), '%Y-%m-%d') as day,
         1.0 as hits, 0.0 as tries, 0 as late
  from reached
  union all
  select person_id, day, 0.0, 1.0, 0 from visited),
response_people as (
  select person_id, day, hits, tries, late from response_facts),
deliverability_people as (
  select person_id, day, hits, tries, late from deliverability_facts),
calibration_people as (
  select person_id, day, hits, tries, late from calibration_facts),
stays as (
  select segment, unit_id as person_id, entered_at, left_at,
         timezone($zone, entered_at)::date as entered_on,
         timezone($zone, left_at)::date as left_on
  from segment_stays where unit_kind = 'person'),
days_of_stays as (
  select segment, person_id,
         entered_on + case when timezone($zone, entered_on::timestamp) < entered_at then 1 else 0 end
           as first_day,
         coalesce(
           left_on - case when timezone($zone, left_on::timestamp) < left_at then 0 else 1 end,
           date '9999-12-31') as last_day
  from stays),
parted_stays as (
  select *, first_day > 1 + max(last_day) over (
           partition by segment, person_id order by first_day, last_day
           rows between unbounded preceding and 1 preceding) as is_apart
  from days_of_stays where first_day <= last_day),
numbered_stays as (
  select *, count(*) filter (where is_apart) over (
           partition by segment, person_id order by first_day, last_day
           rows unbounded preceding) as number
  from parted_stays),
spans as (
  select segment, person_id, min(first_day) as first_day, max(last_day) as last_day
  from numbered_stays
  group by segment, person_id, number),
steps as (
  select segment, first_day as day, 1 as change from spans
  union all
  select segment, last_day + 1, -1 from spans where last_day < date '9999-12-31'),
sizes as (
  select segment, day, sum(sum(change)) over (partition by segment order by day) as people,
         lead(day, 1, date '9999-12-31') over (partition by segment order by day) as next_day
  from steps
  group by segment, day),
segment_days as (
  select segment, unnest(generate_series(
           greatest(day, timezone($zone, date_trunc('year', $start::timestamptz) - interval 3 year)::date)::timestamp,
           least(next_day - 1, timezone($zone, $end::timestamptz)::date)::timestamp,
           interval 1 day))::date as day
  from sizes where people >= 10),
member_facts as (
  select 'visits' as watched, person_id, day, hits, tries, late from visits_people
  where person_id in (select person_id from spans)
  union all
  select 'conversion' as watched, person_id, day, hits, tries, late from conversion_people
  where person_id in (select person_id from spans)
  union all
  select 'response' as watched, person_id, day, hits, tries, late from response_people
  where person_id in (select person_id from spans)
  union all
  select 'deliverability' as watched, person_id, day, hits, tries, late from deliverability_people
  where person_id in (select person_id from spans)
  union all
  select 'calibration' as watched, person_id, day, hits, tries, late from calibration_people
  where person_id in (select person_id from spans)),
segment_facts as (
  select f.watched, s.segment, f.day::date as day,
         sum(f.hits) as hits, sum(f.tries) as tries, sum(f.late)::double as late
  from member_facts f
  join spans s on s.person_id = f.person_id and f.day::date between s.first_day and s.last_day
  group by all)
select 'visits' as watched, case when grouping(channel) = 0 then 'channel' when grouping(path) = 0 then 'path' when grouping(device) = 0 then 'device' when grouping(region) = 0 then 'region' when grouping(source) = 0 then 'source' else '' end as dimension,
       coalesce(case when grouping(channel) = 0 then channel when grouping(path) = 0 then path when grouping(device) = 0 then device when grouping(region) = 0 then region when grouping(source) = 0 then source end, '') as member, day,
       sum(hits) as hits, sum(tries) as tries, sum(late)::double as late
from visits_facts
group by grouping sets ((day), (day, channel), (day, path), (day, device), (day, region), (day, source))
union all
select 'conversion' as watched, case when grouping(channel) = 0 then 'channel' when grouping(path) = 0 then 'path' when grouping(device) = 0 then 'device' when grouping(region) = 0 then 'region' when grouping(source) = 0 then 'source' else '' end as dimension,
       coalesce(case when grouping(channel) = 0 then channel when grouping(path) = 0 then path when grouping(device) = 0 then device when grouping(region) = 0 then region when grouping(source) = 0 then source end, '') as member, day,
       sum(hits) as hits, sum(tries) as tries, sum(late)::double as late
from conversion_facts
group by grouping sets ((day), (day, channel), (day, path), (day, device), (day, region), (day, source))
union all
select 'response' as watched, case when grouping(channel) = 0 then 'channel' when grouping(message) = 0 then 'message' when grouping(placement) = 0 then 'placement' else '' end as dimension,
       coalesce(case when grouping(channel) = 0 then channel when grouping(message) = 0 then message when grouping(placement) = 0 then placement end, '') as member, day,
       sum(hits) as hits, sum(tries) as tries, sum(late)::double as late
from response_facts
group by grouping sets ((day), (day, channel), (day, message), (day, placement))
union all
select 'deliverability' as watched, case when grouping(channel) = 0 then 'channel' when grouping(message) = 0 then 'message' else '' end as dimension,
       coalesce(case when grouping(channel) = 0 then channel when grouping(message) = 0 then message end, '') as member, day,
       sum(hits) as hits, sum(tries) as tries, sum(late)::double as late
from deliverability_facts
group by grouping sets ((day), (day, channel), (day, message))
union all
select 'cost' as watched, case when grouping(channel) = 0 then 'channel' else '' end as dimension,
       coalesce(case when grouping(channel) = 0 then channel end, '') as member, day,
       sum(hits) as hits, sum(tries) as tries, sum(late)::double as late
from cost_facts
group by grouping sets ((day), (day, channel))
union all
select 'calibration' as watched, case when grouping(channel) = 0 then 'channel' when grouping(message) = 0 then 'message' else '' end as dimension,
       coalesce(case when grouping(channel) = 0 then channel when grouping(message) = 0 then message end, '') as member, day,
       sum(hits) as hits, sum(tries) as tries, sum(late)::double as late
from calibration_facts
group by grouping sets ((day), (day, channel), (day, message))
union all
select 'sources' as watched, case when grouping(source) = 0 then 'source' when grouping(event) = 0 then 'event' else '' end as dimension,
       coalesce(case when grouping(source) = 0 then source when grouping(event) = 0 then event end, '') as member, day,
       sum(hits) as hits, sum(tries) as tries, sum(late)::double as late
from sources_facts
group by grouping sets ((day, source), (day, event))
union all
select 'fields' as watched, case when grouping(source) = 0 then 'source' when grouping(event) = 0 then 'event' else '' end as dimension,
       coalesce(case when grouping(source) = 0 then source when grouping(event) = 0 then event end, '') as member, day,
       sum(hits) as hits, sum(tries) as tries, sum(late)::double as late
from fields_facts
group by grouping sets ((day, source), (day, event))
union all
select w.watched, 'segment' as dimension, d.segment as member,
       strftime(d.day, '%Y-%m-%d') as day,
       coalesce(f.hits, 0) as hits, coalesce(f.tries, 0) as tries, coalesce(f.late, 0) as late
from segment_days d
cross join (select unnest(['visits', 'conversion', 'response', 'deliverability', 'calibration']) as watched) w
left join segment_facts f
  on f.watched = w.watched and f.segment = d.segment and f.day = d.day
order by watched, dimension, member, day
