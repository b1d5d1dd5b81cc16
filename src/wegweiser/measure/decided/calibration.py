"""The view `decisions.calibration`: predicted against observed responses, message by message."""

from collections.abc import Sequence

from wegweiser.measure.decided.table import ARM, ASKED_SLOTS, Figure, View, measure, total
from wegweiser.measure.form import Option, Row, real
from wegweiser.measure.words import both, percent

SQL = (
    ASKED_SLOTS
    + """,
shown as (
  select a.decision_id, a.placement, a.slot, a.message, a.person_id, a.expected,
         min(x.occurred_at) as seen_at,
         coalesce(any_value(json_extract_string(c.attributes, '$.goal')), '') as goal
  from asked a
  join exposures x
    on x.decision_id = a.decision_id and x.placement = a.placement and x.slot = a.slot
  left join archived_candidates c
    on c.idx = a.candidate and c.bundle = try_cast(split_part(a.bundle, '#', 2) as bigint)
  where a.expected is not null and a.message not in ('', '(held out)') and not a.ghost
    and x.received_at <= $as_of::timestamptz
  group by a.decision_id, a.placement, a.slot, a.message, a.person_id, a.expected),
engaged as (
  select distinct s.decision_id, s.placement, s.slot
  from shown s
  join outcomes o
    on o.decision_id = s.decision_id
   and (o.placement = '' or (o.placement = s.placement and o.slot = s.slot))
  where o.kind in ('click', 'done') and o.received_at <= $as_of::timestamptz
    and o.occurred_at >= s.seen_at
    and o.occurred_at < s.seen_at + to_hours($window_hours::integer)),
reached as (
  select distinct s.decision_id, s.placement, s.slot
  from shown s
  join outcomes o on o.person_id = s.person_id and o.goal = s.goal
  where o.kind = 'goal' and o.received_at <= $as_of::timestamptz and o.occurred_at >= s.seen_at
    and o.occurred_at < s.seen_at + to_hours($window_hours::integer)),
judged as (
  select s.message, s.expected,
         e.decision_id is not null and (s.goal = '' or r.decision_id is not null) as responded
  from shown s
  left join engaged e using (decision_id, placement, slot)
  left join reached r using (decision_id, placement, slot)
  where s.seen_at + to_hours($window_hours::integer) <= $as_of::timestamptz)
select message,
       count(*) as shown,
       sum(expected::decimal(38, 12))::double as expected,
       count(*) filter (where responded) as observed
from judged group by message order by shown desc, message
"""
)


def figure(rows: Sequence[Row]) -> Figure:
    """Tell how many of the shown messages got a response."""
    shown = total(rows, "shown")
    foretold = sum(real(row, "expected") for row in rows)
    share = foretold / shown if shown else 0.0
    said = {lang: percent(share, lang, 2) for lang in ("en", "de")}
    return Figure(
        "observed",
        "responses per shown message",
        total(rows, "observed"),
        shown,
        both(
            f"{{share}} of the shown messages got a response; {said['en']} were predicted.",
            f"{{share}} der gezeigten Botschaften bekamen eine Reaktion; {said['de']} waren"
            " vorhergesagt.",
        ),
    )


MEASURE = measure(
    View(
        "decisions.calibration",
        both("Predicted and observed responses", "Vorhergesagte und beobachtete Reaktionen"),
        SQL,
        figure,
        (
            ARM,
            Option(
                "window_hours",
                "whole",
                72,
                both("hours until a response counts as absent", "Stunden, bis keine mehr zählt"),
            ),
        ),
    )
)
