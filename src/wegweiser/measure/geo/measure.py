"""The measure `geo.effect`: what a test in some regions added, held against the other regions."""

from collections.abc import Sequence, Set
from datetime import date

import numpy as np
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
from wegweiser.measure.geo.beside import beside_results
from wegweiser.measure.geo.panel import Panel
from wegweiser.measure.geo.question import METRICS, question
from wegweiser.measure.geo.regression import by_days
from wegweiser.measure.geo.sentence import results_of
from wegweiser.measure.geo.synthetic import LEAST_BLOCKS, LEAST_FIT, effect
from wegweiser.measure.words import both, number
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Answer, Gate, Question, Result
from wegweiser.terms.wrong import wrong

NAME = "geo.effect"
LEAST_REGIONS = 10


def answer_geo(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Go through the gates, then estimate by synthetic control with the line beside it."""
    found = rows_of(table)
    treated, others = regions_named(asked), set(regions_named(asked, "other_tests"))
    _require_others(others, treated, {text(row, "region") for row in found} - {""})
    known = [row for row in found if text(row, "region") and text(row, "region") not in others]
    n = sum(whole(row, "n") for row in known)
    unknown = sum(whole(row, "n") for row in found if not text(row, "region"))
    regions = sorted({text(row, "region") for row in known})
    counts = {"units": len(regions), "events": n, "unknown_region": unknown}
    panel = panel_of(known, regions, _test_from(asked)) if known else None
    gate = _gate(panel, treated, counts)
    if gate is not None or panel is None:
        return answer(NAME, asked, asked_question, [gate or _nothing(counts)], [], n)
    synthetic, line = effect(panel, treated), by_days(panel, treated)
    if synthetic.fit.r_squared < LEAST_FIT:
        told = _unlike(synthetic.fit.r_squared, counts)
        return answer(NAME, asked, asked_question, [told], [], n)
    rows: list[Row] = [
        {"region": name, "share": share}
        for name, share in zip(synthetic.fit.regions, synthetic.fit.shares.tolist(), strict=True)
        if share > 0.0
    ]
    rows.sort(key=lambda row: -real(row, "share"))
    results = results_of(NAME, synthetic, line, len(treated), panel.during, counts, asked)
    results += beside_results(NAME, panel, treated, counts, asked)
    return answer(NAME, asked, asked_question, results, rows, n)


def panel_of(rows: list[Row], regions: list[str], begins: date | None) -> Panel:
    """Arrange rows of region, day and amount; a day without anything is 0.

    The days run from the first to the last that any region knows; the test begins at `begins`,
    None when all days are before it.
    """
    first = date.fromisoformat(min(text(row, "day") for row in rows))
    last = date.fromisoformat(max(text(row, "day") for row in rows))
    days = (last - first).days + 1
    values = np.zeros((len(regions), days))
    place = {name: row for row, name in enumerate(regions)}
    for row in rows:
        day = (date.fromisoformat(text(row, "day")) - first).days
        values[place[text(row, "region")], day] += real(row, "amount")
    before = days if begins is None else min(days, max(0, (begins - first).days))
    return Panel(tuple(regions), values, before)


def _test_from(asked: Asked) -> date:
    try:
        return date.fromisoformat(asked.text("test_from"))
    except ValueError:
        told = wrong("test_from")
        raise InputRefused("bad_option", told, 422, "test_from") from None


def _gate(panel: Panel | None, treated: tuple[str, ...], counts: dict[str, int]) -> Result | None:
    if panel is None:
        return _nothing(counts)
    require_regions(treated, panel.regions)
    if panel.during < 1:
        early = both("No day of the test is over yet.", "Noch kein Tag des Tests ist vorbei.")
        return _gated("too_early", counts, early)
    if len(panel.regions) < LEAST_REGIONS or len(treated) == len(panel.regions):
        return too_few_regions(len(panel.regions), counts)
    if panel.before < LEAST_BLOCKS * panel.during:
        return _short(panel, counts)
    return None


def require_regions(treated: Sequence[str], known: Sequence[str]) -> None:
    """Refuse regions that are not known, and none at all; raises InputRefused."""
    missing = sorted(set(treated) - set(known))
    if treated and not missing:
        return
    names = ", ".join(missing)
    what = wrong("region_unknown", names=names) if missing else wrong("region_none")
    told = wrong("treated_regions", why=what, known=", ".join(known[:20]))
    raise InputRefused("bad_option", told, 422, "treated")


def _require_others(others: Set[str], treated: Sequence[str], known: Set[str]) -> None:
    """Refuse regions of other tests that are not known or treated here; raises InputRefused."""
    missing, twice = sorted(others - known), sorted(others & set(treated))
    if not known or not (missing or twice):
        return
    why = (
        wrong("region_unknown", names=", ".join(missing))
        if missing
        else wrong("region_treated", names=", ".join(twice))
    )
    told = wrong("regions_of_others", why=why, known=", ".join(sorted(known)[:20]))
    raise InputRefused("bad_option", told, 422, "other_tests")


def regions_named(asked: Asked, option: str = "treated") -> tuple[str, ...]:
    """Read the regions of the test, written with commas between them; named twice is once."""
    named = (part.strip() for part in asked.text(option).split(","))
    return tuple(dict.fromkeys(part for part in named if part))


def _gated(reason: Gate, counts: dict[str, int], told: dict[str, str]) -> Result:
    return gated(NAME, "per region and day", reason, counts, told)


def _nothing(counts: dict[str, int]) -> Result:
    told = both(
        "No region is known of this period. Give the server an address table, or send the region.",
        "Aus diesem Zeitraum ist keine Region bekannt. Geben Sie dem Server eine Adresstabelle,"
        " oder senden Sie die Region mit.",
    )
    return _gated("no_source", counts, told)


def too_few_regions(regions: int, counts: dict[str, int]) -> Result:
    """Say that there are not ten regions, or that all of them are in the test."""
    told = both(
        f"{regions} of {LEAST_REGIONS} regions are there, and some must be untouched by the test.",
        f"{regions} von {LEAST_REGIONS} Regionen sind da, und einige müssen vom Test unberührt"
        " sein.",
    )
    return _gated("too_little", counts, told)


def _short(panel: Panel, counts: dict[str, int]) -> Result:
    needed = LEAST_BLOCKS * panel.during
    told = both(
        f"Before the test {panel.before} of {needed} days are known: four times its length.",
        f"Vor dem Test sind {panel.before} von {needed} Tagen bekannt: viermal seine Länge.",
    )
    return _gated("too_little", counts, told)


def _unlike(fitted: float, counts: dict[str, int]) -> Result:
    shares = {lang: number(100 * max(fitted, 0.0), lang) for lang in ("en", "de")}
    told = both(
        "No mix of the other regions goes with the treated ones before the test: it explains"
        f" {shares['en']}% of their ups and downs, 50% are needed.",
        "Keine Mischung der anderen Regionen geht vor dem Test mit den behandelten mit: Sie erklärt"
        f" {shares['de']} % ihrer Schwankungen, 50 % sind nötig.",
    )
    return _gated("unidentified", counts, told)


MEASURE = Measure(
    NAME,
    both("Effect of a test in some regions", "Wirkung eines Tests in einigen Regionen"),
    (
        Option("treated", "text", "", both("regions with the test, by commas", "Testregionen")),
        Option("test_from", "text", "", both("first day of the test", "erster Tag des Tests")),
        Option(
            "other_tests",
            "text",
            "",
            both("regions of other tests, left out", "Regionen anderer Tests, ausgelassen"),
        ),
        Option("goal", "text", "", both("goal that counts, empty for any", "Ziel, leer für jedes")),
        Option("metric", "text", "goals", both("what is counted", "was gezählt wird"), METRICS),
        Option("cost", "number", 0.0, both("what the test cost", "was der Test gekostet hat")),
        Option(
            "assigned",
            "text",
            "chosen",
            both("how the regions were picked", "wie die Regionen gewählt wurden"),
            ("chosen", "random"),
        ),
    ),
    question,
    answer_geo,
)
