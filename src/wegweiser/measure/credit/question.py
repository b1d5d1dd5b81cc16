"""The question behind credit: every order of contacts, and how often it led to the goal."""

from wegweiser.measure.form import Asked
from wegweiser.measure.web.visit import visit_steps
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Question
from wegweiser.terms.wrong import wrong

_SINCE = "$start::timestamptz - to_days($window_days::integer)"
# Goals after the period still tell that what came before them did not lead to nothing.
_UNTIL = "$end::timestamptz + to_days($window_days::integer)"
_SHOWN = "coalesce(nullif(channel, ''), '(unknown)')"
# Under which name a visit and an exposure take part, and what of the visit's first view says it.
CUTS = {
    "channel": ("coalesce(nullif(entry_channel, ''), '(unknown)')", _SHOWN, ("channel",)),
    "source": (
        "coalesce(nullif(entry_source, ''), nullif(entry_referrer_host, ''), '(direct)')",
        _SHOWN,
        ("source", "referrer_host", "channel"),
    ),
    "campaign": (
        "coalesce(nullif(entry_campaign, ''), nullif(entry_channel, ''), '(unknown)')",
        "'message ' || message",
        ("campaign", "channel"),
    ),
}
UNITS = {"person": "person_id", "account": "account_id"}
METRICS = ("goals", "value")


def question(asked: Asked) -> Question:
    """Ask for the multiset of paths: contacts in order, goals, their value, and paths to nothing.

    Contacts are visits and messages that were seen. A path ends at a goal of the period and
    holds the contacts since the goal before, at most `window_days` old. What leads to nothing
    ends at its last contact, and counts when its window has closed without a goal, be it one
    after the period. Direct visits count only where there is nothing else, unless `direct` is
    "count". The row without contacts holds the goals that no contact is known of. Equal paths are
    one row, but for the paths of those who walked several: these keep a hash of theirs.
    """
    if asked.whole("window_days") < 1 or not asked.number("half_life_days") > 0.0:
        told = wrong("windows_from")
        raise InputRefused("bad_option", told, 422, "window_days")
    visited, shown, fields = CUTS[asked.text("by")]
    unit = UNITS[asked.text("unit")]
    return asked.question(f"""
{visit_steps(_SINCE, fields, "account" if unit == "account_id" else "leaf")},
{_contacts(unit, visited, shown)}
{_walks()}
{_sums(asked.text("metric"))}
""")


def _contacts(unit: str, visited: str, shown: str) -> str:
    return f"""
contacts as (
  select {unit} as unit_id, began as occurred_at, {visited} as contact,
         coalesce(entry_channel, '') in ('', 'direct') as is_direct
  from visits
  union all
  select {unit}, occurred_at, {shown}, false
  from exposures
  where received_at <= $as_of::timestamptz
    and occurred_at >= {_SINCE} and occurred_at < $end::timestamptz),
reached as (
  select {unit} as unit_id, occurred_at as goal_at,
         count(*) as goals, coalesce(sum(value), 0) as value
  from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
    and occurred_at >= {_SINCE} and occurred_at < {_UNTIL}
  group by all),
""".strip()


def _walks() -> str:
    return """
walked as (
  select c.*, r.goal_at,
         coalesce(r.goal_at, max(c.occurred_at) over (partition by c.unit_id, r.goal_at)) as ends_at
  from contacts c
  asof left join reached r on r.unit_id = c.unit_id and c.occurred_at <= r.goal_at
  where c.unit_id <> ''),
timely as (
  select *, bool_and(is_direct) over (partition by unit_id, goal_at) as only_direct
  from walked
  where occurred_at >= ends_at - to_days($window_days::integer)
    and ends_at >= $start::timestamptz and ends_at < $end::timestamptz
    and (goal_at is not null or ends_at + to_days($window_days::integer) <= $as_of::timestamptz)),
steps as (
  select *,
         row_number() over (partition by unit_id, goal_at order by occurred_at, contact) as step,
         pow(0.5, date_diff('second', occurred_at, max(occurred_at) over walk)
                  / 86400.0 / $half_life_days) as weight
  from timely
  where only_direct or not is_direct or $direct = 'count'
  window walk as (partition by unit_id, goal_at)),
paths as (
  select unit_id, goal_at, list(contact order by step) as contacts,
         list(weight order by step) as weights, list_sum(list(weight order by step)) as weight
  from steps
  group by unit_id, goal_at),
""".strip()


def _sums(split: str) -> str:
    # Exact decimals add up to the same in any order.
    return f"""
valued as (
  select p.unit_id, p.contacts, p.goal_at is null as is_null, coalesce(r.goals, 0) as goals,
         coalesce(r.value, 0) as value,
         list_transform(p.weights, lambda one: one / p.weight * coalesce(r.{split}, 0)) as decayed
  from paths p
  left join reached r on r.unit_id = p.unit_id and r.goal_at = p.goal_at),
walkers as (
  select unit_id, count(*) > 1 or max(goals) > 1 as often from valued group by unit_id),
told as (
  select v.contacts, case when w.often then md5(v.unit_id) else '' end as walker,
         v.is_null, v.goals, v.value, v.decayed
  from valued v
  join walkers w on w.unit_id = v.unit_id),
decay_steps as (
  select contacts, walker, step, sum(decayed[step]::decimal(38, 12))::double as decayed
  from (select contacts, walker, decayed, unnest(range(1, len(contacts) + 1)) as step from told)
  group by contacts, walker, step),
decay as (
  select contacts, walker, list(decayed order by step) as decayed
  from decay_steps group by contacts, walker),
without as (
  select coalesce(sum(r.goals), 0) as goals, coalesce(sum(r.value), 0) as value
  from reached r
  where r.goal_at >= $start::timestamptz and r.goal_at < $end::timestamptz
    and not exists (select 1 from paths p where p.unit_id = r.unit_id and p.goal_at = r.goal_at))
select t.contacts, t.walker, sum(t.goals)::bigint as goals, sum(t.value)::double as value,
       count(*) filter (where t.is_null) as nulls,
       count(*) filter (where not t.is_null) as paths, any_value(d.decayed) as decayed
from told t
join decay d on d.contacts = t.contacts and d.walker = t.walker
group by t.contacts, t.walker
union all
select []::varchar[], '', goals::bigint, value::double, 0, 0, []::double[]
from without where goals > 0
order by 1, 2
""".strip()
