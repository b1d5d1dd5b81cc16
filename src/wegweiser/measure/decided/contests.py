"""The view `decisions.contests`: which message wins against which other one, and how often."""

from collections.abc import Sequence

from wegweiser.measure.decided.table import ARM, ASKED_SLOTS, Figure, View, measure, total
from wegweiser.measure.form import Row
from wegweiser.measure.words import both

SQL = (
    ASKED_SLOTS
    + """
select best as message, second as rival,
       count(*) as contests,
       count(*) filter (where message = best) as chosen,
       count(*) filter (where message = second) as rival_chosen
from asked
where best <> '' and second <> ''
group by best, second
order by contests desc, best, second
"""
)


def figure(rows: Sequence[Row]) -> Figure:
    """Tell how often the message with the highest mean utility was chosen."""
    return Figure(
        "best_chosen",
        "slots per slot",
        total(rows, "chosen"),
        total(rows, "contests"),
        both(
            "In {share} of the slots the message with the highest mean utility was chosen.",
            "In {share} der Plätze wurde die Botschaft mit dem höchsten mittleren Nutzen gewählt.",
        ),
    )


MEASURE = measure(
    View(
        "decisions.contests",
        both("Which message wins against which", "Welche Botschaft gegen welche gewinnt"),
        SQL.replace("(where message = ", "(where asked.message = "),
        figure,
        (ARM,),
    )
)
