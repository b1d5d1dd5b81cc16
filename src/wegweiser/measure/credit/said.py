"""Credit in words: what falls to a contact, what to none, and why there is no split."""

from wegweiser.measure.form import gated
from wegweiser.measure.statistic import Interval
from wegweiser.measure.words import Sentence, between, both, estimate_of, number
from wegweiser.terms.result import Result

NAME = "credit"
_NOT_A_CAUSE = both(
    "A split, not a cause: nobody knows from it what would happen without the channel.",
    "Eine Aufteilung, keine Ursache: Was ohne den Kanal geschähe, weiß daraus niemand.",
)
_WHAT = {
    "goals": both("goals", "Ziele"),
    "value": both("of the value of goals", "vom Wert der Ziele"),
}
_REST = {
    "goals": both("goals were reached", "Ziele wurden erreicht"),
    "value": both("of the value of goals came", "vom Wert der Ziele entstanden"),
}


def said_of(name: str, found: Interval, share: float, method: str, metric: str) -> Sentence:
    """Say what falls to a contact, and that it is no cause."""
    told: Sentence = {}
    for lang in ("en", "de"):
        size, part = estimate_of(found, lang), number(100 * share, lang, 1)
        what, ends = _WHAT[metric][lang], between(found, lang)
        told[lang] = both(
            f"{size} {what} ({part}%) fall to {name} by the method {method}"
            f" ({ends}, as far as counting goes). {_NOT_A_CAUSE['en']}",
            f"{size} {what} ({part} %) fallen nach der Methode {method} auf {name}"
            f" ({ends}, soweit es am Zählen liegt). {_NOT_A_CAUSE['de']}",
        )[lang]
    return told


def unassigned(name: str, rest: float, metric: str, counts: dict[str, int]) -> Result:
    """Tell what was reached without any contact that is known; no method splits it."""
    size = {lang: number(rest, lang, 0 if metric == "goals" else 2) for lang in ("en", "de")}
    what = _REST[metric]
    return Result(
        name=name,
        unit=metric,
        n=counts,
        enough_data=True,
        estimate=rest,
        low=rest,
        high=rest,
        evidence="split",
        sentence=both(
            f"{size['en']} {what['en']} without any contact that is known; no method splits that."
            f" {_NOT_A_CAUSE['en']}",
            f"{size['de']} {what['de']} ohne einen bekannten Kontakt; das teilt keine Methode auf."
            f" {_NOT_A_CAUSE['de']}",
        ),
        method="full count",
    )


def nothing(counts: dict[str, int]) -> Result:
    """Say that neither contacts nor goals are known."""
    return gated(
        NAME,
        "goals",
        "no_source",
        counts,
        both(
            "No contact and no goal is known of this period. Put the tag on your pages and declare"
            " a goal.",
            "Aus diesem Zeitraum sind weder Kontakte noch Ziele bekannt. Bauen Sie das Tag in Ihre"
            " Seiten ein und legen Sie ein Ziel fest.",
        ),
    )


def too_little(counts: dict[str, int], least: int) -> Result:
    """Say how many goals after a known contact it takes."""
    have = {lang: number(counts["paths"], lang) for lang in ("en", "de")}
    return gated(
        NAME,
        "goals",
        "too_little",
        counts,
        both(
            f"{have['en']} of {least} goals after a known contact are there, too few to split.",
            f"{have['de']} von {least} Zielen nach einem bekannten Kontakt sind da, zu wenige zum"
            " Aufteilen.",
        ),
    )
