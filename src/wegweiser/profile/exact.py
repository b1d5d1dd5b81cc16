"""Exact decimals: sums that do not depend on the order in which they are added."""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal

from wegweiser.terms.json import Json

# Nine decimals of a trillion, and room to add more of them than any day has milliseconds.
LARGEST = Decimal(10) ** 12
_STEP = Decimal(1).scaleb(-9)
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN)
ZERO = Decimal(0)

Amounts = dict[str, Decimal]


def exact(value: Json) -> Decimal | None:
    """Read a number with at most nine decimals; None for anything else, or beyond a trillion.

    Text is not a number, since nobody knows how its sender writes a decimal point.

    >>> exact(19.99), exact("19.99"), exact(True), exact(1e300)
    (Decimal('19.99'), None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = Decimal(str(value))
        if not number.is_finite() or abs(number) > LARGEST:
            return None
        short = number.quantize(_STEP, context=_CONTEXT) if _is_long(number) else number
    except (ArithmeticError, ValueError):
        # A whole number of thousands of digits cannot even be written down.
        return None
    # One writing for one number, so that equal sums are equal bytes.
    return plain(short)


def _is_long(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent < -9


def plain(number: Decimal) -> Decimal:
    """Write a number in the one way that has neither exponent nor idle zeros.

    >>> plain(Decimal("1.50")), plain(Decimal("1E+3")), plain(Decimal("-0.0"))
    (Decimal('1.5'), Decimal('1000'), Decimal('0'))
    """
    if not number:
        return ZERO
    short = number.normalize(_CONTEXT)
    exponent = short.as_tuple().exponent
    whole = isinstance(exponent, int) and exponent > 0
    return short.quantize(Decimal(1), context=_CONTEXT) if whole else short


def added(a: Decimal, b: Decimal) -> Decimal:
    """Add two numbers exactly.

    >>> added(Decimal("0.1"), Decimal("0.2"))
    Decimal('0.3')
    """
    return plain(_CONTEXT.add(a, b))


def add_amount(amounts: Amounts, key: str, amount: Decimal) -> None:
    """Add an amount under a key, in place."""
    old = amounts.get(key)
    amounts[key] = amount if old is None else added(old, amount)


def add_amounts(a: Mapping[str, Decimal], b: Mapping[str, Decimal]) -> Amounts:
    """Add amounts by key."""
    total = dict(a)
    for key, amount in b.items():
        add_amount(total, key, amount)
    return total


def to_number(amount: Decimal) -> int | float:
    """Write an amount as a number of JSON.

    >>> to_number(Decimal("20")), to_number(Decimal("19.99"))
    (20, 19.99)
    """
    return int(amount) if amount == amount.to_integral_value() else float(amount)
