"""The measure `web.downloads`: which files people take."""

import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of, text, whole
from wegweiser.measure.statistic import wilson
from wegweiser.measure.web.share_of_people import share_of_people
from wegweiser.measure.words import both, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "web.downloads"
LEAST_PEOPLE = 30


def question(asked: Asked) -> Question:
    """Ask, per file, for downloads (once per person, file and day) and for people.

    A try again within 30 minutes is none, also across midnight; the total of people who visited
    or downloaded stands in a row of its own.
    """
    return asked.question("""
with own as (
  select person_id, occurred_at, name, type, file_name
  from events
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz and not bot),
started as (
  select *, occurred_at - lag(occurred_at) over (
              partition by person_id, file_name order by occurred_at) as pause
  from own where name = 'File Downloaded' and file_name <> ''),
taken as (
  select distinct person_id, file_name, timezone($zone, occurred_at)::date as day
  from started where pause is null or pause > interval 30 minute)
select file_name, false as is_total, count(*) as downloads, count(distinct person_id) as people,
       0 as takers
from taken group by file_name
union all
select '', true, (select count(*) from taken),
       count(distinct person_id), (select count(distinct person_id) from taken)
from own where type in ('page', 'screen') or name = 'File Downloaded'
order by is_total, downloads desc, file_name
""")


def answer_downloads(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """List files with the share of people who took each; completion is not known."""
    found = rows_of(table)
    files = [row for row in found if not row["is_total"]]
    total = next((row for row in found if row["is_total"]), None)
    if total is None or not files:
        return answer(NAME, asked, asked_question, [_nothing()], [], 0)
    people, downloads = whole(total, "people"), whole(total, "downloads")
    files.sort(key=lambda row: (-whole(row, "downloads"), text(row, "file_name")))
    rows = [_row(row, people) for row in files[: asked.whole("limit")]]
    takers = whole(total, "takers")
    did = both("took a file", "haben eine Datei geholt")
    share = share_of_people(NAME, takers, people, LEAST_PEOPLE, did)
    return answer(NAME, asked, asked_question, [_total(downloads, takers), share], rows, downloads)


def _row(row: Row, people: int) -> Row:
    shown: Row = {
        "file": text(row, "file_name"),
        "downloads": whole(row, "downloads"),
        "people": whole(row, "people"),
    }
    share = wilson(whole(row, "people"), people) if people >= LEAST_PEOPLE else None
    return shown | {
        "share_of_people": None if share is None else share.estimate,
        "share_low": None if share is None else share.low,
        "share_high": None if share is None else share.high,
    }


def _total(downloads: int, people: int) -> Result:
    return Result(
        name=f"{NAME}.downloads",
        unit="downloads",
        n={"events": downloads, "units": people},
        enough_data=True,
        estimate=downloads,
        low=downloads,
        high=downloads,
        warnings=("completion_unknown",),
        sentence=both(
            f"{number(people, 'en')} people took files {number(downloads, 'en')} times;"
            " whether a download was finished is not known.",
            f"{number(people, 'de')} Personen haben {number(downloads, 'de')}-mal Dateien geholt;"
            " ob ein Abruf vollständig war, ist nicht bekannt.",
        ),
        method="full count",
    )


def _nothing() -> Result:
    return gated(
        f"{NAME}.downloads",
        "downloads",
        "no_source",
        {"events": 0, "units": 0},
        both(
            "No download arrived in this period.",
            "In diesem Zeitraum kam kein Abruf einer Datei an.",
        ),
    )


MEASURE = Measure(
    NAME,
    both("Downloads by file", "Abrufe je Datei"),
    (Option("limit", "whole", 1_000, both("files shown", "gezeigte Dateien")),),
    question,
    answer_downloads,
)
