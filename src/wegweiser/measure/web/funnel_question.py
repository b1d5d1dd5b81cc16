"""The question behind a funnel: how far each unit came, and how long every step took."""

from string import ascii_lowercase

from wegweiser.measure.form import Asked
from wegweiser.measure.web.dwell_times import COUNTED_SECONDS
from wegweiser.measure.web.steps import (
    Step,
    event_condition,
    goal_condition,
    read_steps,
    values_of,
)
from wegweiser.measure.web.visit import CUTS
from wegweiser.terms.result import Question

UNITS = {"person": "person_id", "account": "account_id"}
CUT_BY = {"none": "'(all)'", **CUTS}
_WINDOW = "to_days($window_days::integer)"


def question(asked: Asked) -> Question:
    """Ask how many units came how far, in order and within the window of their first step.

    For each first step the earliest following one is taken, then the earliest after that; a
    unit counts with its attempt that came farthest, the earliest of these. Attempts whose window
    is over come before open ones. Later steps may lie after the period. From a million steps on,
    times are counted together by three digits.
    """
    steps = read_steps(asked.text("steps"))
    letters = ascii_lowercase[: len(steps)]
    unit, cut = UNITS[asked.text("unit")], CUT_BY[asked.text("by")]
    chain = ",\n".join(_next(place, steps) for place in range(1, len(steps)))
    moments = ", ".join(f"at_{letter}" for letter in letters)
    sql = f"""
with {_happened(steps, unit)},
attempt_a as (
  select distinct unit_id, occurred_at as at_a
  from happened where is_a and occurred_at < $end::timestamptz),
{chain},
best as (
  select unit_id, at_a + {_WINDOW} <= $as_of::timestamptz as closed,
         [{moments}] as moments,
         len(list_filter([{moments}], lambda moment: moment is not null)) as depth
  from attempt_{letters[-1]}
  qualify row_number() over (partition by unit_id order by closed desc, depth desc, at_a) = 1),
{_origins(unit, cut, asked.text("by"))},
reached as (
  select unit_id, closed, moments, unnest(range(1, depth + 1)) as step from best),
timed as (
  select o.cut, r.closed, r.step, epoch_ms(r.moments[1]) as first_at_ms,
         case when r.step = 1 then 0
              else epoch_ms(r.moments[r.step]) - epoch_ms(r.moments[r.step - 1])
         end as milliseconds,
         count(*) over () as all_measured
  from reached r
  join origins o on o.unit_id = r.unit_id)
select cut, closed, step,
       {COUNTED_SECONDS} as seconds,
       count(*) as units,
       min(first_at_ms) as first_at_ms
from timed
group by all
order by all
"""
    return asked.question(sql, **values_of(steps))


def _happened(steps: tuple[Step, ...], unit: str) -> str:
    named = [
        (letter, event_condition(step, f"step_{letter}"), goal_condition(step, f"step_{letter}"))
        for letter, step in zip(ascii_lowercase, steps, strict=False)
    ]
    flags = ", ".join(f"{event} as is_{letter}" for letter, event, _ in named)
    wanted = " or ".join(f"({event})" for _, event, _ in named if event != "false")
    text = f"""happened as (
  select {unit} as unit_id, occurred_at, {flags}
  from events
  where received_at <= $as_of::timestamptz and occurred_at >= $start::timestamptz
    and occurred_at < $end::timestamptz + {_WINDOW} and not bot and {unit} <> ''
    and ({wanted or "false"})"""
    if any(step.kind == "goal" for step in steps):
        flags = ", ".join(goal for _, _, goal in named)
        wanted = " or ".join(f"({goal})" for _, _, goal in named if goal != "false")
        text += f"""
  union all
  select {unit}, occurred_at, {flags}
  from outcomes
  where received_at <= $as_of::timestamptz and occurred_at >= $start::timestamptz
    and occurred_at < $end::timestamptz + {_WINDOW} and {unit} <> '' and ({wanted})"""
    return text + ")"


def _next(place: int, steps: tuple[Step, ...]) -> str:
    """Join to every attempt its earliest next step; the same thing done is never two steps."""
    letter, before = ascii_lowercase[place], ascii_lowercase[place - 1]
    same = any(steps[place].overlaps(earlier) for earlier in steps[:place])
    return f"""attempt_{letter} as (
  select a.*, case when s.occurred_at <= a.at_a + {_WINDOW} then s.occurred_at end as at_{letter}
  from attempt_{before} a
  asof left join (select distinct unit_id, occurred_at from happened where is_{letter}) s
    on s.unit_id = a.unit_id and a.at_{before} {"<" if same else "<="} s.occurred_at)"""


def _origins(unit: str, cut: str, by: str) -> str:
    if by == "none":
        return f"origins as (select unit_id, {cut} as cut from best)"
    return f"""firsts as (
  select {unit} as unit_id, first({cut} order by occurred_at, position, idx) as cut
  from events entry
  where received_at <= $as_of::timestamptz and occurred_at >= $start::timestamptz
    and occurred_at < $end::timestamptz and not bot and type in ('page', 'screen')
  group by {unit}),
origins as (
  select b.unit_id, coalesce(f.cut, '(unknown)') as cut
  from best b left join firsts f on f.unit_id = b.unit_id)"""
