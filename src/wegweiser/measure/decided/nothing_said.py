"""The view `decisions.nothing`: people who got nothing, or only weak messages."""

from collections.abc import Sequence

from wegweiser.measure.decided.table import ARM, ASKED_SLOTS, Figure, View, measure, total
from wegweiser.measure.form import Row
from wegweiser.measure.words import both

SQL = (
    ASKED_SLOTS
    + """,
bar as (select quantile_cont(best_utility, 0.05) as weak_below from asked where message <> ''),
people as (
  select person_id, placement,
         count(*) as decisions,
         bool_or(message not in ('', '(held out)')) as any_message,
         bool_or(message not in ('', '(held out)')
                 and (best_utility is null or best_utility >= weak_below)) as any_strong
  from asked, bar where slot = 0 group by person_id, placement)
select placement,
       count(*) as people,
       count(*) filter (where not any_message) as with_nothing,
       count(*) filter (where any_message and not any_strong) as with_weak_only,
       sum(decisions) as decisions
from people group by placement order by placement
"""
)


def figure(rows: Sequence[Row]) -> Figure:
    """Tell how many people got nothing or only weak messages at a placement."""
    part = total(rows, "with_nothing") + total(rows, "with_weak_only")
    return Figure(
        "share",
        "people per person and placement",
        part,
        total(rows, "people"),
        both(
            "{share} of the people got nothing, or only weak messages, at a placement.",
            "{share} der Personen bekamen an einem Platz nichts oder nur schwache Botschaften.",
        ),
    )


MEASURE = measure(
    View(
        "decisions.nothing",
        both(
            "People with nothing or weak messages", "Personen ohne oder mit schwachen Botschaften"
        ),
        SQL,
        figure,
        (ARM,),
    )
)
