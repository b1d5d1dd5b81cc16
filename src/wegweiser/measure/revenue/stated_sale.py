"""What an event of money states, read once when it is archived and not with every question.

Only what can be read in one way alone is: everything else is left to the view `ledger`, which
reads the properties themselves.
"""

from decimal import Decimal

from wegweiser.measure.revenue.sale import IDS, SALES, TAKEN_BACK, WAYS
from wegweiser.terms.json import Json, JsonObject

NAMES = frozenset(name for names in (*SALES.values(), *TAKEN_BACK.values()) for name in names)
_CODE_LENGTH = 3
_MOST = Decimal(10) ** 12
_FINEST = -4


class _Unclear(Exception):
    """A value that the engine may read otherwise than we do."""


def stated_sale(name: str, stated: JsonObject) -> dict[str, object]:
    """Give the columns `stated_order`, `_refund`, `_currency`, `_amount`; none where unclear.

    What is not stated is the empty text, an amount that is not stated is None.

    >>> stated = {"order_id": "o-1", "revenue": 9.5, "currency": "eur"}
    >>> told = stated_sale("Order Completed", stated)
    >>> told["stated_order"], told["stated_amount"], told["stated_currency"]
    ('o-1', Decimal('9.5'), 'EUR')
    >>> stated_sale("Order Completed", {"revenue": 1 / 3}), stated_sale("Page Viewed", {})
    ({}, {})
    """
    if name not in NAMES:
        return {}
    try:
        return {
            "stated_order": next(filter(None, (_text(stated.get(one)) for one in IDS)), ""),
            "stated_refund": _text(stated.get("refund_id")),
            "stated_currency": _currency(stated.get("currency")),
            "stated_amount": _amount(stated),
        }
    except _Unclear:
        return {}


def _text(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _Unclear
    if isinstance(value, int) and abs(value) >= _MOST:
        raise _Unclear
    return str(value).strip(" ")


def _currency(value: Json) -> str:
    if not isinstance(value, str):
        return ""
    code = value.strip(" ")
    if not code.isascii():
        raise _Unclear
    return code.upper() if len(code) == _CODE_LENGTH and code.isalpha() else ""


def _amount(stated: JsonObject) -> Decimal | None:
    for way in WAYS:
        found = _number(stated.get(way))
        if way == "total" and found is not None:
            for part in ("tax", "shipping"):
                found -= _number(stated.get(part)) or Decimal(0)
        if found is not None:
            return found
    if stated.get("products") is not None:
        raise _Unclear
    return None


def _number(value: Json) -> Decimal | None:
    """Read a number of at most four decimals; a text is none, since nobody knows its point."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = Decimal(str(value))
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < _FINEST or abs(number) >= _MOST:
        raise _Unclear
    return number
