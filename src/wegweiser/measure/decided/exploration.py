"""The view `decisions.exploration`: what it costs to keep learning, in the workspace currency."""

from collections.abc import Sequence

from wegweiser.measure.decided.table import ARM, ASKED_SLOTS, Figure, View, measure, total
from wegweiser.measure.form import Row, real
from wegweiser.measure.words import both, number

SQL = (
    ASKED_SLOTS
    + """
select placement, arm,
       count(*) as slots,
       count(*) filter (where how = 'sampled' or (how = 'floor' and message <> best)) as explored,
       sum(best_utility) as utility_of_best,
       sum(mean_utility) as utility_of_policy,
       sum(best_utility - mean_utility) as cost
from asked where best is not null
group by placement, arm order by placement, arm
"""
)


def figure(rows: Sequence[Row]) -> Figure:
    """Tell how often something else than the best was tried."""
    cost = sum(real(row, "cost") for row in rows)
    slots = total(rows, "slots")
    each = {lang: number(cost / slots if slots else 0.0, lang, 4) for lang in ("en", "de")}
    return Figure(
        "share",
        "slots per slot",
        total(rows, "explored"),
        slots,
        both(
            f"In {{share}} of the slots something else than the best was tried; that costs"
            f" {each['en']} per slot on average, in the workspace's currency.",
            f"In {{share}} der Plätze wurde anderes als das Beste versucht; das kostet im Mittel"
            f" {each['de']} je Platz, in der Währung des Arbeitsbereichs.",
        ),
    )


MEASURE = measure(
    View(
        "decisions.exploration",
        both("What exploration costs", "Was das Lernen kostet"),
        SQL,
        figure,
        (ARM,),
    )
)
