"""The measure `revenue.costs`: what was spent beside what was earned; a relation, not an effect."""

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
from wegweiser.measure.revenue.cost_question import CUTS, question
from wegweiser.measure.revenue.keys import Repair, match_keys
from wegweiser.measure.revenue.ledger import JOIN_OPTIONS
from wegweiser.measure.revenue.money import cents, money, said, shared_out
from wegweiser.measure.words import Sentence, both, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "revenue.costs"
_NOT_AN_EFFECT = both(
    "What stands beside each other is a relation, not an effect: a test tells what the money did.",
    "Was nebeneinander steht, ist ein Zusammenhang, keine Wirkung: Was das Geld tat, sagt ein"
    " Test.",
)


def answer_costs(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Set costs beside revenue per value of the cut, and both in all."""
    found = rows_of(table)
    entries = sum(whole(row, "costs") for row in found)
    if not entries:
        return answer(NAME, asked, asked_question, [_nothing()], [], 0)
    missing = sorted({text(row, "currencies_without_rate") for row in found} - {""})
    if missing:
        return answer(NAME, asked, asked_question, [_no_rate(missing, asked)], [], entries)
    found, repair = _repaired(found)
    found.sort(key=lambda row: (-money(row, "cost"), text(row, "cut")))
    told = tuple(f"read_as:{key}={known}" for key, (known, _) in repair.repaired.items())
    results = [_total(found, name, asked, told) for name in _SENTENCES]
    results.append(_return(found, asked))
    return answer(NAME, asked, asked_question, results, _rows(found, asked), entries)


def _repaired(found: list[Row]) -> tuple[list[Row], Repair]:
    """Read names of costs as visits write them, where only case, spaces and marks differ."""
    known = [text(row, "cut") for row in found if row["revenue"] is not None]
    repair = match_keys((text(row, "cut") for row in found), known)
    merged: dict[str, Row] = {}
    for row in found:
        name = repair.of(text(row, "cut"))
        before = merged.get(name)
        merged[name] = (
            row | {"cut": name} if before is None else _added(before, row) | {"cut": name}
        )
    return list(merged.values()), repair


def _added(one: Row, other: Row) -> Row:
    counts: Row = {name: whole(one, name) + whole(other, name) for name in ("costs", "sales")}
    return counts | {
        name: str(money(one, name) + money(other, name)) for name in ("cost", "revenue")
    }


def _rows(found: list[Row], asked: Asked) -> list[Row]:
    cost = shared_out([money(row, "cost") for row in found])
    revenue = shared_out([money(row, "revenue") for row in found])
    return [
        {
            asked.text("by"): text(row, "cut"),
            "cost": cost[place],
            "revenue": revenue[place],
            "result": cents(money(row, "revenue") - money(row, "cost")),
            "sales": whole(row, "sales"),
            "cost_per_sale": _divided(money(row, "cost"), Decimal(whole(row, "sales"))),
            "revenue_per_cost": _divided(money(row, "revenue"), money(row, "cost")),
        }
        for place, row in enumerate(found)
    ]


def _divided(upper: Decimal, lower: Decimal) -> float | None:
    return round(float(upper / lower), 4) if lower > 0 else None


_SENTENCES = {
    "cost": ("The costs came to {}.", "Die Kosten betrugen {}."),
    "revenue": ("The ledger earned {} in the same time.", "In derselben Zeit waren es {} Umsatz."),
    "result": ("Revenue less costs is {}.", "Umsatz weniger Kosten ergibt {}."),
}


def _sum(found: list[Row], name: str) -> Decimal:
    if name == "result":
        return _sum(found, "revenue") - _sum(found, "cost")
    return sum((money(row, name) for row in found), Decimal(0))


def _counts(found: list[Row]) -> dict[str, int]:
    return {
        "events": sum(whole(row, "costs") for row in found),
        "goals": sum(whole(row, "sales") for row in found),
    }


def _total(found: list[Row], name: str, asked: Asked, warnings: tuple[str, ...]) -> Result:
    amount, currency = _sum(found, name), asked.text("currency")
    shown = said(amount, currency)
    english, german = _SENTENCES[name]
    told = both(english.format(shown["en"]), german.format(shown["de"]))
    return _figure(name, cents(amount), currency, found, told, warnings)


def _return(found: list[Row], asked: Asked) -> Result:
    cost, revenue = _sum(found, "cost"), _sum(found, "revenue")
    currency, name = asked.text("currency"), f"{NAME}.revenue_per_cost"
    if cost <= 0:
        told = both("Nothing was spent in all.", "Insgesamt wurde nichts ausgegeben.")
        return gated(name, currency, "unidentified", _counts(found), told)
    ratio = float(revenue / cost)
    told = both(
        f"For each {currency} spent stand {number(ratio, 'en', 2)} of revenue."
        f" {_NOT_AN_EFFECT['en']}",
        f"Je {currency} Kosten stehen {number(ratio, 'de', 2)} Umsatz. {_NOT_AN_EFFECT['de']}",
    )
    return _figure("revenue_per_cost", ratio, f"{currency} per {currency}", found, told)


def _figure(
    name: str,
    value: float,
    unit: str,
    found: list[Row],
    told: Sentence,
    warnings: tuple[str, ...] = (),
) -> Result:
    return Result(
        name=f"{NAME}.{name}",
        unit=unit,
        n=_counts(found),
        enough_data=True,
        estimate=value,
        low=value,
        high=value,
        warnings=warnings,
        sentence=told,
        method="exact sums, rounded once",
    )


def _no_rate(missing: list[str], asked: Asked) -> Result:
    currency, names = asked.text("currency"), ", ".join(missing)
    return gated(
        f"{NAME}.cost",
        currency,
        "no_source",
        {"events": 0, "goals": 0},
        both(
            f"The table of rates lacks {names} to {currency} on some days. Load them with:"
            " wegweiser money rates FILE.",
            f"In der Kurstabelle fehlt an manchen Tagen {names} in {currency}. Laden Sie die"
            " Kurse: wegweiser money rates DATEI.",
        ),
    )


def _nothing() -> Result:
    return gated(
        f"{NAME}.cost",
        "money",
        "no_source",
        {"events": 0, "goals": 0},
        both(
            "No costs are known of this period. Load them with: wegweiser money load FILE.",
            "Aus diesem Zeitraum sind keine Kosten bekannt. Laden Sie sie: wegweiser money load"
            " DATEI.",
        ),
    )


MEASURE = Measure(
    NAME,
    both("Costs beside revenue", "Kosten neben dem Umsatz"),
    (
        Option("by", "text", "channel", both("what to sum by", "wonach summiert"), tuple(CUTS)),
        *JOIN_OPTIONS,
    ),
    question,
    answer_costs,
)
