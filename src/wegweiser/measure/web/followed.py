"""Visits with what followed them: whether a goal was reached in time, and what it was worth."""

from wegweiser.measure.form import Option
from wegweiser.measure.words import both

GOAL = Option("goal", "text", "", both("goal or event that counts", "Ziel, das zählt"))
WINDOW = Option("window_days", "whole", 30, both("days for the goal", "Tage bis zum Ziel"))


def followed_steps() -> str:
    """Give the CTEs `reached`, `wins`, `earned` and `followed` that come after those of visits.

    A goal counts for every visit of the person that began before it within the window; its value
    counts once, for the last of them, so that every cut of the value sums to the whole. A visit
    is closed when its window has passed. Without a goal nothing is followed.
    """
    return """
reached as (
  select person_id, occurred_at, case when declared then value else 0 end as value
  from goals
  where $goal <> '' and goal = $goal and received_at <= $as_of::timestamptz),
wins as (
  select v.leaf, v.visit_no, count(*) as goals
  from visits v
  join reached r on r.person_id = v.person_id and r.occurred_at >= v.began
   and r.occurred_at < v.began + to_days($window_days::integer)
  group by v.leaf, v.visit_no),
beginnings as (
  select person_id, began, min(leaf) as leaf, arg_min(visit_no, leaf) as visit_no
  from visits group by person_id, began),
earned as (
  select b.leaf, b.visit_no, sum(try_cast(r.value as decimal(24, 6)))::double as value
  from reached r
  asof join beginnings b on b.person_id = r.person_id and r.occurred_at >= b.began
  where r.occurred_at < b.began + to_days($window_days::integer)
  group by b.leaf, b.visit_no),
followed as (
  select v.*,
         $goal <> '' and v.began + to_days($window_days::integer) <= $as_of::timestamptz as closed,
         w.goals is not null as has_goal,
         coalesce(e.value, 0) as value
  from visits v
  left join wins w on w.leaf = v.leaf and w.visit_no = v.visit_no
  left join earned e on e.leaf = v.leaf and e.visit_no = v.visit_no)""".strip("\n")
