"""The views that questions read: archived rows with person and account of `as_of` joined in."""

from collections.abc import Callable, Collection

from wegweiser.measure.mix.view import series
from wegweiser.measure.revenue.cost import costs, unit_costs
from wegweiser.measure.revenue.sale import ledger, order_lines
from wegweiser.query.sql import looked_through, names_in, with_relations

_WHO = ("person_id", "account_id")


def with_views(sql: str) -> str:
    """Put in front of a question the views that it reads, so that an engine can run it.

    >>> "archived_events" in with_views("select count(*) as n from events")
    True
    """
    views: dict[str, Callable[[], str]] = {
        "choices": choices,
        "order_lines": order_lines,
        "ledger": ledger,
        "costs": costs,
        "unit_costs": unit_costs,
        "series": series,
        "exposures": exposures,
        "decisions": decisions,
        "slots": slots,
        "drops": drops,
        "rules": rules,
        "goals": goals,
        "outcomes": outcomes,
        "events": events,
        "leaf_events": leaf_events,
        "shared_leaves": shared_leaves,
        "segment_stays": segment_stays,
        "memberships_by_person": memberships_by_person,
        "memberships_by_start": memberships_by_start,
    }
    read: dict[str, str] = {}
    texts = [names_in(sql)]
    for name, view in views.items():
        readers = [text for text in texts if name in text]
        if readers:
            named = frozenset[str]().union(*readers)
            read[name] = _OF_COLUMNS[name](named) if name in _OF_COLUMNS else view()
            texts.append(names_in(read[name]))
    return looked_through(with_relations(sql, dict(reversed(read.items()))))


def events(named: Collection[str] = _WHO) -> str:
    """Select each stored event once; the account is the event's own, else the membership's."""
    of_account = "account_id" in named
    of_person = of_account or "person_id" in named
    columns, joins = ["e.*"], ["archived_events e"]
    if of_person:
        columns.append("coalesce(l.person_id, e.leaf) as person_id")
        joins.append("leaves l on l.leaf = e.leaf")
    if of_account:
        columns.append(_account_of("e"))
        joins.append("accounts a on a.group_id = e.group_id")
        joins.append("memberships_by_person m on m.person_id = coalesce(l.person_id, e.leaf)")
    chosen, joined = ",\n       ".join(columns), "\nleft join ".join(joins)
    return f"\nselect {chosen}\nfrom {joined}\n"


def leaf_events() -> str:
    """Select each stored event once, by leaf alone: whose leaf it is can be joined later."""
    return f"select *, {_number_of('leaf')} as leaf_number from archived_events"


def shared_leaves() -> str:
    """Select the leaves whose person has several: any other can be counted as its person."""
    return f"""
select leaf, {_number_of("leaf")} as leaf_number,
       person_id, {_number_of("person_id")} as person_number
from leaves
where alone is not true
"""


def _number_of(name: str) -> str:
    """Give a number of 64 bits for a name: putting these in order and joining them is faster.

    Assumes that two names do not share one: among ten million names two do with a chance of one
    in 370,000, and are then counted as one.
    """
    return f"hash({name})"


def _account_of(row: str) -> str:
    """Give the account of a row: the newest membership that had begun, unless it had ended."""
    return f"""coalesce(a.account_id, nullif({row}.group_id, ''),
                list_filter(
                  list_filter(m.memberships, lambda one: one.valid_from <= {row}.occurred_at)[1:1],
                  lambda one: one.valid_to is null or {row}.occurred_at < one.valid_to
                )[1].account_id) as account_id"""


def memberships_by_person() -> str:
    """Select each person's memberships in a list, the newest first."""
    return """
select person_id,
       list({'valid_from': valid_from, 'valid_to': valid_to, 'account_id': account_id}
            order by valid_from desc) as memberships
from memberships_by_start
group by person_id
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


def segment_stays() -> str:
    """Select who was in which segment from when to when, accounts and their people alike.

    A stay lasts until the next move of the same segment under the same name; `left_at` is null
    while it lasts. Whoever was merged has the stays of all names that it had, which may overlap. Of
    an account's stay its members have the part in which they belong to it.
    """
    return """
with moved as (
  select segment, unit_kind, unit_id, entered, moved_at as entered_at,
         lead(moved_at) over (
           partition by segment, unit_kind, unit_id, known_as order by moved_at, place
         ) as left_at
  from segment_moves
  where moved_at <= $as_of::timestamptz),
stayed as (
  select segment, unit_kind, unit_id, entered_at, left_at from moved where entered)
select segment, unit_kind, unit_id, entered_at, left_at from stayed
union all
select s.segment, 'person', m.person_id, greatest(s.entered_at, m.valid_from),
       least(coalesce(s.left_at, m.valid_to), coalesce(m.valid_to, s.left_at))
from stayed s
join memberships_by_start m
  on m.account_id = s.unit_id
 and (m.valid_to is null or m.valid_to > s.entered_at)
 and (s.left_at is null or s.left_at > m.valid_from)
where s.unit_kind = 'account'
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
    return f"""
select o.*,
       coalesce(l.person_id, nullif(o.leaf, '')) as person_id,
       {_account_of("o")}
from (select * from archived_outcomes
      qualify row_number() over (partition by outcome_id order by position, idx) = 1) o
left join leaves l on l.leaf = o.leaf
left join accounts a on a.group_id = o.group_id
left join memberships_by_person m on m.person_id = coalesce(l.person_id, nullif(o.leaf, ''))
"""


def goals(named: Collection[str] = _WHO) -> str:
    """Select reached goals: those declared, and tracked events by their own name."""
    who = "".join(f"{column}, " for column in _WHO if column in named)
    return f"""
select {who}goal, true as declared, value, occurred_at, received_at
from outcomes where kind = 'goal'
union all
select {who}name, false, 1.0, occurred_at, received_at
from events
where type = 'track' and name not in (select goal from archived_outcomes where kind = 'goal')
"""


# Views that carry of person, account and all that is stated only what their readers name.
_OF_COLUMNS = {"events": events, "goals": goals, "ledger": ledger}
