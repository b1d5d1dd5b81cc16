"""The question behind `lifetime.churn`: how long subscriptions lasted, or last still."""

from wegweiser.measure.form import Asked
from wegweiser.measure.revenue.joined import rates_of
from wegweiser.terms.result import Question

STARTED = ("Subscription Started", "Subscription Created", "Trial Converted")
PAID = ("Subscription Renewed", "Invoice Paid")
ENDED = ("Subscription Cancelled", "Subscription Canceled", "Subscription Ended")
GROUPS = {
    "cohort": "strftime(timezone($zone, began_at), '%Y-%m')",
    "plan": "coalesce(nullif(plan, ''), '(unknown)')",
    "all": "'(all)'",
}
_UNITS = {"person": "person_id", "account": "account_id"}


def question(asked: Asked) -> Question:
    """Ask for subscriptions per group, whole months lasted, and whether they ended.

    A subscription is told apart by its `subscription_id`, else by person or account; it begins with
    its first start or payment and ends with the last end that no payment follows. Ends without a
    start are set aside. `paid` is what came in of it.
    """
    names = ", ".join(f"'{name}'" for name in (*STARTED, *PAID, *ENDED))
    ended = ", ".join(f"'{name}'" for name in ENDED)
    return asked.question(f"""
with told as (
  select coalesce(nullif(json_extract_string(properties, '$.subscription_id'), ''),
                  {_UNITS[asked.text("unit")]}) as subscription,
         json_extract_string(properties, '$.plan') as plan,
         name in ({ended}) as is_end, occurred_at, event_id
  from events
  where type = 'track' and not bot and name in ({names})
    and received_at <= $as_of::timestamptz
    and occurred_at < least($end::timestamptz, $as_of::timestamptz)),
lives as (
  select subscription, min(occurred_at) filter (where not is_end) as began_at,
         max(occurred_at) filter (where not is_end) as alive_at,
         max(occurred_at) filter (where is_end) as end_at,
         arg_min(plan, (occurred_at, event_id)) filter (where plan is not null) as plan
  from told where subscription is not null
  group by subscription),
lasting as (
  select *, coalesce(end_at >= alive_at, false) as has_ended,
         began_at is null as is_aside,
         timezone($zone, least($end::timestamptz, $as_of::timestamptz))::date as today,
         timezone($zone, began_at)::date as began_day,
         timezone($zone, case when end_at >= alive_at then end_at
                              else least($end::timestamptz, $as_of::timestamptz) end)::date
           as until_day
  from lives),
entries as (
  select coalesce(nullif(json_extract_string(properties, '$.subscription_id'), ''),
                  {_UNITS[asked.text("unit")]}) as subscription,
         amount, currency, timezone($zone, occurred_at)::date as day
  from ledger
  where kind = 'subscription' and occurred_at < least($end::timestamptz, $as_of::timestamptz)),
paid as (
  select subscription, sum(amount::decimal(28, 4) * rate) as paid,
         count(*) filter (where amount is not null and rate is null) as without_rate
  from ({rates_of("entries")}) group by subscription)
select {GROUPS[asked.text("by")]} as cut, strftime(began_day, '%Y-%m') as month,
       datesub('month', began_day, until_day) as lasted_months,
       datesub('month', began_day, today) as age_months,
       has_ended, is_aside, count(*) as subscriptions, sum(coalesce(paid, 0)) as paid,
       sum(coalesce(without_rate, 0)) as without_rate
from lasting l left join paid p on p.subscription = l.subscription
where is_aside or began_at >= $start::timestamptz
group by all
order by all
""")
