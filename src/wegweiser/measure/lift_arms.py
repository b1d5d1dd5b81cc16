"""The measure `lift.arms`: what each part of the engine earns, by the arm that goes without it."""

import msgspec
import pyarrow as pa

from wegweiser.measure import lift
from wegweiser.measure.arms import TWO_ARMS
from wegweiser.measure.form import Asked, Measure, Row, answer, gated, rows_of
from wegweiser.measure.lift_estimate import Look, look_at, waiting_words
from wegweiser.measure.lift_gate import first_closed_gate
from wegweiser.measure.lift_sums import Sums, read_sums
from wegweiser.measure.lift_wait import smallest_visible, visible_words
from wegweiser.measure.several import confirmed
from wegweiser.measure.statistic import Interval
from wegweiser.measure.words import Sentence, between, both, estimate_of
from wegweiser.terms.result import Answer, Question, Result

NAME = "lift.arms"
MAIN = "main"
QUESTIONS: dict[str, Sentence] = {
    "nothing": both("Do messages help at all?", "Helfen Botschaften überhaupt?"),
    "random": both("Does selection pay?", "Lohnt sich die Auswahl?"),
    "no_levers": both("Do business levers pay?", "Lohnen sich die Hebel?"),
    "rules_only": both("Does learning pay?", "Lohnt sich das Lernen?"),
    "eligible_only": both("Do the soft rules pay?", "Lohnen sich die weichen Regeln?"),
    "one_best": both("Does context pay?", "Lohnt sich der Zusammenhang?"),
}
_SAID: dict[str, Sentence] = {
    "helps": both("yes", "ja"),
    "harms": both("no, it harms", "nein, es schadet"),
    "too_small": both("too little to matter", "zu wenig, um zu zählen"),
    "cannot_tell": both("cannot tell yet", "noch nicht zu sagen"),
}


def answer_arms(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Hold every arm against main; of several verdicts those stand that e-BH confirms at 10 %."""
    sums = read_sums(rows_of(table))
    arms = sorted(name for name in sums if name not in (MAIN, TWO_ARMS))
    looks: dict[str, Look] = {}
    closed: dict[str, Result] = {}
    for arm in arms:
        pair = _pair(asked, arm)
        gate = first_closed_gate(sums, pair)
        if gate is None:
            looks[arm] = look_at(sums[MAIN], sums[arm], pair)
        else:
            closed[arm] = gate
    standing = confirmed({arm: look.evidence for arm, look in looks.items()})
    results = [
        _result(arm, looks[arm], sums, asked, arm in standing, len(looks))
        if arm in looks
        else _gated(arm, closed[arm], sums, asked)
        for arm in arms
    ]
    rows = [
        _row(arm, looks.get(arm), closed.get(arm), _visible(arm, closed.get(arm), sums, asked))
        | _counts(sums[arm], closed.get(arm))
        | {"confirmed": arm in standing if arm in looks else None}
        for arm in arms
    ]
    units = sum(one.closed for one in sums.values())
    return answer(NAME, asked, asked_question, results or [_none(sums, asked)], rows, units)


def _pair(asked: Asked, arm: str) -> Asked:
    return msgspec.structs.replace(asked, options={**asked.options, "arm": MAIN, "control": arm})


def _none(sums: dict[str, Sums], asked: Asked) -> Result:
    gate = first_closed_gate(sums, _pair(asked, "nothing"))
    if gate is not None:
        return msgspec.structs.replace(gate, name=NAME)
    return gated(
        NAME,
        "per unit",
        "no_source",
        {"units": sum(one.closed for one in sums.values())},
        both("There is no arm beside main.", "Neben main gibt es keine Gruppe."),
    )


def _gated(arm: str, gate: Result, sums: dict[str, Sums], asked: Asked) -> Result:
    said = {lang: f"{_asks(arm)[lang]} {gate.sentence[lang]}" for lang in ("en", "de")}
    return msgspec.structs.replace(
        gate,
        name=f"{NAME}.{arm}",
        sentence=said,
        smallest_visible=_visible(arm, gate, sums, asked),
    )


def _visible(arm: str, gate: Result | None, sums: dict[str, Sums], asked: Asked) -> float | None:
    """Give the smallest lift of a rate that can be seen; of what is broken there is no figure."""
    broken = gate is not None and gate.reason == "broken"
    if broken or MAIN not in sums or asked.text("metric") != "converted":
        return None
    return smallest_visible(sums[MAIN], sums[arm])


def _asks(arm: str) -> Sentence:
    return QUESTIONS.get(arm, both(f"Is main better than {arm}?", f"Ist main besser als {arm}?"))


def _result(
    arm: str, look: Look, sums: dict[str, Sums], asked: Asked, stands: bool, several: int
) -> Result:
    treated, control = sums[MAIN], sums[arm]
    rated = asked.text("metric") == "converted"
    visible = _visible(arm, None, sums, asked)
    alone = look.verdict in ("helps", "harms") and not stands
    return Result(
        name=f"{NAME}.{arm}",
        unit=f"{'reached' if rated else 'sum'} per unit",
        n={
            "units": treated.closed + control.closed,
            "goals": treated.reached + control.reached,
            "compared": several,
        },
        enough_data=True,
        estimate=look.interval.estimate,
        low=look.interval.low,
        high=look.interval.high,
        kind="always_valid",
        evidence="experiment",
        warnings=("not_confirmed_among_several",) if alone else (),
        sentence=_sentence(arm, look, visible, 100.0 if rated else 1.0, several if alone else 0),
        method="confidence sequence, e-BH over arms",
        verdict=look.verdict,
        weeks_needed=look.weeks,
        smallest_visible=visible,
    )


def _sentence(
    arm: str, look: Look, visible: float | None, scale: float, unconfirmed_among: int
) -> Sentence:
    said: Sentence = {}
    found: Interval = look.interval
    of = both("of 100", "von 100") if scale != 1 else both("per unit", "je Einheit")
    for lang in ("en", "de"):
        words = _SAID[look.verdict][lang]
        size, ends = estimate_of(found, lang, scale), between(found, lang, scale)
        if unconfirmed_among:
            words += both(
                f" by itself, but not confirmed among {unconfirmed_among} comparisons",
                f" für sich genommen, aber unter {unconfirmed_among} Vergleichen nicht bestätigt",
            )[lang]
        told = f"{_asks(arm)[lang]} {words[:1].upper()}{words[1:]}; "
        told += both("the difference is", "der Unterschied ist")[lang]
        told += f" {size} {of[lang]} ({ends})"
        if look.verdict == "cannot_tell":
            told += f"; {waiting_words(look.weeks, lang)}"
        said[lang] = f"{told}{visible_words(visible, lang)}."
    return said


def _counts(held: Sums, gate: Result | None) -> Row:
    """Give the units of an arm and how many reached the goal, which is hidden where broken."""
    broken = gate is not None and gate.reason == "broken"
    return {"units": held.closed, "reached": None if broken else held.reached}


def _row(arm: str, look: Look | None, gate: Result | None, visible: float | None) -> Row:
    shown: Row = {
        "arm": arm,
        "question": _asks(arm)["en"],
        "units": None,
        "reached": None,
        "difference": None,
        "low": None,
        "high": None,
        "verdict": "",
        "reason": gate.reason if gate else "",
        "weeks_needed": None,
        "smallest_visible": visible,
        "evidence": None,
        "confirmed": None,
    }
    if look is None:
        return shown
    found = look.interval
    return shown | {
        "difference": found.estimate,
        "low": found.low,
        "high": found.high,
        "verdict": look.verdict,
        "weeks_needed": look.weeks,
        "evidence": look.evidence,
    }


MEASURE = Measure(
    NAME,
    both("What each part of the engine earns", "Was jeder Teil der Auswahl bringt"),
    tuple(one for one in lift.MEASURE.options if one.name not in ("arm", "control")),
    lift.question,
    answer_arms,
)
