"""The ledger joined to visits, and its foreign money turned into one currency, as CTEs."""

from wegweiser.measure.web.visit import CUTS as VISIT_CUTS
from wegweiser.measure.web.visit import visit_steps

RULES = ("last_non_direct", "last", "own_visit")
REFUNDS = ("refund", "order")
# A rate holds over a long weekend, as central banks mean it.
RATE_DAYS = 4
_OF_VISITS = ("source", "medium", "campaign", "channel", "region", "device")
NO_VISIT = "(unassigned)"
VISIT_DIMENSIONS = {
    name: f"case when entry is null then '{NO_VISIT}' else {VISIT_CUTS[column]} end"
    for name, column in [*((one, one) for one in _OF_VISITS), ("entry_page", "path")]
}


def joined_steps() -> str:
    """Give the CTEs up to `assigned`: entries of the period with `rate` and the visit's `entry`.

    The visit is the last one of the person before the sale within the window that did not come
    directly, else the last one at all; or, by another rule, just the last, or the one in which
    the order itself was placed. What was taken back belongs where its sale belongs.
    `rate` is none where no rate of that day (or of four days before) is known.
    """
    since = "(select min(coalesce(sold_at, occurred_at)) from ledger)"
    return f"""
{visit_steps(f"{since} - to_days($window_days::integer)")},
starts as (
  select person_id, began, arg_min(entry, leaf) as entry from visits group by person_id, began),
rated_starts as (
  select *, coalesce(entry.channel, '') in ('', 'direct')
              and concat(entry.source, entry.medium, entry.campaign, entry.referrer_host) = ''
              as is_direct
  from starts),
{priced_steps()},
{_own_visits_step()}
{_assigned_step()}""".strip()


def priced_steps() -> str:
    """Give the CTEs `booked` and `priced`: entries of the period, with `rate` to $currency."""
    return f"""
booked as (
  select *, coalesce(sold_at, occurred_at) as decided_at,
         timezone($zone, occurred_at)::date as day,
         case when $refunds_on = 'order' then coalesce(sold_at, occurred_at)
              else occurred_at end as booked_at
  from ledger
  where booked_at >= $start::timestamptz and booked_at < $end::timestamptz),
priced as ({rates_of("booked")})""".strip()


def rates_of(entries: str) -> str:
    """Give the SELECT that puts `rate` on entries with a `day` and a `currency`.

    A rate holds for four days, as in the ledger; only foreign money looks for one.
    """
    return f"""
  select *, 1::decimal(18, 8) as rate from {entries} where currency in ('', $currency)
  union all
  select e.*, case when r.rate_day >= e.day - {RATE_DAYS} then r.rate end::decimal(18, 8)
  from (select * from {entries} where currency not in ('', $currency)) e
  asof left join (select day as rate_day, currency as rate_currency, rate from rates
                  where base = $currency) r
    on r.rate_currency = e.currency and e.day >= r.rate_day"""


def _own_visits_step() -> str:
    return """
own_visits as (
  select n.event_id as sale_id, any_value(v.entry) as entry
  from numbered n
  join visits v on v.leaf = n.leaf and v.visit_no = n.visit_no
  where n.event_id in (select sale_id from booked)
  group by n.event_id),""".strip()


def _assigned_step() -> str:
    return f"""
assigned as (
  select p.*,
         case when $rule = 'own_visit' then o.entry
              when $rule = 'last_non_direct' and {_in_time("c")} then c.entry
              when {_in_time("v")} then v.entry end as entry,
         p.person_id in (select person_id from events
                         where user_id <> '' and received_at <= $as_of::timestamptz) as has_person,
         coalesce(p.account_id, '') <> '' as has_account
  from priced p
  left join own_visits o on o.sale_id = p.sale_id
  asof left join rated_starts v on v.person_id = p.person_id and p.decided_at >= v.began
  asof left join (select * from rated_starts where not is_direct) c
    on c.person_id = p.person_id and p.decided_at >= c.began)""".strip()


def _in_time(visit: str) -> str:
    return f"{visit}.began >= p.decided_at - to_days($window_days::integer)"
