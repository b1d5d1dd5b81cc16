with acted as (
  select person_id, account_id, strftime(timezone($zone, occurred_at), '%Y-%m-%d') as day
  from events
  where type in ('page', 'screen', 'track') and not bot
    and received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz),
named as (
  select distinct person_id from leaves where leaf not like 'anonymous_id:%'),
decided as (
  select decision_id, min(strftime(timezone($zone, occurred_at), '%Y-%m-%d')) as day
  from slots
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
  group by decision_id),
counted_acts as (
  select coalesce(a.day, '') as day, grouping(a.day) = 1 as is_total,
         count(distinct n.person_id) as known_people,
         count(distinct a.person_id) as people,
         count(distinct a.account_id) as engaged_accounts
  from acted a
  left join named n on n.person_id = a.person_id
  group by grouping sets ((a.day), ())),
counted_decisions as (
  select coalesce(day, '') as day, grouping(day) = 1 as is_total, count(*) as decisions
  from decided
  group by grouping sets ((day), ()))
select day, is_total,
       coalesce(known_people, 0) as known_people,
       coalesce(people, 0) as people,
       coalesce(engaged_accounts, 0) as engaged_accounts,
       coalesce(decisions, 0) as decisions
from counted_acts
full join counted_decisions using (day, is_total)
order by is_total, day
