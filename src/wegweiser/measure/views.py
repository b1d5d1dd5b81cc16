"""The views that questions read: archived rows with person and account of `as_of` joined in."""

from wegweiser.measure.revenue.cost import costs
from wegweiser.measure.revenue.sale import ledger, order_lines
from wegweiser.query.sql import names_in, with_relations


def with_views(sql: str) -> str:
    """Put in front of a question the views that it reads, so that an engine can run it.

    >>> "archived_events" in with_views("select count(*) as n from events")
    True
    """
    views = {
        "choices": choices,
        "order_lines": order_lines,
        "ledger": ledger,
        "costs": costs,
        "exposures": exposures,
        "decisions": decisions,
        "slots": slots,
        "drops": drops,
        "rules": rules,
        "goals": goals,
        "outcomes": outcomes,
        "events": events,
        "memberships_by_start": memberships_by_start,
    }
    read: dict[str, str] = {}
    names = set(names_in(sql))
    for name, view in views.items():
        if name in names:
            read[name] = view()
            names |= names_in(read[name])
    return with_relations(sql, dict(reversed(read.items())))


def events() -> str:
    """Select each stored event once; the account is the event's own, else the membership's."""
    return """
select e.*,
       coalesce(l.person_id, e.leaf) as person_id,
       coalesce(a.account_id, nullif(e.group_id, ''),
                case when m.valid_to is null or e.occurred_at < m.valid_to
                     then m.account_id end) as account_id
from archived_events e
left join leaves l on l.leaf = e.leaf
left join accounts a on a.group_id = e.group_id
asof left join memberships_by_start m
  on m.person_id = coalesce(l.person_id, e.leaf) and e.occurred_at >= m.valid_from
"""


def memberships_by_start() -> str:
    """Select one membership per person and start, so that a moment finds exactly one."""
    return """
select person_id, valid_from,
       arg_min(account_id, account_id) as account_id,
       arg_min(valid_to, account_id) as valid_to
from memberships
where person_id is not null and valid_from is not null
group by person_id, valid_from
"""


def decisions() -> str:
    """Select one row per decision and item; the person is the leaf's person of today."""
    return """
select d.*,
       coalesce(l.person_id, nullif(d.decided_person_id, ''), d.leaf) as person_id,
       coalesce(a.account_id, nullif(d.group_id, '')) as account_id
from archived_decisions d
left join leaves l on l.leaf = d.leaf
left join accounts a on a.group_id = d.group_id
"""


def slots() -> str:
    """Select one row per slot of a decision, with the person and account of today."""
    return """
select s.*,
       coalesce(l.person_id, nullif(s.decided_person_id, ''), s.leaf) as person_id,
       coalesce(a.account_id, nullif(s.group_id, '')) as account_id
from archived_slots s
left join leaves l on l.leaf = s.leaf
left join accounts a on a.group_id = s.group_id
"""


def drops() -> str:
    """Select one row per reason of a decision."""
    return "select * from archived_drops"


def rules() -> str:
    """Select the rules of every published bundle."""
    return "select * from archived_rules"


def choices() -> str:
    """Select what was shown, or would have been shown to a held-out unit, one row per slot."""
    return """
select s.decision_id, s.placement, s.slot, s.occurred_at, s.received_at,
       s.person_id, s.account_id, s.unit_id, s.unit_kind, s.arm, s.ghost, s.how, s.pi, s.bundle,
       s.status = 'fallback' as fallback,
       coalesce(c.channel, s.channel) as channel,
       coalesce(c.message, case when s.candidate is null then nullif(s.message, '(held out)') end,
                '') as message,
       coalesce(c.variant, '') as variant,
       c.cost,
       c.attributes
from slots s
left join archived_candidates c
  on c.idx = s.candidate and c.bundle = try_cast(split_part(s.bundle, '#', 2) as bigint)
"""


def exposures() -> str:
    """Select what was seen, with message and person of the decision it belongs to."""
    return """
select d.decision_id, d.placement, d.slot,
       min(x.occurred_at) as occurred_at, min(x.received_at) as received_at,
       any_value(d.message) as message, any_value(d.variant) as variant,
       any_value(d.channel) as channel,
       any_value(d.person_id) as person_id, any_value(d.account_id) as account_id
from archived_exposures x
join decisions d
  on d.decision_id = x.decision_id
 and (x.placement = '' or (d.placement = x.placement and d.slot = x.slot))
where d.message <> ''
group by d.decision_id, d.placement, d.slot
"""


def outcomes() -> str:
    """Select each outcome once: a report that came again is the same outcome."""
    return """
select o.*,
       coalesce(l.person_id, nullif(o.leaf, '')) as person_id,
       coalesce(a.account_id, nullif(o.group_id, ''),
                case when m.valid_to is null or o.occurred_at < m.valid_to
                     then m.account_id end) as account_id
from (select * from archived_outcomes
      qualify row_number() over (partition by outcome_id order by position, idx) = 1) o
left join leaves l on l.leaf = o.leaf
left join accounts a on a.group_id = o.group_id
asof left join memberships_by_start m
  on m.person_id = coalesce(l.person_id, nullif(o.leaf, '')) and o.occurred_at >= m.valid_from
"""


def goals() -> str:
    """Select reached goals: those declared, and tracked events by their own name."""
    return """
select person_id, account_id, goal, true as declared, value, occurred_at, received_at
from outcomes where kind = 'goal'
union all
select person_id, account_id, name, false, 1.0, occurred_at, received_at
from events
where type = 'track' and name not in (select goal from archived_outcomes where kind = 'goal')
"""
