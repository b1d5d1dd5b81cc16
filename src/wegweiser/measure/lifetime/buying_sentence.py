"""What stands beside every forecast of buying, in words: how far it missed the past."""

import math

from wegweiser.measure.form import gated
from wegweiser.measure.lifetime.buying_gate import counts_of
from wegweiser.measure.lifetime.study import Study
from wegweiser.measure.statistic import Interval, interval, normal_quantile
from wegweiser.measure.words import Sentence, both, number
from wegweiser.terms.result import Evidence, IntervalKind, Result

_TOLD = {
    "drop_out_cannot_be_told": both(
        "Drop-out cannot be told from these orders: the figure is as if nobody stopped, and rather"
        " too high.",
        "Ob Kunden aufhören, ist diesen Bestellungen nicht anzusehen: Die Zahl gilt, als hörte"
        " niemand auf, und ist eher zu hoch.",
    ),
    "regular_buyers": both(
        "Customers buy more regularly than the model thinks, which makes it foretell too much.",
        "Die Kunden kaufen regelmäßiger, als das Modell annimmt; deshalb sagt es zu viel voraus.",
    ),
    "season_not_learnable_yet": both(
        "Sales have a season that is not learnable yet, before two whole years.",
        "Der Verkauf hat eine Saison, die sich vor zwei ganzen Jahren noch nicht lernen lässt.",
    ),
}


def warned(study: Study) -> Sentence:
    """Give, in words, how far the forecast of the past was off, and what else to know."""
    error = study.chosen.holdout.error
    if error is None:
        told = both(
            "Nothing came in the time held out.", "In der zurückgehaltenen Zeit kam nichts."
        )
    else:
        sizes = {lang: number(abs(100 * error), lang) for lang in ("en", "de")}
        few = error < 0
        told = both(
            f"For the time held out the model foretold {sizes['en']}% too"
            f" {'few' if few else 'many'}.",
            f"Für die zurückgehaltene Zeit sagte das Modell {sizes['de']} % zu"
            f" {'wenige' if few else 'viele'} voraus.",
        )
    parts = [told, *(_TOLD[name] for name in study.warnings if name in _TOLD)]
    return {lang: " ".join(part[lang] for part in parts) for lang in ("en", "de")}


def ahead_of(study: Study) -> Sentence:
    """Say how far it looks ahead, which is less than was asked for where little is known."""
    many = round(study.horizon)
    if study.is_timed:
        return both(f"{many} weeks", f"{many} Wochen")
    return both(f"{many} occasions", f"{many} Gelegenheiten")


def figure(
    name: str,
    unit: str,
    found: Interval,
    sentence: Sentence,
    study: Study,
    method: str,
    kind: IntervalKind = "frequentist",
) -> Result:
    """Make a figure of the study; what rests on the model says so."""
    evidence: Evidence = "model" if kind != "none" else "observed"
    return Result(
        name=name,
        unit=unit,
        n=counts_of(study.told),
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind=kind,
        evidence=evidence,
        warnings=study.warnings,
        sentence=sentence,
        method=method,
    )


def checks(name: str, study: Study) -> list[Result]:
    """Give the holdout error, the rank correlation, and how regularly customers buy."""
    held = study.chosen.holdout
    weeks = {lang: number(study.told.held, lang) for lang in ("en", "de")}
    found = []
    if held.error is None:
        counts = counts_of(study.told)
        found.append(gated(f"{name}.holdout", "share", "too_little", counts, warned(study)))
    else:
        found.append(_plain(f"{name}.holdout", held.error, "share", _of_holdout(study), study))
    rank = {lang: number(held.rank, lang, 2) for lang in ("en", "de")}
    told = both(
        f"Who was foretold to buy more did so with a rank correlation of {rank['en']} in the"
        f" {weeks['en']} {'weeks' if study.is_timed else 'occasions'} held out.",
        f"Wem mehr vorhergesagt war, der kaufte mehr: Rangkorrelation {rank['de']} in den"
        f" {weeks['de']} zurückgehaltenen {'Wochen' if study.is_timed else 'Gelegenheiten'}.",
    )
    found.append(_plain(f"{name}.rank_correlation", held.rank, "correlation", told, study))
    if study.k is not None:
        found.append(_plain(f"{name}.regularity", study.k, "k", _of_k(study.k), study))
    return found


def parameters(name: str, study: Study) -> list[Result]:
    """Give the parameters with their intervals, and the log-likelihood."""
    fitted, title = study.chosen.fitted, study.chosen.model.title
    z = normal_quantile(0.95)
    found = []
    for place, letter in enumerate(fitted.names):
        spread = math.sqrt(fitted.covariance[place, place])
        value = float(fitted.values[place])
        ends = interval(value, value * math.exp(-z * spread), value * math.exp(z * spread))
        shown = {lang: number(value, lang, 3) for lang in ("en", "de")}
        told = both(
            f"The parameter {letter} of {title} is {shown['en']}.",
            f"Der Parameter {letter} von {title} ist {shown['de']}.",
        )
        method = "maximum likelihood, observed information on the log scale"
        found.append(figure(f"{name}.{letter}", f"parameter {letter}", ends, told, study, method))
    shown = {lang: number(fitted.log_likelihood, lang, 2) for lang in ("en", "de")}
    told = both(
        f"The log-likelihood of {title} is {shown['en']}.",
        f"Die Log-Likelihood von {title} ist {shown['de']}.",
    )
    found.append(_plain(f"{name}.log_likelihood", fitted.log_likelihood, "log", told, study))
    return found


def _plain(name: str, value: float, unit: str, told: Sentence, study: Study) -> Result:
    exact = interval(value, value, value)
    method = f"{study.chosen.model.title} fitted to what was known before the time held out"
    return figure(name, unit, exact, told, study, method, "none")


def _of_holdout(study: Study) -> Sentence:
    held = study.chosen.holdout
    foretold, came = float(held.foretold.sum()), float(held.came.sum())
    told = warned(study)
    return both(
        f"{number(foretold, 'en')} orders were foretold and {number(came, 'en')} came."
        f" {told['en']}",
        f"{number(foretold, 'de')} Bestellungen waren vorhergesagt, {number(came, 'de')} kamen."
        f" {told['de']}",
    )


def _of_k(k: float) -> Sentence:
    shown = {lang: number(k, lang, 2) for lang in ("en", "de")}
    return both(
        f"The regularity of buying is {shown['en']}; 1 is at random, above 1.5 is regular.",
        f"Die Regelmäßigkeit des Kaufens ist {shown['de']}; 1 ist zufällig, über 1,5 regelmäßig.",
    )
