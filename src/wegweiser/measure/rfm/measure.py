"""The measure `rfm.groups`: nine groups of customers by recency and frequency, and their worth."""

from decimal import Decimal
from typing import Literal

import numpy as np
import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated
from wegweiser.measure.lifetime.order_steps import UNITS
from wegweiser.measure.lifetime.told import column, part
from wegweiser.measure.revenue.ledger import CURRENCY
from wegweiser.measure.revenue.money import said
from wegweiser.measure.rfm.grouping import GROUPS, Numbers, Scores, fifths, groups_of
from wegweiser.measure.rfm.question import MONTH_DAYS, question
from wegweiser.measure.words import Sentence, both, number
from wegweiser.terms.result import Answer, Gate, Question, Result

NAME = "rfm.groups"
LEAST_CUSTOMERS = 200
_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
_WORDS = {
    "champions": both("champions", "Spitzenkunden"),
    "growing": both("growing", "im Wachsen"),
    "new": both("new", "neu"),
    "loyal": both("loyal", "treu"),
    "needs_attention": both("in need of attention", "brauchen Aufmerksamkeit"),
    "about_to_slip": both("about to slip", "drohen wegzubleiben"),
    "must_not_lose": both("not to be lost", "nicht zu verlieren"),
    "at_risk": both("at risk", "gefährdet"),
    "lost": both("lost", "verloren"),
}


def answer_groups(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Score by rank, put into nine groups, and say what each is worth and how it moved."""
    customers, rest = part(table, "customers"), part(table, "rest")
    count = column(customers, "customers")
    units = round(float(count.sum()))
    closed = _gate(units, float(column(rest, "without_rate").sum()), asked)
    if closed is not None:
        return answer(NAME, asked, asked_question, [closed], [], units)
    held = [column(customers, name) for name in ("recency", "frequency", "level")]
    group = groups_of(held[0], held[1], count)
    best = fifths(held[2], count) == 5
    values = _exact(customers, group)
    before = _before(customers, count)
    rows = [_row(place, group, before, count, held, best, values) for place in range(len(GROUPS))]
    results = [_result(row, units, sum(values, Decimal(0)), asked) for row in rows]
    results += _medians(held, part(table, "value"), count, asked, units)
    return answer(NAME, asked, asked_question, results, rows, units)


def _exact(customers: pa.Table, group: Scores) -> list[Decimal]:
    """Add up the values of each group as exact decimals."""
    sums = [Decimal(0)] * len(GROUPS)
    for place, value in zip(group.tolist(), customers["value"].to_pylist(), strict=True):
        sums[place] += value or Decimal(0)
    return sums


def _before(customers: pa.Table, count: Numbers) -> Scores:
    """Give each row's group a month before, -1 for who had not ordered yet."""
    known = column(customers, "frequency_before") > 0
    found = np.full(len(count), -1, dtype=np.int64)
    recency, frequency = (
        column(customers, name)[known] for name in ("recency_before", "frequency_before")
    )
    if known.any():
        found[known] = groups_of(recency, frequency, count[known])
    return found


def _row(
    place: int,
    group: Scores,
    before: Scores,
    count: Numbers,
    held: list[Numbers],
    best: Numbers,
    values: list[Decimal],
) -> Row:
    here, was = group == place, before == place
    size, total = float(count[here].sum()), sum(values, Decimal(0))
    flows = np.bincount(np.where(here, before, place) + 1, count, len(GROUPS) + 1)
    flows[place + 1] = 0.0
    most = int(np.argmax(flows))
    return {
        "group": GROUPS[place],
        "customers": round(size),
        "share": _share(size, float(count.sum())),
        "value": float(round(values[place], 4)),
        "value_share": _share(float(values[place]), float(total)),
        "value_per_customer": float(round(values[place] / Decimal(size), 4)) if size else None,
        "top_value_customers": round(float(count[here & best].sum())),
        "median_recency_days": _median(held[0][here], count[here]),
        "median_frequency": _median(held[1][here], count[here]),
        "month_before": round(float(count[was].sum())),
        "came": round(float(count[here & ~was].sum())),
        "went": round(float(count[was & ~here].sum())),
        "came_mostly_from": ("first_order", *GROUPS)[most] if flows[most] > 0 else None,
    }


def _share(one: float, of: float) -> float | None:
    return round(one / of, 6) if of else None


def _median(values: Numbers, count: Numbers) -> float | None:
    """Give the exact median of values that occur so many times each."""
    if not len(values):
        return None
    order = np.argsort(values, kind="stable")
    passed = np.cumsum(count[order])
    half = passed[-1] / 2
    lower, upper = (int(np.searchsorted(passed, half, side=side)) for side in _SIDES)
    return float((values[order][lower] + values[order][upper]) / 2)


def _result(row: Row, units: int, total: Decimal, asked: Asked) -> Result:
    name, size = str(row["group"]), int(str(row["customers"]))
    shown = said(Decimal(str(row["value"])), asked.text("currency"))
    parts = {lang: number(100 * size / units, lang, 1) for lang in ("en", "de")}
    moved = size - int(str(row["month_before"]))
    sign = "+" if moved > 0 else ""
    word = _WORDS[name]
    return _exactly(
        name,
        float(size),
        "customers",
        units,
        both(
            f"{number(size, 'en')} customers ({parts['en']}%) are {word['en']}, with"
            f" {shown['en']} in {asked.whole('value_days')} days; change in"
            f" {MONTH_DAYS} days: {sign}{number(moved, 'en')}.",
            f"{number(size, 'de')} Kunden ({parts['de']} %): {word['de']}, mit {shown['de']} in"
            f" {asked.whole('value_days')} Tagen; Veränderung in {MONTH_DAYS} Tagen:"
            f" {sign}{number(moved, 'de')}.",
        ),
    )


def _medians(
    held: list[Numbers], values: pa.Table, count: Numbers, asked: Asked, units: int
) -> list[Result]:
    counted = "orders" if asked.text("frequency") == "orders" else "order days"
    value = _median(column(values, "level"), column(values, "customers")) or 0.0
    told = {
        "recency": (_median(held[0], count) or 0.0, "days", _RECENCY),
        "frequency": (_median(held[1], count) or 0.0, counted, _FREQUENCY),
        "value": (value, asked.text("currency"), _VALUE),
    }
    return [
        _exactly(
            f"median.{name}",
            found,
            unit,
            units,
            {lang: text[lang].format(number(found, lang, 2)) for lang in ("en", "de")},
        )
        for name, (found, unit, text) in told.items()
    ]


# Many are alike in these figures, so that "half above, half below" would often be wrong.
_RECENCY = both(
    "At least half of the customers ordered within the last {} days.",
    "Mindestens die Hälfte der Kunden hat in den letzten {} Tagen bestellt.",
)
_FREQUENCY = both(
    "At least half of the customers ordered {0} times or more, and at least half {0} or fewer.",
    "Mindestens die Hälfte der Kunden hat {0}-mal oder öfter bestellt, mindestens die Hälfte"
    " {0}-mal oder seltener.",
)
_VALUE = both(
    "At least half of the customers are worth {0} or more, and at least half {0} or less.",
    "Mindestens die Hälfte der Kunden ist {0} oder mehr wert, mindestens die Hälfte {0} oder"
    " weniger.",
)


def _exactly(name: str, value: float, unit: str, units: int, sentence: Sentence) -> Result:
    return Result(
        name=f"{NAME}.{name}",
        unit=unit,
        n={"units": units},
        enough_data=True,
        estimate=value,
        low=value,
        high=value,
        sentence=sentence,
        method="full count, fifths by rank with ties together",
    )


def _gate(units: int, without_rate: float, asked: Asked) -> Result | None:
    def closed(reason: Gate, sentence: Sentence) -> Result:
        return gated(f"{NAME}.customers", "customers", reason, {"units": units}, sentence)

    if without_rate:
        currency = asked.text("currency")
        return closed(
            "no_source",
            both(
                f"{number(without_rate, 'en')} entries have no rate to {currency} on their day."
                " Load the rates with: wegweiser money rates FILE.",
                f"{number(without_rate, 'de')} Buchungen haben an ihrem Tag keinen Kurs in"
                f" {currency}. Laden Sie die Kurse: wegweiser money rates DATEI.",
            ),
        )
    if not units:
        return closed(
            "no_source",
            both(
                "No order of a known customer arrived. Send Order Completed with userId, revenue"
                " and currency.",
                "Keine Bestellung eines bekannten Kunden kam an. Senden Sie Order Completed mit"
                " userId, revenue und currency.",
            ),
        )
    if units < LEAST_CUSTOMERS:
        return closed(
            "too_little",
            both(
                f"{units} of {LEAST_CUSTOMERS} customers are known; groups of so few say little.",
                f"{units} von {LEAST_CUSTOMERS} Kunden sind bekannt; Gruppen von so wenigen sagen"
                " kaum etwas.",
            ),
        )
    return None


MEASURE = Measure(
    NAME,
    both("Customers in nine groups (RFM)", "Kunden in neun Gruppen (RFM)"),
    (
        Option("unit", "text", "person", both("who buys", "wer kauft"), UNITS),
        Option(
            "frequency",
            "text",
            "days",
            both("what frequency counts", "was die Häufigkeit zählt"),
            ("days", "orders"),
        ),
        Option("value_days", "whole", 365, both("days of value", "Tage, deren Wert zählt")),
        CURRENCY,
    ),
    question,
    answer_groups,
)
