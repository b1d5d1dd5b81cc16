with drawn as (
  select decision_id, placement, slot, message, variant, attributes, pi,
         placement || ' ' || slot || ' ' || channel as place, bundle
  from choices
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and not fallback and not ghost and arm <> 'nothing' and message <> '' and pi > 0),
responses as (
  select distinct decision_id, placement, slot from outcomes
  where kind = $response and received_at <= $as_of::timestamptz),
seen as (
  select d.*, exists (select 1 from responses r
                      where r.decision_id = d.decision_id
                        and (r.placement = '' or (r.placement = d.placement and r.slot = d.slot)))
              as responded
  from drawn d
  join exposures x
    on x.decision_id = d.decision_id and x.placement = d.placement and x.slot = d.slot
   and x.received_at <= $as_of::timestamptz)
select place || ' ' || bundle as test, message, variant, attributes,
       count(*) as shown,
       sum(1 / pi) as weight, sum(1 / (pi * pi)) as weight_squares,
       sum(case when responded then 1 / pi else 0 end) as weight_responded
from seen
group by all
order by all
