"""The measure `web.click_rate`: how often what was seen is clicked, by message, link and place."""

import pyarrow as pa

from wegweiser.measure.compare import Paired, ratio_of_means
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
from wegweiser.measure.statistic import Interval, interval, wilson
from wegweiser.measure.web.click_question import CUTS, question
from wegweiser.measure.words import between, both, estimate_of, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "web.click_rate"
LEAST_PEOPLE = 30
_COUNTS = (
    *("people", "exposures", "clicks", "people_with_click"),
    *("scanned", "unseen"),
)


def answer_click_rate(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Give clicks per exposure with people as clusters, and the share of people who clicked."""
    found = rows_of(table)
    exposures = sum(whole(row, "exposures") for row in found)
    if exposures == 0:
        unseen = sum(whole(row, "unseen") for row in found)
        return answer(NAME, asked, asked_question, [_nothing(unseen)], [], 0)
    found.sort(
        key=lambda row: (
            text(row, "placement"),
            whole(row, "slot"),
            -whole(row, "exposures"),
            text(row, "cut"),
        )
    )
    by = asked.text("by")
    rows = [_row(row, by) for row in found[: asked.whole("limit")]]
    results = [result for row in found[: asked.whole("limit")] for result in _results(row, by)]
    return answer(NAME, asked, asked_question, results, rows, exposures)


def per_exposure(row: Row) -> Interval | None:
    """Give Σ clicks / Σ exposures by the ratio formula over people, within 0 and 1.

    Where nobody or everybody clicked, and where each person saw it once, it is Wilson's share:
    then the ratio's own interval is empty, or the two are the same question.
    """
    people, exposures, clicks = (whole(row, name) for name in ("people", "exposures", "clicks"))
    if people < LEAST_PEOPLE:
        return None
    if exposures == people or clicks in (0, exposures):
        # People, not exposures, are what was drawn: the sample is no larger than they are.
        share = wilson(round(clicks * people / exposures), people)
        return interval(clicks / exposures, share.low, share.high)
    sums = Paired(
        people,
        clicks,
        exposures,
        real(row, "clicks_squares"),
        real(row, "exposures_squares"),
        real(row, "products"),
    )
    found = ratio_of_means(sums)
    return interval(found.estimate, max(0.0, found.low), min(1.0, found.high))


def _per_person(row: Row) -> Interval | None:
    people = whole(row, "people")
    return wilson(whole(row, "people_with_click"), people) if people >= LEAST_PEOPLE else None


def _row(row: Row, by: str) -> Row:
    page = by == "link"
    shown: Row = {"path" if page else "placement": text(row, "placement")}
    if not page:
        shown["slot"] = whole(row, "slot")
    if by not in ("placement", "slot"):
        shown[by] = text(row, "cut")
    shown |= {name: whole(row, name) for name in _COUNTS}
    for name, rate in (("click_rate", per_exposure(row)), ("people_rate", _per_person(row))):
        shown[name] = None if rate is None else rate.estimate
        shown[f"{name}_low"] = None if rate is None else rate.low
        shown[f"{name}_high"] = None if rate is None else rate.high
    return shown


def _name(row: Row, by: str) -> str:
    place = text(row, "placement")
    if by == "channel":
        return text(row, "cut")
    if by == "link":
        return f"{text(row, 'cut')} ({place})"
    spot = place if by == "placement" else f"{place}/{whole(row, 'slot')}"
    return f"{text(row, 'cut')} ({spot})" if text(row, "cut") else spot


def _results(row: Row, by: str) -> list[Result]:
    name, counts = _name(row, by), {label: whole(row, label) for label in _COUNTS}
    counts = {
        "units": counts["people"],
        "goals": counts["clicks"],
        "events": counts["exposures"],
        "scanned": counts["scanned"],
        "without_exposure": counts["unseen"],
    }
    rate, people = per_exposure(row), _per_person(row)
    if rate is None or people is None:
        told = both(
            f"{whole(row, 'people')} of {LEAST_PEOPLE} people needed for a click rate of {name}.",
            f"{whole(row, 'people')} von {LEAST_PEOPLE} Personen, die für eine Klickrate von"
            f" {name} nötig sind.",
        )
        full_name, unit = f"{NAME}.per_exposure.{name}", "clicks per exposure"
        return [gated(full_name, unit, "too_little", counts, told)]
    return [
        _result("per_exposure", name, rate, counts, "clicks per exposure"),
        _result("per_person", name, people, counts, "people per person who saw it"),
    ]


_SAID = {
    "per_exposure": both(
        "{} is clicked at {} of its exposures ({}).",
        "{} wird bei {} seiner Sichtkontakte angeklickt ({}).",
    ),
    "per_person": both(
        "Of the people who saw {}, {} clicked it ({}).",
        "Von den Personen, die {} sahen, klickten {} ({}).",
    ),
}
_METHODS = {
    "per_exposure": "ratio of sums over people, delta method; Wilson with one exposure each",
    "per_person": "Wilson over people",
}


def _result(kind: str, name: str, rate: Interval, counts: dict[str, int], unit: str) -> Result:
    warnings = []
    if counts["scanned"]:
        warnings.append("scanner_clicks_apart")
    if counts["without_exposure"]:
        warnings.append("clicks_without_exposure")
    return Result(
        name=f"{NAME}.{kind}.{name}",
        unit=unit,
        n=counts,
        enough_data=True,
        estimate=rate.estimate,
        low=rate.low,
        high=rate.high,
        kind="frequentist",
        warnings=tuple(warnings),
        sentence={lang: _said(kind, lang, name, rate) for lang in _SAID[kind]},
        method=_METHODS[kind],
    )


def _said(kind: str, lang: str, name: str, rate: Interval) -> str:
    shown, ends = estimate_of(rate, lang, 100, "%"), between(rate, lang, 100, "%")
    return _SAID[kind][lang].format(name, shown, ends)


def _nothing(unseen: int) -> Result:
    clicks = {lang: number(unseen, lang) for lang in ("en", "de")}
    more = both("", "")
    if unseen:
        more = both(
            f" {clicks['en']} clicks came without one.", f" {clicks['de']} Klicks kamen ohne einen."
        )
    return gated(
        f"{NAME}.per_exposure",
        "clicks per exposure",
        "no_source",
        {"units": 0, "goals": 0, "events": 0, "without_exposure": unseen},
        both(
            "No exposure was recorded in this period, and sent is not seen. The tag reports"
            f" exposures by itself; other channels report them as outcomes.{more['en']}",
            "In diesem Zeitraum wurde kein Sichtkontakt erfasst, und gesendet ist nicht gesehen."
            " Das Tag meldet Sichtkontakte selbst; andere Kanäle melden sie als"
            f" Ergebnisse.{more['de']}",
        ),
    )


MEASURE = Measure(
    NAME,
    both("Click rates of messages and links", "Klickraten von Botschaften und Links"),
    (
        Option(
            "by",
            "text",
            "message",
            both("what to count by", "wonach gezählt wird"),
            tuple(CUTS),
        ),
        Option("limit", "whole", 1_000, both("rows shown", "gezeigte Zeilen")),
    ),
    question,
    answer_click_rate,
)
