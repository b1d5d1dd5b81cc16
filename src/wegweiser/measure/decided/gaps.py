"""The view `decisions.gaps`: where consent or the local time is missing."""

from collections.abc import Sequence

from wegweiser.measure.decided.table import ARM, ASKED_DROPS, Figure, View, measure
from wegweiser.measure.form import Row, whole
from wegweiser.measure.words import both

SQL = (
    ASKED_DROPS
    + """,
decided as (
  select distinct decision_id from slots
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and ($arm = 'all' or arm = $arm)),
gaps as (
  select distinct decision_id, channel, step as kind, reason as missing from asked
  where step = 'consent' or reason = 'zone_unknown')
select kind, missing, channel, count(*) as decisions,
       (select count(*) from decided) as of_decisions
from gaps group by all
union all
select 'none', '', '',
       (select count(*) from decided
        where decision_id not in (select decision_id from gaps)),
       (select count(*) from decided)
where exists (select 1 from decided)
order by decisions desc, kind, missing, channel
"""
)


def figure(rows: Sequence[Row]) -> Figure:
    """Tell how many decisions lacked consent or a local time for some message."""
    whole_of = max((whole(row, "of_decisions") for row in rows), default=0)
    without = sum(whole(row, "decisions") for row in rows if row["kind"] == "none")
    return Figure(
        "share",
        "decisions per decision",
        whole_of - without,
        whole_of,
        both(
            "In {share} of the decisions a message fell for want of consent or of a local time.",
            "In {share} der Entscheidungen schied eine Botschaft aus, weil eine Einwilligung oder"
            " die Ortszeit fehlte.",
        ),
    )


MEASURE = measure(
    View(
        "decisions.gaps",
        both("Missing consent and local times", "Fehlende Einwilligungen und Ortszeiten"),
        SQL,
        figure,
        (ARM,),
    )
)
