"""The measure `web.searches`: what people look for, and what they do not find."""

import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of, text, whole
from wegweiser.measure.words import both, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "web.searches"
LEAST_PEOPLE = 5
RARE = "(rare)"


def question(asked: Asked) -> Question:
    """Ask, per normalised search text, for searches, people, empty answers and refinements.

    Texts with an e-mail address or a number of more than 6 digits never leave the engine.
    """
    return asked.question("""
with searched as (
  select leaf, person_id, occurred_at, results_count,
         lower(trim(regexp_replace(nfc_normalize(search_query), '\\s+', ' ', 'g'))) as words
  from events
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and not bot and name = 'Search Performed' and search_query <> ''),
ordered as (
  select *, lead(words) over own_searches as next_words,
         lead(occurred_at) over own_searches - occurred_at as until_next
  from searched
  window own_searches as (partition by leaf order by occurred_at, words))
select case when regexp_matches(words, '\\S@\\S|\\d{7}') then '(rare)' else words end as words,
       count(*) as searches,
       count(distinct person_id) as people,
       count(*) filter (where results_count is not null) as with_count,
       count(*) filter (where results_count = 0) as without_result,
       count(*) filter (where next_words <> words and until_next <= interval 60 second) as refined
from ordered
group by all
order by searches desc, words
""")


def answer_searches(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """List searches by frequency; texts of fewer than 5 people stand together as "(rare)"."""
    shown, rare = _split(rows_of(table))
    total = sum(whole(row, "searches") for row in [*shown, *rare])
    if total == 0:
        return answer(NAME, asked, asked_question, [_nothing()], [], 0)
    rows = [_row(row) for row in shown[: asked.whole("limit")]]
    if rare:
        rows.append(_merged(rare))
    people = sum(whole(row, "people") for row in shown)
    return answer(NAME, asked, asked_question, [_total(total, people)], rows, total)


def _split(found: list[Row]) -> tuple[list[Row], list[Row]]:
    common = [
        row for row in found if text(row, "words") != RARE and whole(row, "people") >= LEAST_PEOPLE
    ]
    common.sort(key=lambda row: (-whole(row, "searches"), text(row, "words")))
    return common, [row for row in found if row not in common]


def _row(row: Row) -> Row:
    known, searches = whole(row, "with_count"), whole(row, "searches")
    return {
        "query": text(row, "words"),
        "searches": searches,
        "people": whole(row, "people"),
        "share_without_result": whole(row, "without_result") / known if known else None,
        "share_refined": whole(row, "refined") / searches,
    }


def _merged(rare: list[Row]) -> Row:
    counts = ("searches", "with_count", "without_result", "refined")
    added: Row = {name: sum(whole(row, name) for row in rare) for name in counts}
    merged = _row({"words": RARE, "people": 0, **added})
    return merged | {"people": None}


def _total(total: int, people: int) -> Result:
    return Result(
        name=f"{NAME}.searches",
        unit="searches",
        n={"events": total, "units": people},
        enough_data=True,
        estimate=total,
        low=total,
        high=total,
        sentence=both(
            f"People searched {number(total, 'en')} times.",
            f"Es wurde {number(total, 'de')}-mal gesucht.",
        ),
        method="full count",
    )


def _nothing() -> Result:
    return gated(
        f"{NAME}.searches",
        "searches",
        "no_source",
        {"events": 0, "units": 0},
        both(
            "No search arrived in this period. The tag reports searches that it sees in the address"
            " or in marked forms.",
            "In diesem Zeitraum kam keine Suche an. Das Tag meldet Suchen, die es in der Adresse"
            " oder in markierten Formularen sieht.",
        ),
    )


MEASURE = Measure(
    NAME,
    both("Searches and what they did not find", "Suchen und was sie nicht fanden"),
    (Option("limit", "whole", 1_000, both("searches shown", "gezeigte Suchen")),),
    question,
    answer_searches,
)
