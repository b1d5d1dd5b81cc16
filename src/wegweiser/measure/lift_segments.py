"""The measure `lift.segments`: whether the lift depends on who it is, and by how much."""

from functools import reduce
from operator import add

import msgspec
import pyarrow as pa

from wegweiser.measure import lift
from wegweiser.measure.adjusted import adjusted
from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of, text
from wegweiser.measure.lift_gate import first_closed_gate, needed
from wegweiser.measure.lift_segments_effects import (
    Interaction,
    Part,
    apart,
    drawn_together,
    interaction,
)
from wegweiser.measure.lift_segments_question import question
from wegweiser.measure.lift_sums import Sums, read_sums
from wegweiser.measure.many import standing
from wegweiser.measure.statistic import Interval
from wegweiser.measure.words import Sentence, between, both, decimals_for, number
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.result import Answer, Question, Result
from wegweiser.terms.role import SMALLEST_CELL
from wegweiser.terms.wrong import wrong

NAME = "lift.segments"
OTHER = "(other)"
DIFFER_BELOW = 0.05
Segments = dict[str, dict[str, Sums]]


def answer_segments(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Test first whether segments differ; each is shown drawn towards all, never alone."""
    rows = rows_of(table)
    whole = read_sums(rows)
    units = _units(whole)
    gate = first_closed_gate(whole, asked)
    if gate is not None:
        stopped = msgspec.structs.replace(gate, name=f"{NAME}.interaction")
        return answer(NAME, asked, asked_question, [stopped], [], units)
    each = _read(rows)
    segments = merged(each, asked)
    arms = asked.text("arm"), asked.text("control")
    parts = [
        Part(name, found.difference, found.variance)
        for name, sums in segments.items()
        if (found := adjusted(sums[arms[0]], sums[arms[1]])).variance > 0
    ]
    if len(parts) < 2:
        return answer(
            NAME, asked, asked_question, [_few(len(parts), units, each, asked)], [], units
        )
    test, drawn, chances = interaction(parts), drawn_together(parts), apart(parts)
    stands = standing(chances)
    named = is_named_before(asked, min(one.first_at for one in whole.values()))
    results = [_interaction(test, named, len(parts), units)] + [
        _segment(part, found, segments[part.name], asked, named, len(parts))
        for part, found in zip(parts, drawn, strict=True)
    ]
    shown = [
        _row(part, found, segments[part.name], asked, chances[part.name], part.name in stands)
        for part, found in zip(parts, drawn, strict=True)
    ]
    return answer(NAME, asked, asked_question, results, shown, units)


def _read(rows: list[Row]) -> Segments:
    names = sorted({text(row, "segment") for row in rows})
    return {name: read_sums([row for row in rows if row["segment"] == name]) for name in names}


def merged(segments: Segments, asked: Asked) -> Segments:
    """Merge segments without the least units and goals into "(other)"; it too must have them."""
    kept = {name: sums for name, sums in segments.items() if not _is_small(sums, asked)}
    small = [sums for name, sums in segments.items() if name not in kept]
    arms = {arm for sums in small for arm in sums}
    other = {arm: reduce(add, [sums[arm] for sums in small if arm in sums]) for arm in arms}
    if other and not _is_small(other, asked):
        kept[OTHER] = other
    return kept


def _is_small(sums: dict[str, Sums], asked: Asked) -> bool:
    return first_closed_gate(sums, asked) is not None


def is_named_before(asked: Asked, first_at: int) -> bool:
    """Tell whether the segments were named before the first unit; raises InputRefused."""
    stated = asked.text("named_on")
    moment = parse_instant(stated)
    if stated and moment is None:
        raise InputRefused("bad_option", wrong("named_on", given=repr(stated)), 422, "named_on")
    return moment is not None and moment <= first_at


def _few(count: int, units: int, each: Segments, asked: Asked) -> Result:
    """Say how many segments can be told, and what the nearest of the others waits for."""
    nearest = _nearest(each, asked)
    said = both(
        f"Too little data: {count} of the two segments needed have the units and goals that a lift"
        f" needs.{nearest['en']}",
        f"Zu wenig Daten: {count} der zwei nötigen Segmente haben die Einheiten und Ziele, die eine"
        f" Wirkung braucht.{nearest['de']}",
    )
    counts = {"units": units, "compared": count}
    return gated(f"{NAME}.interaction", "chance", "too_little", counts, said)


def _nearest(each: Segments, asked: Asked) -> Sentence:
    # Of few people not even their number is told under the name of what they have in common.
    large = {name: sums for name, sums in each.items() if _units(sums) >= SMALLEST_CELL}
    short = {name: need for name, sums in large.items() if (need := needed(sums, asked))}
    if not short:
        return both("", "")
    name = min(short, key=lambda one: (short[one] / max(1, _closed(each[one], asked)), one))
    gate = first_closed_gate(each[name], asked)
    told = both("", "") if gate is None else gate.sentence
    return both(f" {name}: {told['en']}", f" {name}: {told['de']}")


def _units(sums: dict[str, Sums]) -> int:
    return sum(one.closed for one in sums.values())


def _closed(sums: dict[str, Sums], asked: Asked) -> int:
    return sum(sums[arm].closed for arm in (asked.text("arm"), asked.text("control")))


_BY_LOOKING = both(
    " The segments were found by looking: worth a test of their own, no result.",
    " Die Segmente wurden beim Hinsehen gefunden: einen eigenen Test wert, kein Ergebnis.",
)


def _interaction(test: Interaction, named: bool, compared: int, units: int) -> Result:
    differ = test.chance < DIFFER_BELOW
    chance = {lang: number(test.chance, lang, 4) for lang in ("en", "de")}
    told = both(
        f"The effect differs between the {compared} segments (without any cause so far apart with"
        f" a chance of {chance['en']}).",
        f"Die Wirkung unterscheidet sich zwischen den {compared} Segmenten (ohne Ursache so weit"
        f" auseinander mit einer Aussicht von {chance['de']}).",
    )
    if not differ:
        told = both(
            f"No sign that the effect differs between the {compared} segments (so far apart"
            f" without any cause with a chance of {chance['en']}): use the lift of all.",
            f"Kein Anzeichen, dass sich die Wirkung zwischen den {compared} Segmenten unterscheidet"
            f" (so weit auseinander ohne Ursache mit einer Aussicht von {chance['de']}): es gilt"
            " die Wirkung bei allen.",
        )
    looked = both("", "") if named else _BY_LOOKING
    return Result(
        name=f"{NAME}.interaction",
        unit="chance",
        n={"units": units, "compared": compared},
        enough_data=True,
        estimate=test.chance,
        low=test.chance,
        high=test.chance,
        evidence="experiment",
        warnings=() if named else ("found_by_looking",),
        sentence={lang: told[lang] + looked[lang] for lang in ("en", "de")},
        method="interaction test, Cochran's Q",
    )


def _segment(
    part: Part, found: Interval, sums: dict[str, Sums], asked: Asked, named: bool, compared: int
) -> Result:
    arms = sums[asked.text("arm")], sums[asked.text("control")]
    rated = asked.text("metric") == "converted"
    return Result(
        name=f"{NAME}.{part.name}",
        unit=f"{'reached' if rated else 'sum'} per unit",
        n={
            "units": sum(arm.closed for arm in arms),
            "goals": sum(arm.reached for arm in arms),
            "compared": compared,
        },
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind="bayesian",
        evidence="experiment",
        warnings=("no_reason_to_stop_early", *(() if named else ("found_by_looking",))),
        sentence=_said(part.name, found, 100.0 if rated else 1.0),
        method="drawn towards all segments (normal hierarchy, uniform shrinkage)",
    )


def _said(name: str, found: Interval, scale: float) -> Sentence:
    of = both("of 100", "von 100") if scale != 1 else both("per unit", "je Einheit")
    said: Sentence = {}
    for lang, more, drawn in (
        ("en", "more than in the control group", "drawn towards all segments"),
        ("de", "mehr als in der Kontrollgruppe", "zu allen Segmenten hingezogen"),
    ):
        digits = decimals_for((found.high - found.low) * scale)
        size = number(found.estimate * scale, lang, digits)
        said[lang] = f"{name}: {size} {of[lang]} {more} ({between(found, lang, scale)}; {drawn})."
    return said


def _row(
    part: Part, found: Interval, sums: dict[str, Sums], asked: Asked, chance: float, stands: bool
) -> Row:
    treated, control = sums[asked.text("arm")], sums[asked.text("control")]
    return {
        "segment": part.name,
        "units": treated.closed + control.closed,
        "goals": treated.reached + control.reached,
        "difference": found.estimate,
        "low": found.low,
        "high": found.high,
        "before_drawing": part.difference,
        "chance_apart": chance,
        "stands_apart": stands,
    }


_LEFT_OUT = ("margin", "unit_cost", "worth_knowing", "planned_units")
MEASURE = Measure(
    NAME,
    both("Lift by segment", "Wirkung nach Segment"),
    (
        Option(
            "by",
            "text",
            "device",
            both(
                "source, channel, device, country, region, trait:NAME, segment:KEY,KEY",
                "source, channel, device, country, region, trait:NAME, segment:KEY,KEY",
            ),
        ),
        Option(
            "named_on",
            "text",
            "",
            both(
                "day on which the segments were written down; empty: found by looking",
                "Tag, an dem die Segmente notiert wurden; leer: beim Hinsehen gefunden",
            ),
        ),
        *(one for one in lift.MEASURE.options if one.name not in _LEFT_OUT),
    ),
    question,
    answer_segments,
)
