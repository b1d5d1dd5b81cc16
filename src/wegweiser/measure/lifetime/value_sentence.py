"""The figures of customer value in words: in all, per customer, against last year, and doubts."""

import math

import msgspec
import numpy as np

from wegweiser.measure.form import Asked
from wegweiser.measure.lifetime.buying_sentence import ahead_of, figure, warned
from wegweiser.measure.lifetime.clv import Valued
from wegweiser.measure.lifetime.forecast import DRAWS, between_draws
from wegweiser.measure.lifetime.per_order import Customers
from wegweiser.measure.lifetime.study import Study, years_of
from wegweiser.measure.lifetime.told import Told
from wegweiser.measure.lifetime.worth import Worth
from wegweiser.measure.statistic import Interval, interval, normal_quantile
from wegweiser.measure.words import (
    LANGUAGES,
    Sentence,
    between,
    both,
    estimate_of,
    number,
    with_unit,
)
from wegweiser.terms.result import IntervalKind, Result

_METHOD = f"{{}} and Gamma-Gamma, {DRAWS} joint draws of the parameters"
# Beyond twice or below half of last year's margin of those who stay, something is to be looked at.
_FAR = 2.0


class Margin(msgspec.Struct, frozen=True):
    """What is left of revenue after goods, as a share; 1 where goods costs are not known."""

    share: float
    is_known: bool


def margin_of(told: Told, asked: Asked) -> Margin:
    """Give the share of last year's revenue that goods left over, where their costs are known."""
    goods, revenue = told.rest.get("goods_cost", 0.0), told.rest.get("year_revenue", 0.0)
    if goods <= 0 or told.rest.get("goods_without_rate") or revenue <= goods:
        return Margin(1.0, False)
    return Margin(1 - goods / revenue, True)


def no_mean() -> Sentence:
    """Say that the values of orders have no mean that could be told."""
    return both(
        "The values of orders vary so much that their mean cannot be told (q is 1 or less, or may"
        " be).",
        "Die Werte der Bestellungen schwanken so sehr, dass sich kein Mittel nennen lässt (q ist"
        " höchstens 1 oder kann es sein).",
    )


def value_results(
    name: str, customers: Customers, found: Valued, studied: Study, margin: Margin, asked: Asked
) -> list[Result]:
    """Give CLV in all and per customer, and hold it against last year."""
    drawn = np.zeros(0) if found.drawn is None else found.drawn.sum(axis=1)
    total = between_draws(float(found.clv.sum()), drawn)
    each = _scaled(total, 1 / studied.told.now.customers)
    currency, method = asked.text("currency"), _METHOD.format(studied.chosen.model.title)
    if not margin.is_known:
        said = msgspec.structs.replace(
            studied, warnings=(*studied.warnings, "value_is_revenue_not_margin")
        )
    else:
        said = studied
    of_each = _of_each(each, currency)
    return [
        figure(
            f"{name}.total",
            currency,
            total,
            _of_all(total, said, margin, asked),
            said,
            method,
            "bootstrap",
        ),
        figure(
            f"{name}.per_customer",
            f"{currency} per customer",
            each,
            of_each,
            said,
            method,
            "bootstrap",
        ),
        _against_last_year(name, customers, total, said, margin, asked),
    ]


def _scaled(found: Interval, by: float) -> Interval:
    return interval(found.estimate * by, found.low * by, found.high * by)


def _of_all(found: Interval, studied: Study, margin: Margin, asked: Asked) -> Sentence:
    currency, told = asked.text("currency"), warned(studied)
    left = {lang: number(100 * margin.share, lang) for lang in ("en", "de")}
    what = both(
        f"margin ({left['en']}% of revenue after goods)"
        if margin.is_known
        else "revenue, since goods costs are not known",
        f"Deckungsbeitrag ({left['de']} % vom Umsatz nach Warenkosten)"
        if margin.is_known
        else "Umsatz, da Warenkosten nicht bekannt sind",
    )
    ahead = ahead_of(studied)
    return both(
        f"The customers of today will bring {estimate_of(found, 'en', 1, currency)} within"
        f" {ahead['en']} ({between(found, 'en', 1, currency)}), as {what['en']}. {told['en']}",
        f"Die heutigen Kunden werden in {ahead['de']} {estimate_of(found, 'de', 1, currency)}"
        f" bringen ({between(found, 'de', 1, currency)}), als {what['de']}. {told['de']}",
    )


def _of_each(found: Interval, currency: str) -> Sentence:
    return both(
        f"That is {estimate_of(found, 'en', 1, currency)} per customer"
        f" ({between(found, 'en', 1, currency)}).",
        f"Das sind {estimate_of(found, 'de', 1, currency)} je Kunde"
        f" ({between(found, 'de', 1, currency)}).",
    )


def _against_last_year(
    name: str,
    customers: Customers,
    total: Interval,
    studied: Study,
    margin: Margin,
    asked: Asked,
) -> Result:
    """Set CLV beside last year's margin of each customer, by the chance that they still buy.

    A horizon that is no year is held against as much of a year as it is long.
    """
    currency = asked.text("currency")
    chosen, year = studied.chosen, customers.year
    alive = chosen.model.alive(chosen.fitted, customers.buyers)
    kept = margin.share * float((year * alive).sum())
    exact = interval(kept, kept, kept)
    shown = {lang: with_unit(number(kept, lang), currency, lang) for lang in LANGUAGES}
    brought = margin.share * float(year.sum())
    last = {lang: with_unit(number(brought, lang), currency, lang) for lang in LANGUAGES}
    as_long = kept * years_of(studied, asked)
    ratio = total.estimate / as_long if as_long > 0 else math.inf
    far = not 1 / _FAR <= ratio <= _FAR
    told = both(
        f"Last year these customers brought {last['en']}; times the chance that each"
        f" still buys that is {shown['en']}."
        + (" The value to come lies far off that pace: look at growth and prices." if far else ""),
        f"Im letzten Jahr brachten diese Kunden {last['de']}; mal der Chance, dass jeder"
        f" noch kauft, sind das {shown['de']}."
        + (" Der künftige Wert weicht weit ab: Prüfen Sie Wachstum und Preise." if far else ""),
    )
    found = figure(
        f"{name}.last_year_that_stays", currency, exact, told, studied, "exact sum", "none"
    )
    # The chance that somebody still buys is what the model says.
    return msgspec.structs.replace(found, evidence="model")


def worth_results(name: str, worth: Worth, studied: Study) -> list[Result]:
    """Give the parameters of Gamma-Gamma, and how frequency goes with value."""
    z = normal_quantile(0.95)
    found = []
    for place, letter in enumerate(worth.whole.names):
        value = float(worth.whole.values[place])
        spread = math.sqrt(worth.whole.covariance[place, place])
        ends = (value * math.exp(-z * spread), value * math.exp(z * spread))
        exact = interval(value, *(end if math.isfinite(end) else value for end in ends))
        shown = {lang: number(value, lang, 2) for lang in ("en", "de")}
        told = both(
            f"The parameter {letter} of Gamma-Gamma is {shown['en']}.",
            f"Der Parameter {letter} von Gamma-Gamma ist {shown['de']}.",
        )
        found.append(_plain(f"{name}.{letter}", exact, f"parameter {letter}", told, studied))
    likely = worth.whole.log_likelihood
    said = {lang: number(likely, lang, 2) for lang in ("en", "de")}
    told = both(
        f"The log-likelihood of Gamma-Gamma is {said['en']}.",
        f"Die Log-Likelihood von Gamma-Gamma ist {said['de']}.",
    )
    exact = interval(likely, likely, likely)
    found.append(_plain(f"{name}.log_likelihood_of_values", exact, "log", told, studied))
    return [*found, _related(name, worth, studied)]


def _related(name: str, worth: Worth, studied: Study) -> Result:
    rank = {lang: number(worth.related, lang, 2) for lang in ("en", "de")}
    told = both(
        f"Frequency and value of orders go together with a rank correlation of {rank['en']}"
        + (", so that values are learned by thirds of value." if worth.thirds else "."),
        f"Häufigkeit und Wert der Bestellungen hängen mit einer Rangkorrelation von {rank['de']}"
        " zusammen" + ("; Werte werden deshalb je Drittel gelernt." if worth.thirds else "."),
    )
    exact = interval(worth.related, worth.related, worth.related)
    return _plain(f"{name}.frequency_and_value", exact, "correlation", told, studied)


def _plain(name: str, found: Interval, unit: str, told: Sentence, studied: Study) -> Result:
    kind: IntervalKind = "frequentist" if found.low != found.high else "none"
    method = "Gamma-Gamma, maximum likelihood over those who ordered again"
    return figure(name, unit, found, told, studied, method, kind)
