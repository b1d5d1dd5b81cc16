"""The measure `web.dwell`: how long pages are looked at, and for how many views that is known."""

import pyarrow as pa

from wegweiser.measure.form import (
    Asked,
    Measure,
    Option,
    Row,
    answer,
    gated,
    real,
    rows_of,
    text,
    whole,
)
from wegweiser.measure.statistic import Interval, mean_with_t, median_of_counts
from wegweiser.measure.web.visit import visit_steps
from wegweiser.measure.words import between, both, estimate_of, number
from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer, Question, Result

NAME = "web.dwell"
LEAST_MEASURED = 30
LEAST_SHARE = 0.2


def question(asked: Asked) -> Question:
    """Ask for the times of views per page, equal times counted together, to .01 s.

    Engaged Time of the view where the tag sent it, else the gap to the next event of the visit;
    the last view of a visit without either is not measured: neither zero nor left out.
    """
    return asked.question(f"""
{visit_steps()},
beats as (
  select page_view_id, sum(engaged_seconds) as seconds
  from observed
  where page_view_id <> '' and engaged_seconds is not null
  group by page_view_id),
viewed as (
  select n.path, b.seconds as beat_seconds,
         case when n.next_at - n.occurred_at <= interval 30 minute
              then epoch(n.next_at - n.occurred_at) end as gap_seconds
  from numbered n
  left join beats b on b.page_view_id = n.page_view_id
  where n.is_view)
select coalesce(nullif(path, ''), '(unknown)') as path,
       case when beat_seconds is not null then 'beats'
            when gap_seconds is not null then 'gap'
            else 'none' end as measured_by,
       round(coalesce(beat_seconds, gap_seconds), 2) as seconds,
       count(*) as views
from viewed
group by all
order by all
""")


def answer_dwell(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Give mean with t interval, median and the share measured, in all and per page."""
    found = rows_of(table)
    views = sum(whole(row, "views") for row in found)
    if views == 0:
        return answer(NAME, asked, asked_question, [_nothing()], [], 0)
    pages: dict[str, list[Row]] = {}
    for row in found:
        pages.setdefault(text(row, "path"), []).append(row)
    ranked = sorted(
        (_Times(path, rows) for path, rows in pages.items()),
        key=lambda times: (-times.views, times.path),
    )
    shown = [times.row() for times in ranked[: asked.whole("limit")]]
    return answer(NAME, asked, asked_question, _results(_Times("", found)), shown, views)


class _Times:
    """The views of a page by how long they lasted."""

    def __init__(self, path: str, rows: list[Row]):
        self.path = path
        self.views = sum(whole(row, "views") for row in rows)
        self.by = {"beats": 0, "gap": 0, "none": 0}
        self.counted: dict[float, int] = {}
        for row in rows:
            count, source = whole(row, "views"), text(row, "measured_by")
            self.by[source] += count
            if source != "none":
                seconds = real(row, "seconds")
                self.counted[seconds] = self.counted.get(seconds, 0) + count

    @property
    def measured(self) -> int:
        return self.views - self.by["none"]

    @property
    def enough(self) -> bool:
        return self.measured >= LEAST_MEASURED and self.measured >= LEAST_SHARE * self.views

    def mean(self) -> Interval:
        total = sum(seconds * count for seconds, count in self.counted.items())
        squares = sum(seconds**2 * count for seconds, count in self.counted.items())
        return mean_with_t(self.measured, total, squares)

    def row(self) -> Row:
        known: list[Json] = [None, None, None, None]
        if self.enough:
            mean = self.mean()
            known = [mean.estimate, mean.low, mean.high, median_of_counts(self.counted)]
        return {
            "path": self.path,
            "views": self.views,
            "measured": self.measured,
            "measured_by_beats": self.by["beats"],
            "measured_by_gap": self.by["gap"],
            "share_measured": self.measured / self.views,
            **dict(zip(("mean_s", "mean_low_s", "mean_high_s", "median_s"), known, strict=True)),
        }


def _results(times: _Times) -> list[Result]:
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
    if not times.enough:
        return [_too_little(times), share]
    return [_mean(times), _median(times), share]


def _counts(times: _Times) -> dict[str, int]:
    return {"units": times.measured, "events": times.views}


def _mean(times: _Times) -> Result:
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


def _warnings(times: _Times) -> tuple[str, ...]:
    if times.by["beats"] and times.by["gap"]:
        return ("two_sources_of_time",)
    return ("gaps_not_attention",) if times.by["gap"] else ()


def _median(times: _Times) -> Result:
    middle = median_of_counts(times.counted)
    shown = {lang: number(middle, lang, 1) for lang in ("en", "de")}
    return Result(
        name=f"{NAME}.median",
        unit="seconds per view",
        n=_counts(times),
        enough_data=True,
        estimate=middle,
        low=middle,
        high=middle,
        sentence=both(
            f"Half of the measured views last longer than {shown['en']} seconds.",
            f"Die Hälfte der gemessenen Aufrufe dauert länger als {shown['de']} Sekunden.",
        ),
        method="order statistics",
    )


def _too_little(times: _Times) -> Result:
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
    (Option("limit", "whole", 1_000, both("pages shown", "gezeigte Seiten")),),
    question,
    answer_dwell,
)
