"""The view `decisions.sensitivity`: how often one factor alone decides which message is best."""

from collections.abc import Sequence

from wegweiser.measure.decided.table import ARM, ASKED_SLOTS, Figure, View, first, measure
from wegweiser.measure.form import Row, whole
from wegweiser.measure.words import both

SQL = (
    ASKED_SLOTS
    + """,
told as (select changes from asked where best is not null and slot = 0),
factors as (select unnest(['P', 'V', 'C', 'L']) as factor)
select factor,
       (select count(*) from told) as decisions,
       (select count(*) from told where contains(changes, factor)) as changed
from factors where exists (select 1 from told) order by factor
"""
)


def figure(rows: Sequence[Row]) -> Figure:
    """Tell how often the response decides: without it another message would be best."""
    part = next((whole(row, "changed") for row in rows if row["factor"] == "P"), 0)
    return Figure(
        "response",
        "decisions per decision",
        part,
        first(rows, "decisions"),
        both(
            "Without the predicted response another message would be best in {share} of the"
            " decisions.",
            "Ohne die vorhergesagte Reaktion wäre in {share} der Entscheidungen eine andere"
            " Botschaft die beste.",
        ),
    )


MEASURE = measure(
    View(
        "decisions.sensitivity",
        both("Which factor decides", "Welcher Faktor entscheidet"),
        SQL,
        figure,
        (ARM,),
    )
)
