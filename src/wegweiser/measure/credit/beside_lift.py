"""Lift in the rows of credit: what a test tells of the same contact, or that none does."""

from collections.abc import Mapping

import msgspec

from wegweiser.measure.form import Asked, Measure, Row
from wegweiser.measure.statistic import Interval
from wegweiser.measure.verdict.measure import MEASURE as VERDICTS
from wegweiser.measure.words import Sentence, between, both, estimate_of
from wegweiser.terms.result import Answer, Result

NO_EXPERIMENT = "no_experiment"
# What credit is split over, and which things of a test bear the same names.
_THINGS = {
    "channel": ("channel",),
    "source": ("channel",),
    "campaign": ("message", "campaign"),
}
_MESSAGE = "message "
_WHAT = {"goals": both("goals", "Ziele"), "value": both("of value", "an Wert")}
_TAKEN = ("goal", "window_days", "shares", "epoch_start", "leave_out")


class Lifted(msgspec.Struct, frozen=True):
    """What a test tells of one contact: goals or value in all, or the reason why it does not."""

    found: Interval | None
    reason: str


def lifts_of(asked: Asked) -> dict[str, tuple[Measure, Asked]]:
    """Give what is asked of tests beside credit: what each thing of a test added in all.

    With a margin of 1 and without costs the profit of a verdict is its goals (or their value)
    beyond the control group, with the ends that may be read at any time.
    """
    given = {name: str(asked.options[name]) for name in _TAKEN}
    given |= {
        "metric": "count" if asked.text("metric") == "goals" else "value",
        "margin": "1",
        "costs": "0",
    }
    found: dict[str, tuple[Measure, Asked]] = {}
    for by in _THINGS[asked.text("by")]:
        one = VERDICTS.ask({**given, "by": by}, asked.period, asked.as_of)
        found[by] = (VERDICTS, msgspec.structs.replace(one, titles=asked.titles))
    return found


def has_contacts(credit: Answer) -> bool:
    """Tell whether anything is split, so that a lift can stand beside it."""
    return "contact" in credit.columns


def with_lift(credit: Answer, lifts: Mapping[str, Answer], asked: Asked) -> Answer:
    """Put beside the credit of each contact what a test tells of it, in its row and sentence."""
    told = {str(row["contact"]): _lifted(str(row["contact"]), lifts) for row in credit.table()}
    rows = [row | _columns(told[str(row["contact"])]) for row in credit.table()]
    what = _WHAT[asked.text("metric")]
    inputs = [*credit.inputs, *(name for one in lifts.values() for name in one.inputs)]
    return msgspec.structs.replace(
        credit,
        columns=tuple(rows[0]),
        rows=tuple(tuple(row.values()) for row in rows),
        results=tuple(_said(one, told, what) for one in credit.results),
        inputs=tuple(dict.fromkeys(inputs)),
    )


def _lifted(contact: str, lifts: Mapping[str, Answer]) -> Lifted:
    """Find a contact among what was tested; where the whole test is broken, it is for all."""
    for by, answer in lifts.items():
        if by == "message" and not contact.startswith(_MESSAGE):
            continue
        thing = contact.removeprefix(_MESSAGE) if by == "message" else contact
        told = {one.name: one for one in answer.results}
        own, whole = told.get(f"{VERDICTS.name}.{by}.{thing}"), told.get(VERDICTS.name)
        if own is not None:
            return _read(own)
        if whole is not None and whole.reason == "broken":
            return Lifted(None, "broken")
    return Lifted(None, NO_EXPERIMENT)


def _read(one: Result) -> Lifted:
    if one.estimate is None or one.low is None or one.high is None:
        return Lifted(None, one.reason or NO_EXPERIMENT)
    shared = "others_were_shown_too" in one.warnings
    found = Interval(one.estimate, one.low, one.high)
    return Lifted(found, "others_were_shown_too" if shared else "")


def _columns(one: Lifted) -> Row:
    found = one.found
    return {
        "lift": found.estimate if found else None,
        "lift_low": found.low if found else None,
        "lift_high": found.high if found else None,
        "lift_reason": one.reason,
    }


def _said(one: Result, told: Mapping[str, Lifted], what: Sentence) -> Result:
    """Say what a test tells with the sentence of a contact; names hold no sign that ends them."""
    name = one.name.split(".", 2)[2] if one.name.count(".") >= 2 else ""
    if name not in told:
        return one
    more = _words(told[name], what)
    said = {lang: f"{text} {more[lang]}" for lang, text in one.sentence.items()}
    return msgspec.structs.replace(one, sentence=said)


def _words(one: Lifted, what: Sentence) -> Sentence:
    if one.found is None:
        return _WITHOUT.get(one.reason, _NO_ANSWER)
    shared = _SHARED if one.reason else both("", "")
    size, ends = (
        {lang: form(one.found, lang) for lang in ("en", "de")} for form in (estimate_of, between)
    )
    return both(
        f"A test tells what it adds: {size['en']} {what['en']} in all beyond the control group"
        f" ({ends['en']}){shared['en']}.",
        f"Was hinzukommt, sagt ein Test: insgesamt {size['de']} {what['de']} über der"
        f" Kontrollgruppe ({ends['de']}){shared['de']}.",
    )


_SHARED = both(
    ", though the same people were shown other things too",
    ", doch sahen dieselben Personen auch anderes",
)
_NO_ANSWER = both(
    "The test that could tell what it adds has no answer yet.",
    "Der Test, der sagen könnte, was hinzukommt, hat noch keine Antwort.",
)
_WITHOUT: dict[str, Sentence] = {
    NO_EXPERIMENT: both("No test tells what it adds.", "Was hinzukommt, sagt kein Test."),
    "broken": both(
        "Something is wrong with the test that could tell what it adds.",
        "Mit dem Test, der sagen könnte, was hinzukommt, stimmt etwas nicht.",
    ),
}
