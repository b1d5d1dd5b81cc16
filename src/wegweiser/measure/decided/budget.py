"""The view `decisions.budget`: contacts, deferrals, overrides and used-up limits by account."""

from collections.abc import Sequence

from wegweiser.measure.decided.table import ARM, ASKED_SLOTS, Figure, View, measure, total
from wegweiser.measure.form import Row
from wegweiser.measure.words import both

SQL = (
    ASKED_SLOTS
    + """,
limited as (
  select distinct decision_id from drops
  where step = 'contact' and received_at <= $as_of::timestamptz),
each as (
  select decision_id, coalesce(account_id, '') as account,
         count(*) filter (where message not in ('', '(held out)')) as contacts,
         any_value(status) as status, max(deferrals) as deferrals, max(overrides) as overrides
  from asked group by decision_id, account)
select account,
       count(*) as decisions,
       sum(contacts) as contacts,
       count(*) filter (where decision_id in (select decision_id from limited)) as limited,
       count(*) filter (where status = 'deferred') as deferred,
       count(*) filter (where status = 'expired') as expired,
       count(*) filter (where deferrals > 0 and status = 'decided') as sent_after_deferral,
       count(*) filter (where overrides > 0) as overridden
from each group by account order by decisions desc, account
"""
)


def figure(rows: Sequence[Row]) -> Figure:
    """Tell in how many decisions a limit on contacts held something back."""
    return Figure(
        "limited",
        "decisions per decision",
        total(rows, "limited"),
        total(rows, "decisions"),
        both(
            "In {share} of the decisions a limit on contacts held messages back.",
            "In {share} der Entscheidungen hielt eine Kontaktgrenze Botschaften zurück.",
        ),
    )


MEASURE = measure(
    View(
        "decisions.budget",
        both("Contacts and limits by account", "Kontakte und Grenzen je Unternehmen"),
        SQL,
        figure,
        (ARM,),
    )
)
