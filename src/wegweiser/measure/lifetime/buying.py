"""The measure `lifetime.buying`: how many orders the customers of today will still place."""

import numpy as np
import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Row, answer, gated
from wegweiser.measure.lifetime.buyers import Buyers, Numbers
from wegweiser.measure.lifetime.buying_gate import counts_of, gate_of
from wegweiser.measure.lifetime.buying_sentence import (
    ahead_of,
    checks,
    figure,
    parameters,
    warned,
)
from wegweiser.measure.lifetime.chosen import Chosen
from wegweiser.measure.lifetime.fit import Fitted
from wegweiser.measure.lifetime.forecast import DRAWS, between_draws, drawn_totals
from wegweiser.measure.lifetime.holdout import MOST_REPEATS
from wegweiser.measure.lifetime.models import newcomer
from wegweiser.measure.lifetime.question import buying_question
from wegweiser.measure.lifetime.study import SHARED_OPTIONS, Study, chance_of, study
from wegweiser.measure.lifetime.told import read_told
from wegweiser.measure.statistic import Interval
from wegweiser.measure.words import Sentence, between, both, estimate_of
from wegweiser.terms.result import Answer, Question, Result

NAME = "lifetime.buying"
_UNIT = "orders"
_METHOD = f"maximum likelihood, {DRAWS} draws of the parameters"


def answer_buying(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Choose a model by what it foretold of the past; then say what it foretells now."""
    told = read_told(table, asked.text("occasion"))
    units = round(told.now.customers)
    closed = gate_of(told, asked, f"{NAME}.orders", _UNIT)
    if closed is not None:
        return answer(NAME, asked, asked_question, [closed], [], units)
    studied = study(told, asked)
    rows = rows_of_holdout(studied.chosen)
    if not np.isfinite(studied.chosen.fitted.covariance).all():
        results = [unidentified(studied, f"{NAME}.orders", _UNIT)]
    else:
        results = _results(studied, chance_of(asked_question))
    results += checks(NAME, studied)
    return answer(NAME, asked, asked_question, results, rows, units)


def unidentified(studied: Study, name: str, unit: str) -> Result:
    """Refuse: the data say nothing of some parameter."""
    return gated(
        name,
        unit,
        "unidentified",
        counts_of(studied.told),
        both(
            "The orders say nothing of some parameter of any model, so that nothing is foretold.",
            "Zu einem Parameter sagen die Bestellungen in keinem Modell etwas; deshalb wird nichts"
            " vorhergesagt.",
        ),
    )


def rows_of_holdout(chosen: Chosen) -> list[Row]:
    """Give, per number of repeats, what came of the time held out and what each model foretold."""
    held = chosen.holdout
    return [
        {
            "repeats": f"{MOST_REPEATS}+" if place == MOST_REPEATS else str(place),
            "customers": round(float(held.customers[place])),
            "came": _mean(held.came, held.customers, place),
            **{
                one.model.name: _mean(one.holdout.foretold, held.customers, place)
                for one in chosen.tried
            },
        }
        for place in range(MOST_REPEATS + 1)
    ]


def _mean(sums: Numbers, customers: Numbers, place: int) -> float | None:
    count = float(customers[place])
    return round(float(sums[place]) / count, 4) if count else None


def _results(studied: Study, chance: np.random.Generator) -> list[Result]:
    model, fitted, now = studied.chosen.model, studied.chosen.fitted, studied.told.now

    def orders(under: Fitted, buyers: Buyers) -> Numbers:
        return studied.season * model.expected(under, buyers, studied.horizon)

    def of(buyers: Buyers) -> Interval:
        whole = float((orders(fitted, buyers) * buyers.count).sum())
        return between_draws(whole, drawn_totals(fitted, buyers, orders, chance))

    coming, fresh = of(now), of(newcomer())
    found = [
        figure(f"{NAME}.orders", _UNIT, coming, _of_orders(coming, studied), studied, _METHOD),
        figure(
            f"{NAME}.of_new", "orders per person", fresh, _of_new(fresh, studied), studied, _METHOD
        ),
        _alive(studied, chance),
    ]
    return [*found, *parameters(NAME, studied)]


def _alive(studied: Study, chance: np.random.Generator) -> Result:
    model, fitted, now = studied.chosen.model, studied.chosen.fitted, studied.told.now
    if not studied.chosen.drop_out_told:
        told = both(
            "How many still buy cannot be told from these orders.",
            "Wie viele noch kaufen, ist diesen Bestellungen nicht anzusehen.",
        )
        return gated(f"{NAME}.alive", "share", "unidentified", counts_of(studied.told), told)
    share = float((model.alive(fitted, now) * now.count).sum()) / now.customers
    drawn = drawn_totals(fitted, now, model.alive, chance) / now.customers
    found = between_draws(share, drawn)
    shown = {lang: estimate_of(found, lang, 100, "%") for lang in ("en", "de")}
    told = both(
        f"{shown['en']} of the customers are likely to buy still"
        f" ({between(found, 'en', 100, '%')}).",
        f"{shown['de']} der Kunden kaufen wahrscheinlich noch ({between(found, 'de', 100, '%')}).",
    )
    return figure(f"{NAME}.alive", "share", found, told, studied, _METHOD)


def _of_orders(found: Interval, studied: Study) -> Sentence:
    ahead = ahead_of(studied)
    told = warned(studied)
    shown = {lang: estimate_of(found, lang) for lang in ("en", "de")}
    return both(
        f"The customers of today will order on {shown['en']} more days within {ahead['en']}"
        f" ({between(found, 'en')}). {told['en']}",
        f"Die heutigen Kunden werden in {ahead['de']} an weiteren {shown['de']} Tagen bestellen"
        f" ({between(found, 'de')}). {told['de']}",
    )


def _of_new(found: Interval, studied: Study) -> Sentence:
    ahead = ahead_of(studied)
    shown = {lang: estimate_of(found, lang) for lang in ("en", "de")}
    return both(
        f"Somebody who has just ordered for the first time orders {shown['en']} times more within"
        f" {ahead['en']} ({between(found, 'en')}).",
        f"Wer gerade zum ersten Mal bestellt hat, bestellt in {ahead['de']} noch {shown['de']}-mal"
        f" ({between(found, 'de')}).",
    )


MEASURE = Measure(
    NAME,
    both("Repeat orders to come", "Künftige Bestellungen der Kunden"),
    SHARED_OPTIONS,
    buying_question,
    answer_buying,
)
