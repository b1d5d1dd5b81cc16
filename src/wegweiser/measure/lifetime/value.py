"""The measure `lifetime.value`: what the customers of today will bring, per group or account."""

import numpy as np
import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated
from wegweiser.measure.lifetime.buying import unidentified
from wegweiser.measure.lifetime.buying_gate import counts_of, gate_of
from wegweiser.measure.lifetime.buying_sentence import checks
from wegweiser.measure.lifetime.by_account import by_account
from wegweiser.measure.lifetime.clv import Valued, valued
from wegweiser.measure.lifetime.model_rows import model_rows
from wegweiser.measure.lifetime.per_order import Customers
from wegweiser.measure.lifetime.question import value_question
from wegweiser.measure.lifetime.study import SHARED_OPTIONS, Study, chance_of, study, years_of
from wegweiser.measure.lifetime.to_come import Outlook
from wegweiser.measure.lifetime.told import column, part, read_told
from wegweiser.measure.lifetime.value_sentence import (
    margin_of,
    no_mean,
    value_results,
    worth_results,
)
from wegweiser.measure.lifetime.worth import Worth, read_worth
from wegweiser.measure.rfm.grouping import GROUPS
from wegweiser.measure.words import both
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Answer, Question
from wegweiser.terms.wrong import wrong

NAME = "lifetime.value"


def answer_value(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Foretell orders and what one is worth, and never without how far the past was missed."""
    told = read_told(table, asked.text("occasion"))
    units, unit = round(told.now.customers), asked.text("currency")
    if asked.number("discount") <= -1:
        raise InputRefused("bad_option", wrong("discount_above"), 422, "discount")
    closed = gate_of(told, asked, f"{NAME}.total", unit)
    if closed is not None:
        return answer(NAME, asked, asked_question, [closed], [], units)
    studied = study(told, asked)
    now = part(table, "now")
    accounts = sorted(set(now["account"].to_pylist())) if asked.text("by") == "account" else []
    margin = margin_of(told, asked)
    if (
        not float(column(now, "valued").sum())
        or not np.isfinite(studied.chosen.fitted.covariance).all()
    ):
        refused = [unidentified(studied, f"{NAME}.total", unit), *checks(NAME, studied)]
        return answer(NAME, asked, asked_question, refused, [], units)
    customers, worth = read_worth(now, asked.text("occasion"), accounts)
    if any(one["q"] <= 1.0 for one in worth.fits):
        return _without_mean(asked_question, asked, studied, worth)
    ahead = _outlook(studied, margin.share, asked)
    chance = chance_of(asked_question)
    found = valued(customers, worth, studied, ahead, chance)
    if found.drawn is None:
        return _without_mean(asked_question, asked, studied, worth)
    if asked.text("by") == "model":
        rows = model_rows(studied, worth, ahead)
    elif accounts:
        rows = by_account(customers, found, accounts, studied, worth, chance)
    else:
        rows = _by_group(customers, found)
    results = value_results(NAME, customers, found, studied, margin, asked)
    results += checks(NAME, studied) + worth_results(NAME, worth, studied)
    return answer(NAME, asked, asked_question, results, rows, units)


def _outlook(studied: Study, margin: float, asked: Asked) -> Outlook:
    years = years_of(studied, asked)
    return Outlook(studied.horizon, years, studied.season, margin, asked.number("discount"))


def _without_mean(asked_question: Question, asked: Asked, studied: Study, worth: Worth) -> Answer:
    refused = gated(
        f"{NAME}.total",
        asked.text("currency"),
        "unidentified",
        counts_of(studied.told),
        no_mean(),
    )
    results = [refused, *checks(NAME, studied), *worth_results(NAME, worth, studied)]
    return answer(NAME, asked, asked_question, results, [], round(studied.told.now.customers))


def _by_group(customers: Customers, found: Valued) -> list[Row]:
    count = customers.buyers.count
    ends = None if found.drawn is None else np.quantile(found.drawn, [0.025, 0.975], axis=0)
    rows: list[Row] = []
    for place, name in enumerate(GROUPS):
        own = found.group == place
        size, clv = float(count[own].sum()), float(found.clv[own].sum())
        orders = float((found.orders * count)[own].sum())
        low, high = (clv, clv) if ends is None else (float(end[place]) for end in ends)
        rows.append(
            {
                "group": name,
                "customers": round(size),
                "clv": round(clv, 2),
                "low": round(min(low, clv), 2),
                "high": round(max(high, clv), 2),
                "clv_per_customer": round(clv / size, 2) if size else None,
                "orders": round(orders, 2),
                "value_per_order": round(float(found.per_order[own].sum()) / size, 2)
                if size
                else None,
                "last_year": round(float(customers.year[own].sum()), 2),
            }
        )
    return rows


MEASURE = Measure(
    NAME,
    both("Customer lifetime value (CLV)", "Kundenwert (CLV)"),
    (
        Option(
            "by",
            "text",
            "group",
            both(
                "what to sum by; model lists what the value of anybody is worked out from",
                "wonach summiert; model zeigt, woraus sich der Wert jedes Einzelnen ergibt",
            ),
            ("group", "account", "model"),
        ),
        Option(
            "discount",
            "number",
            0.1,
            both("discount of money a year later", "Abschlag auf Geld ein Jahr später"),
        ),
        *SHARED_OPTIONS,
    ),
    value_question,
    answer_value,
)
