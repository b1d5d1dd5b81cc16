"""The measure `web.dwell`: how long pages are looked at, and for how many views that is known."""

import pyarrow as pa

from wegweiser.measure.form import (
    Asked,
    Measure,
    Option,
    Row,
    answer,
    gated,
    rows_of,
    text,
    whole,
)
from wegweiser.measure.statistic import median_of_counts, median_with_ends
from wegweiser.measure.web.dwell_times import (
    COUNTED_SECONDS,
    Times,
    beat_steps,
    histogram,
    with_silent_beats,
)
from wegweiser.measure.web.pause import PAUSE, pause_of
from wegweiser.measure.web.visit import visit_steps
from wegweiser.measure.words import between, both, estimate_of, number
from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer, Question, Result

NAME = "web.dwell"
LEAST_MEASURED = 30
LEAST_SHARE = 0.2


def question(asked: Asked) -> Question:
    """Ask for the times of views per page, equal times counted together, to .01 s.

    Engaged Time of the view where the tag sent it; else beats at a fixed pace, from other
    trackers; else the gap to the next event of the visit. The last view of a visit without any
    of them is not measured: neither zero nor left out. From a million measured views on, times
    are counted together by three digits. Sums are exact, in whole milliseconds.
    """
    return asked.question(f"""
{visit_steps(fields=("path",), pause=pause_of(asked))},
{beat_steps(pause_of(asked))},
timed as (
  select source_id, path, measured_by, milliseconds, absolute_ms,
         count(milliseconds) over () as all_measured
  from measured)
select source_id, path, measured_by,
       {COUNTED_SECONDS} as seconds,
       count(*) as views,
       sum(milliseconds)::double as total_ms,
       sum(milliseconds::hugeint * milliseconds)::double as squares_ms,
       sum(absolute_ms)::double as absolute_ms
from timed
group by all
order by all
""")


def answer_dwell(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Give mean with t interval, median and the share measured, in all and per page."""
    found = rows_of(table)
    views = sum(whole(row, "views") for row in found)
    if views == 0:
        return answer(NAME, asked, asked_question, [_nothing()], [], 0)
    found = with_silent_beats(found)
    results = _results(Times("", found))
    if asked.text("by") == "time":
        rows = histogram(Times("", found).counted)
        return answer(NAME, asked, asked_question, results, rows, views)
    pages: dict[str, list[Row]] = {}
    for row in found:
        pages.setdefault(text(row, "path"), []).append(row)
    ranked = sorted(
        (Times(path, rows) for path, rows in pages.items()),
        key=lambda times: (-times.views, times.path),
    )
    shown = [_row(times) for times in ranked[: asked.whole("limit")]]
    return answer(NAME, asked, asked_question, results, shown, views)


def _enough(times: Times) -> bool:
    return times.measured >= LEAST_MEASURED and times.measured >= LEAST_SHARE * times.views


def _row(times: Times) -> Row:
    known: list[Json] = [None, None, None, None]
    if _enough(times):
        mean = times.mean()
        known = [mean.estimate, mean.low, mean.high, median_of_counts(times.counted)]
    return {
        "path": times.path,
        **dict(zip(("mean_s", "mean_low_s", "mean_high_s", "median_s"), known, strict=True)),
        "views": times.views,
        "measured": times.measured,
        "measured_by_beats": times.by["beats"],
        "measured_by_heartbeat": times.by["heartbeat"],
        "measured_by_gap": times.by["gap"],
        "share_measured": times.measured / times.views,
        "total_s": times.total_s,
        "mean_open_s": times.mean_open_s,
    }


def _results(times: Times) -> list[Result]:
    share = Result(
        name=f"{NAME}.share_measured",
        unit="share of views",
        n=_counts(times),
        enough_data=times.measured > 0,
        estimate=times.measured / times.views,
        low=times.measured / times.views,
        high=times.measured / times.views,
        sentence=both(
            f"The time is known for {number(times.measured, 'en')} of"
            f" {number(times.views, 'en')} views.",
            f"Die Dauer ist für {number(times.measured, 'de')} von"
            f" {number(times.views, 'de')} Aufrufen bekannt.",
        ),
        method="full count",
    )
    if not _enough(times):
        return [_too_little(times), share]
    return [_mean(times), _median(times), share]


def _counts(times: Times) -> dict[str, int]:
    return {"units": times.measured, "events": times.views}


def _mean(times: Times) -> Result:
    mean = times.mean()
    return Result(
        name=f"{NAME}.mean",
        unit="seconds per view",
        n=_counts(times),
        enough_data=True,
        estimate=mean.estimate,
        low=mean.low,
        high=mean.high,
        kind="frequentist",
        warnings=_warnings(times),
        sentence=both(
            f"A page is looked at for {estimate_of(mean, 'en')} seconds on average,"
            f" {between(mean, 'en')}.",
            f"Eine Seite wird im Mittel {estimate_of(mean, 'de')} Sekunden angesehen,"
            f" {between(mean, 'de')}.",
        ),
        method="Student's t over views",
    )


def _warnings(times: Times) -> tuple[str, ...]:
    if sum(times.by[source] > 0 for source in ("beats", "heartbeat", "gap")) > 1:
        return ("two_sources_of_time",)
    return ("gaps_not_attention",) if times.by["gap"] else ()


def _median(times: Times) -> Result:
    found = median_with_ends(times.counted)
    shown = {lang: number(found.estimate, lang, 1) for lang in ("en", "de")}
    return Result(
        name=f"{NAME}.median",
        unit="seconds per view",
        n=_counts(times),
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind="frequentist",
        sentence=both(
            f"Half of the measured views last longer than {shown['en']} seconds"
            f" ({between(found, 'en')}).",
            f"Die Hälfte der gemessenen Aufrufe dauert länger als {shown['de']} Sekunden"
            f" ({between(found, 'de')}).",
        ),
        method="order statistics",
    )


def _too_little(times: Times) -> Result:
    if times.measured == 0:
        english = "Dwell time is not measured: no view has a time after it."
        german = "Die Verweildauer ist nicht gemessen: Auf keinen Aufruf folgt eine Zeitangabe."
    else:
        english = (
            f"Only {times.measured} of {times.views} views are measured; at least"
            f" {LEAST_MEASURED} and one in five are needed."
        )
        german = (
            f"Nur {times.measured} von {times.views} Aufrufen sind gemessen; nötig sind mindestens"
            f" {LEAST_MEASURED} und jeder fünfte."
        )
    return gated(
        f"{NAME}.mean", "seconds per view", "too_little", _counts(times), both(english, german)
    )


def _nothing() -> Result:
    return gated(
        f"{NAME}.mean",
        "seconds per view",
        "no_source",
        {"units": 0, "events": 0},
        both(
            "No page was viewed in this period.",
            "In diesem Zeitraum wurde keine Seite angesehen.",
        ),
    )


MEASURE = Measure(
    NAME,
    both("Dwell time per page", "Verweildauer je Seite"),
    (
        Option(
            "by", "text", "page", both("what to count by", "wonach gezählt wird"), ("page", "time")
        ),
        Option(
            "beat_name", "text", "Heartbeat", both("beat of other trackers", "Takt anderer Tracker")
        ),
        Option("beat_seconds", "number", 10.0, both("seconds between beats", "Sekunden je Takt")),
        Option("first_beat_seconds", "number", 5.0, both("seconds to the first", "bis zum ersten")),
        PAUSE,
        Option("limit", "whole", 1_000, both("pages shown", "gezeigte Seiten")),
    ),
    question,
    answer_dwell,
)
