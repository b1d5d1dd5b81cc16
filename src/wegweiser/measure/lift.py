"""The measure `lift`: what one arm reached beyond the control group, by intention to treat."""

import pyarrow as pa

from wegweiser.measure.arms import SHARES, placed_steps
from wegweiser.measure.form import Asked, Measure, Option, answer, rows_of
from wegweiser.measure.lift_estimate import estimates
from wegweiser.measure.lift_gate import first_closed_gate
from wegweiser.measure.lift_sums import Sums, arm_rows, read_sums
from wegweiser.measure.words import both
from wegweiser.terms.result import Answer, Question

NAME = "lift"
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
    "case when r.occurred_at < p.first_at"
    " and r.occurred_at >= p.first_at - interval 28 day then true end"
)


def question(asked: Asked) -> Question:
    """Ask, per arm, for sums over units whose window is closed.

    y is the goal within the window from a unit's first trigger, x the same in the 28 days before.
    """
    metric = METRICS[asked.text("metric")]
    return asked.question(f"""
{placed_steps()},
reached as (
  select person_id as unit, 'person' as unit_kind, occurred_at, value from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
  union all
  select account_id, 'account', occurred_at, value from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz
    and account_id is not null),
valued as (
  select p.arm, p.unit, p.unit_kind, p.first_at,
         p.first_at + to_days($window_days::integer) <= $as_of::timestamptz as closed,
         {metric.format(hit=_AFTER)} as y,
         {metric.format(hit=_BEFORE)} as x
  from placed p
  left join reached r on r.unit = p.unit and r.unit_kind = p.unit_kind
  group by p.arm, p.unit, p.unit_kind, p.first_at)
select arm, unit_kind,
       count(*) as triggered,
       epoch_ms(min(first_at)) as first_at_ms,
       count(*) filter (where closed) as n,
       count(*) filter (where closed and y <> 0) as reached,
       coalesce(sum(y) filter (where closed), 0) as sum_y,
       coalesce(sum(y * y) filter (where closed), 0) as sum_yy,
       coalesce(sum(x) filter (where closed), 0) as sum_x,
       coalesce(sum(x * x) filter (where closed), 0) as sum_xx
from valued
group by arm, unit_kind
order by arm, unit_kind
""")


def answer_lift(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Go through the gates in order; the first that fails is the answer, else the estimates."""
    sums = read_sums(rows_of(table))
    gate = first_closed_gate(sums, asked)
    results = [gate] if gate is not None else estimates(sums, asked)
    broken = gate is not None and gate.reason == "broken"
    rows = [] if broken else arm_rows(sums, asked)
    return answer(NAME, asked, asked_question, results, rows, _units(sums))


def _units(sums: dict[str, Sums]) -> int:
    return sum(arm.closed for arm in sums.values())


MEASURE = Measure(
    NAME,
    both("Lift against the control group", "Wirkung gegenüber der Kontrollgruppe"),
    (
        Option("goal", "text", "", both("goal that counts, empty for any", "Ziel, leer für jedes")),
        Option("arm", "text", "main", both("arm that is judged", "Gruppe, die beurteilt wird")),
        Option("control", "text", "nothing", both("control group", "Kontrollgruppe")),
        Option("window_days", "whole", 30, both("days for the goal", "Tage bis zum Ziel")),
        Option(
            "metric",
            "text",
            "converted",
            both("what counts per unit", "was je Einheit zählt"),
            tuple(METRICS),
        ),
        Option(
            "worth_knowing",
            "number",
            0.0,
            both("smallest effect that matters, per unit", "kleinste Wirkung, die zählt"),
        ),
        Option(
            "planned_units",
            "whole",
            10_000,
            both("units planned for the test", "geplante Einheiten des Tests"),
        ),
        SHARES,
    ),
    question,
    answer_lift,
)
