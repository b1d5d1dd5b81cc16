"""The measure `web.funnel`: how many people, or accounts, go all the way, and where they stop."""

from itertools import pairwise

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
from wegweiser.measure.statistic import Interval, median_of_counts, wilson
from wegweiser.measure.web.funnel_question import CUT_BY, UNITS, question
from wegweiser.measure.web.steps import read_steps
from wegweiser.measure.words import Sentence, between, both, date, estimate_of, number
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.result import Answer, Question, Result

NAME = "web.funnel"
LEAST_UNITS = 30
LEAST_CELL = 10
OTHER = "(other)"
_WHO = {
    "person": both("people", "Personen"),
    "account": both("accounts", "Unternehmen"),
}


class Reached:
    """How many units reached each step and after which times; `open` may still go on."""

    def __init__(self, steps: int, rows: list[Row]):
        self.units = [0] * steps
        self.open = 0
        self.times: list[dict[float, int]] = [{} for _ in range(steps)]
        self.first_at_ms = 0
        for row in rows:
            place, units = whole(row, "step") - 1, whole(row, "units")
            if row["closed"]:
                self.units[place] += units
                seconds = real(row, "seconds")
                self.times[place][seconds] = self.times[place].get(seconds, 0) + units
            elif place == 0:
                self.open += units
                first = whole(row, "first_at_ms")
                self.first_at_ms = min(self.first_at_ms or first, first)


def answer_funnel(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Give counts per step, shares with Wilson intervals, median times and the largest loss."""
    found = rows_of(table)
    names = [step.shown for step in read_steps(asked.text("steps"))]
    whole_funnel = Reached(len(names), found)
    begun = whole_funnel.units[0]
    gate = _gate(whole_funnel, names, asked)
    if gate is not None:
        return answer(NAME, asked, asked_question, [gate], [], begun)
    rows: list[Row] = []
    for cut, reached in _cuts(len(names), found):
        shown: Row = {} if asked.text("by") == "none" else {asked.text("by"): cut}
        rows += [shown | _row(place, names, reached) for place in range(len(names))]
    results = [_conversion(whole_funnel, names, asked), _loss(whole_funnel, names, asked)]
    return answer(NAME, asked, asked_question, results, rows, begun)


def _cuts(steps: int, found: list[Row]) -> list[tuple[str, Reached]]:
    begun: dict[str, int] = {}
    for row in found:
        if whole(row, "step") == 1:
            begun[text(row, "cut")] = begun.get(text(row, "cut"), 0) + whole(row, "units")
    large = len(begun) == 1
    names = {cut: cut if large or units >= LEAST_CELL else OTHER for cut, units in begun.items()}
    by_cut: dict[str, list[Row]] = {}
    for row in found:
        by_cut.setdefault(names[text(row, "cut")], []).append(row)
    made = [(cut, Reached(steps, rows)) for cut, rows in by_cut.items()]
    return sorted(made, key=lambda one: (one[0] == OTHER, -one[1].units[0], one[0]))


def _share(part: int, of: int) -> Interval | None:
    return wilson(part, of) if of >= LEAST_UNITS else None


def _row(place: int, names: list[str], reached: Reached) -> Row:
    units = reached.units[place]
    before = reached.units[place - 1] if place else units
    shown: Row = {"step": place + 1, "name": names[place], "units": units, "lost": before - units}
    for name, of in (("share_of_first", reached.units[0]), ("share_of_previous", before)):
        share = _share(units, of)
        shown[name] = None if share is None else share.estimate
        shown[f"{name}_low"] = None if share is None else share.low
        shown[f"{name}_high"] = None if share is None else share.high
    timed = place > 0 and units > 0
    shown["median_s"] = median_of_counts(reached.times[place]) if timed else None
    shown["still_open"] = reached.open if place == 0 else None
    return shown


def _conversion(reached: Reached, names: list[str], asked: Asked) -> Result:
    share = wilson(reached.units[-1], reached.units[0])
    who, days = _WHO[asked.text("unit")], asked.whole("window_days")
    said = {lang: estimate_of(share, lang, 100, "%") for lang in ("en", "de")}
    return Result(
        name=f"{NAME}.conversion",
        unit=f"{asked.text('unit')}s per {asked.text('unit')}",
        n={"units": reached.units[0], "goals": reached.units[-1], "open": reached.open},
        enough_data=True,
        estimate=share.estimate,
        low=share.low,
        high=share.high,
        kind="frequentist",
        sentence=both(
            f"{said['en']} of {number(reached.units[0], 'en')} {who['en']} go from {names[0]} to"
            f" {names[-1]} within {days} days ({between(share, 'en', 100, '%')}).",
            f"{said['de']} von {number(reached.units[0], 'de')} {who['de']} kommen in {days} Tagen"
            f" von {names[0]} bis {names[-1]} ({between(share, 'de', 100, '%')}).",
        ),
        method="Wilson over units; the earliest next step after every first one",
    )


def _loss(reached: Reached, names: list[str], asked: Asked) -> Result:
    losses = [one - other for one, other in pairwise(reached.units)]
    place = losses.index(max(losses))
    lost, before = losses[place], reached.units[place]
    who = _WHO[asked.text("unit")]
    share = {lang: number(100 * lost / before if before else 0.0, lang) for lang in ("en", "de")}
    return Result(
        name=f"{NAME}.largest_loss",
        unit=f"{asked.text('unit')}s",
        n={"units": before, "goals": before - lost},
        enough_data=True,
        estimate=lost,
        low=lost,
        high=lost,
        sentence=both(
            f"Most are lost between {names[place]} and {names[place + 1]}:"
            f" {number(lost, 'en')} of {number(before, 'en')} {who['en']} ({share['en']}%).",
            f"Am meisten geht zwischen {names[place]} und {names[place + 1]} verloren:"
            f" {number(lost, 'de')} von {number(before, 'de')} {who['de']} ({share['de']} %).",
        ),
        method="full count",
    )


def _gate(reached: Reached, names: list[str], asked: Asked) -> Result | None:
    name, unit = f"{NAME}.conversion", f"{asked.text('unit')}s per {asked.text('unit')}"
    begun, who = reached.units[0], _WHO[asked.text("unit")]
    counts = {"units": begun, "goals": reached.units[-1], "open": reached.open}
    if begun == 0 and reached.open == 0:
        told = both(
            f"Nobody took the first step, {names[0]}, in this period.",
            f"In diesem Zeitraum ging niemand den ersten Schritt, {names[0]}.",
        )
        return gated(name, unit, "no_source", counts, told)
    if begun == 0:
        return gated(name, unit, "too_early", counts, _early(reached, who, asked))
    if begun < LEAST_UNITS:
        told = both(
            f"{begun} of {LEAST_UNITS} {who['en']} needed whose time is over.",
            f"{begun} von {LEAST_UNITS} nötigen {who['de']}, deren Frist vorbei ist.",
        )
        return gated(name, unit, "too_little", counts, told)
    return None


def _early(reached: Reached, who: Sentence, asked: Asked) -> Sentence:
    ready = reached.first_at_ms + asked.whole("window_days") * DAY_MS
    return both(
        f"{reached.open} {who['en']} have begun and are still within their"
        f" {asked.whole('window_days')} days; the first of them are done on {date(ready, 'en')}.",
        f"{reached.open} {who['de']} haben begonnen und sind noch in ihrer Frist von"
        f" {asked.whole('window_days')} Tagen; die ersten sind am {date(ready, 'de')} so weit.",
    )


MEASURE = Measure(
    NAME,
    both("Funnel of ordered steps", "Trichter aus geordneten Schritten"),
    (
        Option("steps", "text", "page > goal", both("steps, with >", "Schritte, mit >")),
        Option("window_days", "whole", 7, both("days for all steps", "Tage für alle Schritte")),
        Option("unit", "text", "person", both("who goes", "wer geht"), tuple(UNITS)),
        Option("by", "text", "none", both("cut of the units", "Schnitt"), tuple(CUT_BY)),
    ),
    question,
    answer_funnel,
)
