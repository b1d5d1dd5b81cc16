"""The figures of a lift: difference, relative difference, and what it comes to in all."""

import msgspec

from wegweiser.measure.arms import TWO_ARMS, read_shares
from wegweiser.measure.compare import (
    difference_variance,
    newcombe,
    relative_difference,
    welch,
)
from wegweiser.measure.form import Asked
from wegweiser.measure.lift_sums import Sums
from wegweiser.measure.sequential import always_valid, tuned_for
from wegweiser.measure.statistic import Interval, interval
from wegweiser.measure.words import NINETEEN, Sentence, both, decimals_for, number
from wegweiser.terms.result import IntervalKind, Result, Verdict

VERDICT_WORDS: dict[Verdict, Sentence] = {
    "helps": both("better", "besser"),
    "harms": both("worse", "schlechter"),
    "too_small": both("too small to matter", "zu klein, um zu zählen"),
    "cannot_tell": both("no clear difference yet", "noch kein klarer Unterschied"),
}


def verdict_on(difference: Interval, worth_knowing: float) -> Verdict:
    """Judge a difference by its always-valid interval.

    >>> verdict_on(Interval(0.01, -0.01, 0.03), worth_knowing=0.05)
    'too_small'
    """
    if difference.low > 0:
        return "helps"
    if difference.high < 0:
        return "harms"
    if -worth_knowing < difference.low and difference.high < worth_knowing:
        return "too_small"
    return "cannot_tell"


def estimates(sums: dict[str, Sums], asked: Asked) -> list[Result]:
    """Give the always-valid difference first, beside it the one for the end of the test."""
    treated, control = sums[asked.text("arm")], sums[asked.text("control")]
    rated = asked.text("metric") == "converted"
    at_end = (newcombe if rated else welch)(treated.after, control.after)
    variance = difference_variance(treated.after, control.after)
    worth = asked.number("worth_knowing")
    units = treated.closed + control.closed
    tau = worth or tuned_for(variance, units, asked.whole("planned_units"))
    found = always_valid(at_end.estimate, variance, tau) if variance > 0 else at_end
    verdict = verdict_on(found, worth)
    frame = _Frame(sums, asked)
    results = [
        frame.result("difference", found, "always_valid", verdict),
        frame.result("difference_at_end", at_end, "frequentist"),
    ]
    relative = relative_difference(treated.after, control.after)
    if relative is not None:
        results.append(frame.relative(relative))
    return [*results, frame.in_all(found, treated.closed)]


class _Frame:
    """What all results of one comparison have in common."""

    def __init__(self, sums: dict[str, Sums], asked: Asked):
        treated, control = sums[asked.text("arm")], sums[asked.text("control")]
        self.counts = {
            "units": treated.closed + control.closed,
            "accounts": treated.accounts + control.accounts,
            "goals": treated.reached + control.reached,
            "two_arms": sums[TWO_ARMS].triggered if TWO_ARMS in sums else 0,
        }
        self.rated = asked.text("metric") == "converted"
        self.goal = both(asked.text("goal") or "a goal", asked.text("goal") or "ein Ziel")
        accounts = control.by_account
        self.one = both("account", "Unternehmen") if accounts else both("person", "Person")
        self.many = both("accounts", "Unternehmen") if accounts else both("people", "Personen")
        unchecked = not read_shares(asked.text("shares"))
        self.warnings = ("split_not_checked",) if unchecked else ()

    def result(
        self, name: str, found: Interval, kind: IntervalKind, verdict: Verdict = ""
    ) -> Result:
        """Make the result of a difference per unit."""
        once = () if kind == "always_valid" else ("read_once_at_planned_end",)
        methods = "Newcombe" if self.rated else "Welch"
        return Result(
            name=f"lift.{name}",
            unit=f"{'reached' if self.rated else 'sum'} per {self.one['en']}",
            n=self.counts,
            enough_data=True,
            estimate=found.estimate,
            low=found.low,
            high=found.high,
            kind=kind,
            evidence="experiment",
            warnings=(*self.warnings, *once),
            sentence=self._difference(found, verdict),
            method="confidence sequence" if kind == "always_valid" else methods,
            verdict=verdict,
        )

    def _difference(self, found: Interval, verdict: Verdict) -> Sentence:
        scale = 100.0 if self.rated else 1.0
        turned = found if found.estimate >= 0 else _turned(found)
        said: Sentence = {}
        for lang in ("en", "de"):
            digits = decimals_for((found.high - found.low) * scale)
            size, low, high = (
                number(value * scale, lang, digits)
                for value in (turned.estimate, turned.low, turned.high)
            )
            tail = f": {VERDICT_WORDS[verdict][lang]}" if verdict else ""
            text = self._text(lang, size, found.estimate >= 0)
            joined = f"between {low} and {high}" if lang == "en" else f"zwischen {low} und {high}"
            said[lang] = f"{text} ({joined}, {NINETEEN[lang]}){tail}."
        return said

    def _text(self, lang: str, size: str, up: bool) -> str:
        goal = self.goal[lang]
        if lang == "en":
            more = "more" if up else ("fewer" if self.rated else "less")
            start = "Compared with the control group,"
            if self.rated:
                return f"{start} {size} {more} of 100 {self.many[lang]} reach {goal}"
            return f"{start} {goal} comes to {size} {more} per {self.one[lang]}"
        more = "mehr" if up else "weniger"
        if self.rated:
            start = f"Gegenüber der Kontrollgruppe erreichen {size} von 100 {self.many[lang]}"
            return f"{start} {more} {goal}"
        return f"Gegenüber der Kontrollgruppe bringt {goal} je {self.one[lang]} {size} {more}"

    def relative(self, found: Interval) -> Result:
        """Make the result of the relative difference."""
        base = self.result("relative", found, "frequentist")
        said: Sentence = {}
        for lang in ("en", "de"):
            digits = decimals_for((found.high - found.low) * 100)
            size, low, high = (
                number(value * 100, lang, digits)
                for value in (found.estimate, found.low, found.high)
            )
            said[lang] = (
                f"That is a change of {size} % (between {low} and {high} %, {NINETEEN[lang]})."
                if lang == "en"
                else f"Das ist eine Änderung um {size} % (zwischen {low} und {high} %,"
                f" {NINETEEN[lang]})."
            )
        return _replaced(
            base, unit="share of the control group's mean", method="delta method", sentence=said
        )

    def in_all(self, found: Interval, units: int) -> Result:
        """Make the result of what the treated units came to beyond the control group."""
        total = interval(found.estimate * units, found.low * units, found.high * units)
        base = self.result("incremental", total, "always_valid")
        said: Sentence = {}
        for lang in ("en", "de"):
            low, size, high, treated = (
                number(value, lang) for value in (total.low, total.estimate, total.high, units)
            )
            said[lang] = (
                f"Over {treated} {self.many[lang]} that makes {size} beyond the control group"
                f" (between {low} and {high}, {NINETEEN[lang]})."
                if lang == "en"
                else f"Über {treated} {self.many[lang]} macht das {size} über der Kontrollgruppe"
                f" (zwischen {low} und {high}, {NINETEEN[lang]})."
            )
        return _replaced(base, unit="in all", method="confidence sequence", sentence=said)


def _turned(found: Interval) -> Interval:
    return Interval(-found.estimate, -found.high, -found.low)


def _replaced(result: Result, unit: str, method: str, sentence: Sentence) -> Result:
    return msgspec.structs.replace(result, unit=unit, method=method, sentence=sentence)
