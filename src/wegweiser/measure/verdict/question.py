"""What is asked for verdicts: sums per arm of the units whose way began with one thing."""

from wegweiser.measure.arms import placed_steps
from wegweiser.measure.form import Asked
from wegweiser.measure.lift_question import sum_select, sum_steps
from wegweiser.measure.verdict.imported import CAMPAIGN, imported_steps
from wegweiser.terms.result import Question

THINGS = {
    "all": "'(all)'",
    "channel": "c.channel",
    "placement": "c.placement",
    "message": "c.message",
    "topic": "json_extract_string(c.attributes, '$.topic')",
    "campaign": "coalesce(json_extract_string(c.attributes, '$.campaign'), c.message)",
}
NOTHING = "(nothing)"
_MORE = ("followed", "contacts", "cost", "costed", "imported")
_CLICK_DAYS = 30


def question(asked: Asked) -> Question:
    """Ask, per thing and arm, for the sums of `lift` over units whose first choice was it.

    The first choice of the epoch is drawn before anything was shown, so that the arms are alike
    within each thing; of the held-out units it is what would have been shown. `followed` counts
    the units that were offered another thing within the window, `contacts` and `cost` what
    units of the judged arm were shown, and what that was declared to cost, or did by imported costs
    where nothing is declared: that of `imported` contacts.
    """
    return asked.question(f"""
{placed_steps()},
{imported_steps()},
{things_steps(THINGS[asked.text("by")], imported=True)},
{sum_steps(asked.text("metric"), ("thing",), "begun", _MORE)},
summed as (
{sum_select(("thing",), _MORE)}),
clicked as (
  select c.unit, c.unit_kind, c.thing, min(o.occurred_at) as occurred_at
  from chosen c
  join outcomes o
    on o.decision_id = c.decision_id and o.kind = 'click'
   and o.received_at <= $as_of::timestamptz
   and (o.placement = '' or (o.placement = c.placement and o.slot = c.slot))
  where c.is_message
  group by c.unit, c.unit_kind, c.thing, c.decision_id),
last_clicked as (
  select k.thing, count(*) as goals
  from reached r
  asof join clicked k
    on k.unit = r.unit and k.unit_kind = r.unit_kind and r.occurred_at >= k.occurred_at
  where r.occurred_at < k.occurred_at + interval {_CLICK_DAYS} day
  group by k.thing)
select s.*, case when s.arm = $arm then coalesce(l.goals, 0) else 0 end as last_clicks
from summed s
left join last_clicked l on l.thing = s.thing
order by s.thing, s.arm, s.unit_kind
""")


def things_steps(thing: str, imported: bool = False) -> str:
    """Give the CTEs from `chosen` to `begun`: placed units with their first thing and its cost.

    The cost of a contact is the declared one; where none is declared and costs are `imported`,
    what `contact_costs` tells of it.
    """
    costs, joined, costed, more = _DECLARED
    if imported:
        costs, joined, costed, more = _IMPORTED
    return f"""
chosen as (
  select case c.unit_kind when 'account' then coalesce(c.account_id, c.unit_id)
                          else coalesce(c.person_id, c.unit_id) end as unit,
         c.unit_kind, c.occurred_at, c.decision_id, c.placement, c.slot, c.channel,
         coalesce(nullif({thing}, ''), '{NOTHING}') as thing,
         c.message <> '' as is_message, {costs}
  from choices c{joined}
  where c.received_at <= $as_of::timestamptz
    and c.occurred_at >= $epoch_start::timestamptz and c.occurred_at < $end::timestamptz
    and not c.fallback),
began as (
  select unit, unit_kind, arg_min(thing, (occurred_at, decision_id, slot)) as thing
  from chosen where is_message group by unit, unit_kind),
begun as (
  select p.unit, p.unit_kind, p.first_at, p.began_at, p.cluster, p.arm,
         coalesce(b.thing, '{NOTHING}') as thing,
         max((c.is_message and c.thing <> b.thing)::integer) as followed,
         count(*) filter (where c.is_message and p.arm = $arm) as contacts,
         coalesce(sum(c.cost) filter (where c.is_message and p.arm = $arm), 0) as cost,
         count(*) filter (where c.is_message and p.arm = $arm
                            and {costed}) as costed{more}
  from placed p
  left join began b on b.unit = p.unit and b.unit_kind = p.unit_kind
  left join chosen c
    on c.unit = p.unit and c.unit_kind = p.unit_kind
   and c.occurred_at >= p.first_at
   and c.occurred_at < p.first_at + to_days($window_days::integer)
  group by p.unit, p.unit_kind, p.first_at, p.began_at, p.cluster, p.arm, b.thing)"""


_DECLARED = (
    "coalesce(c.cost, 0) as cost",
    "",
    "(c.cost > 0 or c.channel in ('web', 'app'))",
    "",
)
_IMPORTED = (
    """coalesce(nullif(c.cost, 0), i.each, 0) as cost,
         c.cost > 0 or i.each is not null
           or (c.channel in ('web', 'app') and i.message is null) as is_costed,
         coalesce(c.cost, 0) <= 0 and i.each is not null as is_imported""",
    f"""
  left join contact_costs i
    on i.channel = c.channel and i.message = c.message
   and i.campaign = {CAMPAIGN.format(table="c")}""",
    "c.is_costed",
    """,
         count(*) filter (where c.is_message and p.arm = $arm
                            and c.is_imported) as imported""",
)
