"""The measure `profit.accounts`: what each customer leaves after all that they cost."""

from decimal import Decimal

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
from wegweiser.measure.profit.accounts_question import (
    COVERED,
    CUSTOMERS,
    CUTS,
    LOSING,
    OF_NOBODY,
    WITHOUT_RATE,
    question,
)
from wegweiser.measure.profit.accounts_rows import REVENUE, Book, read_books, table_of
from wegweiser.measure.profit.drivers import UNITS
from wegweiser.measure.revenue.joined import REFUNDS
from wegweiser.measure.revenue.ledger import CURRENCY
from wegweiser.measure.revenue.money import cents, money, said
from wegweiser.measure.words import Sentence, both, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "profit.accounts"
FEW_GOODS = 0.8


def answer_accounts(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Say what is left of revenue after costs, who loses money, and what nobody could be given."""
    found = rows_of(table)
    aside = {text(row, "kind"): row for row in found if row["cut"] == ""}
    books = read_books([row for row in found if row["cut"] != ""])
    missing = sorted(text(row, "rule") for row in found if row["kind"] == WITHOUT_RATE)
    whole_book = _together(books, whole(aside[CUSTOMERS], "customers"))
    if missing:
        return answer(NAME, asked, asked_question, [no_rate(NAME, missing, asked)], [], 0)
    if not books:
        return answer(NAME, asked, asked_question, [nothing(NAME)], [], 0)
    results = [
        _contribution(whole_book, aside, asked),
        _losing(aside[LOSING], whole_book, asked),
        _unallocated(aside[OF_NOBODY], whole_book, asked),
    ]
    rows = table_of(books, asked.text("by"))
    return answer(NAME, asked, asked_question, results, rows, whole_book.customers)


def _together(books: list[Book], customers: int) -> Book:
    amounts: dict[tuple[str, str], Decimal] = {}
    for one in books:
        for key, amount in one.amounts.items():
            amounts[key] = amounts.get(key, Decimal(0)) + amount
    return Book("", customers, amounts)


def nothing(name: str) -> Result:
    """Make the answer where neither revenue nor costs are known."""
    return gated(
        name,
        "money",
        "no_source",
        {"units": 0},
        both(
            "Neither revenue nor costs are known of this period. Send Order Completed, and load"
            " costs with: wegweiser money load FILE.",
            "Aus diesem Zeitraum sind weder Umsatz noch Kosten bekannt. Senden Sie Order Completed"
            " und laden Sie Kosten: wegweiser money load DATEI.",
        ),
    )


def no_rate(name: str, missing: list[str], asked: Asked) -> Result:
    """Make the answer where foreign money cannot be told in the currency asked for."""
    currency, names = asked.text("currency"), ", ".join(missing)
    return gated(
        name,
        currency,
        "no_source",
        {"units": 0},
        both(
            f"The table of rates lacks {names} to {currency} on some days. Load them with:"
            " wegweiser money rates FILE.",
            f"In der Kurstabelle fehlt an manchen Tagen {names} in {currency}. Laden Sie die"
            " Kurse: wegweiser money rates DATEI.",
        ),
    )


def goods_words(goods: Decimal) -> Sentence:
    """Say what a contribution holds: without any cost of goods it is one before goods."""
    if goods:
        return both("contribution", "Deckungsbeitrag")
    return both("contribution before goods", "Deckungsbeitrag vor Wareneinsatz")


def _contribution(book: Book, aside: dict[str, Row], asked: Asked) -> Result:
    revenue, left = book.of(REVENUE), book.contribution
    currency = asked.text("currency")
    shown, of, costs = (said(one, currency) for one in (left, revenue, revenue - left))
    name = goods_words(book.of("goods"))
    return _figure(
        "contribution",
        left,
        book,
        asked,
        both(
            f"Of {of['en']} revenue, {costs['en']} went into costs; {name['en']}: {shown['en']}."
            " This is an account, not an effect.",
            f"Von {of['de']} Umsatz gingen {costs['de']} in Kosten; {name['de']}: {shown['de']}."
            " Das ist eine Rechnung, keine Wirkung.",
        ),
        _warnings(book, aside),
    )


def _warnings(book: Book, aside: dict[str, Row]) -> tuple[str, ...]:
    if not book.of("goods"):
        return ("before_goods",)
    revenue = book.of(REVENUE)
    known = money(aside[COVERED], "amount") / revenue if revenue > 0 else Decimal(1)
    if known < Decimal(str(FEW_GOODS)):
        return (f"goods_known_for_{max(0, round(known * 100))}_percent_of_revenue",)
    return ()


def _losing(row: Row, book: Book, asked: Asked) -> Result:
    shown = said(money(row, "amount"), asked.text("currency"))
    return _figure("losing", money(row, "amount"), book, asked, _losing_words(row, shown))


def _losing_words(row: Row, shown: Sentence) -> Sentence:
    if whole(row, "customers") == 1:
        return both(
            f"One customer cost more than came in: {shown['en']}.",
            f"Ein Kunde kostete mehr, als hereinkam: {shown['de']}.",
        )
    count = {lang: number(whole(row, "customers"), lang) for lang in ("en", "de")}
    return both(
        f"{count['en']} customers cost more than they brought: together {shown['en']}.",
        f"{count['de']} Kunden kosteten mehr, als sie brachten: zusammen {shown['de']}.",
    )


def _unallocated(row: Row, book: Book, asked: Asked) -> Result:
    left = money(row, "amount")
    shown = said(left, asked.text("currency"))
    return _figure(
        "unallocated",
        left,
        book,
        asked,
        both(
            f"{shown['en']} of costs could be given to no customer.",
            f"{shown['de']} der Kosten ließen sich keinem Kunden zurechnen.",
        ),
    )


def _figure(
    name: str,
    amount: Decimal,
    book: Book,
    asked: Asked,
    sentence: Sentence,
    warnings: tuple[str, ...] = (),
) -> Result:
    return Result(
        name=f"{NAME}.{name}",
        unit=asked.text("currency"),
        n={"units": book.customers},
        enough_data=True,
        estimate=cents(amount),
        low=cents(amount),
        high=cents(amount),
        warnings=warnings,
        sentence=sentence,
        method="exact sums, rounded once; costs by reference, driver or equal share",
    )


UNIT = Option("unit", "text", "account", both("who is a customer", "wer ein Kunde ist"), UNITS)
PROFIT_OPTIONS = (
    UNIT,
    CURRENCY,
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
    both("What customers leave after costs", "Was Kunden nach Kosten übrig lassen"),
    (
        Option("by", "text", "customer", both("what to sum by", "wonach summiert"), tuple(CUTS)),
        Option(
            "segment",
            "text",
            "industry",
            both("trait that is the segment", "Merkmal, das die Gruppe ist"),
        ),
        Option(
            "most",
            "whole",
            500,
            both("customers named at each end", "genannte Kunden an jedem Ende"),
        ),
        *PROFIT_OPTIONS,
    ),
    question,
    answer_accounts,
)
