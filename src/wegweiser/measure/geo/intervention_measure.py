"""The measure `geo.intervention`: what a break in one region changed, held against its controls."""

from datetime import date, timedelta

import numpy as np
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
from wegweiser.measure.geo.intervention import Foreseen, Intervention, intervention
from wegweiser.measure.geo.intervention_told import results_of
from wegweiser.measure.geo.measure import panel_of
from wegweiser.measure.geo.panel import Panel
from wegweiser.measure.geo.question import METRICS, question
from wegweiser.measure.seed import seed_of
from wegweiser.measure.words import both
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Answer, Gate, Question, Result
from wegweiser.terms.wrong import wrong

NAME = "geo.intervention"
LEAST_BEFORE, LEAST_TIMES = 40, 3


def answer_intervention(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Go through the gates, then tell the effect by both models and what it rests on."""
    found = rows_of(table)
    known = [row for row in found if text(row, "region")]
    n = sum(whole(row, "n") for row in known)
    regions = sorted({text(row, "region") for row in known})
    counts = {"units": len(regions), "events": n}
    if not known:
        return answer(NAME, asked, asked_question, [_nothing(counts)], [], n)
    region, controls = _named(asked, regions)
    panel = panel_of(known, regions, _break_from(asked))
    counts |= {"days_before": panel.before, "days_after": panel.during}
    gate = _gate(panel, len(controls), counts)
    if gate is not None:
        return answer(NAME, asked, asked_question, [gate], [], n)
    rng = np.random.default_rng(seed_of(asked_question, asked))
    series, beside = panel.of([region])[0], panel.of(controls).T
    effect = intervention(series, beside, panel.before, rng)
    moved = _controls_moved(beside, panel.before, rng)
    results = results_of(NAME, effect, region, controls, moved, counts, asked)
    rows = _rows(series, effect, panel, _first_day(known))
    return answer(NAME, asked, asked_question, results, rows, n)


def _controls_moved(beside: np.ndarray, before: int, rng: np.random.Generator) -> bool:
    """Look whether the controls broke on the same day, by the same method without controls."""
    if not beside.shape[1]:
        return False
    return intervention(beside.sum(axis=1), beside[:, :0], before, rng).is_claimed


def _named(asked: Asked, regions: list[str]) -> tuple[str, list[str]]:
    """Read the region and its controls; without any named all others are; raises InputRefused."""
    region = asked.text("region").strip()
    named = (part.strip() for part in asked.text("controls").split(","))
    controls = list(dict.fromkeys(part for part in named if part))
    missing = [name for name in [region, *controls] if name not in regions]
    if missing or region in controls:
        why = wrong("unknown_or_twice", name=", ".join(missing) or repr(region))
        told = wrong("regions_of_break", why=why, known=str(regions[:20]))
        raise InputRefused("bad_option", told, 422, "region")
    return region, controls or [name for name in regions if name != region]


def _break_from(asked: Asked) -> date:
    try:
        return date.fromisoformat(asked.text("break_from"))
    except ValueError:
        told = wrong("break_from")
        raise InputRefused("bad_option", told, 422, "break_from") from None


def _first_day(rows: list[Row]) -> date:
    return date.fromisoformat(min(text(row, "day") for row in rows))


def _gate(panel: Panel, controls: int, counts: dict[str, int]) -> Result | None:
    if panel.during < 1:
        early = both("No day after the break is over yet.", "Noch kein Tag danach ist vorbei.")
        return _gated("too_early", counts, early)
    needed = max(LEAST_BEFORE + controls, LEAST_TIMES * panel.during)
    if panel.before >= needed:
        return None
    told = both(
        f"Before the break {panel.before} of {needed} days are known: 40 and one for each control,"
        " and three times what came after it.",
        f"Vor dem Bruch sind {panel.before} von {needed} Tagen bekannt: 40 und einer je Region zum"
        " Vergleich, und dreimal so viele wie danach.",
    )
    return _gated("too_little", counts, told)


def _gated(reason: Gate, counts: dict[str, int], told: dict[str, str]) -> Result:
    return gated(NAME, "per day", reason, counts, told)


def _nothing(counts: dict[str, int]) -> Result:
    told = both(
        "No region is known of this period. Give the server an address table, or send the region.",
        "Aus diesem Zeitraum ist keine Region bekannt. Geben Sie dem Server eine Adresstabelle,"
        " oder senden Sie die Region mit.",
    )
    return _gated("no_source", counts, told)


def _rows(series: np.ndarray, effect: Intervention, panel: Panel, first: date) -> list[Row]:
    """Give what came and what was expected, day by day since the break."""
    told: Foreseen = effect.careful
    return [
        {
            "day": (first + timedelta(days=panel.before + at)).isoformat(),
            "came": float(series[panel.before + at]),
            "expected": float(told.expected[0, at]),
            "expected_low": float(told.expected[1, at]),
            "expected_high": float(told.expected[2, at]),
        }
        for at in range(panel.during)
    ]


MEASURE = Measure(
    NAME,
    both("What changed in one region since a break", "Was sich in einer Region seit da änderte"),
    (
        Option("region", "text", "", both("the region with the break", "Region mit dem Bruch")),
        Option(
            "break_from",
            "text",
            "",
            both("first day after the break", "erster Tag nach dem Bruch"),
        ),
        Option(
            "controls",
            "text",
            "",
            both("untouched regions, empty for all others", "unberührte Regionen, sonst alle"),
        ),
        Option("goal", "text", "", both("goal that counts, empty for any", "Ziel, leer für jedes")),
        Option("metric", "text", "goals", both("what is counted", "was gezählt wird"), METRICS),
    ),
    question,
    answer_intervention,
)
