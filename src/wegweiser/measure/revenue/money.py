"""Exact money in answers: read from sums, shared out without losing a cent, and in words."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from wegweiser.measure.form import Row
from wegweiser.measure.words import LANGUAGES, Sentence, number, with_unit

PLACES = 4
_STEP = Decimal(1).scaleb(-PLACES)
_CENT = Decimal("0.01")


def money(row: Row, column: str) -> Decimal:
    """Read an exact sum; an empty one is 0.

    >>> money({"amount": Decimal("1.10")}, "amount")
    Decimal('1.10')
    """
    value = row[column]
    return Decimal(0) if value is None else Decimal(str(value))


def cents(amount: Decimal) -> float:
    """Round a sum once, to the cent.

    >>> cents(Decimal("9747747.934"))
    9747747.93
    """
    return float(amount.quantize(_CENT, ROUND_HALF_EVEN))


def shared_out(amounts: Sequence[Decimal]) -> list[float]:
    """Write sums with four decimals so that they add up to their total, rounded once.

    Sums that have no more decimals stay as they are. What rounding leaves over goes, a
    ten-thousandth each, to the largest remainders.

    >>> shared_out([Decimal("0.33333"), Decimal("0.33333"), Decimal("0.33334")])
    [0.3333, 0.3333, 0.3334]
    """
    floors = [amount.quantize(_STEP, ROUND_FLOOR) for amount in amounts]
    total = sum(amounts, Decimal(0)).quantize(_STEP, ROUND_HALF_EVEN)
    left = int((total - sum(floors, Decimal(0))) / _STEP)
    by_rest = sorted(range(len(amounts)), key=lambda one: (floors[one] - amounts[one], one))
    for place in by_rest[:left]:
        floors[place] += _STEP
    return [float(amount) for amount in floors]


def said(amount: Decimal, currency: str) -> Sentence:
    """Write a sum of money in both languages.

    >>> said(Decimal("1234.5"), "EUR")
    {'en': '€1,234.50', 'de': '1.234,50 €'}
    """
    return {lang: with_unit(number(cents(amount), lang, 2), currency, lang) for lang in LANGUAGES}
