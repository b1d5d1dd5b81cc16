"""Bounds on distinct names: of too many, those with the smallest hashes stay."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import TypeVar

_Value = TypeVar("_Value")

# Where events under names beyond the bound are counted together.
OTHER = "(other)"
MOST_NAMES = 500
MOST_TRAITS = 1_000
MOST_TOPICS = 200
MOST_PURPOSES = 100
MOST_SUMS = 500
MOST_CONTACTS = 500
MOST_PRODUCTS = 200
MOST_FEATURES = 100

Counts = dict[str, dict[str, int]]


@lru_cache(maxsize=16_384)
def rank(name: str) -> bytes:
    """Give the place of a name in an order that is the same for all and favours nobody.

    >>> rank("plan") == rank("plan") != rank("city")
    True
    """
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def beyond(names: Collection[str], most: int, always: Collection[str] = ()) -> list[str]:
    """Give the names that have to go: all but the `most` of smallest rank and those of `always`.

    The smallest of a union are the smallest of its parts' smallest, and a name that goes never
    comes back; hence what is kept does not depend on the order, nor on how parts were merged.

    >>> beyond(["a", "b"], 2), len(beyond(["a", "b", "c"], 2)), beyond(["a", "b"], 0, ("a", "b"))
    ([], 1, [])
    """
    if len(names) <= most:
        return []
    free = [name for name in names if name not in always] if always else names
    if len(free) == most + 1:
        # One too many, as after every event of a flood: nothing has to be sorted.
        return [max(free, key=rank)]
    return sorted(free, key=rank)[most:]


def bound(held: dict[str, _Value], most: int, always: Collection[str] = ()) -> dict[str, _Value]:
    """Drop the names beyond the bound with all that they hold, in place; gives `held`."""
    if len(held) > most:
        for name in beyond(held, most, always):
            del held[name]
    return held


def bound_counts(counts: Counts, most: int) -> Counts:
    """Count what lies beyond the bound by hour under "(other)", in place; gives `counts`.

    >>> bound_counts({"a": {"09": 1}, "b": {"09": 2}}, 0)
    {'(other)': {'09': 3}}
    """
    if len(counts) <= most:
        return counts
    for name in beyond(counts, most, (OTHER,)):
        hours = counts.pop(name)
        counts[OTHER] = add(counts.get(OTHER, {}), hours)
    return counts


def add(a: Mapping[str, int], b: Mapping[str, int]) -> dict[str, int]:
    """Add numbers by name."""
    total = dict(a)
    for name, number in b.items():
        total[name] = total.get(name, 0) + number
    return total
