"""The figures of `watch.effect` in words: does it last, how does it change, was it new only."""

from collections.abc import Sequence

from wegweiser.measure.form import Asked, Row
from wegweiser.measure.statistic import Interval
from wegweiser.measure.watch.drift import Drift, Effect, pooled
from wegweiser.measure.watch.effect_arms import arms_in, effects_of
from wegweiser.measure.words import Sentence, between, both, estimate_of, number
from wegweiser.terms.result import Result

NAME = "watch.effect"
_METHOD = "difference per month, weighted regression on time, DerSimonian-Laird"
WORDS = {
    "still_effective": both("still effective", "wirkt noch"),
    "fading": both("fading since {since}", "lässt nach seit {since}"),
    "no_longer_visible": both("no longer visible", "nicht mehr zu sehen"),
    "cannot_tell": both("cannot tell", "nicht zu sagen"),
}


def lift_result(drift: Drift, effects: Sequence[Effect], units: int, asked: Asked) -> Result:
    """Say whether it lasts, with the difference of the last three months."""
    scale, unit = _scale(asked)
    said = both("", "")
    for lang in ("en", "de"):
        word = WORDS[drift.word][lang].format(since=drift.since)
        size, ends = (
            estimate_of(drift.recent, lang, scale, unit[lang]),
            between(drift.recent, lang, scale),
        )
        said[lang] = both(
            f"{word[:1].upper()}{word[1:]}: in the last three months the difference was {size}"
            f" ({ends}).",
            f"{word[:1].upper()}{word[1:]}: In den letzten drei Monaten war der Unterschied {size}"
            f" ({ends}).",
        )[lang]
    return Result(
        name=f"{NAME}.lift",
        unit=_unit(scale),
        n={"units": units, "periods": len(effects)},
        enough_data=True,
        estimate=drift.whole.estimate,
        low=drift.whole.low,
        high=drift.whole.high,
        kind="always_valid",
        evidence="experiment",
        warnings=() if drift.q_chance > 0.05 else ("periods_differ",),
        sentence=said,
        method=_METHOD,
    )


def _scale(asked: Asked) -> tuple[float, Sentence]:
    rated = asked.text("metric") == "converted"
    words = both("of 100", "von 100") if rated else both("per unit", "je Einheit")
    return (100.0 if rated else 1.0), words


def _unit(scale: float) -> str:
    return "reached per unit" if scale != 1 else "per unit"


def drift_result(drift: Drift, units: int, asked: Asked) -> Result:
    """Say how it changes per month, and how much months differ beyond chance."""
    scale, unit = _scale(asked)
    change = {lang: estimate_of(drift.slope, lang, scale, unit[lang]) for lang in ("en", "de")}
    ends = {lang: between(drift.slope, lang, scale) for lang in ("en", "de")}
    share = {lang: number(100 * drift.i_squared, lang) for lang in ("en", "de")}
    return Result(
        name=f"{NAME}.drift",
        unit=f"{_unit(scale)} and month",
        n={"units": units},
        enough_data=True,
        estimate=drift.slope.estimate,
        low=drift.slope.low,
        high=drift.slope.high,
        kind="frequentist",
        evidence="experiment",
        sentence=both(
            f"Per month it changes by {change['en']} ({ends['en']}); {share['en']}% of the"
            " differences between months are more than chance.",
            f"Je Monat ändert er sich um {change['de']} ({ends['de']}); {share['de']} % der"
            " Unterschiede zwischen Monaten sind mehr als Zufall.",
        ),
        method=_METHOD,
    )


def half_life_result(drift: Drift, units: int) -> Result | None:
    """Say when half of a fading effect is gone; None where it does not fade."""
    found = drift.half_life
    if found is None:
        return None
    said = {lang: between(found, lang) for lang in ("en", "de")}
    return Result(
        name=f"{NAME}.half_life",
        unit="months",
        n={"units": units},
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind="frequentist",
        evidence="model",
        sentence=both(
            f"Half of it is gone after {estimate_of(found, 'en')} months ({said['en']}).",
            f"Die Hälfte ist nach {estimate_of(found, 'de')} Monaten fort ({said['de']}).",
        ),
        method="line over months",
    )


def novelty_result(
    rows: list[Row], pair: tuple[str, str], units: int, asked: Asked
) -> Result | None:
    """Hold units in their first 14 days against the others."""
    fresh, known = (effects_of(arms_in(rows, which), pair) for which in (True, False))
    if not fresh or not known:
        return None
    first, rest = pooled(fresh), pooled(known)
    half = (((first.high - first.low) ** 2 + (rest.high - rest.low) ** 2) ** 0.5) / 2
    found = Interval(
        first.estimate - rest.estimate,
        first.estimate - rest.estimate - half,
        first.estimate - rest.estimate + half,
    )
    scale, unit = _scale(asked)
    said = {lang: between(found, lang, scale) for lang in ("en", "de")}
    size = {lang: estimate_of(found, lang, scale, unit[lang]) for lang in ("en", "de")}
    return Result(
        name=f"{NAME}.novelty",
        unit=_unit(scale),
        n={"units": units},
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind="frequentist",
        evidence="experiment",
        sentence=both(
            f"In the first 14 days of a unit it is {size['en']} more than later ({said['en']}).",
            f"In den ersten 14 Tagen einer Einheit ist er um {size['de']} größer als später"
            f" ({said['de']}).",
        ),
        method="pooled months, fresh units less the others",
    )
