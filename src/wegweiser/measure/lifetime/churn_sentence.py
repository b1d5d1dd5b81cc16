"""What is left of subscriptions in words, and when nothing is said of them."""

from collections.abc import Sequence

from wegweiser.measure.form import Asked, gated
from wegweiser.measure.lifetime.forecast import DRAWS
from wegweiser.measure.lifetime.hazard import Contracts
from wegweiser.measure.statistic import Interval
from wegweiser.measure.words import (
    LANGUAGES,
    Sentence,
    between,
    both,
    estimate_of,
    number,
    with_unit,
)
from wegweiser.terms.result import Gate, Result

LEAST_SUBSCRIPTIONS = 100
LEAST_ENDED = 20
LEAST_OF_AGE = 30
_METHOD = f"chance to end per month of life, {DRAWS} Beta draws"
_BEYOND = both(
    "Some of it lies beyond what was seen: there the rate of the last months goes on.",
    "Ein Teil liegt jenseits des Gesehenen: Dort gilt die Rate der letzten Monate weiter.",
)


def gate_of(
    name: str,
    contracts: Sequence[Contracts],
    counts: dict[str, int],
    without_rate: int,
    asked: Asked,
) -> Result | None:
    """Give the reason why nothing is said, None where something can be."""

    def closed(reason: Gate, sentence: Sentence) -> Result:
        return gated(f"{name}.months_to_come", "months", reason, counts, sentence)

    if not contracts:
        return closed("no_source", _NOTHING)
    if without_rate:
        currency = asked.text("currency")
        return closed(
            "no_source",
            both(
                f"{without_rate} payments have no rate to {currency} on their day. Load the rates"
                " with: wegweiser money rates FILE.",
                f"{without_rate} Zahlungen haben an ihrem Tag keinen Kurs in {currency}. Laden Sie"
                " die Kurse: wegweiser money rates DATEI.",
            ),
        )
    if sum(one.count for one in contracts if one.age >= 1) < LEAST_OF_AGE:
        return closed("too_early", _TOO_YOUNG)
    for key, needed, (english, german) in _NEEDED:
        if counts[key] < needed:
            told = both(
                f"{number(counts[key], 'en')} of {needed} {english} are known.",
                f"{number(counts[key], 'de')} von {needed} {german} sind bekannt.",
            )
            return closed("too_little", told)
    return None


_NEEDED = (
    ("units", LEAST_SUBSCRIPTIONS, ("subscriptions", "Abonnements")),
    ("goals", LEAST_ENDED, ("subscriptions that ended", "beendeten Abonnements")),
)
_NOTHING = both(
    "No subscription began in this period. Send Subscription Started and Subscription Cancelled.",
    "In diesem Zeitraum begann kein Abonnement. Senden Sie Subscription Started und Subscription"
    " Cancelled.",
)
_TOO_YOUNG = both(
    f"Fewer than {LEAST_OF_AGE} subscriptions are a whole month old.",
    f"Weniger als {LEAST_OF_AGE} Abonnements sind einen ganzen Monat alt.",
)


def of_months(
    name: str,
    found: Interval,
    active: int,
    horizon: int,
    counts: dict[str, int],
    warnings: tuple[str, ...],
) -> Result:
    """Tell the months that the subscriptions of today are expected to last within the horizon."""
    beyond = _beyond(warnings)
    told = both(
        f"The {number(active, 'en')} subscriptions of today are expected to last"
        f" {estimate_of(found, 'en')} months together within {horizon} months"
        f" ({between(found, 'en')}).{beyond['en']}",
        f"Die {number(active, 'de')} Abonnements von heute halten in {horizon} Monaten zusammen"
        f" voraussichtlich {estimate_of(found, 'de')} Monate ({between(found, 'de')})."
        f"{beyond['de']}",
    )
    return _figure(f"{name}.months_to_come", "months", found, told, counts, warnings)


def of_value(
    name: str,
    found: Interval,
    per_month: float,
    horizon: int,
    counts: dict[str, int],
    warnings: tuple[str, ...],
    currency: str,
) -> Result:
    """Tell what they are expected to pay within the horizon, at what was paid per month so far."""
    each = {lang: with_unit(number(per_month, lang, 2), currency, lang) for lang in LANGUAGES}
    beyond = _beyond(warnings)
    told = both(
        f"At {each['en']} a month, as so far, that is"
        f" {estimate_of(found, 'en', 1, currency)} of revenue within {horizon} months"
        f" ({between(found, 'en', 1, currency)}).{beyond['en']}",
        f"Bei {each['de']} im Monat, wie bisher, sind das"
        f" {estimate_of(found, 'de', 1, currency)} Umsatz in {horizon} Monaten"
        f" ({between(found, 'de', 1, currency)}).{beyond['de']}",
    )
    shown = (*warnings, "value_is_revenue_not_margin")
    return _figure(f"{name}.value_to_come", currency, found, told, counts, shown)


def _beyond(warnings: tuple[str, ...]) -> Sentence:
    if "beyond_what_was_seen" not in warnings:
        return both("", "")
    return {lang: f" {_BEYOND[lang]}" for lang in ("en", "de")}


def _figure(
    name: str,
    unit: str,
    found: Interval,
    told: Sentence,
    counts: dict[str, int],
    warnings: tuple[str, ...],
) -> Result:
    return Result(
        name=name,
        unit=unit,
        n=counts,
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind="bayesian",
        evidence="model",
        warnings=warnings,
        sentence=told,
        method=_METHOD,
    )
