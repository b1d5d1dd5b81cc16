"""Money that events state, as exact decimals by field and currency."""

from decimal import Decimal

from wegweiser.profile.exact import exact
from wegweiser.terms.json import Json, JsonObject

FIELDS = ("revenue", "value")

Amount = tuple[str, str, Decimal]


def amounts_of(properties: JsonObject) -> list[Amount]:
    """Give (field, currency, amount) for revenue and value; no currency is "".

    >>> amounts_of({"revenue": 19.99, "value": "19.99", "currency": "eur"})
    [('revenue', 'EUR', Decimal('19.99'))]
    """
    found: list[Amount] = []
    for field in FIELDS:
        if field in properties:
            amount = exact(properties[field])
            if amount is not None:
                found.append((field, _currency(properties.get("currency")), amount))
    return found


def _currency(raw: Json) -> str:
    text = raw.strip().upper() if isinstance(raw, str) else ""
    return text if len(text) == 3 and text.isascii() and text.isalpha() else ""
