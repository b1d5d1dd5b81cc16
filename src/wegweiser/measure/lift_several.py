"""The measure `lift.several`: every arm against the control at once, and in pairs on request."""

from itertools import combinations

import msgspec
import pyarrow as pa

from wegweiser.measure import lift
from wegweiser.measure.arms import TWO_ARMS
from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of
from wegweiser.measure.lift_at_end import AtEnd, at_end, held_against
from wegweiser.measure.lift_estimate import VERDICT_WORDS, Look, look_at
from wegweiser.measure.lift_gate import first_closed_gate
from wegweiser.measure.lift_planned import before_end, counted_units, is_at_end
from wegweiser.measure.lift_sums import Sums, read_sums
from wegweiser.measure.several import confirmed
from wegweiser.measure.several_arms import holm
from wegweiser.measure.statistic import Interval
from wegweiser.measure.words import NINETEEN, Sentence, between, both, decimals_for, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "lift.several"
_ALPHA = 0.05
_HOLM = "Bonferroni ends, Holm over pairs"
_FIGURES = ("difference", "low", "high", "chance", "daily_low", "daily_high", "evidence")


def answer_several(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Hold every arm against the control: daily by e-BH, at the planned end by Dunnett."""
    sums = read_sums(rows_of(table))
    control = asked.text("control")
    arms = sorted(name for name in sums if name not in (control, TWO_ARMS))
    gates = _closed(sums, arms, asked)
    opened = [arm for arm in arms if gates[arm] is None]
    looks = {arm: look_at(sums[arm], sums[control], _pair(asked, arm, control)) for arm in opened}
    sure = confirmed({arm: look.evidence for arm, look in looks.items()})
    ends = _ends({arm: sums[arm] for arm in opened}, sums, asked)
    frame = _Frame(asked, len(opened))
    results: list[Result] = []
    for arm in arms:
        gate = gates[arm]
        if gate is not None:
            results.append(_gated(arm, gate))
            continue
        counts = _counts(sums[arm], sums[control], len(opened))
        results.append(frame.daily(arm, looks[arm], arm in sure, counts))
        if arm in ends:
            results.append(frame.at_end(arm, ends[arm].found, counts))
    if opened and not ends:
        results += before_end(f"{NAME}.at_end", frame.unit, sums, asked)
    if asked.text("pairs") == "yes":
        results += _pairs(sums, asked)
    rows = [_row(arm, sums[arm], gates[arm], looks, ends, arm in sure) for arm in arms]
    units = sum(one.closed for one in sums.values())
    return answer(NAME, asked, asked_question, results or [_none(sums, asked)], rows, units)


def _ends(opened: dict[str, Sums], sums: dict[str, Sums], asked: Asked) -> dict[str, AtEnd]:
    """Give what may be read once, at the planned end; nothing before it."""
    if not opened or not is_at_end(counted_units(sums), asked):
        return {}
    rated = asked.text("metric") == "converted"
    return at_end(opened, sums[asked.text("control")], rated)


def _closed(sums: dict[str, Sums], arms: list[str], asked: Asked) -> dict[str, Result | None]:
    """Give each arm's gate; where one arm is broken the assignment is, and so are all of them."""
    control = asked.text("control")
    gates = {arm: first_closed_gate(sums, _pair(asked, arm, control)) for arm in arms}
    broken = {arm: gate for arm, gate in gates.items() if gate and gate.reason == "broken"}
    if not broken or len(broken) == len(arms):
        return gates
    named, first = next(iter(broken.items()))
    said = both(
        f"Nothing is told of the whole test, since {named} is broken. {first.sentence['en']}",
        f"Vom ganzen Test wird nichts gesagt, weil {named} gestört ist. {first.sentence['de']}",
    )
    told = msgspec.structs.replace(first, sentence=said)
    return {**dict.fromkeys(arms, told), **broken}


def _pair(asked: Asked, arm: str, control: str) -> Asked:
    more = {"arm": arm, "control": control}
    return msgspec.structs.replace(asked, options={**asked.options, **more})


def _pairs(sums: dict[str, Sums], asked: Asked) -> list[Result]:
    """Hold every two arms against each other, by what may be read at any time.

    At the planned end: ends at 1 − 5 %/m, standing by Holm.
    """
    arms = sorted(name for name in sums if name != TWO_ARMS)
    gates = {pair: first_closed_gate(sums, _pair(asked, *pair)) for pair in combinations(arms, 2)}
    if any(gate is not None and gate.reason == "broken" for gate in gates.values()):
        return []
    opened = [pair for pair, gate in gates.items() if gate is None]
    frame = _Frame(asked, len(opened))
    if not is_at_end(counted_units(sums), asked):
        return _pairs_so_far(opened, sums, asked, frame)
    rated = asked.text("metric") == "converted"
    level = 1 - _ALPHA / max(1, len(opened))
    found = {
        f"{one}-{other}": held_against(sums[one], sums[other], level, rated)
        for one, other in opened
    }
    adjusted = holm({name: one.chance for name, one in found.items()})
    return [
        frame.pair(
            (one, other),
            found[f"{one}-{other}"].found,
            adjusted[f"{one}-{other}"] <= _ALPHA,
            _counts(sums[one], sums[other], len(opened)),
        )
        for one, other in opened
    ]


def _pairs_so_far(
    opened: list[tuple[str, str]], sums: dict[str, Sums], asked: Asked, frame: "_Frame"
) -> list[Result]:
    """Hold arms against each other while the test runs; what stands does so by e-BH."""
    looks = {pair: look_at(sums[pair[0]], sums[pair[1]], _pair(asked, *pair)) for pair in opened}
    sure = confirmed({"-".join(pair): look.evidence for pair, look in looks.items()})
    return [
        frame.pair(
            pair,
            look.interval,
            "-".join(pair) in sure and look.verdict in ("helps", "harms"),
            _counts(sums[pair[0]], sums[pair[1]], len(opened)),
            daily=True,
        )
        for pair, look in looks.items()
    ]


def _counts(treated: Sums, control: Sums, compared: int) -> dict[str, int]:
    return {
        "units": treated.closed + control.closed,
        "goals": treated.reached + control.reached,
        "compared": compared,
    }


class _Frame:
    """What all results of one answer have in common: control, scale and how many there are."""

    def __init__(self, asked: Asked, compared: int):
        self.control, self.compared = asked.text("control"), compared
        rated = asked.text("metric") == "converted"
        self.unit = f"{'reached' if rated else 'sum'} per unit"
        self.scale = 100.0 if rated else 1.0
        self.of = both("of 100", "von 100") if rated else both("per unit", "je Einheit")

    def daily(self, arm: str, look: Look, sure: bool, counts: dict[str, int]) -> Result:
        """Make the result that may be read daily."""
        alone = look.verdict in ("helps", "harms") and not sure
        said: Sentence = {}
        for lang in ("en", "de"):
            words = VERDICT_WORDS[look.verdict][lang]
            if alone:
                words += both(
                    f", but not confirmed among {self.compared} comparisons",
                    f", aber unter {self.compared} Vergleichen nicht bestätigt",
                )[lang]
            ends = between(look.interval, lang, self.scale)
            said[lang] = f"{self._start(arm, look.interval, lang)} ({ends}): {words}."
        return Result(
            name=f"{NAME}.{arm}",
            unit=self.unit,
            n=counts,
            enough_data=True,
            estimate=look.interval.estimate,
            low=look.interval.low,
            high=look.interval.high,
            kind="always_valid",
            evidence="experiment",
            warnings=("not_confirmed_among_several",) if alone else (),
            sentence=said,
            method="confidence sequence, e-BH over arms",
            verdict=look.verdict,
            weeks_needed=look.weeks,
        )

    def at_end(self, arm: str, found: Interval, counts: dict[str, int]) -> Result:
        """Make the result for the planned end, whose intervals hold together."""
        several = both(
            f"all {self.compared} comparisons hold together ",
            f"alle {self.compared} Vergleiche gelten zusammen ",
        )
        hold = several if self.compared > 1 else both("", "")
        said = {
            lang: f"{start} {self._start(arm, found, lang)}"
            f" ({self._ends(found, lang)}; {hold[lang]}{NINETEEN[lang]})."
            for lang, start in (
                ("en", "Read once at the planned end:"),
                ("de", "Einmal am geplanten Ende gelesen:"),
            )
        }
        return self._final(f"{arm}_at_end", found, said, counts, "Dunnett, multivariate t")

    def pair(
        self,
        pair: tuple[str, str],
        found: Interval,
        stands: bool,
        counts: dict[str, int],
        daily: bool = False,
    ) -> Result:
        """Make the result of two arms held against each other."""
        word = both("differs", "unterscheidet sich") if stands else both("cannot tell", "unklar")
        one, other = pair
        among = both(f"one of {self.compared} pairs", f"eines von {self.compared} Paaren")
        if self.compared == 1:
            among = both("the only pair", "das einzige Paar")
        said = {
            lang: f"{self._start(one, found, lang, other)} ({self._ends(found, lang)},"
            f" {among[lang]}): {word[lang]}."
            for lang in ("en", "de")
        }
        name = f"pair.{one}-{other}"
        method = "confidence sequence, e-BH over pairs" if daily else _HOLM
        return self._final(name, found, said, counts, method, daily)

    def _final(
        self,
        name: str,
        found: Interval,
        said: Sentence,
        counts: dict[str, int],
        method: str,
        daily: bool = False,
    ) -> Result:
        return Result(
            name=f"{NAME}.{name}",
            unit=self.unit,
            n=counts,
            enough_data=True,
            estimate=found.estimate,
            low=found.low,
            high=found.high,
            kind="always_valid" if daily else "frequentist",
            evidence="experiment",
            warnings=() if daily else ("read_once_at_planned_end",),
            sentence=said,
            method=method,
        )

    def _start(self, arm: str, found: Interval, lang: str, other: str = "") -> str:
        digits = decimals_for((found.high - found.low) * self.scale)
        size = number(found.estimate * self.scale, lang, digits)
        against = other or self.control
        return both(
            f"{arm} less {against} is {size} {self.of['en']}",
            f"{arm} minus {against} ist {size} {self.of['de']}",
        )[lang]

    def _ends(self, found: Interval, lang: str) -> str:
        """Write the ends alone: of several the usual 19 times belong to all together."""
        return between(found, lang, self.scale).removesuffix(f", {NINETEEN[lang]}")


def _gated(arm: str, gate: Result) -> Result:
    said = {lang: f"{arm}: {told}" for lang, told in gate.sentence.items()}
    return msgspec.structs.replace(gate, name=f"{NAME}.{arm}", sentence=said)


def _none(sums: dict[str, Sums], asked: Asked) -> Result:
    control = asked.text("control")
    return gated(
        NAME,
        "per unit",
        "no_source",
        {"units": sum(one.closed for one in sums.values())},
        both(
            f"There is no arm beside {control}.",
            f"Neben {control} gibt es keine Gruppe.",
        ),
    )


def _row(
    arm: str,
    held: Sums,
    gate: Result | None,
    looks: dict[str, Look],
    ends: dict[str, AtEnd],
    sure: bool,
) -> Row:
    broken = gate is not None and gate.reason == "broken"
    shown: Row = {
        "arm": arm,
        "units": held.closed,
        "reached": None if broken else held.reached,
        **dict.fromkeys(_FIGURES),
        "confirmed": None,
        "verdict": "",
        "reason": gate.reason if gate else "",
    }
    if gate is not None:
        return shown
    look, end = looks[arm], ends.get(arm)
    once: tuple[float | None, ...] = (look.interval.estimate, None, None, None)
    if end is not None:
        once = (end.found.estimate, end.found.low, end.found.high, end.chance)
    told = dict(zip(_FIGURES, (*once, *_ends_of(look)), strict=True))
    return shown | told | {"confirmed": sure, "verdict": look.verdict}


def _ends_of(look: Look) -> tuple[float, float, float]:
    return look.interval.low, look.interval.high, look.evidence


_LEFT_OUT = ("arm", "margin", "unit_cost")
MEASURE = Measure(
    NAME,
    both("Several arms against the control group", "Mehrere Gruppen gegen die Kontrollgruppe"),
    (
        *(one for one in lift.MEASURE.options if one.name not in _LEFT_OUT),
        Option(
            "pairs",
            "text",
            "no",
            both("also hold arms against each other", "Gruppen auch untereinander vergleichen"),
            ("no", "yes"),
        ),
    ),
    lift.question,
    answer_several,
)
