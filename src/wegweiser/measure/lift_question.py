"""The SELECT behind every lift: sums over the units of each arm, cut by what they were part of."""

from collections.abc import Sequence

from wegweiser.measure.pace import RECENT_DAYS

METRICS = {
    "converted": "(count({hit}) > 0)::integer",
    "count": "count({hit})",
    "value": "coalesce(sum(case when {hit} then r.value end), 0)",
}
_AFTER = (
    "case when r.occurred_at >= p.first_at"
    " and r.occurred_at < p.first_at + to_days($window_days::integer) then true end"
)
_BEFORE = (
    "case when r.occurred_at < p.began_at"
    " and r.occurred_at >= p.began_at - interval 28 day then true end"
)
_ONE_GOAL = "(goal = $goal or ($goal = '' and declared))"


def sum_steps(
    metric: str,
    cuts: Sequence[str] = (),
    placed: str = "placed",
    more: Sequence[str] = (),
    watched: bool = False,
) -> str:
    """Give the CTEs `reached`, `valued` and `clustered`: units, then clusters, with their sums.

    y is the goal within the window from a unit's first trigger of the period, x the same in the
    28 days before its first trigger of the epoch, when no arm could have done anything yet.
    `cuts` are columns of `placed` by which sums are split, `more` those that are added up over
    units with a closed window. Where goals are `watched`, `placed` has one row per unit and goal
    of $watched.
    """
    counts = "list_contains(string_split($watched, ','), goal)" if watched else _ONE_GOAL
    named, joined = (" goal,", " and r.goal = p.goal") if watched else ("", "")
    by_unit = "".join(f", p.{name}" for name in (*cuts, *more))
    return f"""\
reached as (
  select person_id as unit, 'person' as unit_kind,{named} occurred_at, value from goals
  where {counts} and received_at <= $as_of::timestamptz
  union all
  select account_id, 'account',{named} occurred_at, value from goals
  where {counts} and received_at <= $as_of::timestamptz
    and account_id is not null),
valued as (
  select p.arm, p.unit, p.unit_kind, p.first_at, p.cluster{by_unit},
         p.first_at + to_days($window_days::integer) <= $as_of::timestamptz as closed,
         {METRICS[metric].format(hit=_AFTER)} as y,
         {METRICS[metric].format(hit=_BEFORE)} as x
  from {placed} p
  left join reached r on r.unit = p.unit and r.unit_kind = p.unit_kind{joined}
  group by p.arm, p.unit, p.unit_kind, p.first_at, p.began_at, p.cluster{by_unit}),
{cluster_step(cuts, more)}"""


def cluster_step(
    cuts: Sequence[str] = (),
    more: Sequence[str] = (),
    name: str = "clustered",
    units: str = "valued",
) -> str:
    """Give the CTE that adds up units by cluster; `units` is the one that it reads."""
    cut = "".join(f"{one}, " for one in cuts)
    sums = "".join(
        f",\n         coalesce(sum({one}) filter (where closed), 0)::double as {one}"
        for one in more
    )
    return f"""\
{name} as (
  select {cut}arm, unit_kind, cluster,
         count(*) as triggered,
         count(*) filter (where first_at > $as_of::timestamptz - interval {RECENT_DAYS} day)
           as recent,
         min(first_at) as first_at,
         count(*) filter (where closed) as n,
         count(*) filter (where closed and y <> 0) as reached,
         coalesce(sum(y) filter (where closed), 0)::double as y,
         coalesce(sum(y * y) filter (where closed), 0)::double as yy,
         coalesce(sum(x) filter (where closed), 0)::double as x,
         coalesce(sum(x * x) filter (where closed), 0)::double as xx,
         coalesce(sum(x * y) filter (where closed), 0)::double as xy{sums}
  from {units}
  group by {cut}arm, unit_kind, cluster)"""


def sum_select(
    cuts: Sequence[str] = (), more: Sequence[str] = (), clusters: str = "clustered"
) -> str:
    """Give the SELECT over `clustered`: sums per cut, arm and kind of unit.

    Sums of products over clusters tell how alike the people of an account are.
    """
    cut = "".join(f"{name}, " for name in cuts)
    totals = "".join(f",\n       sum({name}) as {name}" for name in more)
    return f"""\
select {cut}arm, unit_kind,
       sum(triggered) as triggered,
       sum(recent) as recent,
       epoch_ms(min(first_at)) as first_at_ms,
       sum(n) as n,
       sum(reached) as reached,
       sum(y) as sum_y, sum(yy) as sum_yy,
       sum(x) as sum_x, sum(xx) as sum_xx, sum(xy) as sum_xy,
       count(*) filter (where n > 0) as clusters,
       sum(n * n) as cluster_nn, sum(n * y) as cluster_ny, sum(n * x) as cluster_nx,
       sum(y * y) as cluster_yy, sum(x * x) as cluster_xx, sum(x * y) as cluster_xy{totals}
from {clusters}
group by {cut}arm, unit_kind"""
