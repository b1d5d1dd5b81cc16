"""What one customer will bring, by the model that was learned from all of them."""

import msgspec
import numpy as np

from wegweiser.measure.lifetime.buyers import Buyers, Numbers
from wegweiser.measure.lifetime.fit import Fitted
from wegweiser.measure.lifetime.models import MODELS
from wegweiser.measure.lifetime.per_order import WHOLE, Customers
from wegweiser.measure.lifetime.possible import brought, each_of
from wegweiser.measure.lifetime.to_come import Outlook, ToCome, to_come
from wegweiser.measure.words import Sentence, both, number
from wegweiser.terms.customer_value import Bought, CustomerModel, CustomerValue
from wegweiser.terms.instant import format_instant
from wegweiser.terms.result import Answer

DAYS_A_WEEK = 7
FUTURES = 4_000
_LEARNED_TOMORROW = both(
    "Customer value is not learned yet: that is done once a day.",
    "Der Kundenwert ist noch nicht gelernt: das geschieht einmal am Tag.",
)
_NO_ORDER = both("Nothing was ordered yet.", "Es wurde noch nichts bestellt.")
_DAYS_UNKNOWN = both(
    "The days of the orders are no longer known.", "Die Tage der Bestellungen sind nicht mehr da."
)


def customer_model(found: Answer, currency: str) -> CustomerModel:
    """Read an answer of `lifetime.value` by model; one that is refused says why in `sentence`.

    Raises ValueError for an answer by anything else.
    """
    main = found.results[0]
    model = CustomerModel(as_of=found.as_of, currency=currency, sentence=main.sentence)
    if not main.enough_data:
        return model
    if found.columns != ("part", "name", "value"):
        raise ValueError(f"{found.measure} was not asked by model")
    held: dict[str, dict[str, float | None]] = {}
    for part, name, value in found.rows:
        figure = float(value) if isinstance(value, int | float) else None
        held.setdefault(str(part), {})[str(name)] = figure
    worths = sorted(part for part in held if part.startswith("worth_"))
    return msgspec.structs.replace(
        model,
        model=next(iter(held["model"])),
        buying=_numbers(held["buying"]),
        worth=tuple(_numbers(held[part]) for part in worths),
        borders=_numbers(held.get("border", {})),
        ahead=_numbers(held["ahead"]),
        holdout_error=held["holdout"]["error"],
        holdout_errors=tuple(held["holdout_of_repeats"].values()),
        warnings=main.warnings,
    )


def _numbers(named: dict[str, float | None]) -> tuple[float, ...]:
    return tuple(value for value in named.values() if value is not None)


def customer_value(
    model: CustomerModel | None, bought: Bought | None, has_ordered: bool, today: int
) -> CustomerValue:
    """Give the value to come at the end of a UTC day, and never without the error of the past.

    `bought` is None where nobody knows the days of the orders.
    """
    if model is None:
        return CustomerValue(status="not_computed", sentence=_LEARNED_TOMORROW)
    told = CustomerValue(
        status="ok",
        sentence=model.sentence,
        currency=model.currency,
        holdout_error=model.holdout_error,
        warnings=model.warnings,
        computed_at=format_instant(model.as_of),
    )
    if not model.model:
        return msgspec.structs.replace(told, status="refused")
    if not has_ordered:
        return msgspec.structs.replace(told, status="no_order", sentence=_NO_ORDER)
    if bought is None:
        return msgspec.structs.replace(told, status="days_unknown", sentence=_DAYS_UNKNOWN)
    if bought.currency not in ("", model.currency):
        sentence = _foreign(bought.currency, model.currency)
        return msgspec.structs.replace(told, status="other_currency", sentence=sentence)
    customer = _customer(model, bought, today)
    return _told(told, model, bought, _expected(model, customer), _between(model, customer))


def _customer(model: CustomerModel, bought: Bought, today: int) -> Customers:
    weeks = [(day - bought.first_day) / DAYS_A_WEEK for day in (bought.last_day, today)]
    mean = bought.repeat_value
    is_valued = mean is not None and mean > 0 and bought.days > 1
    place = float(np.searchsorted(model.borders, mean or 0.0, side="right")) if is_valued else WHOLE
    figures = (float(is_valued), mean if is_valued and mean else 0.0, 0.0, place, 0.0)
    buyers = Buyers(*(_one(each) for each in (bought.days - 1.0, weeks[0], weeks[1], 1.0)))
    return Customers(buyers, *map(_one, figures))


def _expected(model: CustomerModel, customer: Customers) -> ToCome:
    return to_come(
        MODELS[model.model],
        _fitted(model.buying),
        [_fitted(values) for values in model.worth],
        customer,
        Outlook(*model.ahead),
    )


def _between(model: CustomerModel, customer: Customers) -> tuple[float, float]:
    """Give the ends between which 95 of 100 such customers stay; the same for the same orders.

    The parameters are those that were learned: of one customer chance says far more than their
    doubt.
    """
    buying, worth = _fitted(model.buying), [_fitted(values) for values in model.worth]
    ahead = Outlook(*model.ahead)
    times = to_come(MODELS[model.model], buying, worth, customer, ahead).times * ahead.margin
    alike = each_of(customer).times(FUTURES)
    chance = np.random.default_rng(0)
    drawn = brought(MODELS[model.model], buying, worth, customer, alike, ahead.horizon, chance)
    low, high = np.quantile(float(times[0]) * drawn, (0.025, 0.975))
    return float(low), float(high)


def _one(value: float) -> Numbers:
    return np.array([value])


def _fitted(values: tuple[float, ...]) -> Fitted:
    """Give a fit of which only the parameters are known."""
    unknown = np.full(len(values), np.nan)
    return Fitted((), np.array(values), unknown, np.diag(unknown), np.nan)


def _told(
    told: CustomerValue,
    model: CustomerModel,
    bought: Bought,
    coming: ToCome,
    ends: tuple[float, float],
) -> CustomerValue:
    alike = model.holdout_errors[min(bought.days - 1, len(model.holdout_errors) - 1)]
    title = MODELS[model.model].title
    found = msgspec.structs.replace(
        told,
        value=float(coming.value[0]),
        low=min(ends[0], float(coming.value[0])),
        high=max(ends[1], float(coming.value[0])),
        orders=float(coming.orders[0]),
        value_per_order=float(coming.per_order[0]),
        horizon_weeks=model.ahead[0],
        model=f"{title}, Gamma-Gamma",
        alike_error=alike,
    )
    return msgspec.structs.replace(found, sentence=_sentence(found))


def _sentence(found: CustomerValue) -> Sentence:
    said: Sentence = {}
    for lang in ("en", "de"):
        figures = (found.value, found.orders, found.low, found.high)
        value, orders, low, high = (number(one or 0.0, lang, 1) for one in figures)
        weeks = number(found.horizon_weeks or 0.0, lang)
        error = _missed(found.holdout_error)[lang]
        said[lang] = both(
            f"{value} {found.currency} are expected of {orders} orders within {weeks} weeks;"
            f" 19 of 20 such customers bring between {low} and {high}. {error}",
            f"Erwartet werden {value} {found.currency} aus {orders} Bestellungen in {weeks} Wochen;"
            f" 19 von 20 solchen Kunden bringen zwischen {low} und {high}. {error}",
        )[lang]
    return said


def _missed(error: float | None) -> Sentence:
    if error is None:
        return both(
            "Nothing came in the time held out, so that nobody knows how good that is.",
            "In der zurückgehaltenen Zeit kam nichts; wie gut das ist, weiß niemand.",
        )
    sizes = {lang: number(abs(100 * error), lang) for lang in ("en", "de")}
    return both(
        f"For all customers the model foretold {sizes['en']}% too"
        f" {'few' if error < 0 else 'many'} orders in the time held out.",
        f"Für alle Kunden sagte das Modell in der zurückgehaltenen Zeit {sizes['de']} % zu"
        f" {'wenige' if error < 0 else 'viele'} Bestellungen voraus.",
    )


def _foreign(currency: str, ours: str) -> Sentence:
    return both(
        f"The orders are in {currency}, and customer value is learned in {ours}.",
        f"Die Bestellungen sind in {currency}, gelernt wird der Kundenwert in {ours}.",
    )
