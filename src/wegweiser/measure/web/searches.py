"""The measure `web.searches`: what people look for, and what they do not find."""

import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of, text, whole
from wegweiser.measure.statistic import wilson
from wegweiser.measure.web.followed import GOAL, WINDOW
from wegweiser.measure.web.search_steps import search_steps
from wegweiser.measure.web.share_of_people import share_of_people
from wegweiser.measure.words import both, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "web.searches"
LEAST_PEOPLE = 5
LEAST_RATED = 30
RARE = "(rare)"
_COUNTS = (
    *("searches", "with_count", "without_result", "refined", "clicked", "left_after"),
    *("unanswered", "closed_searches", "goal_searches"),
)


def question(asked: Asked) -> Question:
    """Ask, per normalised search text, for searches, people, and what came next.

    Texts with an e-mail address or a number of more than 6 digits never leave the engine. The
    total of people who visited or searched stands in a row of its own.
    """
    return asked.question(f"""
{search_steps()}
select case when regexp_matches(words, '\\S@\\S|\\d{{7}}') then '{RARE}' else words end as words,
       false as is_total,
       count(*) as searches,
       count(distinct person_id) as people,
       count(*) filter (where results_count is not null) as with_count,
       count(*) filter (where results_count = 0) as without_result,
       count(*) filter (where is_refined) as refined,
       count(*) filter (where is_clicked) as clicked,
       count(*) filter (where is_left) as left_after,
       count(*) filter (where results_count = 0 or not is_clicked) as unanswered,
       count(*) filter (where closed) as closed_searches,
       count(*) filter (where closed and has_goal) as goal_searches,
       0 as visitors
from followed
group by all
union all
select '', true, (select count(*) from followed), (select count(distinct person_id) from followed),
       0, 0, 0, 0, 0, 0, 0, 0, count(distinct person_id)
from acted where is_search or is_view
order by is_total, searches desc, words
""")


def answer_searches(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """List searches by frequency; texts of fewer than 5 people stand together as "(rare)"."""
    found = rows_of(table)
    total = next((row for row in found if row["is_total"]), None)
    if total is None or whole(total, "searches") == 0:
        return answer(NAME, asked, asked_question, [_nothing()], [], 0)
    shown, rare = _split([row for row in found if not row["is_total"]], asked.text("order"))
    wanted = asked.text("goal") != ""
    rows = [_row(row, wanted) for row in shown[: asked.whole("limit")]]
    if rare:
        rows.append(_merged(rare, wanted))
    every = [*shown, *rare]
    results = [_total(total), _share_of_people(total), _unanswered(every, shown)]
    return answer(NAME, asked, asked_question, results, rows, whole(total, "searches"))


def _split(found: list[Row], order: str) -> tuple[list[Row], list[Row]]:
    common: list[Row] = []
    rare: list[Row] = []
    for row in found:
        is_common = text(row, "words") != RARE and whole(row, "people") >= LEAST_PEOPLE
        (common if is_common else rare).append(row)
    common.sort(key=lambda row: (-whole(row, order), -whole(row, "searches"), text(row, "words")))
    return common, rare


def _row(row: Row, wanted: bool) -> Row:
    known, searches = whole(row, "with_count"), whole(row, "searches")
    shown: Row = {
        "query": text(row, "words"),
        "searches": searches,
        "people": whole(row, "people"),
        "share_without_result": whole(row, "without_result") / known if known else None,
        "share_refined": whole(row, "refined") / searches,
        "share_clicked": whole(row, "clicked") / searches,
        "share_left_after": whole(row, "left_after") / searches,
        "unanswered": whole(row, "unanswered"),
    }
    return shown | _goals(row) if wanted else shown


def _goals(row: Row) -> Row:
    closed = whole(row, "closed_searches")
    rate = wilson(whole(row, "goal_searches"), closed) if closed >= LEAST_RATED else None
    return {
        "closed_searches": closed,
        "goal_searches": whole(row, "goal_searches"),
        "goal_rate": None if rate is None else rate.estimate,
        "goal_rate_low": None if rate is None else rate.low,
        "goal_rate_high": None if rate is None else rate.high,
    }


def _merged(rare: list[Row], wanted: bool) -> Row:
    added: Row = {name: sum(whole(row, name) for row in rare) for name in _COUNTS}
    return _row({"words": RARE, "people": 0, **added}, wanted) | {"people": None}


def _total(total: Row) -> Result:
    searches, people = whole(total, "searches"), whole(total, "people")
    return Result(
        name=f"{NAME}.searches",
        unit="searches",
        n={"events": searches, "units": people},
        enough_data=True,
        estimate=searches,
        low=searches,
        high=searches,
        sentence=both(
            f"{number(people, 'en')} people searched {number(searches, 'en')} times.",
            f"{number(people, 'de')} Personen haben {number(searches, 'de')}-mal gesucht.",
        ),
        method="full count",
    )


def _share_of_people(total: Row) -> Result:
    people, visitors = whole(total, "people"), whole(total, "visitors")
    did = both("searched", "haben gesucht")
    return share_of_people(NAME, people, visitors, LEAST_RATED, did)


def _unanswered(every: list[Row], shown: list[Row]) -> Result:
    count = sum(whole(row, "unanswered") for row in every)
    searches = sum(whole(row, "searches") for row in every)
    first = max(shown, key=lambda row: (whole(row, "unanswered"), text(row, "words")), default=None)
    most = {"en": "", "de": ""}
    if first is not None and whole(first, "unanswered"):
        words = text(first, "words")
        most = both(f', most often "{words}"', f", am häufigsten „{words}“")
    return Result(
        name=f"{NAME}.unanswered",
        unit="searches",
        n={"events": searches},
        enough_data=True,
        estimate=count,
        low=count,
        high=count,
        sentence=both(
            f"{number(count, 'en')} of {number(searches, 'en')} searches found nothing or nothing"
            f" that was chosen{most['en']}.",
            f"{number(count, 'de')} von {number(searches, 'de')} Suchen fanden nichts oder nichts,"
            f" das gewählt wurde{most['de']}.",
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
    (
        Option(
            "order",
            "text",
            "searches",
            both("what comes first", "was zuerst kommt"),
            ("searches", "unanswered"),
        ),
        GOAL,
        WINDOW,
        Option("limit", "whole", 1_000, both("searches shown", "gezeigte Suchen")),
    ),
    question,
    answer_searches,
)
