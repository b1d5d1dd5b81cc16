"""The question behind the maturity report: what the organisation's own data show of it."""

from wegweiser.measure.form import Asked
from wegweiser.measure.revenue.joined import rates_of
from wegweiser.terms.result import Question

DAYS = 90
HOST = "^[a-zA-Z]+://([^/:?#]+)"


def question(asked: Asked) -> Question:
    """Ask for n of a whole per part and subject over the last 90 days of the period.

    All rows add up over persons, but `told`: figures that other measures answered for the same
    time; it is empty where nobody asked them.
    """
    return asked.question(f"""
with bounds as (
  select greatest($start::timestamptz,
                  least($end::timestamptz, $as_of::timestamptz) - interval {DAYS} day) as since,
         least($end::timestamptz, $as_of::timestamptz + interval 1 millisecond) as until),
{_web()},
{_money()},
parts as (
{_web_parts()}
  union all
{_money_parts()}
  union all
  select 'practice', line, count(*)::double, sum(value)
  from practice, bounds
  where received_at <= $as_of::timestamptz and occurred_at >= since and occurred_at < until
  group by line
  union all
  select 'read', subject || ' ' || strftime(occurred_at, '%Y-%m'), count(*)::double, 0
  from practice, bounds
  where line = 'read' and received_at <= $as_of::timestamptz
    and occurred_at >= since and occurred_at < until
  group by all)
select part, subject, n, whole, null::double as estimate, '' as reason, '' as verdict from parts
union all
select 'told', figure, n, 0, estimate, reason, verdict from told_figures
order by part, subject, n, whole
""")


def _web() -> str:
    return f"""
recent as (
  select e.*, type in ('page', 'screen') as is_view,
         regexp_extract(coalesce(properties->>'$.url', context->>'$.page.url', ''), '{HOST}', 1)
           as host
  from events e, bounds
  where received_at <= $as_of::timestamptz and occurred_at >= since and occurred_at < until),
seen as (select * from recent where not bot),
engaged as (
  select distinct person_id, page_view_id from seen
  where page_view_id <> '' and engaged_seconds is not null),
views as (
  select s.*, e.page_view_id is not null as is_measured
  from seen s left join engaged e using (person_id, page_view_id)
  where is_view)
""".strip("\n")


def _web_parts() -> str:
    return """
  select 'host' as part, host as subject, count(*) filter (where page_view_id <> '')::double as n,
         count(*)::double as whole
  from views group by host
  union all
  select 'dwell', '', count(*) filter (where is_measured), count(*) from views
  union all
  select 'region', '', count(*) filter (where region <> ''), count(*) from views
  union all
  select 'agent', '', count(*) filter (where browser <> '' or device <> '' or bot), count(*)
  from recent where is_view
  union all
  select 'consent', '', count(*) filter (where (context->'$.consent') is not null
                                            or (context->'$.consentManagement') is not null),
         count(*)
  from seen where is_view
  union all
  select 'arrived', name, count(*), 0
  from seen where name in ('Search Performed', 'File Downloaded') group by name
  union all
  select 'day', strftime(timezone($zone, occurred_at), '%Y-%m-%d'), count(*), 0
  from seen group by all
""".strip("\n")


def _in_one_currency(entries: str) -> str:
    """Give the SELECT of entries in $currency; the amount is null where its rate is missing."""
    return f"select * exclude (amount, rate), amount * rate as amount from ({rates_of(entries)})"


def _money() -> str:
    return f"""
entries as (
  select l.amount::decimal(28, 4) as amount, l.amount as stated, l.currency, l.account_id,
         l.occurred_at, timezone($zone, l.occurred_at)::date as day
  from ledger l, bounds
  where l.received_at <= $as_of::timestamptz and l.amount is not null
    and l.occurred_at >= since and l.occurred_at < until),
sold as ({_in_one_currency("entries")}),
paid as (
  select c.* replace (amount::decimal(28, 4) as amount) from costs c, bounds
  where day >= since::date and day < until::date),
costed as ({_in_one_currency("paid")}),
finance as (
  select sum(value) as amount, min(day) as first_day, max(day) as last_day
  from series, bounds
  where role = 'sales' and day >= since::date and day < until::date),
spent as (
  select coalesce(nullif(campaign, ''), message) as thing, amount, campaign, message
  from costed
  where kind = 'media'),
judged as (
  select distinct subject from practice, bounds
  where line = 'verdict' and received_at <= $as_of::timestamptz
    and occurred_at >= since and occurred_at < until)
""".strip("\n")


def _money_parts() -> str:
    """Give the sums of money; of what has no rate nothing is told, for it would not add up."""
    whole = "case when count(*) = count(amount) then sum(amount) end"
    return f"""
  select 'sales', '', count(*) filter (where stated > 0), 0 from sold
  union all
  select 'returns', '', count(*) filter (where stated < 0), 0 from sold
  union all
  select 'account_revenue', '', sum(amount) filter (where account_id is not null),
         {whole} from sold where stated > 0
  union all
  select 'ledger', '', sum(s.amount)::double, 0 from sold s, finance f
  where s.day between f.first_day and f.last_day
  union all
  select 'finance', '', f.amount, 0 from finance f
  where f.amount is not null and not exists (select 1 from sold where amount is null)
  union all
  select 'spend', '', sum(amount) filter (where thing <> ''), {whole} from spent
  union all
  select 'judged_spend', '', sum(amount) filter (where campaign in (select subject from judged)
                                                  or message in (select subject from judged)),
         {whole}
  from spent
  union all
  select 'customer_costs', '', sum(amount) filter (where account_id <> '' or person_id <> ''
                                                    or order_id <> '' or driver <> ''),
         {whole}
  from costed
""".strip("\n")
