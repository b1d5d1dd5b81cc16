"""Order days: when somebody ordered, and what the days after the first brought on the mean."""

from collections.abc import Iterable
from decimal import Decimal

from wegweiser.profile.bought import ORDERS
from wegweiser.profile.cell import SEPARATOR
from wegweiser.profile.exact import Amounts, add_amount, to_number
from wegweiser.profile.reading import CellAt
from wegweiser.terms.customer_value import Bought

_TAKEN_BACK = frozenset({"Order Refunded"})


def order_days(cells: Iterable[CellAt], currency: str) -> Bought | None:
    """Give the order days (UTC) in some cells; None where the day of some orders is not known.

    Amounts count in `currency` or without one; who ordered in others only is told with the first
    of them. What was refunded is taken from the mean, whichever order it was of.
    """
    by_day: dict[int, Amounts] = {}
    back = Decimal(0)
    for held in cells:
        sums = _sums(held)
        back += sum(_ours(sums, _TAKEN_BACK, currency), Decimal(0))
        if ORDERS.isdisjoint(held.cell.counts):
            continue
        if not held.day:
            return None
        amounts = by_day.setdefault(held.day, {})
        for (name, _, of), amount in sums.items():
            if name in ORDERS:
                add_amount(amounts, of, amount)
    return _bought(by_day, back, currency) if by_day else None


def _sums(held: CellAt) -> dict[tuple[str, str, str], Decimal]:
    """Give amounts by event, hour and currency; `revenue` counts before `value`."""
    found: dict[str, dict[tuple[str, str, str], Decimal]] = {"value": {}, "revenue": {}}
    for key, amount in held.cell.sums.items():
        name, hour, field, currency = key.split(SEPARATOR)
        if field in found:
            found[field][(name, hour, currency)] = amount
    return {**found["value"], **found["revenue"]}


def _ours(
    sums: dict[tuple[str, str, str], Decimal], names: frozenset[str], currency: str
) -> list[Decimal]:
    return [
        abs(amount)
        for (name, _, of), amount in sums.items()
        if name in names and of in ("", currency)
    ]


def _bought(by_day: dict[int, Amounts], back: Decimal, currency: str) -> Bought:
    days = sorted(by_day)
    told = sorted({of for amounts in by_day.values() for of in amounts})
    foreign = [of for of in told if of not in ("", currency)]
    known = currency if len(foreign) < len(told) or not foreign else foreign[0]
    repeats = len(days) - 1
    later = sum((_worth(by_day[day], currency) for day in days[1:]), Decimal(0)) - back
    mean = float(to_number(later / repeats)) if repeats and known == currency else None
    return Bought(len(days), days[0], days[-1], mean, known)


def _worth(amounts: Amounts, currency: str) -> Decimal:
    return amounts.get(currency, Decimal(0)) + amounts.get("", Decimal(0))
