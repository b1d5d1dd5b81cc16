"""Sums of money as whole numbers of the currency's smallest unit."""

from decimal import ROUND_HALF_EVEN, Decimal

from wegweiser.terms.json import Json, JsonObject

FIELDS = ("revenue", "value")
_AFRICAN = {"BIF", "DJF", "GNF", "KMF", "RWF", "UGX", "XAF", "XOF"}
_NO_DECIMALS = frozenset({*_AFRICAN, "CLP", "ISK", "JPY", "KRW", "PYG", "VND", "VUV", "XPF"})
_THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
# Beyond this an amount is a mistake, and a day's sum would no longer fit into 64 bits.
_LARGEST = Decimal(10) ** 12

Amount = tuple[str, str, int]


def amounts_of(properties: JsonObject) -> list[Amount]:
    """Give (field, currency, amount in smallest units) for revenue and value.

    Text is not a number, since nobody knows how its sender writes a decimal point.

    >>> amounts_of({"revenue": 19.99, "value": "19.99", "currency": "eur"})
    [('revenue', 'EUR', 1999)]
    """
    found: list[Amount] = []
    for field in FIELDS:
        if field in properties:
            currency = _currency(properties.get("currency"))
            amount = _smallest_units(properties[field], currency)
            if amount is not None:
                found.append((field, currency, amount))
    return found


def decimals_of(currency: str) -> int:
    """Give the number of decimals of a currency (ISO 4217), 2 where it is not stated."""
    if currency in _NO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def _currency(raw: Json) -> str:
    text = raw.strip().upper() if isinstance(raw, str) else ""
    return text if len(text) == 3 and text.isascii() and text.isalpha() else ""


def _smallest_units(raw: Json, currency: str) -> int | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    try:
        amount = Decimal(str(raw))
        if not amount.is_finite() or abs(amount) > _LARGEST:
            return None
        scaled = amount.scaleb(decimals_of(currency))
        return int(scaled.to_integral_value(rounding=ROUND_HALF_EVEN))
    except (ArithmeticError, ValueError):
        # A whole number of thousands of digits cannot even be written down.
        return None
