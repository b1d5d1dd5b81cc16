"""The measure `web.click_rate`: how often what was seen is clicked, by message, link and place."""

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
from wegweiser.measure.many import standing
from wegweiser.measure.statistic import Interval, wilson
from wegweiser.measure.web.click_beside import compared_results
from wegweiser.measure.web.click_estimate import LEAST_PEOPLE, Beside, beside_the_rest, per_exposure
from wegweiser.measure.web.click_question import CUTS, question
from wegweiser.measure.words import between, both, estimate_of, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "web.click_rate"
OTHER = "(other)"
LEAST_CELL = 10
# Only what could have been shown in the same place is held against each other.
_COMPARED = ("message", "variant", "link")
_COUNTS = (
    *("people", "exposures", "clicks", "people_with_click"),
    *("scanned", "unseen"),
)


def answer_click_rate(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Give clicks per exposure with people as clusters, and the share of people who clicked."""
    told = rows_of(table)
    places = {_place(row): row for row in told if row["is_total"]}
    found = with_small_merged([row for row in told if not row["is_total"]])
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
    by, most = asked.text("by"), asked.whole("limit")
    beside: dict[str, Beside] = {}
    for row in found if by in _COMPARED else ():
        held = beside_the_rest(row, places[_place(row)]) if row["cut"] != OTHER else None
        if held is not None:
            beside[_name(row, by)] = held
    stands = standing({name: one.chance for name, one in beside.items()}) if beside else frozenset()
    rows = [_row(row, by) | _beside(_name(row, by), beside, stands) for row in found[:most]]
    results = [result for row in found[:most] for result in _results(row, by)]
    results += compared_results(NAME, beside, stands)
    return answer(NAME, asked, asked_question, results, rows, exposures)


def _place(row: Row) -> tuple[str, int]:
    return text(row, "placement"), whole(row, "slot")


def with_small_merged(found: list[Row]) -> list[Row]:
    """Merge what fewer than 10 people saw into "(other)", within its place; it has no rates.

    One person may have seen several of it, so that its people are only counted.
    """
    kept = [row for row in found if whole(row, "people") >= LEAST_CELL]
    small: dict[tuple[str, int], list[Row]] = {}
    for row in found:
        if whole(row, "people") < LEAST_CELL:
            small.setdefault(_place(row), []).append(row)
    for (placement, slot), rows in small.items():
        counts: Row = {name: sum(whole(row, name) for row in rows) for name in _COUNTS}
        kept.append(counts | {"placement": placement, "slot": slot, "cut": OTHER})
    return kept


def _beside(name: str, beside: dict[str, Beside], stands: frozenset[str]) -> Row:
    held = beside.get(name)
    return {
        "difference": None if held is None else held.difference.estimate,
        "difference_low": None if held is None else held.difference.low,
        "difference_high": None if held is None else held.difference.high,
        "stands": None if held is None else name in stands,
    }


def _per_exposure(row: Row) -> Interval | None:
    return None if row["cut"] == OTHER else per_exposure(row)


def _per_person(row: Row) -> Interval | None:
    people = whole(row, "people")
    if row["cut"] == OTHER or people < LEAST_PEOPLE:
        return None
    return wilson(whole(row, "people_with_click"), people)


def _row(row: Row, by: str) -> Row:
    page = by == "link"
    shown: Row = {"path" if page else "placement": text(row, "placement")}
    if not page:
        shown["slot"] = whole(row, "slot")
    if by not in ("placement", "slot"):
        shown[by] = text(row, "cut")
    shown |= {name: whole(row, name) for name in _COUNTS}
    for name, rate in (("click_rate", _per_exposure(row)), ("people_rate", _per_person(row))):
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
    rate, people = _per_exposure(row), _per_person(row)
    if rate is None or people is None:
        told = both(
            f"{whole(row, 'people')} of {LEAST_PEOPLE} people needed for a click rate of"
            f" {name.replace(OTHER, 'everything else')}.",
            f"{whole(row, 'people')} von {LEAST_PEOPLE} Personen, die für eine Klickrate von"
            f" {name.replace(OTHER, 'allem Übrigen')} nötig sind.",
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
    "per_exposure": "Wilson of the ratio over people, as many exposures as count in full",
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
