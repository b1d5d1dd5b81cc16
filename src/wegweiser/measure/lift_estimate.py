"""The figures of a lift: difference, relative difference, and what it comes to in all."""

import math

import msgspec

from wegweiser.measure.adjusted import Adjusted, adjusted
from wegweiser.measure.arms import TWO_ARMS, read_shares
from wegweiser.measure.clustered import (
    clustered_difference,
    gained,
    relative_adjusted,
    relative_at_any_time,
    widened,
)
from wegweiser.measure.compare import newcombe, welch
from wegweiser.measure.form import Asked
from wegweiser.measure.lift_beside import belief_of, belief_result, money_result, with_gain
from wegweiser.measure.lift_planned import before_end, counted_units, is_at_end
from wegweiser.measure.lift_sums import Sums
from wegweiser.measure.lift_wait import smallest_visible, visible_words, weeks_needed
from wegweiser.measure.sequential import (
    UNITS_UNPLANNED,
    always_valid,
    evidence_value,
    standard_errors,
    tuned_for,
)
from wegweiser.measure.statistic import Interval, interval
from wegweiser.measure.words import NINETEEN, Sentence, both, decimals_for, number
from wegweiser.terms.result import IntervalKind, Result, Verdict

VERDICT_WORDS: dict[Verdict, Sentence] = {
    "helps": both("better", "besser"),
    "harms": both("worse", "schlechter"),
    "too_small": both("too small to matter", "zu klein, um zu zählen"),
    "cannot_tell": both("no clear difference yet", "noch kein klarer Unterschied"),
}
# While fewer units than planned are there, nothing was to be seen yet.
EARLY = "fewer_than_planned"
EARLY_WORDS = both("too little data", "zu wenig Daten")


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
    """Give what may be read at any time, and at the planned end what may be read there once."""
    treated, control = sums[asked.text("arm")], sums[asked.text("control")]
    rated = asked.text("metric") == "converted"
    frame = _Frame(sums, asked)
    look = look_at(treated, control, asked)
    results = [frame.verdict(look)]
    if look.found.theta:
        raw = frame.result("difference_unadjusted", look.unadjusted, "always_valid")
        results.append(with_gain(raw, gained(treated, control)))
    relative = relative_at_any_time(treated, control, look.found.theta, look.width)
    if relative is not None:
        results.append(frame.relative(relative, "always_valid"))
    if is_at_end(counted_units(sums), asked):
        results += _at_end(frame, treated, control, look.found.theta)
    else:
        results += before_end("lift.difference_at_end", results[0].unit, sums, asked)
    found = look.found
    belief = belief_of(treated, control, found.difference, found.variance, asked)
    if belief is not None:
        results.append(belief_result(results[0], belief, 100.0 if rated else 1.0))
    in_all = frame.in_all(look.interval, treated.closed)
    money = money_result(in_all, look.interval, treated.closed, asked)
    return [*results, in_all, *([money] if money else [])]


def _at_end(frame: "_Frame", treated: Sums, control: Sums, theta: float) -> list[Result]:
    """Give what may be read once, at the planned end."""
    if frame.clustered:
        difference = clustered_difference(treated, control)
    else:
        difference = (newcombe if frame.rated else welch)(treated.after, control.after)
    relative = relative_adjusted(treated, control, theta)
    told = [frame.result("difference_at_end", difference, "frequentist")]
    return told if relative is None else [*told, frame.relative(relative, "frequentist")]


class Look(msgspec.Struct, frozen=True):
    """One look at a comparison: its interval, verdict, evidence, and the weeks still needed.

    `width` is half of the interval in standard errors.
    """

    found: Adjusted
    interval: Interval
    unadjusted: Interval
    verdict: Verdict
    evidence: float
    weeks: float | None
    width: float


def look_at(treated: Sums, control: Sums, asked: Asked) -> Look:
    """Judge two arms by the interval that may be read daily, adjusted and robust to clusters."""
    plain = adjusted(treated, control)
    found = widened(plain, treated, control)
    raw = widened(adjusted(treated, control, 0.0), treated, control)
    worth = asked.number("worth_knowing")
    units = treated.closed + control.closed

    def valid(one: Adjusted) -> tuple[Interval, float]:
        tau = worth or tuned_for(one.variance, units, asked.whole("planned_units"))
        if one.variance <= 0:
            return Interval(one.difference, one.difference, one.difference), tau
        return always_valid(one.difference, one.variance, tau), tau

    (shown, tau), (unadjusted, _) = valid(found), valid(raw)
    verdict = verdict_on(shown, worth)
    weeks = None
    if verdict == "cannot_tell":
        target = max(abs(found.difference), worth)
        weeks = weeks_needed(treated, control, target, found.variance, tau)
    evidence = evidence_value(found.difference, found.variance, tau) if found.variance > 0 else 1.0
    width = 0.0
    if found.variance > 0:
        width = standard_errors(found.variance, tau) * math.sqrt(found.variance / plain.variance)
    return Look(found, shown, unadjusted, verdict, evidence, weeks, width)


def waiting_words(weeks: float | None, lang: str) -> str:
    """Say how long a verdict will still take.

    >>> waiting_words(11.2, "en"), waiting_words(None, "de")
    ('about 12 more weeks at the present pace', 'in zwei Jahren nicht erreichbar')
    """
    if weeks is None:
        return both("not reachable within two years", "in zwei Jahren nicht erreichbar")[lang]
    told = number(max(1, math.ceil(weeks)), lang)
    return both(
        f"about {told} more weeks at the present pace",
        f"beim jetzigen Tempo noch etwa {told} Wochen",
    )[lang]


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
        self.early = counted_units(sums) < (asked.whole("planned_units") or UNITS_UNPLANNED)
        self.rated = asked.text("metric") == "converted"
        self.goal = asked.goal() if asked.text("goal") else both("a goal", "ein Ziel")
        accounts = control.by_account
        self.one = both("account", "Unternehmen") if accounts else both("person", "Person")
        self.many = both("accounts", "Unternehmen") if accounts else both("people", "Personen")
        self.clustered = treated.is_clustered or control.is_clustered
        self.visible = smallest_visible(treated, control) if self.rated else None
        unchecked = not read_shares(asked.text("shares"))
        self.warnings = ("split_not_checked",) if unchecked else ()

    def verdict(self, look: Look) -> Result:
        """Make the result that carries the verdict, the wait and the smallest visible lift."""
        base = self.result("difference", look.interval, "always_valid", look.verdict)
        said = base.sentence
        if look.verdict == "cannot_tell":
            said = {
                lang: f"{told.removesuffix('.')}; {waiting_words(look.weeks, lang)}"
                f"{visible_words(self.visible, lang)}."
                for lang, told in said.items()
            }
        signs = look.found.theta and look.interval.estimate * look.unadjusted.estimate < 0
        early = self.early and look.verdict == "cannot_tell"
        warned = ("adjustment_changes_sign",) if signs else ()
        return msgspec.structs.replace(
            base,
            sentence=said,
            method=self._method(look.found),
            weeks_needed=look.weeks,
            smallest_visible=self.visible,
            warnings=(*base.warnings, *warned, *((EARLY,) if early else ())),
        )

    def _method(self, found: Adjusted) -> str:
        parts = ["confidence sequence"]
        if self.clustered:
            parts.append("clusters: accounts")
        if found.theta:
            parts.append("adjusted for the 28 days before")
        return ", ".join(parts)

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
        early = self.early and verdict == "cannot_tell"
        said: Sentence = {}
        for lang in ("en", "de"):
            digits = decimals_for((found.high - found.low) * scale)
            size, low, high = (
                number(value * scale, lang, digits)
                for value in (turned.estimate, turned.low, turned.high)
            )
            words = EARLY_WORDS if early else VERDICT_WORDS.get(verdict, {})
            tail = f": {words[lang]}" if verdict else ""
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

    def relative(self, found: Interval, kind: IntervalKind) -> Result:
        """Make the result of the relative difference."""
        daily = kind == "always_valid"
        base = self.result("relative" if daily else "relative_at_end", found, kind)
        said: Sentence = {}
        for lang in ("en", "de"):
            digits = decimals_for((found.high - found.low) * 100)
            size, low, high = (
                number(value * 100, lang, digits)
                for value in (found.estimate, found.low, found.high)
            )
            said[lang] = (
                f"That is a change of {size}% (between {low} and {high}%, {NINETEEN[lang]})."
                if lang == "en"
                else f"Das ist eine Änderung um {size} % (zwischen {low} und {high} %,"
                f" {NINETEEN[lang]})."
            )
        method = "confidence sequence, Fieller's ends" if daily else "delta method"
        return _replaced(
            base, unit="share of the control group's mean", method=method, sentence=said
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
