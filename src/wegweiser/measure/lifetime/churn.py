"""The measure `lifetime.churn`: how long subscriptions last, and what they still bring."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from wegweiser.measure.form import (
    Asked,
    Measure,
    Option,
    Row,
    answer,
    gated,
    real,
    rows_of,
    text,
    whole,
)
from wegweiser.measure.lifetime.buyers import Numbers
from wegweiser.measure.lifetime.churn_question import GROUPS, question
from wegweiser.measure.lifetime.churn_sentence import LEAST_OF_AGE, gate_of, of_months, of_value
from wegweiser.measure.lifetime.forecast import DRAWS, between_draws
from wegweiser.measure.lifetime.hazard import (
    Contracts,
    Hazard,
    cases_of,
    hazard_of,
    months_left,
    pooled_after,
    staying,
)
from wegweiser.measure.lifetime.order_steps import UNITS
from wegweiser.measure.lifetime.study import chance_of
from wegweiser.measure.revenue.ledger import CURRENCY
from wegweiser.measure.revenue.survival import reached_by
from wegweiser.measure.statistic import Interval, interval
from wegweiser.measure.words import between, both, estimate_of
from wegweiser.terms.result import Answer, Question, Result

NAME = "lifetime.churn"
HORIZONS = (1, 3, 6, 12, 24)
_UNIT = "share of subscriptions"


def answer_churn(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Give the share that stays by month of life, per group, and what is left to come."""
    found = rows_of(table)
    kept = [row for row in found if not row["is_aside"]]
    aside = sum(whole(row, "subscriptions") for row in found) - sum(
        whole(row, "subscriptions") for row in kept
    )
    contracts = [_contracts(row) for row in kept]
    counts = _counts(contracts)
    closed = gate_of(
        NAME, contracts, counts, sum(whole(row, "without_rate") for row in kept), asked
    )
    if closed is not None:
        return answer(NAME, asked, asked_question, [closed], [], counts["units"])
    warnings = (f"{aside}_ended_without_a_start",) if aside else ()
    results = [_stays(contracts, months, counts, warnings) for months in HORIZONS]
    results += _to_come(contracts, counts, warnings, asked, asked_question)
    rows = [
        row
        for cut in sorted({text(row, "cut") for row in kept})
        for row in _rows(cut, [_contracts(row) for row in kept if text(row, "cut") == cut])
    ]
    return answer(NAME, asked, asked_question, results, rows, counts["units"])


def _contracts(row: Row) -> Contracts:
    return Contracts(
        whole(row, "lasted_months"),
        whole(row, "age_months"),
        bool(row["has_ended"]),
        whole(row, "subscriptions"),
        real(row, "paid"),
    )


def _counts(contracts: Sequence[Contracts]) -> dict[str, int]:
    return {
        "units": sum(one.count for one in contracts),
        "goals": sum(one.count for one in contracts if one.has_ended),
    }


def _retained(contracts: Sequence[Contracts], months: int) -> Interval | None:
    """Give the share that stays so many months; None where too few are of that age."""
    old = sum(one.count for one in contracts if one.age >= months)
    if old < LEAST_OF_AGE:
        return None
    gone = reached_by(cases_of(contracts), months)
    return interval(1 - gone.estimate, 1 - gone.high, 1 - gone.low)


def _rows(cut: str, contracts: Sequence[Contracts]) -> list[Row]:
    """Give a group month by month, as far as enough of its subscriptions are that old."""
    begun, youngest = sum(one.count for one in contracts), min(one.age for one in contracts)
    rows: list[Row] = []
    for months in range(1, max(one.age for one in contracts) + 1):
        found = _retained(contracts, months)
        if found is None:
            break
        rows.append(
            {
                "cohort": cut,
                "months": months,
                "subscriptions": begun,
                "retained": found.estimate,
                "low": found.low,
                "high": found.high,
                "still_open": youngest < months,
            }
        )
    return rows


def _stays(
    contracts: Sequence[Contracts], months: int, counts: dict[str, int], warnings: tuple[str, ...]
) -> Result:
    name, found = f"{NAME}.stays_{months}", _retained(contracts, months)
    if found is None:
        told = both(
            f"Fewer than {LEAST_OF_AGE} subscriptions are {months} months old.",
            f"Weniger als {LEAST_OF_AGE} Abonnements sind {months} Monate alt.",
        )
        return gated(name, _UNIT, "too_early", counts, told)
    shown = {lang: estimate_of(found, lang, 100, "%") for lang in ("en", "de")}
    times = both("month" if months == 1 else "months", "Monat" if months == 1 else "Monate")
    return Result(
        name=name,
        unit=_UNIT,
        n=counts,
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind="frequentist",
        warnings=warnings,
        sentence=both(
            f"{shown['en']} of the subscriptions last {months} {times['en']} or longer"
            f" ({between(found, 'en', 100, '%')}).",
            f"{shown['de']} der Abonnements halten {months} {times['de']} oder länger"
            f" ({between(found, 'de', 100, '%')}).",
        ),
        method="Kaplan-Meier over whole months, Greenwood log-log",
    )


def _to_come(
    contracts: Sequence[Contracts],
    counts: dict[str, int],
    warnings: tuple[str, ...],
    asked: Asked,
    asked_question: Question,
) -> list[Result]:
    active = [one for one in contracts if not one.has_ended]
    ages = np.array([float(one.age) for one in active])
    count = np.array([float(one.count) for one in active])
    hazard, horizon = hazard_of(contracts), asked.whole("horizon_months")
    months = _months_drawn(hazard, ages, count, horizon, asked_question)
    beyond = bool((ages + horizon > hazard.known_months).any())
    told = (*warnings, *(("beyond_what_was_seen",) if beyond else ()))
    lived = sum((one.lasted + 1) * one.count for one in contracts)
    per_month = sum(one.paid for one in contracts) / lived
    found = [of_months(NAME, months, round(float(count.sum())), horizon, counts, told)]
    if per_month > 0:
        value = interval(*(end * per_month for end in (months.estimate, months.low, months.high)))
        found.append(
            of_value(NAME, value, per_month, horizon, counts, told, asked.text("currency"))
        )
    return found


def _months_drawn(
    hazard: Hazard, ages: Numbers, count: Numbers, horizon: int, asked_question: Question
) -> Interval:
    """Give the months to come of all who are subscribed, with 95 % of the draws."""
    known = hazard.known_months
    ended, at_risk = pooled_after(hazard)
    most = int(ages.max(initial=0.0)) + horizon
    chances = hazard.ended[:known] / hazard.at_risk[:known]
    later = ended / at_risk if at_risk else 0.0
    whole_months = months_left(ages, count, staying(chances, later, most), horizon)
    chance = chance_of(asked_question)
    drawn = hazard.draws(DRAWS, chance)[:, :known]
    drawn_later = chance.beta(ended + 0.5, at_risk - ended + 0.5, DRAWS)
    totals = [
        months_left(ages, count, staying(one, float(after), most), horizon)
        for one, after in zip(drawn, drawn_later, strict=True)
    ]
    return between_draws(whole_months, np.array(totals))


MEASURE = Measure(
    NAME,
    both("How long subscriptions last", "Wie lange Abonnements halten"),
    (
        Option("by", "text", "all", both("what to group by", "wonach gruppiert"), tuple(GROUPS)),
        Option("unit", "text", "person", both("whose subscription", "wessen Abonnement"), UNITS),
        Option("horizon_months", "whole", 12, both("months looked ahead", "Monate im Voraus")),
        CURRENCY,
    ),
    question,
    answer_churn,
)
