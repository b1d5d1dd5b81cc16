"""The landmark design: what people did in their first days, and what followed afterwards."""

from wegweiser.measure.form import Asked
from wegweiser.terms.result import Question

UNITS = {"person": "person_id", "account": "account_id"}
STRATA = ("source", "device", "region", "visits")
_SOURCE = "coalesce(nullif(source, ''), nullif(referrer_host, ''), '(direct)')"
_RESERVED = "('Engaged Time', 'Search Performed', 'File Downloaded', 'Link Clicked', 'Page Left')"


def question(asked: Asked) -> Question:
    """Ask, per feature and stratum, for units, their goals and their money after the landmark.

    Units are those first seen in the period; features count from there to the landmark, goals and
    money from the landmark on within the window; who reached the goal before, or whose window is
    open, is not compared. Features of fewer than `least` units are left out. The kind "(all)"
    holds all units; `fold` divides units into five parts by their id. `later_units` are those who
    did not reach the goal in the days after the landmark that are as many as those before it.
    """
    unit = UNITS[asked.text("unit")]
    return asked.question(f"""
{unit_steps(unit)},
{feature_steps(unit)}
{sum_select()}
order by all
""")


def sum_select() -> str:
    """Give the SELECT of sums by feature, fold and stratum, and of all units as "(all)"."""
    return """
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
from units group by all""".strip()


def unit_steps(unit: str, accounts: bool = False) -> str:
    """Give the CTEs from `seen` to `units`, with their cluster where `accounts` are asked for."""
    account, cluster = _ACCOUNT if accounts else ("", "")
    return f"""
with seen as (
  select *, {unit} as unit_id from events
  where received_at <= $as_of::timestamptz and not bot and {unit} <> ''),
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
         first({_SOURCE} order by occurred_at, event_id) as source,
         coalesce(nullif(first(device order by occurred_at, event_id), ''), '(unknown)') as device,
         coalesce(nullif(first(region order by occurred_at, event_id), ''), '(unknown)') as region,
         1 + count(*) filter (where pause > interval 30 minute) as visits{account}
  from early group by unit_id),
reached as (
  select {unit} as unit_id, occurred_at from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz),
earned as (
  select {unit} as unit_id, occurred_at, amount from ledger
  where amount is not null and currency in ('', $currency)),
firsts_reached as (
  select f.unit_id, min(r.occurred_at) as goal_at
  from firsts f
  join reached r on r.unit_id = f.unit_id
   and r.occurred_at >= f.landmark_at
   and r.occurred_at < f.landmark_at + to_days($window_days::integer)
  group by f.unit_id),
units as (
  select f.unit_id, d.source, d.device, d.region,{cluster}
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
                    where r.unit_id = f.unit_id and r.occurred_at < f.landmark_at))""".strip()


_ACCOUNT = (
    """,
         coalesce(first(account_id order by occurred_at, event_id)
                    filter (where account_id <> ''), unit_id) as cluster""",
    " d.cluster,",
)


def feature_steps(unit: str) -> str:
    """Give the CTE `features`: who had what before the landmark."""
    return f"""
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
  where type = 'track' and name <> $goal and name not in {_RESERVED}
  union
  select x.{unit}, 'message', x.message
  from exposures x join firsts f on f.unit_id = x.{unit}
  where x.received_at <= $as_of::timestamptz
    and x.occurred_at >= f.first_at and x.occurred_at < f.landmark_at)""".strip()
