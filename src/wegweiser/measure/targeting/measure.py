"""The measure `lift.targeting`: is it worth choosing whom to treat, and by what?"""

import hashlib
import math

import msgspec
import numpy as np
import pyarrow as pa

from wegweiser.measure import lift
from wegweiser.measure.adjusted import adjusted
from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of, text
from wegweiser.measure.lift_gate import first_closed_gate
from wegweiser.measure.lift_segments_effects import Part, drawn_together
from wegweiser.measure.statistic import Interval
from wegweiser.measure.targeting.curve import (
    Cells,
    Drawn,
    area,
    best_from,
    bootstrapped,
    gains_of,
    resampled,
    value,
)
from wegweiser.measure.targeting.half import Scored, cells_of, sums_of
from wegweiser.measure.targeting.question import EXPECTED, question
from wegweiser.measure.words import Sentence, between, both, decimals_for, number
from wegweiser.terms.result import Answer, Gate, Question, Result

NAME = "lift.targeting"
LEAST_UNITS = 100


def answer_targeting(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Learn an order on one half of the units and judge it on the other, never on its own."""
    rows = rows_of(table)
    whole = sums_of(rows)
    units = sum(one.closed for one in whole.values())
    learning = [row for row in rows if row["learns"]]
    judging = [row for row in rows if not row["learns"]]
    for half in (rows, learning, judging):
        gate = first_closed_gate(sums_of(half), asked)
        if gate is not None:
            stopped = msgspec.structs.replace(gate, name=f"{NAME}.area")
            return answer(NAME, asked, asked_question, [stopped], [], units)
    arm = asked.text("arm")
    mine = [row for row in judging if row["arm"] in (arm, asked.text("control"))]
    scored, least = learned(learning, asked)
    cells = cells_of(mine, arm, scored)
    if len(cells.levels) < 2:
        return answer(NAME, asked, asked_question, [_alike(units)], [], units)
    rng = np.random.default_rng(_seed(asked_question))
    once, again = gains_of(cells), resampled(cells, rng)
    judged = _Judged(asked, cells, once, again, cells.levels >= least, units)
    return answer(NAME, asked, asked_question, judged.results(), judged.curve(), units)


def learned(rows: list[Row], asked: Asked) -> tuple[Scored, float]:
    """Give the scores that one half tells, and from which score on treating is worth it.

    A cut's values have their effects drawn towards all; what the engine expected is its own score.
    """
    arm, control = asked.text("arm"), asked.text("control")
    mine = [row for row in rows if row["arm"] in (arm, control)]
    worth, cost = _worth(asked)
    if asked.text("by") == EXPECTED:
        values = {text(row, "segment") for row in mine}
        scored = Scored({one: _number(one) for one in values}, -1.0)
        cells = cells_of(mine, arm, scored)
        once = gains_of(cells)
        gains = worth * once.gains[0] - cost * once.units[0]
        return scored, best_from(cells.levels.tolist(), gains)
    effects = _effects(mine, arm, control)
    common = adjusted(sums_of(mine)[arm], sums_of(mine)[control], 0.0).difference
    return Scored(effects, common), _above(cost / worth)


def _number(told: str) -> float:
    """Read what was expected; of whom nothing was, less is expected than of anybody."""
    try:
        return float(told)
    except ValueError:
        return -1.0


def _above(even: float) -> float:
    """Give the least score above break-even: who breaks even is not treated."""
    return math.nextafter(even, math.inf)


def _effects(rows: list[Row], arm: str, control: str) -> dict[str, float]:
    parts = []
    for name in sorted({text(row, "segment") for row in rows}):
        sums = sums_of([row for row in rows if row["segment"] == name])
        if min((sums[one].closed if one in sums else 0) for one in (arm, control)) < LEAST_UNITS:
            continue
        found = adjusted(sums[arm], sums[control], 0.0)
        if found.variance > 0:
            parts.append(Part(name, found.difference, found.variance))
    if len(parts) < 2:
        return {}
    drawn = drawn_together(parts)
    return {part.name: one.estimate for part, one in zip(parts, drawn, strict=True)}


def _worth(asked: Asked) -> tuple[float, float]:
    """Give what one unit of the goal earns, and what treating costs; without money 1 and 0."""
    margin, cost = asked.number("margin"), asked.number("unit_cost")
    return (margin, max(cost, 0.0)) if margin > 0 else (1.0, 0.0)


def _seed(asked_question: Question) -> int:
    encoded = msgspec.json.encode(asked_question, order="sorted")
    return int.from_bytes(hashlib.sha256(encoded).digest()[:8], "big")


def _alike(units: int) -> Result:
    reason: Gate = "unidentified"
    said = both(
        "Nothing to choose by: on the half that learns, all units have the same score.",
        "Nichts, wonach zu wählen wäre: In der Hälfte, die lernt, haben alle Einheiten denselben"
        " Wert.",
    )
    return gated(f"{NAME}.area", "per head", reason, {"units": units}, said)


class _Judged:
    """The half that is judged: the area of its curve, and the policy against the best arm."""

    def __init__(
        self,
        asked: Asked,
        cells: Cells,
        once: Drawn,
        again: Drawn,
        treated: np.ndarray,
        units: int,
    ):
        self.asked, self.cells, self.once, self.again = asked, cells, once, again
        self.treated = treated
        self.money = asked.number("margin") > 0
        rated = asked.text("metric") == "converted" and not self.money
        self.scale = 100.0 if rated else 1.0
        self.counts = {"units": units, "judged": round(float(cells.units.sum()))}
        self.counts["levels"] = len(cells.levels)

    def results(self) -> list[Result]:
        found = bootstrapped(float(area(self.once)[0]), area(self.again))
        gain, claimed, best = self._against_best()
        return [
            self._result("area", found, self._area_said(found), found.low > 0),
            self._result("policy", gain, self._policy_said(gain, claimed, best), claimed),
        ]

    def _against_best(self) -> tuple[Interval, bool, str]:
        """Hold the policy against treating all and treating nobody, whichever is better."""
        worth, cost = _worth(self.asked)
        everybody = np.ones(len(self.treated), dtype=bool)
        gaps: dict[str, Interval] = {}
        for name, others in (("nobody", ~everybody), ("all", everybody)):
            gap, drawn = (
                value(one, self.treated, worth, cost) - value(one, others, worth, cost)
                for one in (self.once, self.again)
            )
            gaps[name] = bootstrapped(float(gap[0]), drawn)
        best = min(gaps, key=lambda name: gaps[name].estimate)
        return gaps[best], all(gap.low > 0 for gap in gaps.values()), best

    def _result(self, name: str, found: Interval, said: Sentence, claimed: bool) -> Result:
        return Result(
            name=f"{NAME}.{name}",
            unit="reached per head" if self.scale != 1 else "per head",
            n=self.counts,
            enough_data=True,
            estimate=found.estimate,
            low=found.low,
            high=found.high,
            kind="bootstrap",
            evidence="experiment",
            warnings=("read_once_at_planned_end", *(() if claimed else ("no_claim",))),
            sentence=said,
            method="held-out half, Poisson bootstrap of units",
        )

    def _size(self, found: Interval, lang: str) -> str:
        digits = decimals_for((found.high - found.low) * self.scale)
        size = number(found.estimate * self.scale, lang, digits)
        of = both("of 100", "von 100") if self.scale != 1 else both("per head", "je Kopf")
        return f"{size} {of[lang]} ({between(found, lang, self.scale)})"

    def _area_said(self, found: Interval) -> Sentence:
        sure = found.low > 0
        end = both("it tells who responds", "es sagt, wer anspricht")
        if not sure:
            end = both(
                "no sign that it tells who responds", "kein Anzeichen, dass es sagt, wer anspricht"
            )
        by = self.asked.text("by")
        return both(
            f"Choosing by {by} instead of at random brings {self._size(found, 'en')}: {end['en']}.",
            f"Die Wahl nach {by} statt in zufälliger Reihenfolge bringt"
            f" {self._size(found, 'de')}: {end['de']}.",
        )

    def _policy_said(self, gain: Interval, claimed: bool, best: str) -> Sentence:
        share = float(self.once.units[0] @ self.treated / self.once.units[0].sum())
        told = {lang: number(100 * share, lang) for lang in ("en", "de")}
        rival = both("treating nobody", "niemanden zu behandeln")
        if best == "all":
            rival = both("treating all", "alle zu behandeln")
        end = both("worth choosing", "die Wahl lohnt sich")
        if not claimed:
            end = both(
                "no reason to choose rather than do that for all",
                "kein Grund zu wählen, statt das bei allen zu tun",
            )
        return both(
            f"Treating the {told['en']}% that it names instead of {rival['en']} brings"
            f" {self._size(gain, 'en')}: {end['en']}.",
            f"Die {told['de']} % zu behandeln, die es nennt, statt {rival['de']}, bringt"
            f" {self._size(gain, 'de')}: {end['de']}.",
        )

    def curve(self) -> list[Row]:
        """Give the curve from the highest score down: share treated, gain, and the diagonal."""
        units, gains = self.once.units[0], self.once.gains[0]
        whole = units.sum()
        rows: list[Row] = []
        for place in range(len(units) - 1, -1, -1):
            share = float(units[place:].sum() / whole)
            rows.append(
                {
                    "score": float(self.cells.levels[place]),
                    "units": round(float(units[place])),
                    "effect": float(gains[place] / units[place]),
                    "share_treated": share,
                    "gain": float(gains[place:].sum() / whole),
                    "gain_by_chance": share * float(gains.sum() / whole),
                    "treated": bool(self.treated[place]),
                }
            )
        return rows


_LEFT_OUT = ("worth_knowing", "planned_units")
MEASURE = Measure(
    NAME,
    both("Whom to treat", "Wen behandeln"),
    (
        Option(
            "by",
            "text",
            EXPECTED,
            both(
                "expected, or a cut: source, channel, device, country, region, trait:NAME,"
                " segment:KEY,KEY",
                "expected oder ein Schnitt: source, channel, device, country, region, trait:NAME,"
                " segment:KEY,KEY",
            ),
        ),
        *(one for one in lift.MEASURE.options if one.name not in _LEFT_OUT),
    ),
    question,
    answer_targeting,
)
