"""Rows of files about money, read strictly: costs, and rates of foreign money."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from wegweiser.terms.cost import COST_KINDS, Cost, Rate
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import day_of, parse_instant
from wegweiser.terms.json import Json, JsonObject

_CURRENCY = re.compile(r"[A-Z]{3}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_COST_DIGITS, _RATE_DIGITS = 4, 8
_LARGEST = Decimal(10) ** 12
_LABELS = ("channel", "campaign", "message", "account_id", "geo")
_REFERENCES = ("person_id", "order_id", "driver")
_COST_FIELDS = frozenset(
    ("day", "kind", "amount", "currency", "key", "per", *_LABELS, *_REFERENCES)
)
_RATE_FIELDS = frozenset(("day", "currency", "base", "rate"))
_LONGEST = 200


def read_costs(file: str, rows: Sequence[JsonObject], received_at: int) -> list[Cost]:
    """Read the rows of a file of costs; raises InputRefused that names the row and what is wrong.

    A row is told apart by its `key`, else by everything but its amount, and its number among
    those that are alike: so a corrected amount replaces the old one.

    >>> row = {"day": "2026-03-01", "kind": "media", "channel": "social", "amount": "12.50",
    ...        "currency": "EUR"}
    >>> [str(one.amount) for one in read_costs("march", [row], 0)]
    ['12.50']
    """
    alike: Counter[str] = Counter()
    found: list[Cost] = []
    for place, row in enumerate(rows, 1):
        cost = _cost(file, place, row, received_at)
        alike[cost.row_key] += 1
        if alike[cost.row_key] > 1:
            if _text(row, "key", place):
                raise _refused(place, "key", f"{cost.row_key!r} stands in this file twice")
            cost = _numbered(cost, alike[cost.row_key])
        found.append(cost)
    return found


def read_rates(rows: Sequence[JsonObject], base: str) -> list[Rate]:
    """Read rows of rates; `base` is meant where a row names none.

    >>> [rate] = read_rates([{"day": "2026-03-01", "currency": "USD", "rate": 0.92}], "EUR")
    >>> rate.base, str(rate.rate)
    ('EUR', '0.92')
    """
    return [_rate(place, row, base) for place, row in enumerate(rows, 1)]


def _cost(file: str, place: int, row: JsonObject, received_at: int) -> Cost:
    _require_known(place, row, _COST_FIELDS)
    kind = _text(row, "kind", place) or "media"
    if kind not in COST_KINDS:
        raise _refused(place, "kind", f"must be one of {', '.join(COST_KINDS)}, not {kind!r}")
    labels = {name: _text(row, name, place) for name in (*_LABELS, *_REFERENCES)}
    per = _per(row, place, labels)
    day, currency = _day(row, place), _currency(row, "currency", place)
    # Rows without the younger columns keep the key that they always had.
    parts = (str(day), kind, currency, *(labels[name] for name in _LABELS))
    younger = {**{name: labels[name] for name in _REFERENCES}, "per": per}
    parts += tuple(f"{name}={told}" for name, told in younger.items() if told)
    key = _text(row, "key", place) or hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]
    return Cost(
        file=file,
        row_key=key,
        day=day,
        kind=kind,  # type: ignore[arg-type]  # one of COST_KINDS, as checked
        amount=_number(row, "amount", place, _COST_DIGITS),
        currency=currency,
        per="unit" if per else "",
        received_at=received_at,
        **labels,
    )


def _per(row: JsonObject, place: int, labels: dict[str, str]) -> str:
    """Read whether an amount is what one costs; raises InputRefused where nothing can be told."""
    per = _text(row, "per", place)
    if per not in ("", "unit"):
        raise _refused(place, "per", f"must be unit or empty, not {per!r}")
    referenced = any(labels[name] for name in ("person_id", "account_id", "order_id"))
    if per and not labels["driver"]:
        raise _refused(place, "driver", "must say of what one unit costs the amount")
    if labels["driver"] and referenced:
        raise _refused(place, "driver", "must be empty where the row says whose cost it is")
    return per


def _numbered(cost: Cost, number: int) -> Cost:
    fields = {name: getattr(cost, name) for name in cost.__struct_fields__}
    return Cost(**(fields | {"row_key": f"{cost.row_key}-{number}"}))


def _rate(place: int, row: JsonObject, base: str) -> Rate:
    _require_known(place, row, _RATE_FIELDS)
    stated = {"base": base} | row
    rate = _number(row, "rate", place, _RATE_DIGITS)
    if rate <= 0:
        raise _refused(place, "rate", "must be above 0")
    return Rate(
        day=_day(row, place),
        currency=_currency(row, "currency", place),
        base=_currency(stated, "base", place),
        rate=rate,
    )


def _require_known(place: int, row: JsonObject, known: frozenset[str]) -> None:
    unknown = sorted(set(row) - known)
    if unknown:
        raise _refused(place, unknown[0], f"is no column; there are {', '.join(sorted(known))}")


def _text(row: JsonObject, name: str, place: int) -> str:
    value: Json = row.get(name)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise _refused(place, name, f"must be a text of at most {_LONGEST} characters")
    return value.strip()


def _day(row: JsonObject, place: int) -> int:
    at = parse_instant(row.get("day"))
    if at is None:
        raise _refused(place, "day", f"must be a day such as 2026-03-01, not {row.get('day')!r}")
    return day_of(at)


def _currency(row: JsonObject, name: str, place: int) -> str:
    code = _text(row, name, place).upper()
    if _CURRENCY.fullmatch(code) is None:
        raise _refused(place, name, f"must be a currency such as EUR, not {row.get(name)!r}")
    return code


def _number(row: JsonObject, name: str, place: int, digits: int) -> Decimal:
    value: Json = row.get(name)
    text = "" if isinstance(value, bool) or value is None else str(value).strip()
    try:
        number = Decimal(text) if _NUMBER.fullmatch(text) or not isinstance(value, str) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number) > _LARGEST:
        raise _refused(place, name, f"must be a number such as 1234.50, not {value!r}")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -digits:
        raise _refused(place, name, f"has more than {digits} decimals: {text}")
    return number


def _refused(place: int, field: str, why: str) -> InputRefused:
    return InputRefused("bad_row", f"Row {place}: {field} {why}.", 422, field)
