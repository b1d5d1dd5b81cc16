"""The view `decisions.stages`: how people move between stages from decision to decision."""

from collections.abc import Sequence

from wegweiser.measure.decided.table import ARM, ASKED_SLOTS, Figure, View, measure, total
from wegweiser.measure.form import Row, text, whole
from wegweiser.measure.words import both
from wegweiser.terms.journey import ON_PATH, STAGES

SQL = (
    ASKED_SLOTS
    + """,
looks as (
  select person_id, decision_id, min(occurred_at) as occurred_at, any_value(stage) as stage
  from asked where stage <> '' group by person_id, decision_id),
steps as (
  select stage as target, occurred_at,
         lag(stage) over (partition by person_id order by occurred_at, decision_id) as source
  from looks)
select strftime(date_trunc('week', timezone($zone, occurred_at)), '%Y-%m-%d') as week,
       source, target, count(*) as moves
from steps where source is not null and source <> target
group by all order by week, source, target
"""
)


def shown(rows: Sequence[Row]) -> list[Row]:
    """Say of each move whether it leads forward, back, or off the path."""
    return [{**row, "way": way_of(text(row, "source"), text(row, "target"))} for row in rows]


def way_of(source: str, target: str) -> str:
    """Name the way of a move.

    >>> way_of("explore", "evaluate"), way_of("validate", "explore"), way_of("commit", "stalled")
    ('forward', 'back', 'off_path')
    """
    known = [STAGES.index(one) for one in STAGES if one in (source, target)]
    if len(known) < 2 or max(known) >= ON_PATH:
        return "off_path"
    places = {name: place for place, name in enumerate(STAGES)}
    return "forward" if places[target] > places[source] else "back"  # type: ignore[index]


def figure(rows: Sequence[Row]) -> Figure:
    """Tell how many moves lead back or off the path."""
    wandering = sum(whole(row, "moves") for row in shown(rows) if row["way"] != "forward")
    return Figure(
        "wandering",
        "moves per move",
        wandering,
        total(rows, "moves"),
        both(
            "{share} of the moves between stages led back or off the path.",
            "{share} der Wechsel zwischen Stufen führten zurück oder vom Weg ab.",
        ),
    )


MEASURE = measure(
    View(
        "decisions.stages",
        both("Moves between stages", "Wechsel zwischen Stufen"),
        SQL,
        figure,
        (ARM,),
        shown,
    )
)
