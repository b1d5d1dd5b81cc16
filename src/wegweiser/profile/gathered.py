"""What a declared trait gathers in a cell: a product of small monoids, every one bounded."""

from decimal import Decimal

import msgspec

from wegweiser.profile.bound import OTHER, add, beyond, bound
from wegweiser.profile.canonical import canonical_bytes
from wegweiser.profile.distinct import Distinct, union
from wegweiser.profile.exact import ZERO, added
from wegweiser.terms.json import Json

MOST_GATHERED = 100
MOST_VALUES = 100
LONGEST_VALUE = 200


class Stated(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A value with the event that stated it; which is earlier is decided for all of them."""

    at: int
    message_id: str
    value: Json


class Gathered(msgspec.Struct, array_like=True):
    """The state of one declared trait; only what its kind needs is filled.

    `values` counts by JSON text; beyond 100 further ones count as "(other)".
    """

    count: int = 0
    total: Decimal = ZERO
    least: Decimal | None = None
    most: Decimal | None = None
    first: Stated | None = None
    last: Stated | None = None
    values: dict[str, int] = msgspec.field(default_factory=dict)
    distinct: Distinct | None = None


def merge_gathered(a: Gathered, b: Gathered) -> Gathered:
    """Give what both hold together; associative, commutative, with Gathered() as identity."""
    return Gathered(
        count=a.count + b.count,
        total=added(a.total, b.total),
        least=least_of(a.least, b.least),
        most=most_of(a.most, b.most),
        first=earlier(a.first, b.first),
        last=later(a.last, b.last),
        values=bound_values(add(a.values, b.values)),
        distinct=_both(a.distinct, b.distinct),
    )


def merge_all_gathered(a: dict[str, Gathered], b: dict[str, Gathered]) -> dict[str, Gathered]:
    """Give what two cells gathered, by state; beyond 100 states those of greatest rank go."""
    merged = dict(a)
    for key, new in b.items():
        old = merged.get(key)
        merged[key] = new if old is None else merge_gathered(old, new)
    return bound(merged, MOST_GATHERED)


def least_of(a: Decimal | None, b: Decimal | None) -> Decimal | None:
    """Give the smaller number of those that are there."""
    return a if b is None else b if a is None else min(a, b)


def most_of(a: Decimal | None, b: Decimal | None) -> Decimal | None:
    """Give the greater number of those that are there."""
    return a if b is None else b if a is None else max(a, b)


def earlier(a: Stated | None, b: Stated | None) -> Stated | None:
    """Give the earlier of two statements, by event time, message id, and at last by content."""
    if a is None or b is None:
        return a or b
    return min(a, b, key=_order)


def later(a: Stated | None, b: Stated | None) -> Stated | None:
    """Give the later of two statements."""
    if a is None or b is None:
        return a or b
    return max(a, b, key=_order)


def bound_values(values: dict[str, int]) -> dict[str, int]:
    """Count values beyond the bound as "(other)", in place.

    >>> len(bound_values({str(number): 1 for number in range(300)}))
    101
    """
    for text in beyond(values, MOST_VALUES, (OTHER,)):
        values[OTHER] = values.get(OTHER, 0) + values.pop(text)
    return values


def _order(one: Stated) -> tuple[int, str, bytes]:
    return one.at, one.message_id, canonical_bytes(one.value)


def _both(a: Distinct | None, b: Distinct | None) -> Distinct | None:
    return a if b is None else b if a is None else union(a, b)
