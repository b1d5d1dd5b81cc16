"""The measure `geo.power`: what a test in some regions could show, tried on the past first."""

import msgspec
import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of, text, whole
from wegweiser.measure.geo.measure import (
    LEAST_REGIONS,
    panel_of,
    regions_named,
    require_regions,
    too_few_regions,
)
from wegweiser.measure.geo.power import Seen, power
from wegweiser.measure.geo.question import METRICS, question
from wegweiser.measure.geo.synthetic import LEAST_BLOCKS
from wegweiser.measure.statistic import wilson
from wegweiser.measure.words import both, number
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Answer, Question, Result
from wegweiser.terms.wrong import wrong

NAME = "geo.power"
LEAST_WINDOWS = 10


def answer_power(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Put effects of 0, 1, 2, 5 and 10 % into the past and tell how often they would be seen."""
    known = [row for row in rows_of(table) if text(row, "region")]
    n, regions = (
        sum(whole(row, "n") for row in known),
        sorted({text(row, "region") for row in known}),
    )
    counts = {"units": len(regions), "events": n}
    treated, days = regions_named(asked), asked.whole("days")
    if days < 1:
        raise InputRefused("bad_option", wrong("days_from_1"), 422, "days")
    found: list[Seen] = []
    if known:
        require_regions(treated, regions)
        if len(regions) < LEAST_REGIONS or len(treated) == len(regions):
            few = msgspec.structs.replace(too_few_regions(len(regions), counts), name=NAME)
            return answer(NAME, asked, asked_question, [few], [], n)
        found = power(panel_of(known, regions, None), treated, days)
    if not found or found[0].windows < LEAST_WINDOWS:
        windows = found[0].windows if found else 0
        return answer(NAME, asked, asked_question, [_short(windows, days, counts)], [], n)
    rows: list[Row] = [
        {"lift": one.lift, "seen": one.seen, "windows": one.windows} for one in found
    ]
    results = [_result(one, counts) for one in found]
    return answer(NAME, asked, asked_question, results, rows, n)


def _result(one: Seen, counts: dict[str, int]) -> Result:
    share = wilson(one.seen, one.windows)
    said = {lang: number(100 * one.lift, lang) for lang in ("en", "de")}
    of = f"{one.seen} of {one.windows}", f"{one.seen} von {one.windows}"
    if one.lift:
        told = both(
            f"An effect of {said['en']}% would have been seen in {of[0]} past windows.",
            f"Eine Wirkung von {said['de']} % wäre in {of[1]} vergangenen Zeiträumen zu sehen"
            " gewesen.",
        )
    else:
        told = both(
            f"Without any effect {of[0]} past windows would have looked like one.",
            f"Ohne jede Wirkung hätten {of[1]} vergangene Zeiträume danach ausgesehen.",
        )
    return Result(
        name=f"{NAME}.{one.lift:g}",
        unit="share of past windows",
        n=counts | {"windows": one.windows},
        enough_data=True,
        estimate=share.estimate,
        low=share.low,
        high=share.high,
        kind="frequentist",
        sentence=told,
        warnings=("windows_overlap",),
        method="effects put into past windows, Wilson over windows that overlap by half",
    )


def _short(windows: int, days: int, counts: dict[str, int]) -> Result:
    told = both(
        f"{windows} of {LEAST_WINDOWS} windows of {days} days lie in this period with"
        f" {LEAST_BLOCKS} times as many days before them; look further back, or plan a shorter"
        " test.",
        f"{windows} von {LEAST_WINDOWS} Zeiträumen von {days} Tagen liegen in dieser Zeit mit"
        f" {LEAST_BLOCKS}-mal so vielen Tagen davor; blicken Sie weiter zurück, oder planen Sie"
        " einen kürzeren Test.",
    )
    return gated(NAME, "share of past windows", "too_little", counts, told)


MEASURE = Measure(
    NAME,
    both("What a test in some regions could show", "Was ein Test in Regionen zeigen könnte"),
    (
        Option("treated", "text", "", both("regions with the test, by commas", "Testregionen")),
        Option("days", "whole", 14, both("length of the test in days", "Länge des Tests in Tagen")),
        Option("goal", "text", "", both("goal that counts, empty for any", "Ziel, leer für jedes")),
        Option("metric", "text", "goals", both("what is counted", "was gezählt wird"), METRICS),
    ),
    question,
    answer_power,
)
