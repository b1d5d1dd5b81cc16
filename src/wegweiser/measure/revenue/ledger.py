"""The measure `revenue.ledger`: what was earned, to the cent, by what brought it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa

from wegweiser.measure.form import (
    Asked,
    Measure,
    Option,
    Row,
    answer,
    gated,
    rows_of,
    text,
    whole,
)
from wegweiser.measure.revenue.joined import REFUNDS, RULES, VISIT_DIMENSIONS
from wegweiser.measure.revenue.ledger_question import CUTS, question
from wegweiser.measure.revenue.money import cents, money, said, shared_out
from wegweiser.measure.words import both, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "revenue.ledger"
LEAST_JOINED = 0.2
_AMOUNTS = ("sold", "returned", "revenue")
_IN_TIME = ("day", "month")
_JOINS = {
    "visit": ("a visit", "einem Besuch"),
    "person": ("a known person", "einer bekannten Person"),
    "account": ("an account", "einem Unternehmen"),
}


def answer_ledger(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Say first how much could be joined, then what was earned; every cut sums to the ledger."""
    found = rows_of(table)
    total = next((row for row in found if row["is_total"]), None)
    entries = 0 if total is None else whole(total, "sales") + whole(total, "taken_back")
    if total is None or entries == 0:
        return answer(NAME, asked, asked_question, [_nothing(total)], [], 0)
    if whole(total, "without_rate"):
        return answer(NAME, asked, asked_question, [_no_rate(total, asked)], [], entries)
    cut = asked.text("by")
    only_ledger = cut in VISIT_DIMENSIONS and _share(total, "visit") < LEAST_JOINED
    parts = [total | {"cut": "(all)"}] if only_ledger else found[: found.index(total)]
    results = [_joined(total, name, only_ledger) for name in _JOINS]
    results += [_amount(total, name, asked) for name in _AMOUNTS]
    rows = _rows(cut, parts)
    if cut == "day":
        rows = _with_quiet_days(rows, asked)
    return answer(NAME, asked, asked_question, results, rows, entries)


def _rows(cut: str, parts: list[Row]) -> list[Row]:
    if cut not in _IN_TIME:
        parts = sorted(parts, key=lambda row: (-money(row, "revenue"), text(row, "cut")))
    columns = {name: shared_out([money(row, name) for row in parts]) for name in _AMOUNTS}
    return [
        {
            cut: text(row, "cut"),
            "sales": whole(row, "sales"),
            "taken_back": whole(row, "taken_back"),
            "people": whole(row, "people"),
            **{name: columns[name][place] for name in _AMOUNTS},
        }
        for place, row in enumerate(parts)
    ]


def _with_quiet_days(rows: list[Row], asked: Asked) -> list[Row]:
    """Put every day of the period in its place, with nothing where nothing was booked.

    A period without a beginning begins with the first entry.
    """
    by_day = {text(row, "day"): row for row in rows}
    start, end = asked.period.start, min(asked.period.end - 1, asked.as_of)
    bounds = [*by_day, *((_day(start, asked), _day(end, asked)) if start > 0 else ())]
    first, last = date.fromisoformat(min(bounds)), date.fromisoformat(max(bounds))
    quiet: Row = {"sales": 0, "taken_back": 0, "people": 0, **dict.fromkeys(_AMOUNTS, 0.0)}
    days = [(first + timedelta(passed)).isoformat() for passed in range((last - first).days + 1)]
    return [by_day.get(day, {"day": day, **quiet}) for day in days]


def _day(at_ms: int, asked: Asked) -> str:
    local = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(asked.period.zone))
    return local.date().isoformat()


def _share(total: Row, name: str) -> float:
    weight = money(total, "weight")
    return float(money(total, f"weight_with_{name}") / weight) if weight else 0.0


def _counts(total: Row) -> dict[str, int]:
    return {
        "units": whole(total, "people"),
        "events": whole(total, "sales") + whole(total, "taken_back"),
    }


def _joined(total: Row, name: str, only_ledger: bool) -> Result:
    share = _share(total, name)
    percent = {lang: number(100 * share, lang, 1) for lang in ("en", "de")}
    english, german = _JOINS[name]
    limit = name == "visit" and only_ledger
    return Result(
        name=f"{NAME}.joined.{name}",
        unit="share of what was sold",
        n=_counts(total),
        enough_data=True,
        estimate=share,
        low=share,
        high=share,
        warnings=("ledger_only",) if limit else (),
        sentence=both(
            f"{percent['en']}% of what was sold is joined to {english}."
            + (" Under 20%, so it is not split by visits." if limit else ""),
            f"{percent['de']} % des Verkauften sind mit {german} verbunden."
            + (" Unter 20 %, deshalb wird nicht nach Besuchen aufgeteilt." if limit else ""),
        ),
        method="full count, weighted by money",
    )


_SENTENCES = {
    "sold": ("Sales came to {}.", "Die Verkäufe betrugen {}."),
    "returned": ("Refunds and cancellations took back {}.", "Zurückgenommen wurden {}."),
    "revenue": ("That leaves {} of revenue.", "Das ergibt {} Umsatz."),
}


def _amount(total: Row, name: str, asked: Asked) -> Result:
    amount = money(total, name)
    shown = said(-amount if name == "returned" else amount, asked.text("currency"))
    english, german = _SENTENCES[name]
    return Result(
        name=f"{NAME}.{name}",
        unit=asked.text("currency"),
        n=_counts(total),
        enough_data=True,
        estimate=cents(amount),
        low=cents(amount),
        high=cents(amount),
        warnings=_warnings(total, amount),
        sentence=both(english.format(shown["en"]), german.format(shown["de"])),
        method="exact sum, rounded once",
    )


def _warnings(total: Row, amount: Decimal) -> tuple[str, ...]:
    told = {
        "entries_without_amount": whole(total, "without_amount"),
        "entries_without_currency": whole(total, "without_currency"),
    }
    return tuple(f"{count}_{name}" for name, count in told.items() if count)


def _no_rate(total: Row, asked: Asked) -> Result:
    missing, currency = text(total, "currencies_without_rate"), asked.text("currency")
    count = {lang: number(whole(total, "without_rate"), lang) for lang in ("en", "de")}
    return gated(
        f"{NAME}.revenue",
        currency,
        "no_source",
        _counts(total),
        both(
            f"The table of rates lacks {missing} to {currency} on the day of {count['en']}"
            " entries. Load them with: wegweiser money rates FILE.",
            f"In der Kurstabelle fehlt {missing} in {currency} am Tag von {count['de']}"
            " Buchungen. Laden Sie die Kurse: wegweiser money rates DATEI.",
        ),
    )


def _nothing(total: Row | None) -> Result:
    unpriced = 0 if total is None else whole(total, "without_amount")
    told = both(
        "No order, subscription or won opportunity with an amount arrived in this period. Send"
        " Order Completed with revenue and currency.",
        "In diesem Zeitraum kam keine Bestellung, kein Abonnement und kein gewonnener Auftrag mit"
        " Betrag an. Senden Sie Order Completed mit revenue und currency.",
    )
    if unpriced:
        told = both(
            f"{told['en']} {number(unpriced, 'en')} came without an amount.",
            f"{told['de']} Ohne Betrag kamen {number(unpriced, 'de')}.",
        )
    return gated(f"{NAME}.revenue", "money", "no_source", {"units": 0, "events": 0}, told)


CURRENCY = Option("currency", "text", "EUR", both("currency of the figures", "Währung der Zahlen"))
JOIN_OPTIONS = (
    CURRENCY,
    Option("rule", "text", RULES[0], both("which visit counts", "welcher Besuch zählt"), RULES),
    Option("window_days", "whole", 30, both("days before a sale", "Tage vor einem Verkauf")),
    Option(
        "refunds_on",
        "text",
        REFUNDS[0],
        both("on which day a refund counts", "an welchem Tag eine Rückzahlung zählt"),
        REFUNDS,
    ),
)
MEASURE = Measure(
    NAME,
    both("Revenue by what brought it", "Umsatz nach dem, was ihn brachte"),
    (
        Option("by", "text", "month", both("what to sum by", "wonach summiert"), tuple(CUTS)),
        *JOIN_OPTIONS,
    ),
    question,
    answer_ledger,
)
