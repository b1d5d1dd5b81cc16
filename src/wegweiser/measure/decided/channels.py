"""The view `decisions.channels`: how many decisions each channel asked for, and what they said."""

from collections.abc import Sequence

from wegweiser.measure.decided.table import ARM, ASKED_SLOTS, Figure, View, measure, total
from wegweiser.measure.form import Row
from wegweiser.measure.words import both

SQL = (
    ASKED_SLOTS
    + """,
each as (
  select decision_id, any_value(channel) as channel,
         bool_or(message not in ('', '(held out)')) as any_message
  from asked group by decision_id)
select channel, count(*) as decisions,
       count(*) filter (where any_message) as with_message
from each group by channel order by decisions desc, channel
"""
)


def figure(rows: Sequence[Row]) -> Figure:
    """Tell in how many decisions something was said."""
    return Figure(
        "said",
        "decisions per decision",
        total(rows, "with_message"),
        total(rows, "decisions"),
        both(
            "In {share} of the decisions something was said.",
            "In {share} der Entscheidungen wurde etwas gesagt.",
        ),
    )


MEASURE = measure(
    View(
        "decisions.channels",
        both("Decisions by channel", "Entscheidungen je Kanal"),
        SQL,
        figure,
        (ARM,),
    )
)
