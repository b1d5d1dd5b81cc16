with local_time as (
  select timezone($zone, $start::timestamptz) as begins,
         timezone($zone, least($end::timestamptz, $as_of::timestamptz)) as ends),
seen as (
  select person_id, source_id, occurred_at, name, type in ('page', 'screen') as is_view,
         path, referrer_host, campaign, region, search_query, search_words, topics, properties,
         timezone($zone, occurred_at)::date as day,
         date_trunc('week', timezone($zone, occurred_at)) as period
  from events, local_time
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz and not bot
    and (type in ('page', 'screen') or name in ('Search Performed', 'Sales Conversation Logged'))
    and date_trunc('week', timezone($zone, occurred_at)) >= begins
    and date_trunc('week', timezone($zone, occurred_at)) + interval 1 week <= ends),
told as (
  select person_id, source_id, occurred_at, day, period,
         from_json(properties->'$.topics', '["varchar"]') as topics,
         from_json(properties->'$.competitors', '["varchar"]') as competitors,
         list_distinct(regexp_extract_all(lower(coalesce(properties->>'$.note', '')), '\p{L}[\p{L}-]{3,}'))
           as words
  from seen where name = 'Sales Conversation Logged'),
said as (
  select person_id, source_id, occurred_at, day, period, unnest(words) as term from told),
speakers as (
  select term, period, sum(count(*)) over (partition by term order by period) as people
  from (select term, person_id, min(period) as period from said group by term, person_id)
  group by term, period),
common_words as (
  select term, min(period) as period from speakers where people >= 10 group by term),
shown as (
  select x.decision_id, x.placement, x.slot, x.message, x.person_id, x.occurred_at,
         timezone($zone, x.occurred_at)::date as day,
         date_trunc('week', timezone($zone, x.occurred_at)) as period
  from exposures x, local_time
  where x.received_at <= $as_of::timestamptz
    and x.occurred_at >= $start::timestamptz and x.occurred_at < $end::timestamptz
    and date_trunc('week', timezone($zone, x.occurred_at)) >= begins
    and date_trunc('week', timezone($zone, x.occurred_at)) + interval 1 week <= ends),
clicks as (
  select distinct decision_id, placement, slot from outcomes
  where kind = 'click' and received_at <= $as_of::timestamptz and occurred_at < $end::timestamptz),
clicked as (
  select s.*, exists (select 1 from clicks c
                      where c.decision_id = s.decision_id
                        and (c.placement = ''
                             or (c.placement = s.placement and c.slot = s.slot))) as has_click
  from shown s),
mentions as (
  select 'query' as kind,
         case when regexp_matches(search_query, '\S@\S|\d{7}') then '' else search_query end as term,
         person_id, source_id, occurred_at, day, period
  from seen where name = 'Search Performed' and search_query <> ''
  union all
  select 'web_search', lower(trim(search_words)), person_id, source_id, occurred_at, day, period
  from seen
  where is_view and search_words <> '' and not regexp_matches(search_words, '\S@\S|\d{7}')
  union all
  select 'topic', unnest(from_json(topics, '["varchar"]')), person_id, source_id, occurred_at, day, period
  from seen where is_view and topics <> ''
  union all
  select 'referrer', referrer_host, person_id, source_id, occurred_at, day, period from seen where is_view and referrer_host <> ''
  union all
  select 'campaign', campaign, person_id, source_id, occurred_at, day, period from seen where is_view and campaign <> ''
  union all
  select 'page', path, person_id, source_id, occurred_at, day, period from seen where is_view and path <> ''
  union all
  select 'region', region, person_id, source_id, occurred_at, day, period from seen where is_view and region <> ''
  union all
  select 'talk_topic', lower(trim(unnest(topics))), person_id, source_id, occurred_at, day, period from told
  union all
  select 'competitor', unnest(competitors), person_id, source_id, occurred_at, day, period from told
  union all
  select 'word', s.term, s.person_id, s.source_id, s.occurred_at, s.day, s.period
  from said s semi join common_words c on c.term = s.term
  union all
  select 'message', message, person_id, '', occurred_at, day, period
  from clicked where has_click),
outside as (
  select name, strftime(day, '%Y-%m-%d') as day, value
  from series, local_time
  where role = 'index' and day >= begins::date
    and date_trunc('week', day) + interval 1 week <= ends),
named as (select distinct lower(trim(name)) as name from outside)
select 'value' as part, name, '' as kind, day, sum(value) as value, count(*) as n
from outside group by all
union all
select 'own', n.name, m.kind, strftime(m.period, '%Y-%m-%d'), 0, count(distinct (person_id, day))
from mentions m join named n on n.name = lower(m.term)
where m.kind <> 'message' group by all
union all
select 'all', '', kind, strftime(period, '%Y-%m-%d'), 0, count(distinct (person_id, day))
from mentions where kind <> 'message' group by all
order by all
