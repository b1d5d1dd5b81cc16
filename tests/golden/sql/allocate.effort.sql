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
segmented as (select *, '(all)' as segment from placed),

chosen as (
  select case c.unit_kind when 'account' then coalesce(c.account_id, c.unit_id)
                          else coalesce(c.person_id, c.unit_id) end as unit,
         c.unit_kind, c.occurred_at, c.decision_id, c.placement, c.slot, c.channel,
         coalesce(nullif(c.channel || chr(31) || c.message, ''), '(nothing)') as thing,
         c.message <> '' as is_message, coalesce(c.cost, 0) as cost
  from choices c
  where c.received_at <= $as_of::timestamptz
    and c.occurred_at >= $epoch_start::timestamptz and c.occurred_at < $end::timestamptz
    and not c.fallback),
began as (
  select unit, unit_kind, arg_min(thing, (occurred_at, decision_id, slot)) as thing
  from chosen where is_message group by unit, unit_kind),
begun as (
  select p.unit, p.unit_kind, p.first_at, p.began_at, p.cluster, p.arm,
         coalesce(b.thing, '(nothing)') as thing,
         max((c.is_message and c.thing <> b.thing)::integer) as followed,
         count(*) filter (where c.is_message and p.arm = $arm) as contacts,
         coalesce(sum(c.cost) filter (where c.is_message and p.arm = $arm), 0) as cost,
         count(*) filter (where c.is_message and p.arm = $arm
                            and (c.cost > 0 or c.channel in ('web', 'app'))) as costed
  from placed p
  left join began b on b.unit = p.unit and b.unit_kind = p.unit_kind
  left join chosen c
    on c.unit = p.unit and c.unit_kind = p.unit_kind
   and c.occurred_at >= p.first_at
   and c.occurred_at < p.first_at + to_days($window_days::integer)
  group by p.unit, p.unit_kind, p.first_at, p.began_at, p.cluster, p.arm, b.thing),
grouped as (
  select b.*, s.segment from begun b
  join segmented s on s.unit = b.unit and s.unit_kind = b.unit_kind),
reached as (
  select person_id as unit, 'person' as unit_kind, occurred_at, value from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
  union all
  select account_id, 'account', occurred_at, value from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
    and account_id is not null),
valued as (
  select p.arm, p.unit, p.unit_kind, p.first_at, p.cluster, p.segment, p.thing, p.followed, p.contacts, p.cost, p.costed,
         p.first_at + to_days($window_days::integer) <= $as_of::timestamptz as closed,
         (count(case when r.occurred_at >= p.first_at and r.occurred_at < p.first_at + to_days($window_days::integer) then true end) > 0)::integer as y,
         (count(case when r.occurred_at < p.began_at and r.occurred_at >= p.began_at - interval 28 day then true end) > 0)::integer as x
  from grouped p
  left join reached r on r.unit = p.unit and r.unit_kind = p.unit_kind
  group by p.arm, p.unit, p.unit_kind, p.first_at, p.began_at, p.cluster, p.segment, p.thing, p.followed, p.contacts, p.cost, p.costed),
clustered as (
  select segment, thing, arm, unit_kind, cluster,
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
         coalesce(sum(followed) filter (where closed), 0)::double as followed,
         coalesce(sum(contacts) filter (where closed), 0)::double as contacts,
         coalesce(sum(cost) filter (where closed), 0)::double as cost,
         coalesce(sum(costed) filter (where closed), 0)::double as costed
  from valued
  group by segment, thing, arm, unit_kind, cluster)
select segment, thing, arm, unit_kind,
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
       sum(followed) as followed,
       sum(contacts) as contacts,
       sum(cost) as cost,
       sum(costed) as costed
from clustered
group by segment, thing, arm, unit_kind
order by segment, thing, arm, unit_kind
