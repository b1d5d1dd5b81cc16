"""What stands beside a lift: the gain by the time before, the Bayesian view, and the money."""

import math

import msgspec

from wegweiser.measure.bayes import FEW_GOALS, Belief, believed, believed_of_rates
from wegweiser.measure.form import Asked
from wegweiser.measure.lift_sums import Sums
from wegweiser.measure.statistic import Interval, interval
from wegweiser.measure.verdict.rules import Grounds, advise
from wegweiser.measure.words import NINETEEN, Sentence, both, number
from wegweiser.terms.result import Result

LEAST_GAIN = 0.05
_ADVICE: dict[str, Sentence] = {
    "keep": both("keep", "behalten"),
    "drop": both("drop", "beenden"),
    "change": both("change", "ändern"),
    "cannot_tell_yet": both("cannot tell yet", "noch nicht zu sagen"),
}


def with_gain(unadjusted: Result, gain: float) -> Result:
    """Say beside the figure without adjustment what the time before is good for.

    A gain is claimed only where the variance falls by 5 % or more.
    """
    if gain < LEAST_GAIN:
        said = both(
            " The past explains almost nothing here.", " Die Zeit davor erklärt hier fast nichts."
        )
        warnings = (*unadjusted.warnings, "past_explains_little")
    else:
        percent = number(gain * 100, "en")
        said = both(
            f" The time before makes the figure above sharper by {percent}% of the variance.",
            f" Die Zeit davor macht die Zahl oben um {percent} % der Varianz schärfer.",
        )
        warnings = unadjusted.warnings
    told = {lang: unadjusted.sentence[lang] + said[lang] for lang in ("en", "de")}
    return msgspec.structs.replace(unadjusted, sentence=told, warnings=warnings)


def belief_of(
    treated: Sums, control: Sums, difference: float, variance: float, asked: Asked
) -> Belief | None:
    """Give the Bayesian view; None without an effect worth knowing, which is its prior."""
    worth = asked.number("worth_knowing")
    if worth <= 0 or variance <= 0:
        return None
    goals = treated.reached + control.reached
    plain = not (treated.is_clustered or control.is_clustered)
    if asked.text("metric") == "converted" and goals < FEW_GOALS and plain:
        reached, units = (treated.reached, control.reached), (treated.closed, control.closed)
        return believed_of_rates(reached, units, worth)
    return believed(difference, variance, worth)


def belief_result(base: Result, found: Belief, scale: float) -> Result:
    """Make the result of the Bayesian view; it is no reason to stop early."""
    said: Sentence = {}
    for lang in ("en", "de"):
        better, small = (
            number(100 * chance, lang, 1) for chance in (found.chance_better, found.chance_small)
        )
        loss = number(found.expected_loss * scale, lang, 4)
        said[lang] = (
            f"Believed at this moment: better with a chance of {better}%, too small to matter"
            f" with {small}%; choosing it would lose {loss} on average if it were worse."
            if lang == "en"
            else f"Im Augenblick anzunehmen: besser mit einer Aussicht von {better} %, zu klein, um"
            f" zu zählen, mit {small} %; es zu wählen verlöre im Mittel {loss}, falls es schlechter"
            " ist."
        )
    return msgspec.structs.replace(
        base,
        name="lift.believed",
        estimate=found.effect.estimate,
        low=found.effect.low,
        high=found.effect.high,
        kind="bayesian",
        warnings=(*base.warnings, "no_reason_to_stop_early"),
        sentence=said,
        method="normal prior of the effect worth knowing",
        verdict="",
        weeks_needed=None,
        smallest_visible=None,
    )


def money_result(base: Result, found: Interval, units: int, asked: Asked) -> Result | None:
    """Make the result of the profit, or of the cost below which it pays; None without a margin."""
    margin, cost = asked.number("margin"), asked.number("unit_cost")
    if margin <= 0:
        return None
    spent = max(cost, 0.0) * units
    ends = [end * margin * units - spent for end in (found.estimate, found.low, found.high)]
    profit = interval(*ends)
    advised = advise(Grounds(evidence="experiment", profit=profit if cost >= 0 else None))
    said = _profit(profit, advised.advice) if cost >= 0 else _cheap(found.low * margin)
    return msgspec.structs.replace(
        base,
        name="lift.profit" if cost >= 0 else "lift.margin",
        unit="money in all",
        estimate=profit.estimate,
        low=profit.low,
        high=profit.high,
        sentence=said,
        method="confidence sequence",
        verdict="",
        advice=advised.advice,
        weeks_needed=None,
        smallest_visible=None,
    )


def _profit(profit: Interval, advice: str) -> Sentence:
    said: Sentence = {}
    for lang in ("en", "de"):
        size, low, high = (number(end, lang) for end in (profit.estimate, profit.low, profit.high))
        said[lang] = (
            f"After its cost that earns {size} (between {low} and {high}, {NINETEEN[lang]}):"
            f" {_ADVICE[advice][lang]}."
            if lang == "en"
            else f"Nach den Kosten bringt das {size} (zwischen {low} und {high},"
            f" {NINETEEN[lang]}): {_ADVICE[advice][lang]}."
        )
    return said


def _cheap(below: float) -> Sentence:
    if below <= 0:
        return both(
            "Its cost is not known, and no cost is surely low enough yet.",
            "Die Kosten sind unbekannt, und noch sind keine Kosten sicher niedrig genug.",
        )
    price = {lang: number(math.floor(below * 100) / 100, lang, 2) for lang in ("en", "de")}
    return both(
        f"Its cost is not known: cheap enough below {price['en']} per treated unit.",
        f"Die Kosten sind unbekannt: günstig genug unter {price['de']} je behandelter Einheit.",
    )
