"""The view `decisions.dropoff`: which reasons and rules remove candidates, and which never do."""

from collections.abc import Sequence

from wegweiser.measure.decided.table import ARM, ASKED_DROPS, Figure, View, first, measure
from wegweiser.measure.form import Row, text, whole
from wegweiser.measure.words import both

SQL = (
    ASKED_DROPS
    + """,
decided as (
  select count(distinct decision_id) as decisions from slots
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and ($arm = 'all' or arm = $arm)),
newest as (
  select distinct rule, label from rules
  where received_at <= $as_of::timestamptz
    and bundle = (select max(bundle) from rules where received_at <= $as_of::timestamptz)),
fired as (
  select step, reason, rule,
         split_part(reason, ':', 1) as label,
         sum(candidates) as drops, sum(sole) as sole_drops,
         count(distinct decision_id) as in_decisions
  from asked group by all),
each as (
  select step, reason, rule, drops, sole_drops, in_decisions, false as never_fires,
         reason like '%:unknown'
           and not exists (select 1 from fired g
                           where g.rule = f.rule and g.label = f.label
                             and g.reason not like '%:unknown') as always_unknown
  from fired f
  union all
  select 'eligibility', n.label, n.rule, 0, 0, 0, true, false
  from newest n
  where not exists (select 1 from fired f where f.rule = n.rule))
select step, reason, rule, drops, sole_drops, in_decisions, always_unknown, never_fires, decisions
from each, decided
where drops > 0 or decisions > 0
order by drops desc, step, reason, rule
"""
)


_REASONS = {
    "channel": both("another channel", "anderer Kanal"),
    "locale": both("another language", "andere Sprache"),
    "no_slot": both("another place", "anderer Platz"),
    "not_started": both("not begun yet", "noch nicht begonnen"),
    "ended": both("over", "vorbei"),
    "stopped": both("stopped", "angehalten"),
    "quiet_hours": both("quiet hours", "Ruhezeiten"),
    "zone_unknown": both("local time not known", "Ortszeit unbekannt"),
    "ramp": both("new, not for everybody yet", "neu, noch nicht für alle"),
}


def figure(rows: Sequence[Row]) -> Figure:
    """Tell in how many decisions the reason that removes most was seen."""
    fired = [row for row in rows if whole(row, "drops")]
    name = text(fired[0], "rule") or text(fired[0], "reason") if fired else ""
    said = {lang: _plain(told) for lang, told in _REASONS.get(name, both(name, name)).items()}
    part = whole(fired[0], "in_decisions") if fired else 0
    return Figure(
        "largest",
        "decisions per decision",
        part,
        max(first(rows, "decisions"), part),
        both(
            f"The reason that removes most candidates ({said['en']}) was seen in {{share}} of"
            " the decisions."
            if name
            else "No candidate was removed: {share}.",
            f"Der Grund, der die meisten Kandidaten ausschließt ({said['de']}), kam in {{share}}"
            " der Entscheidungen vor."
            if name
            else "Kein Kandidat wurde ausgeschlossen: {share}.",
        ),
    )


def _plain(name: str) -> str:
    """Keep braces of a rule from being read as a place for the figure."""
    return name[:120].replace("{", "{{").replace("}", "}}")


MEASURE = measure(
    View(
        "decisions.dropoff",
        both("What removes candidates", "Was Kandidaten ausschließt"),
        SQL,
        figure,
        (ARM,),
    )
)
