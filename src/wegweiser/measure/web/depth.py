"""The measure `web.depth`: how many pages a visit sees, and how long it lasts."""

from collections.abc import Iterable

import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, real, rows_of, whole
from wegweiser.measure.statistic import Interval, median_of_counts, wilson
from wegweiser.measure.web.dwell_times import COUNTED_SECONDS
from wegweiser.measure.web.pause import PAUSE, pause_of
from wegweiser.measure.web.visit import events_in_order
from wegweiser.measure.words import Sentence, both, estimate_of, number
from wegweiser.terms.result import Answer, IntervalKind, Question, Result

NAME = "web.depth"
LEAST_LASTING = 30


def question(asked: Asked) -> Question:
    """Ask for visits by their number of views and how long they lasted, to .01 s.

    A visit lasts from its first event to its last; of one event nobody knows how long it was, so
    that its time is absent: neither zero nor left out. From a million such times on they are
    counted together by three digits.
    """
    return asked.question(f"""
{events_in_order(pause=pause_of(asked))},
visits as (
  select count(*) filter (where is_view) as views,
         case when count(*) > 1
              then epoch_ms(max(occurred_at)) - epoch_ms(min(occurred_at)) end as milliseconds
  from numbered
  group by leaf, visit_no
  having count(*) filter (where is_view) > 0),
timed as (
  select views, milliseconds, count(milliseconds) over () as all_measured from visits)
select views as depth, {COUNTED_SECONDS} as seconds, count(*) as visits,
       sum(milliseconds)::double as total_ms
from timed
group by all
order by all
""")


def answer_depth(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Say how many views visits have and how long they last; a full count has no sampling error."""
    found = rows_of(table)
    visits = sum(whole(row, "visits") for row in found)
    if not visits:
        return answer(NAME, asked, asked_question, [_nothing()], [], 0)
    by_views: dict[int, list[Row]] = {}
    for row in found:
        by_views.setdefault(whole(row, "depth"), []).append(row)
    rows = [_row(views, own, visits) for views, own in sorted(by_views.items())]
    results = [*_of_views(by_views, visits), *_of_times(found, visits)]
    shown = rows[: asked.whole("limit")]
    return answer(NAME, asked, asked_question, results, shown, visits)


def _row(views: int, own: list[Row], visits: int) -> Row:
    count = sum(whole(row, "visits") for row in own)
    times = _times(own)
    lasting = sum(times.values())
    return {
        "views": views,
        "visits": count,
        "share": count / visits,
        "measured": lasting,
        "mean_s": sum(real(row, "total_ms") for row in own) / 1000 / lasting if lasting else None,
        "median_s": median_of_counts(times) if lasting else None,
    }


def _times(rows: Iterable[Row]) -> dict[float, int]:
    times: dict[float, int] = {}
    for row in rows:
        if row["seconds"] is not None:
            seconds = real(row, "seconds")
            times[seconds] = times.get(seconds, 0) + whole(row, "visits")
    return times


def _of_views(by_views: dict[int, list[Row]], visits: int) -> list[Result]:
    counts = {
        float(views): sum(whole(row, "visits") for row in own) for views, own in by_views.items()
    }
    views = round(sum(each * count for each, count in counts.items()))
    n = {"units": visits, "events": views}
    mean, median = views / visits, median_of_counts(counts)
    said = {lang: (number(mean, lang, 2), number(median, lang, 1)) for lang in ("en", "de")}
    alone = round(counts.get(1.0, 0))
    once = wilson(alone, visits)
    share = {lang: estimate_of(once, lang, 100, "%") for lang in ("en", "de")}
    return [
        _exact(
            "views_mean",
            "views per visit",
            mean,
            n,
            both(
                f"A visit sees {said['en'][0]} pages on average.",
                f"Ein Besuch sieht im Mittel {said['de'][0]} Seiten.",
            ),
        ),
        _exact(
            "views_median",
            "views per visit",
            median,
            n,
            both(
                f"At least half of the visits see {said['en'][1]} pages or more.",
                f"Mindestens die Hälfte der Besuche sieht {said['de'][1]} Seiten oder mehr.",
            ),
        ),
        _result(
            "single_view",
            "share of visits",
            once,
            n | {"goals": alone},
            both(
                f"{share['en']} of the visits see one page only.",
                f"{share['de']} der Besuche sehen nur eine Seite.",
            ),
            "frequentist",
            "Wilson over visits",
        ),
    ]


def _of_times(found: list[Row], visits: int) -> list[Result]:
    times = _times(found)
    lasting = sum(times.values())
    n = {"units": lasting, "visits": visits}
    if lasting < LEAST_LASTING:
        told = both(
            f"{lasting} of {LEAST_LASTING} visits with more than one event are there; of others"
            " nobody knows how long they were.",
            f"{lasting} von {LEAST_LASTING} Besuchen mit mehr als einem Ereignis sind da; wie lange"
            " andere dauerten, weiß niemand.",
        )
        return [gated(f"{NAME}.seconds_median", "seconds per visit", "too_little", n, told)]
    mean = sum(real(row, "total_ms") for row in found) / 1000 / lasting
    median = median_of_counts(times)
    said = {lang: (number(median, lang, 1), number(mean, lang, 1)) for lang in ("en", "de")}
    return [
        _exact(
            "seconds_median",
            "seconds per visit",
            median,
            n,
            both(
                f"At least half of the visits with more than one event last {said['en'][0]}"
                " seconds or more.",
                "Mindestens die Hälfte der Besuche mit mehr als einem Ereignis dauert"
                f" {said['de'][0]}"
                " Sekunden oder mehr.",
            ),
        ),
        _exact(
            "seconds_mean",
            "seconds per visit",
            mean,
            n,
            both(
                f"They last {said['en'][1]} seconds on average.",
                f"Im Mittel dauern sie {said['de'][1]} Sekunden.",
            ),
        ),
    ]


def _exact(name: str, unit: str, figure: float, n: dict[str, int], said: Sentence) -> Result:
    return _result(name, unit, Interval(figure, figure, figure), n, said, "none", "full count")


def _result(
    name: str,
    unit: str,
    found: Interval,
    n: dict[str, int],
    said: Sentence,
    kind: IntervalKind,
    method: str,
) -> Result:
    return Result(
        name=f"{NAME}.{name}",
        unit=unit,
        n=n,
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind=kind,
        sentence=said,
        method=method,
    )


def _nothing() -> Result:
    return gated(
        f"{NAME}.views_mean",
        "views per visit",
        "no_source",
        {"units": 0, "events": 0},
        both(
            "No page view arrived in this period. Put the tag on your pages, or load a file.",
            "In diesem Zeitraum kam kein Seitenaufruf an. Bauen Sie das Tag in Ihre Seiten ein"
            " oder laden Sie eine Datei.",
        ),
    )


MEASURE = Measure(
    NAME,
    both("Views and length of visits", "Seiten und Dauer der Besuche"),
    (
        PAUSE,
        Option("limit", "whole", 1_000, both("rows shown", "gezeigte Zeilen")),
    ),
    question,
    answer_depth,
)
