"""The measure `reach.days`: known people, engaged accounts and decisions, by day and in all."""

import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Row, answer, gated, rows_of, text, whole
from wegweiser.measure.words import both, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "reach.days"
COUNTS = ("known_people", "people", "engaged_accounts", "decisions")


def question(asked: Asked) -> Question:
    """Ask, per day and in all, for distinct people, known people, accounts and decisions.

    People and accounts count where somebody did something themselves: a page, a screen or a named
    event that no bot sent. A person is known by any identifier besides a device.
    """
    return asked.question("""
with acted as (
  select person_id, account_id, strftime(timezone($zone, occurred_at), '%Y-%m-%d') as day
  from events
  where type in ('page', 'screen', 'track') and not bot
    and received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz),
named as (
  select distinct person_id from leaves where leaf not like 'anonymous_id:%'),
decided as (
  select decision_id, min(strftime(timezone($zone, occurred_at), '%Y-%m-%d')) as day
  from slots
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
  group by decision_id),
counted_acts as (
  select coalesce(a.day, '') as day, grouping(a.day) = 1 as is_total,
         count(distinct n.person_id) as known_people,
         count(distinct a.person_id) as people,
         count(distinct a.account_id) as engaged_accounts
  from acted a
  left join named n on n.person_id = a.person_id
  group by grouping sets ((a.day), ())),
counted_decisions as (
  select coalesce(day, '') as day, grouping(day) = 1 as is_total, count(*) as decisions
  from decided
  group by grouping sets ((day), ()))
select day, is_total,
       coalesce(known_people, 0) as known_people,
       coalesce(people, 0) as people,
       coalesce(engaged_accounts, 0) as engaged_accounts,
       coalesce(decisions, 0) as decisions
from counted_acts
full join counted_decisions using (day, is_total)
order by is_total, day
""")


def answer_days(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Give the four counts in all and by day; a full count has no sampling error."""
    found = rows_of(table)
    total = next((row for row in found if row["is_total"]), None)
    if total is None or not any(whole(total, name) for name in COUNTS):
        return answer(NAME, asked, asked_question, [_nothing()], [], 0)
    rows = [_row(row) for row in found if not row["is_total"]]
    results = [_figure(name, total) for name in COUNTS]
    return answer(NAME, asked, asked_question, results, rows, whole(total, "people"))


def _row(row: Row) -> Row:
    return {"day": text(row, "day")} | {name: whole(row, name) for name in COUNTS}


_SENTENCES = {
    "known_people": (
        "{} people whom we know did something.",
        "{} bekannte Personen taten etwas.",
    ),
    "people": ("{} people did something.", "{} Personen taten etwas."),
    "engaged_accounts": (
        "At {} accounts somebody did something.",
        "In {} Unternehmen tat jemand etwas.",
    ),
    "decisions": ("{} decisions were taken.", "{} Entscheidungen fielen."),
}


def _figure(name: str, total: Row) -> Result:
    count = whole(total, name)
    english, german = _SENTENCES[name]
    return Result(
        name=f"{NAME}.{name}",
        unit=name,
        n={"units": whole(total, "people"), "decisions": whole(total, "decisions")},
        enough_data=True,
        estimate=count,
        low=count,
        high=count,
        sentence=both(english.format(number(count, "en")), german.format(number(count, "de"))),
        method="full count",
    )


def _nothing() -> Result:
    return gated(
        f"{NAME}.known_people",
        "known_people",
        "no_source",
        {"units": 0, "decisions": 0},
        both(
            "Nobody did anything in this period, and nothing was decided.",
            "In diesem Zeitraum tat niemand etwas, und nichts wurde entschieden.",
        ),
    )


MEASURE = Measure(
    NAME,
    both(
        "Known people, engaged accounts and decisions",
        "Bekannte Personen, aktive Unternehmen und Entscheidungen",
    ),
    (),
    question,
    answer_days,
)
