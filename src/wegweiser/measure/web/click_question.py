"""The questions behind click rates: of messages that were seen, and of links on pages."""

from wegweiser.measure.form import Asked
from wegweiser.measure.web.visit import visit_steps
from wegweiser.terms.result import Question

# A click so soon after delivery is a mail scanner's.
SCANNER_SECONDS = 2
_NAMED = "placement, slot, {} as cut"
CUTS = {
    "message": _NAMED.format("message"),
    "variant": _NAMED.format("concat_ws(' / ', message, nullif(variant, ''))"),
    "channel": "'' as placement, 0 as slot, channel as cut",
    "placement": "placement, 0 as slot, '' as cut",
    "slot": "placement, slot, '' as cut",
    "link": "",
}
# Sums over people; those of a whole place stand beside, since the same people see several things.
_SUMS = """,
in_place as (
  select placement, slot, person_id, sum(exposures)::bigint as exposures,
         sum(clicks)::bigint as clicks, sum(scanned)::bigint as scanned,
         sum(unseen)::bigint as unseen
  from people group by placement, slot, person_id),
both_of as (
  select p.placement, p.slot, p.cut, false as is_total, p.exposures, p.clicks, p.scanned, p.unseen,
         w.exposures as place_exposures, w.clicks as place_clicks
  from people p
  join in_place w
    on w.placement = p.placement and w.slot = p.slot and w.person_id = p.person_id
  union all
  select placement, slot, '', true, exposures, clicks, scanned, unseen, 0, 0 from in_place)
select placement, slot, cut, is_total,
       count(*) filter (where exposures > 0) as people,
       sum(exposures) as exposures, sum(clicks) as clicks,
       sum(exposures * exposures) as exposures_squares,
       sum(clicks * clicks) as clicks_squares,
       sum(exposures * clicks) as products,
       count(*) filter (where clicks > 0) as people_with_click,
       sum(scanned) as scanned, sum(unseen) as unseen,
       sum(clicks * place_clicks) as place_yy, sum(clicks * place_exposures) as place_yx,
       sum(exposures * place_clicks) as place_xy, sum(exposures * place_exposures) as place_xx
from both_of
group by placement, slot, cut, is_total
order by placement, slot, is_total, exposures desc, cut
""".strip()


def question(asked: Asked) -> Question:
    """Ask, per message or another cut, for exposures, clicks, their squares and their product.

    One click per exposure counts; people are the clusters. Clicks of a scanner and clicks
    without an exposure stand in columns of their own. People of whom only a bot was seen are out.
    """
    if asked.text("by") == "link":
        return _links(asked)
    return asked.question(f"""
{_told()}
{_matched()}
counted as (
  select {CUTS[asked.text("by")]}, person_id,
         1 as exposures, has_click::integer as clicks, has_scan::integer as scanned, 0 as unseen
  from seen
  union all
  select {CUTS[asked.text("by")]}, person_id, 0, 0, 0, 1
  from unseen),
people as (
  select placement, slot, cut, person_id, sum(exposures)::bigint as exposures,
         sum(clicks)::bigint as clicks, sum(scanned)::bigint as scanned,
         sum(unseen)::bigint as unseen
  from counted group by placement, slot, cut, person_id){_SUMS}
""")


def _told() -> str:
    """Give what was shown to people, and what was clicked: by them, or by a mail scanner."""
    return f"""
with bots as (
  select person_id from events
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
  group by person_id having bool_and(bot)),
shown as (
  select decision_id, placement, slot, message, variant, channel, person_id, occurred_at
  from exposures
  where received_at <= $as_of::timestamptz
    and person_id not in (select person_id from bots)),
arrived as (
  select decision_id, min(occurred_at) as delivered_at
  from outcomes
  where kind = 'delivered' and received_at <= $as_of::timestamptz and decision_id <> ''
  group by decision_id),
clicked as (
  select o.decision_id, o.placement, o.slot,
         bool_and(coalesce(o.occurred_at >= a.delivered_at
                  and o.occurred_at <= a.delivered_at + interval {SCANNER_SECONDS} second, false))
           as is_scanner,
         min(o.occurred_at) as occurred_at
  from outcomes o
  left join arrived a on a.decision_id = o.decision_id
  where o.kind = 'click' and o.received_at <= $as_of::timestamptz and o.decision_id <> ''
  group by o.decision_id, o.placement, o.slot),""".strip("\n")


def _matched() -> str:
    """Give the exposures with their click, and the clicks without an exposure."""
    return """
seen as (
  select s.decision_id, s.placement, s.slot, s.message, s.variant, s.channel, s.person_id,
         coalesce(bool_or(not c.is_scanner), false) as has_click,
         coalesce(bool_and(c.is_scanner), false) as has_scan
  from shown s
  left join clicked c on c.decision_id = s.decision_id
   and (c.placement = '' or (c.placement = s.placement and c.slot = s.slot))
  where s.occurred_at >= $start::timestamptz and s.occurred_at < $end::timestamptz
  group by all),
unseen as (
  select d.decision_id, d.placement, d.slot, d.message, d.variant, d.channel, d.person_id
  from clicked c
  join decisions d on d.decision_id = c.decision_id and d.message <> ''
   and (c.placement = '' or (c.placement = d.placement and c.slot = d.slot))
  where not c.is_scanner
    and c.occurred_at >= $start::timestamptz and c.occurred_at < $end::timestamptz
    and d.person_id not in (select person_id from bots)
    and not exists (select 1 from shown s where s.decision_id = d.decision_id
                    and s.placement = d.placement and s.slot = d.slot)
  group by all),""".strip("\n")


def _links(asked: Asked) -> Question:
    """Ask the same of links: an exposure is a view of a page on which the link was ever clicked.

    A click belongs to the view that it names, else to the last view of its leaf before it.
    """
    return asked.question(f"""
{visit_steps(fields=("path",), of="person")},
views as (
  select leaf, view_no, any_value(person_id) as person_id,
         any_value(page_view_id) filter (where is_view) as page_view_id,
         any_value(path) filter (where is_view) as path
  from numbered where view_no > 0
  group by leaf, view_no),
pressed as (
  select distinct leaf, view_no,
         coalesce(nullif(properties ->> '$.name', ''), nullif(properties ->> '$.url', ''),
                  nullif(properties ->> '$.text', ''), '(unknown)') as link
  from numbered
  where name = 'Link Clicked' and view_no > 0),
clicked as (
  select p.leaf, p.view_no, v.path, p.link
  from pressed p join views v on v.leaf = p.leaf and v.view_no = p.view_no),
viewers as (
  select path, person_id, count(*) as exposures from views group by path, person_id),
clickers as (
  select v.path, c.link, v.person_id, count(*) as clicks
  from clicked c join views v on v.leaf = c.leaf and v.view_no = c.view_no
  group by v.path, c.link, v.person_id),
people as (
  select v.path as placement, 0 as slot, l.link as cut, v.person_id, v.exposures,
         coalesce(c.clicks, 0) as clicks, 0 as scanned, 0 as unseen
  from (select distinct path, link from clicked) l
  join viewers v on v.path = l.path
  left join clickers c on c.path = v.path and c.link = l.link and c.person_id = v.person_id){_SUMS}
""")
