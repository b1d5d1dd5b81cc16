"""Verdicts in words: the advice, the money, and why there is none where there is none."""

import math

from wegweiser.measure.lift_estimate import waiting_words
from wegweiser.measure.statistic import Interval
from wegweiser.measure.verdict.judge import Judged
from wegweiser.measure.verdict.rules import Why
from wegweiser.measure.words import NINETEEN, Sentence, both, number

ADVICE: dict[str, Sentence] = {
    "keep": both("keep", "behalten"),
    "change": both("change", "ändern"),
    "drop": both("drop", "beenden"),
    "cannot_tell_yet": both("cannot tell yet", "noch nicht zu sagen"),
    "": both("no advice", "kein Rat"),
}
_WHY: dict[Why, Sentence] = {
    "pays": both("it earns more than it costs", "es bringt mehr, als es kostet"),
    "costs_more": both("it costs more than it earns", "es kostet mehr, als es bringt"),
    "others_do_better": both(
        "what else could be shown does better", "was sonst zu zeigen wäre, wirkt besser"
    ),
    "spans_break_even": both(
        "both a gain and a loss are possible", "Gewinn und Verlust sind beide möglich"
    ),
    "not_its_own": both(
        "the same units were shown other things too, and it does not stand out from them",
        "dieselben Einheiten sahen auch anderes, und davon hebt es sich nicht ab",
    ),
    "not_confirmed": both(
        "among so many that were compared this may be chance",
        "unter so vielen Vergleichen kann das Zufall sein",
    ),
    "worth_a_test": both(
        "nothing was drawn by lot: worth a test",
        "nichts wurde ausgelost: einen Test wert",
    ),
    "a_split": both(
        "credit is a split and no cause", "eine Zurechnung ist eine Aufteilung, keine Ursache"
    ),
    "money_unknown": both(
        "the break-even is not known; state --margin and costs",
        "die Gewinnschwelle ist unbekannt; --margin und Kosten angeben",
    ),
    "broken": both("something is wrong with the test", "mit dem Test stimmt etwas nicht"),
    "gate": both("", ""),
}


def sentence_of(judged: Judged, goals_by_click: int) -> Sentence:
    """Say the advice on one thing, what it rests on, and what last clicks would have made of it."""
    return {lang: _told(judged, goals_by_click, lang) for lang in ("en", "de")}


def _told(judged: Judged, goals_by_click: int, lang: str) -> str:
    start = f"{judged.thing.name}: {ADVICE[judged.advised.advice][lang]}"
    if judged.gate is not None:
        told = f"{start}. {judged.gate.sentence[lang]}"
    else:
        parts = [start, _why(judged, lang), *_money(judged, lang), *_wait(judged, lang)]
        told = "; ".join(part for part in parts if part) + "."
    return told + _by_click(judged, goals_by_click, lang)


def _why(judged: Judged, lang: str) -> str:
    """Say the reason; of what is to be changed, what does better."""
    if judged.advised.why != "others_do_better" or judged.best is None or not judged.best.name:
        return _WHY[judged.advised.why][lang]
    name = judged.best.name
    return both(f"{name} does better", f"{name} wirkt besser")[lang]


def _money(judged: Judged, lang: str) -> list[str]:
    if judged.profit is not None:
        return [f"{_profit(judged.profit, lang)}"]
    if judged.cheap_below is not None:
        below = number(math.floor(judged.cheap_below * 100) / 100, lang, 2)
        return [
            both(
                f"cheap enough below {below} per contact",
                f"günstig genug unter {below} je Kontakt",
            )[lang]
        ]
    return []


def _profit(profit: Interval, lang: str) -> str:
    size, low, high = (number(end, lang) for end in (profit.estimate, profit.low, profit.high))
    return both(
        f"profit beyond the control group {size} (between {low} and {high}, {NINETEEN['en']})",
        f"Gewinn über der Kontrollgruppe {size} (zwischen {low} und {high}, {NINETEEN['de']})",
    )[lang]


def _wait(judged: Judged, lang: str) -> list[str]:
    if judged.look is None or judged.advised.advice != "cannot_tell_yet":
        return []
    return [waiting_words(judged.look.weeks, lang)] if judged.look.weeks is not None else []


def _by_click(judged: Judged, goals_by_click: int, lang: str) -> str:
    """Say why many last clicks do not help a thing that is not kept."""
    clicks = judged.thing.last_clicks
    if judged.advised.advice == "keep" or not clicks:
        return ""
    share = number(100 * clicks / goals_by_click, lang)
    return both(
        f" Last clicks would give it {share}% of the goals; that is a split and no cause.",
        f" Nach dem letzten Klick bekäme es {share} % der Ziele; das ist eine Aufteilung,"
        " keine Ursache.",
    )[lang]
