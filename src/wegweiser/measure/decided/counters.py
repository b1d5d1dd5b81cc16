"""The view `decisions.counters`: how decisions ended, and how often something went wrong."""

from collections.abc import Sequence

from wegweiser.measure.decided.table import ARM, ASKED_SLOTS, Figure, View, measure, total
from wegweiser.measure.form import Row, whole
from wegweiser.measure.words import both

SQL = (
    ASKED_SLOTS
    + """,
each as (
  select decision_id, any_value(arm) as arm, any_value(status) as status,
         any_value(case when reason in ('deadline', 'unlogged', 'reservation', 'shared_budget')
                        then reason
                        when reason = '' then '' else 'other' end) as reason
  from asked group by decision_id)
select status, reason, arm, count(*) as decisions
from each group by all order by decisions desc, status, reason, arm
"""
)


def figure(rows: Sequence[Row]) -> Figure:
    """Tell how many decisions ended in a fallback."""
    fallen = sum(whole(row, "decisions") for row in rows if row["status"] == "fallback")
    return Figure(
        "fallback",
        "decisions per decision",
        fallen,
        total(rows, "decisions"),
        both(
            "{share} of the decisions ended in a fallback.",
            "{share} der Entscheidungen endeten mit einem Ersatz.",
        ),
    )


MEASURE = measure(
    View(
        "decisions.counters",
        both("How decisions end", "Wie Entscheidungen enden"),
        SQL,
        figure,
        (ARM,),
    )
)
