"""Five questions about 20 million events, for our engine and, in its own words, for chDB."""

from collections.abc import Callable

import msgspec

from bench.measure_world import DAY_MS, DAYS, FIRST_DAY
from wegweiser.terms.result import Answer

Rows = list[list[object]]
FUNNEL_DAYS = 7
STEPS = "path:/prices > path:/demo > Demo Booked > Order Completed"
START_MS, END_MS = FIRST_DAY * DAY_MS, (FIRST_DAY + DAYS) * DAY_MS
FUNNEL_END_MS = END_MS - FUNNEL_DAYS * DAY_MS
AS_OF_MS = END_MS + 40 * DAY_MS
_PAUSE_MS = 30 * 60_000
_SEEN = "not bot and type in ('page', 'screen')"
_WEB = "not bot and (type in ('page', 'screen') or trust <= 1)"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One question: the bare one as SQL over our views, or a registered measure with options.

    `rival` is the same for chDB, with {events} and {leaves} for the tables; `figures` takes from
    a measure's answer what both must agree on to the last digit.
    """

    name: str
    rival: str
    sql: str = ""
    measure: str = ""
    options: dict[str, str] = {}
    figures: Callable[[Answer], Rows] | None = None
    most_seconds: float | None = None
    end_ms: int = END_MS


def _columns(*names: str) -> Callable[[Answer], Rows]:
    """Take these columns of an answer's table."""

    def figures(answer: Answer) -> Rows:
        places = [answer.columns.index(name) for name in names]
        return [[row[place] for place in places] for row in answer.rows]

    return figures


def _retained(answer: Answer) -> Rows:
    """Take who came again, at the distances at which anybody did."""
    found = _columns("cohort", "distance", "returned_so_far")(answer)
    return [row for row in found if row[2]]


def _last(answer: Answer) -> Rows:
    """Take the goals that fall to the last contact, which are whole numbers."""
    return [[row[0], round(float(str(row[1])))] for row in _columns("contact", "last")(answer)]


UNIQUES = Asked(
    name="daily uniques: persons per day",
    most_seconds=1.0,
    sql=f"""
with seen as (
  select leaf_number, epoch_us(occurred_at) // {DAY_MS * 1_000} as day
  from leaf_events where {_SEEN} group by all),
told as (
  select s.day, l.person_number
  from seen s left join shared_leaves l on l.leaf_number = s.leaf_number),
counted as (
  select day, count(*) as people from told where person_number is null group by day
  union all
  select day, count(*)
  from (select distinct day, person_number from told where person_number is not null)
  group by day)
select day, sum(people)::bigint as people from counted group by day order by day""",
    rival=f"""
with seen as (
  select distinct leaf, intDiv(toUnixTimestamp64Milli(occurred_at), {DAY_MS}) as day
  from {{events}} where {_SEEN})
select s.day, uniqExact(ifNull(l.person_id, s.leaf)) as people
from seen s left join {{leaves}} l on l.leaf = s.leaf group by s.day order by s.day""",
)

_RIVAL_VISITS = f"""
observed as (
  select leaf, position, idx, type in ('page', 'screen') as is_view, channel, engaged_seconds, path,
         toUnixTimestamp64Milli(occurred_at) as at_ms
  from {{events}} where {_WEB} and at_ms >= {START_MS} and at_ms < {END_MS}),
slices as (
  select leaf, intDiv(at_ms, {_PAUSE_MS}) as slice, min(at_ms) as began, max(at_ms) as ended,
         countIf(is_view) as views, sum(ifNull(engaged_seconds, 0)) as engaged,
         argMinIf(channel, (at_ms, position, idx), is_view) as channel
  from observed group by leaf, slice),
parted as (
  select *, began - lagInFrame(ended, 1, 0) over (partition by leaf order by slice
              rows between unbounded preceding and current row) as pause
  from slices),
joined as (
  select *, sum(pause > {_PAUSE_MS}) over (partition by leaf order by slice
              rows between unbounded preceding and current row) as visit_no
  from parted),
visits as (
  select leaf, visit_no, min(began) as began, sum(views) as views, sum(engaged) as engaged,
         argMinIf(channel, slice, views > 0) as channel
  from joined group by leaf, visit_no having sum(views) > 0)"""

VISITS = Asked(
    name="web.visits, whole: persons, visits and views per day",
    measure="web.visits",
    figures=_columns("day", "visitors", "visits", "views", "single_view_visits", "engaged_visits"),
    rival=f"""
with {_RIVAL_VISITS}
select toString(toDate(intDiv(v.began, {DAY_MS}))) as day,
       uniqExact(ifNull(l.person_id, v.leaf)), count(), sum(v.views), countIf(v.views = 1),
       countIf(v.views >= 2 or v.engaged >= 10)
from visits v left join {{leaves}} l on l.leaf = v.leaf group by day order by day""",
)

FUNNEL = Asked(
    name="web.funnel, whole: four steps in order in 7 days",
    most_seconds=3.0,
    measure="web.funnel",
    options={"steps": STEPS, "window_days": str(FUNNEL_DAYS)},
    figures=_columns("step", "units"),
    end_ms=FUNNEL_END_MS,
    rival=f"""
with happened as (
  select leaf, toUnixTimestamp64Milli(occurred_at) as at_ms,
         type = 'page' and path = '/prices' and at_ms < {FUNNEL_END_MS} as a,
         type = 'page' and path = '/demo' as b,
         type = 'track' and name = 'Demo Booked' as c,
         type = 'track' and name = 'Order Completed' as d
  from {{events}} where not bot and (a or b or c or d)),
reached as (
  select ifNull(l.person_id, h.leaf) as person,
         windowFunnel({FUNNEL_DAYS * DAY_MS})(toUInt64(at_ms), a, b, c, d) as depth
  from happened h left join {{leaves}} l on l.leaf = h.leaf group by person)
select step, countIf(depth >= step) from reached
array join [1, 2, 3, 4] as step group by step order by step""",
)

SESSIONS = Asked(
    name="sessions of 30 minutes with dwell: per page",
    most_seconds=8.0,
    sql=f"""
with ordered as (
  select path, type in ('page', 'screen') as is_view, epoch_us(occurred_at) // 1000 as at_ms,
         lag(epoch_us(occurred_at) // 1000) over own as before_ms,
         lead(epoch_us(occurred_at) // 1000) over own as next_ms
  from leaf_events where {_WEB}
  window own as (partition by leaf_number order by occurred_at, position, idx))
select path, count(*) filter (where is_view) as views,
       count(*) filter (where before_ms is null or at_ms - before_ms > {_PAUSE_MS}) as sessions,
       count(*) filter (where is_view and next_ms - at_ms <= {_PAUSE_MS}) as measured,
       sum(next_ms - at_ms) filter (where is_view and next_ms - at_ms <= {_PAUSE_MS})::bigint
         as dwell_ms
from ordered group by path order by path""",
    rival=f"""
with ordered as (
  select path, type in ('page', 'screen') as is_view,
         toUnixTimestamp64Milli(occurred_at) as at_ms,
         lagInFrame(at_ms, 1, 0) over own as before_ms,
         leadInFrame(at_ms, 1, 9000000000000) over own as next_ms
  from {{events}} where {_WEB}
  window own as (partition by leaf order by at_ms, position, idx
                 rows between unbounded preceding and unbounded following))
select path, countIf(is_view), countIf(at_ms - before_ms > {_PAUSE_MS}),
       countIf(is_view and next_ms - at_ms <= {_PAUSE_MS}),
       sumIf(next_ms - at_ms, is_view and next_ms - at_ms <= {_PAUSE_MS})
from ordered group by path order by path""",
)

DWELL = Asked(
    name="web.dwell, whole: beats, else gaps, with every time",
    measure="web.dwell",
    options={"limit": "100000"},
    figures=_columns("path", "views", "measured", "measured_by_beats", "measured_by_gap"),
    rival=f"""
with observed as (
  select leaf, position, idx, path, page_view_id, engaged_seconds,
         type in ('page', 'screen') as is_view, toUnixTimestamp64Milli(occurred_at) as at_ms
  from {{events}} where {_WEB}),
beats as (
  select page_view_id, count() as beats from observed
  where page_view_id <> '' and engaged_seconds between 0 and 86400 group by page_view_id),
followed as (
  select path, page_view_id, is_view, at_ms,
         leadInFrame(at_ms, 1, 9000000000000) over (partition by leaf order by at_ms, position, idx
           rows between unbounded preceding and unbounded following) as next_ms
  from observed)
select f.path, count(), countIf(b.beats > 0 or next_ms - at_ms <= {_PAUSE_MS}),
       countIf(b.beats > 0), countIf(ifNull(b.beats, 0) = 0 and next_ms - at_ms <= {_PAUSE_MS})
from followed f left join beats b on b.page_view_id = f.page_view_id
where f.is_view group by f.path order by f.path""",
)

_ORDERS = "type = 'track' and name = 'Order Completed'"
LAST_TOUCH = Asked(
    name="last touch: orders by the last channel before",
    most_seconds=2.0,
    sql=f"""
with touches as (
  select leaf_number, occurred_at, channel
  from leaf_events where {_SEEN} and channel <> ''),
orders as (select leaf_number, occurred_at from leaf_events where not bot and {_ORDERS})
select coalesce(t.channel, '') as channel, count(*) as orders
from orders o asof left join touches t
  on t.leaf_number = o.leaf_number and o.occurred_at >= t.occurred_at
group by all order by all""",
    rival=f"""
with touches as (
  select leaf, occurred_at, channel from {{events}} where {_SEEN} and channel <> ''),
orders as (select leaf, occurred_at from {{events}} where not bot and {_ORDERS})
select ifNull(t.channel, '') as channel, count() as orders
from orders o asof left join touches t on t.leaf = o.leaf and o.occurred_at >= t.occurred_at
group by channel order by channel""",
)

CREDIT = Asked(
    name="credit, whole: seven methods with intervals",
    measure="credit",
    options={"goal": "Order Completed", "direct": "count"},
    figures=_last,
    rival=f"""
with {_RIVAL_VISITS},
contacts as (
  select ifNull(l.person_id, v.leaf) as person, v.began as at_ms, max(v.channel) as channel
  from visits v left join {{leaves}} l on l.leaf = v.leaf group by person, at_ms),
goals as (
  select ifNull(l.person_id, e.leaf) as person, toUnixTimestamp64Milli(e.occurred_at) as at_ms,
         count() as goals
  from {{events}} e left join {{leaves}} l on l.leaf = e.leaf
  where e.type = 'track' and e.name = 'Order Completed' group by person, at_ms),
ordered as (
  select *, lagInFrame(at_ms, 1, -1) over (partition by person order by at_ms
              rows between unbounded preceding and current row) as before_ms
  from goals)
select c.channel, sum(g.goals)
from ordered g asof join contacts c on c.person = g.person and g.at_ms >= c.at_ms
where c.at_ms > g.before_ms and c.at_ms >= g.at_ms - {30 * DAY_MS}
group by c.channel order by c.channel""",
)

RETENTION = Asked(
    name="web.retention, whole: persons by week of their first",
    most_seconds=2.0,
    measure="web.retention",
    options={"distances": "1000"},
    figures=_retained,
    rival=f"""
with seen as (
  select distinct leaf, toMonday(toDate(occurred_at)) as week
  from {{events}} where {_SEEN} and toUnixTimestamp64Milli(occurred_at) < {END_MS}),
people as (
  select distinct ifNull(l.person_id, s.leaf) as person, s.week as week
  from seen s left join {{leaves}} l on l.leaf = s.leaf),
cohorts as (select person, min(week) as cohort from people group by person)
select toString(c.cohort) as began, intDiv(toInt32(p.week) - toInt32(c.cohort), 7) as distance,
       count() from people p join cohorts c on c.person = p.person
where c.cohort >= toMonday(toDate({FIRST_DAY}))
group by began, distance order by began, distance""",
)

QUESTIONS = (UNIQUES, VISITS, FUNNEL, SESSIONS, DWELL, LAST_TOUCH, CREDIT, RETENTION)
