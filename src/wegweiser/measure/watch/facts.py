"""The SELECTs behind watched series: facts with a day, counts, and what they are cut by."""

import msgspec

from wegweiser.measure.watch.panel import Kind
from wegweiser.measure.web.visit import cut_by_column, visit_steps
from wegweiser.measure.words import Sentence, both

# Seasons and scales need a past: it reaches back to the beginning of a year, so that what is told
# of a day does not depend on the day on which somebody asks.
SINCE = "date_trunc('year', $start::timestamptz) - interval 3 year"
_WHEN = f"received_at <= $as_of::timestamptz and occurred_at >= {SINCE}"
_BEFORE = "occurred_at < $end::timestamptz"
_DAY = "strftime(timezone($zone, {moment}), '%Y-%m-%d')"
_LATE = (
    "case when received_at > timezone($zone, date_trunc('day', timezone($zone, occurred_at)))"
    " + interval 2 day then 1 else 0 end"
)
_VISIT_CUTS = ("channel", "path", "device", "region", "source")
_CUT_ROOM = 60


class Watchable(msgspec.Struct, frozen=True):
    """What can be watched: its words, the kind of its series, its cuts, whether totals have a
    series of their own, and how its facts are selected; `people` selects them with who it was."""

    said: Sentence
    kind: Kind
    cuts: tuple[str, ...]
    steps: str
    has_total: bool = True
    people: str = ""


def visit_facts() -> str:
    """Give the CTEs of visits with the day on which they began, and their cuts."""
    fields = tuple(dict.fromkeys(field for cut in _VISIT_CUTS for field in cut_by_column(cut)[1]))
    cuts = ",\n         ".join(
        f"left({cut_by_column(cut)[0]}, {_CUT_ROOM}) as {cut}" for cut in _VISIT_CUTS
    )
    return f"""\
{visit_steps(since=SINCE, fields=fields).removeprefix(chr(10) + "with ")},
visited as (
  select person_id, began, {_DAY.format(moment="began")} as day,
         {cuts}
  from visits)"""


_VISITS = """\
visits_facts as (
  select day, 1.0 as hits, 1.0 as tries, 0 as late, channel, path, device, region, source
  from visited)"""
_PEOPLE_VISITING = """\
  select person_id, day, 1.0 as hits, 1.0 as tries, 0 as late from visited"""
_CONVERSION = f"""\
reached as (
  select person_id, occurred_at from goals
  where {_WHEN} and {_BEFORE}
    and (goal = $goal or ($goal = '' and declared))),
last_visits as (
  select person_id, began, {", ".join(f"min({cut}) as {cut}" for cut in _VISIT_CUTS)}
  from visited group by person_id, began),
conversion_facts as (
  select {_DAY.format(moment="r.occurred_at")} as day, 1.0 as hits, 0.0 as tries, 0 as late,
         {", ".join(f"coalesce(v.{cut}, '(unknown)') as {cut}" for cut in _VISIT_CUTS)}
  from reached r
  asof left join last_visits v on v.person_id = r.person_id and r.occurred_at >= v.began
  union all
  select day, 0.0, 1.0, 0, channel, path, device, region, source from visited)"""
_PEOPLE_CONVERTING = f"""\
  select person_id, {_DAY.format(moment="occurred_at")} as day,
         1.0 as hits, 0.0 as tries, 0 as late
  from reached
  union all
  select person_id, day, 0.0, 1.0, 0 from visited"""
_RESPONSE = f"""\
shown as (
  select decision_id, placement, slot, occurred_at, coalesce(message, '') as message,
         coalesce(channel, '') as channel, person_id
  from exposures where {_WHEN} and {_BEFORE}),
clicks as (
  select decision_id, placement, slot, min(occurred_at) as occurred_at
  from outcomes where kind = 'click' and {_WHEN} and {_BEFORE}
  group by decision_id, placement, slot),
response_facts as not materialized (
  select person_id, {_DAY.format(moment="occurred_at")} as day,
         0.0 as hits, 1.0 as tries, 0 as late,
         channel, message, placement
  from shown
  union all
  select s.person_id, {_DAY.format(moment="c.occurred_at")},
         1.0, 0.0, 0, s.channel, s.message, s.placement
  from shown s
  join clicks c on c.decision_id = s.decision_id
   and (c.placement = '' or (c.placement = s.placement and c.slot = s.slot)))"""
_DELIVERABILITY = f"""\
sent as (
  select decision_id, any_value(channel) as channel, any_value(message) as message,
         any_value(person_id) as person_id
  from decisions where received_at <= $as_of::timestamptz
  group by decision_id),
deliverability_facts as not materialized (
  select s.person_id, {_DAY.format(moment="o.occurred_at")} as day,
         case when o.kind = 'delivered' then 1.0 else 0.0 end as hits, 1.0 as tries, 0 as late,
         coalesce(s.channel, '') as channel, coalesce(s.message, '') as message
  from outcomes o
  left join sent s on s.decision_id = o.decision_id
  where o.kind in ('delivered', 'bounced') and o.{_WHEN.replace("occurred_at", "o.occurred_at")}
    and o.{_BEFORE})"""
_COST = f"""\
cost_facts as (
  select {_DAY.format(moment="occurred_at")} as day, 1.0 as hits, 0.0 as tries, 0 as late,
         '' as channel
  from goals
  where {_WHEN} and {_BEFORE} and (goal = $goal or ($goal = '' and declared))
  union all
  select strftime(day, '%Y-%m-%d'), 0.0, amount::double, 0, coalesce(channel, '')
  from costs
  where currency = $currency and received_at <= $as_of::timestamptz
    and timezone($zone, day::timestamp) >= {SINCE}
    and timezone($zone, day::timestamp) < $end::timestamptz)"""
_CALIBRATION = f"""\
foretold as (
  select s.decision_id, s.placement, s.slot, s.message, s.channel, s.expected, s.person_id,
         min(x.occurred_at) as seen_at
  from slots s
  join exposures x
    on x.decision_id = s.decision_id and x.placement = s.placement and x.slot = s.slot
  where s.expected is not null and not s.ghost and s.message not in ('', '(held out)')
    and x.received_at <= $as_of::timestamptz and x.occurred_at >= {SINCE}
    and x.occurred_at < $end::timestamptz
  group by all),
answered as (
  select distinct f.decision_id, f.placement, f.slot
  from foretold f
  join outcomes o on o.decision_id = f.decision_id
   and (o.placement = '' or (o.placement = f.placement and o.slot = f.slot))
  where o.kind in ('click', 'done') and o.received_at <= $as_of::timestamptz
    and o.occurred_at >= f.seen_at and o.occurred_at < f.seen_at + interval 3 day),
calibration_facts as not materialized (
  select f.person_id, {_DAY.format(moment="f.seen_at")} as day,
         case when a.decision_id is not null then 1.0 else 0.0 end as hits,
         round(f.expected, 9) as tries, 0 as late,
         coalesce(f.channel, '') as channel, coalesce(f.message, '') as message
  from foretold f
  left join answered a using (decision_id, placement, slot)
  where f.seen_at + interval 3 day <= $as_of::timestamptz)"""
_ARRIVED = f"""\
arrived as (
  select {_DAY.format(moment="occurred_at")} as day, coalesce(source_id, '') as source_id,
         case when type = 'track' then coalesce(name, '') else type end as event,
         {_LATE} as late,
         coalesce(len(json_keys(try_cast(properties as json))), 0)::double as fields
  from events where {_WHEN} and {_BEFORE})"""
# What is counted of decisions says itself whom they were about. It is not kept for the second
# reading: most often there is no segment, and nothing is read a second time.
_PEOPLE_OF = "  select person_id, day, hits, tries, late from {name}_facts"
_SOURCES = """\
sources_facts as (
  select day, 1.0 as hits, 1.0 as tries, late, source_id as source,
         left(source_id || ' · ' || event, 60) as event
  from arrived)"""
_FIELDS = """\
fields_facts as (
  select day, fields as hits, 1.0 as tries, late, source_id as source,
         left(source_id || ' · ' || event, 60) as event
  from arrived)"""

WATCHABLE: dict[str, Watchable] = {
    "visits": Watchable(
        both("visits", "Besuche"), "count", _VISIT_CUTS, _VISITS, people=_PEOPLE_VISITING
    ),
    "conversion": Watchable(
        both("goals per visit", "Ziele je Besuch"),
        "ratio",
        _VISIT_CUTS,
        _CONVERSION,
        people=_PEOPLE_CONVERTING,
    ),
    "response": Watchable(
        both("clicks per message seen", "Klicks je gesehener Botschaft"),
        "ratio",
        ("channel", "message", "placement"),
        _RESPONSE,
        people=_PEOPLE_OF.format(name="response"),
    ),
    "deliverability": Watchable(
        both("share delivered", "Anteil zugestellt"),
        "share",
        ("channel", "message"),
        _DELIVERABILITY,
        people=_PEOPLE_OF.format(name="deliverability"),
    ),
    "cost": Watchable(both("cost per goal", "Kosten je Ziel"), "cost", ("channel",), _COST),
    "calibration": Watchable(
        both("responses against those predicted", "Reaktionen gegenüber den vorhergesagten"),
        "ratio",
        ("channel", "message"),
        _CALIBRATION,
        people=_PEOPLE_OF.format(name="calibration"),
    ),
    "sources": Watchable(
        both("events", "Ereignisse"), "count", ("source", "event"), _SOURCES, has_total=False
    ),
    "fields": Watchable(
        both("fields per event", "Felder je Ereignis"),
        "ratio",
        ("source", "event"),
        _FIELDS,
        has_total=False,
    ),
}
NEEDS_VISITS = ("visits", "conversion")
NEEDS_ARRIVED = ("sources", "fields")


def arrived_facts() -> str:
    """Give the CTE of events with day, source, name and number of fields."""
    return _ARRIVED
