"""The measure `allocate.effort`: who gets what in the next period, from what experiments show."""

import hashlib

import msgspec
import numpy as np
import pyarrow as pa

from wegweiser.measure.allocate.effort_cell import Cell, Tested, cells_of, counted, read_tested
from wegweiser.measure.allocate.effort_limits import possible
from wegweiser.measure.allocate.effort_missing import missing, missing_rows, missing_words
from wegweiser.measure.allocate.effort_plan import EffortPlan, Move, plan_effort
from wegweiser.measure.allocate.effort_question import WHAT, question
from wegweiser.measure.allocate.effort_review import review, review_result
from wegweiser.measure.allocate.effort_words import UNCHANGED, advised_words, silent_words
from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of
from wegweiser.measure.lift_gate import first_closed_gate
from wegweiser.measure.lift_sums import Sums
from wegweiser.measure.verdict import measure as verdicts
from wegweiser.measure.verdict.measure import read_costs
from wegweiser.measure.words import Sentence, both
from wegweiser.terms.effort import KeptPlan
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Answer, Gate, Question, Result
from wegweiser.terms.wrong import wrong

NAME = "allocate.effort"
DRAWS = 500
_WAITING = ("unidentified", "too_little", "too_early")


def answer_effort(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Hold the last plan against this period, then plan the next one, or say what is missing."""
    rows_read = rows_of(table)
    tested = read_tested(rows_read, asked, read_costs(asked.text("costs")))
    units = sum(one.thing.units for one in tested)
    stop = _gate(tested, counted(rows_read), asked, units)
    if stop is not None:
        waiting = missing_rows(missing(tested, asked)) if stop.reason in _WAITING else []
        return answer(NAME, asked, asked_question, [stop], waiting, units)
    rng = np.random.default_rng(_seed(asked_question))
    cells = cells_of(tested, asked, DRAWS, rng)
    found = plan_effort(cells, possible(cells, asked))
    before = _reviewed(cells, asked, units)
    rows = [_row(one, found.advised or not found.changes) for one in found.moves]
    results = [*before, _result(found, cells, units)]
    return answer(NAME, asked, asked_question, results, rows, units)


def _gate(tested: list[Tested], sums: dict[str, Sums], asked: Asked, units: int) -> Result | None:
    """Stop in the order of the gates; what an experiment still waits for comes before advice."""
    if not sums:
        return _stop("no_source", units, _NOTHING)
    whole = first_closed_gate(sums, asked)
    if whole is not None and (whole.reason in ("no_source", "broken") or not tested):
        return gated(NAME, "money", whole.reason, whole.n, whole.sentence)
    if not tested:
        return _stop("no_source", units, _NOTHING)
    unknown = sorted({" ".join(one.place) for one in tested if one.cost is None})
    if asked.number("margin") <= 0 or unknown:
        return _stop("no_source", units, _no_money(unknown))
    if all(one.effect is None for one in tested):
        if whole is not None:
            return gated(NAME, "money", whole.reason, whole.n, whole.sentence)
        return _stop("unidentified", units, missing_words(missing(tested, asked), asked))
    return None


def _stop(reason: Gate, units: int, told: Sentence) -> Result:
    return gated(NAME, "money", reason, {"units": units}, told)


_NOTHING = both(
    "Nothing was said to anybody in this period, so that there is nothing to allocate.",
    "In diesem Zeitraum wurde niemandem etwas gesagt, es gibt also nichts aufzuteilen.",
)


def _no_money(unknown: list[str]) -> Sentence:
    if not unknown:
        return both(
            "What a goal earns is not known: state --margin.",
            "Was ein Ziel einbringt, ist unbekannt: --margin angeben.",
        )
    names = ", ".join(unknown[:5])
    return both(
        f"What a contact costs is not known of {names}: declare it in the variants, or --costs.",
        f"Was ein Kontakt kostet, ist unbekannt bei {names}: in den Varianten oder als --costs"
        " angeben.",
    )


def _seed(asked_question: Question) -> int:
    told = msgspec.json.encode([asked_question.sql, asked_question.parameters])
    return int.from_bytes(hashlib.sha256(told).digest()[:8], "big")


def _reviewed(cells: list[Cell], asked: Asked, units: int) -> list[Result]:
    if not asked.text("planned"):
        return []
    try:
        plan = msgspec.json.decode(asked.text("planned"), type=KeptPlan)
    except msgspec.DecodeError as error:
        raise InputRefused(
            "bad_option", wrong("plan_unread", why=str(error)), 422, "planned"
        ) from error
    return [review_result(NAME, review(plan, cells), units)]


def _result(found: EffortPlan, cells: list[Cell], units: int) -> Result:
    counts = {"units": units, "cells": len(cells)}
    if found.changes and not found.advised:
        return gated(NAME, "money", "unidentified", counts, silent_words(found))
    return Result(
        name=NAME,
        unit="money beyond today, after costs",
        n=counts,
        enough_data=True,
        estimate=found.gain.estimate,
        low=found.gain.low,
        high=found.gain.high,
        kind="bayesian",
        evidence="experiment" if found.on_experiments >= 0.5 else "model",
        warnings=("one_message_per_unit_as_tested",),
        sentence=advised_words(found) if found.changes else UNCHANGED,
        method=f"linear programme at the mean and on {DRAWS} draws, shrunk over groups",
    )


def _row(one: Move, advised: bool) -> Row:
    cell = one.cell
    return {
        "group": cell.group,
        "channel": cell.channel,
        "message": cell.message,
        "now": round(cell.now, 1),
        "planned": round(one.planned, 1) if advised else None,
        "planned_low": round(one.low, 1) if advised else None,
        "planned_high": round(one.high, 1) if advised else None,
        "profit": one.profit.estimate,
        "profit_low": one.profit.low,
        "profit_high": one.profit.high,
        "cost": cell.cost,
        "units": round(cell.units),
        "evidence": cell.evidence,
        "is_open": cell.is_open,
        "held_out": cell.held_out,
        "visible": cell.visible or None,
    }


_AMOUNTS = both("as in sales=240,email=20000", "etwa sales=240,email=20000")
MEASURE = Measure(
    NAME,
    both("Where to concentrate next", "Worauf als Nächstes setzen"),
    (
        Option(
            "group",
            "text",
            "",
            both(
                "groups: segment:KEY,KEY, trait:NAME, country, region, device, source; empty for"
                " all in one",
                "Gruppen: segment:KEY,KEY, trait:NAME, country, region, device, source; leer für"
                " alle in einer",
            ),
        ),
        Option(
            "what", "text", "message", both("what is allocated", "was aufgeteilt wird"), tuple(WHAT)
        ),
        Option(
            "capacity",
            "text",
            "",
            both(f"contacts per channel, {_AMOUNTS['en']}", f"Kontakte je Kanal, {_AMOUNTS['de']}"),
        ),
        Option(
            "hours",
            "text",
            "",
            both(
                "hours per channel and per contact, as in sales=120/0.5",
                "Stunden je Kanal und je Kontakt, etwa sales=120/0.5",
            ),
        ),
        Option(
            "budget",
            "number",
            -1.0,
            both("money to spend, below 0 as today", "Geld für alles, unter 0 wie heute"),
        ),
        Option(
            "most_contacts",
            "number",
            0.0,
            both("contacts per unit, 0 as tested", "Kontakte je Einheit, 0 wie getestet"),
        ),
        Option(
            "floor",
            "number",
            0.05,
            both("share of a group for each open question", "Anteil je offener Frage"),
        ),
        Option(
            "spread",
            "number",
            0.0,
            both(
                "what untested contacts may earn, around 0; 0 as wide as tests found",
                "was Ungetestetes je Kontakt bringen mag, um 0; 0 so weit wie Tests zeigen",
            ),
        ),
        Option(
            "planned",
            "text",
            "",
            both("the last plan as JSON", "der letzte Plan als JSON"),
        ),
        *(one for one in verdicts.MEASURE.options if one.name != "by"),
    ),
    question,
    answer_effort,
)
